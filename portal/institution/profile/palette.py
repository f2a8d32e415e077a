"""An institution's six colours, and that texts on them can be read."""

from typing import Annotated

from pydantic import StringConstraints, ValidationInfo, field_validator

from portal.institution import colours
from portal.institution.profile.parts import Part

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]


class Palette(Part):
    """The six colours: light and dark; 1 accent, 2 pressed, 3 wash. Each is legible where the stylesheet puts it."""

    # The washes first: an accent must be legible on its own wash too.
    l3: Colour
    d3: Colour
    l1: Colour
    l2: Colour
    d1: Colour
    d2: Colour

    @field_validator("l3", "d3")
    @classmethod
    def _keep_texts_legible(cls, wash: str, info: ValidationInfo) -> str:
        scheme = colours.LIGHT if info.field_name == "l3" else colours.DARK
        return _legible(wash, list(colours.wash_faults(wash, scheme)))

    @field_validator("l1", "l2", "d1", "d2")
    @classmethod
    def _be_legible(cls, accent: str, info: ValidationInfo) -> str:
        light = info.field_name in ("l1", "l2")
        scheme, wash = (colours.LIGHT, "l3") if light else (colours.DARK, "d3")
        return _legible(accent, list(colours.accent_faults(accent, info.data.get(wash), scheme)))

    @property
    def stylesheet(self) -> str:
        """The colours as the custom properties that the stylesheet reads."""
        names = ("l1", "l2", "l3", "d1", "d2", "d3")
        return ":root { " + " ".join(f"--{name}: {getattr(self, name)};" for name in names) + " }\n"


def _legible(colour: str, faults: list[str]) -> str:
    if faults:
        raise ValueError("; ".join(faults))
    return colour
