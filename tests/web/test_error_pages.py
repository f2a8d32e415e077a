"""The pages that say what went wrong, in both languages and without a stack trace."""

import pytest

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(("lang", "heading"), [("id", "Halaman ini tidak ada"), ("en", "This page does not exist")])
def test_an_unknown_page_shows_the_way_on(client, lang, heading):
    page = client.get(f"/{lang}/nowhere", status=404)
    assert page.heading == heading
    ways = [link["href"] for link in page.all("main a")]
    assert ways == [f"/{lang}/", f"/{lang}/track"]
    # What cannot be linked to in the other language leads to its start page.
    assert {link["href"] for link in page.all(".langs a")} == {"/en/" if lang == "id" else "/id/"}


@pytest.mark.parametrize(
    ("lang", "heading"),
    [("id", "Halaman ini tidak dapat dibuka langsung"), ("en", "This page cannot be opened directly")],
)
def test_a_page_that_is_only_sent_to_cannot_be_opened(client, lang, heading):
    assert client.get(f"/{lang}/track/sign-out", status=405).heading == heading


@pytest.mark.parametrize(
    ("lang", "heading"), [("id", "Ada gangguan pada sistem kami"), ("en", "Something is broken on our side")]
)
def test_a_fault_of_ours_is_told_without_its_cause(client, app, monkeypatch, lang, heading):
    def fail(**_):
        raise RuntimeError("a secret cause")

    app.testing = False
    monkeypatch.setitem(app.view_functions, "guidance.privacy", _as_public(fail))
    page = client.get(f"/{lang}/privacy", status=500)
    assert page.heading == heading
    assert "secret" not in page.source and "RuntimeError" not in page.source
    # The way to a person stands even then.
    assert "1500016" in page.one("footer").text


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("page", [400, 403, 413, 429])
def test_every_other_error_has_a_page_of_its_own(app, lang, page):
    with app.test_request_context(f"/{lang}/"):
        app.preprocess_request()
        source = app.jinja_env.get_template(f"errors/{page}.html").render(retry_after=130)
    assert f'<html lang="{lang}">' in source
    if page == 429:
        assert {"id": "dalam 3\u00a0menit", "en": "in 3 minutes"}[lang] in source


def _as_public(view):
    from portal.web.access import public

    return public(view)
