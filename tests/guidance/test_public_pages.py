"""The public pages made from a profile, for every institution, as a visitor reads them in both languages."""

import pytest

from portal.institution.loader import codes, load

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PAGES = ("/", "/customer-service", "/procedure", "/service-levels", "/conditions", "/forums", "/privacy")


@pytest.fixture(params=codes())
def code(request):
    return request.param


@pytest.fixture
def environment(environment, code):
    return environment | {"PORTAL_INSTITUTION": code}


@pytest.fixture(params=["id", "en"])
def lang(request):
    return request.param


def squeezed(text):
    return " ".join(text.split())


@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_there_linked_and_says_which_text_prevails(client, code, lang, path):
    """The Indonesian text prevails where the two differ."""
    page = client.get(f"/{lang}{path}")
    if path != "/":
        assert load(code).texts.prevails[lang] in page.text
        start = client.get(f"/{lang}/")
        assert len([link for link in start.all("a[href]") if link["href"] == f"/{lang}{path}"]) >= 1
    for link in {node["href"] for node in page.all("a[href]") if node["href"].startswith("/")}:
        client.get(link)


def test_the_drawing_and_the_words_say_the_same(client, code, lang):
    """SQ-36, BM-01: a picture with a title and a description, and the same steps as a list."""
    page = client.get(f"/{lang}/procedure")
    steps = [squeezed(step.title[lang]) for step in load(code).texts.procedure]
    assert [node.text for node in page.all(".way h3")] == steps
    picture = page.one(".flow")
    assert (picture["role"], picture["aria-labelledby"]) == ("img", "flow-title flow-desc")
    description = page.one("#flow-desc").text
    for number, step in enumerate(steps, start=1):
        assert f"{number}. {step}." in description
    drawn = picture.text.split(description)[1]
    for step in steps:
        assert step in drawn


def test_every_limit_is_published_with_its_source(client, code, lang):
    """BM-28: figure, start, calendar, source and who set it."""
    page = client.get(f"/{lang}/service-levels")
    for limit in load(code).limits.values():
        for said in (limit.label[lang], limit.source[lang]):
            assert squeezed(said) in page.text, limit.code


def test_what_is_asked_and_what_is_refused_stands_in_the_conditions(client, code, lang):
    """SQ-17, SQ-18, BM-12 … BM-18: documents by party; each ground in the institution's own reading."""
    page = client.get(f"/{lang}/conditions")
    profile = load(code)
    for document in profile.documents.values():
        assert squeezed(document.label[lang]) in page.text
    for ground in profile.refusals.values():
        assert squeezed(ground.text[lang]) in page.text
    none = {"id": "tidak menyebut alasan penolakan", "en": "names no ground for refusal"}[lang]
    assert (none in page.text) is (not profile.refusals)
    for party in profile.parties.values():
        assert party.label[lang] in page.text


def test_pages_that_a_profile_does_not_fill_do_not_exist(client, code, lang):
    profile = load(code)
    for path, there in (
        ("disclaimer", profile.texts.disclaimer is not None),
        ("topics", any(topic.guide for topic in profile.topics.values())),
    ):
        client.get(f"/{lang}/{path}", status=200 if there else 404)
        linked = any(link["href"] == f"/{lang}/{path}" for link in client.get(f"/{lang}/").all("a[href]"))
        assert linked is there


def test_an_address_that_is_not_confirmed_says_so(client, code, lang):
    """KX-03, KX-05: shown, and not passed off as confirmed."""
    page = client.get(f"/{lang}/customer-service")
    marked = {"id": "(belum dipastikan)", "en": "(not confirmed yet)"}[lang]
    unverified = [
        address for channel in load(code).channels.values() for address in channel.addresses if not address.verified
    ]
    assert page.text.count(marked) == len(unverified)
    for address in unverified:
        assert f"{squeezed(address.text)} {marked}" in page.text
