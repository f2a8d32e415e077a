"""The picture that an authenticator app scans, drawn into the page itself."""

import io

from markupsafe import Markup


def picture(uri: str) -> Markup:
    """A QR code as inline SVG without any style, dark on light in every colour scheme: scanners need it so."""
    # Few pages draw one, so what it takes is loaded with the first.
    import segno

    drawn = io.BytesIO()
    segno.make(uri, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, nl=False, scale=4, border=4, dark="#000", light="#fff",
        svgclass="qr", lineclass=None, omitsize=True,
    )  # fmt: skip
    return Markup(drawn.getvalue().decode())
