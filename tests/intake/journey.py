"""A customer's answers, and walking with them to any step."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from portal.institution.models import Institution
from tests.evidence import files
from tests.page import Client, Page

SLUGS = ("privacy", "who", "contact", "account", "topic", "transaction", "story", "documents", "check")
ANSWERS: dict[str, dict[str, Any]] = {
    "privacy": {"acknowledged": True},
    "who": {"name": "Siti Rahmawati Kusumaningrum"},
    "contact": {"email": "siti.rahmawati@example.id", "phone": "0812-3456-7890"},
    "account": {"account": "301-777-7702"},
    "topic": {"topic": "transfer"},
    "transaction": {
        "type": "transfer",
        "on-d": "9",
        "on-m": "3",
        "on-y": "2026",
        "at": "9.12",
        "amount": "Rp 7.654.321",
        "reference": "TRX/2026/0309-88",
    },
    "story": {"story": "Saya mengirim uang sewa.\n\nSampai hari ini belum sampai."},
    "documents": {},
}
# The button that goes on, where a page has others before it.
ON = {"documents": "on"}


def walk_to(client: Client, slug: str, lang: str = "id", **changes: Mapping[str, Any]) -> Page:
    """The page of a step, with every step before it answered; `changes` are answers of single steps."""
    page = client.get(f"/{lang}/file/privacy")
    for step in SLUGS[: SLUGS.index(slug)]:
        assert page.path == f"/{lang}/file/{step}", f"{step} was to come, not {page}"
        page = page.form(f"/{lang}/file/{step}").fill({**ANSWERS[step], **changes.get(step, {})}).submit(ON.get(step))
    assert page.path == f"/{lang}/file/{slug}", f"{slug} was to come, not {page}"
    return page


def with_documents(client: Client, profile: Institution, lang: str = "id") -> Page:
    """The check of a filing that has every document the profile asks a customer for."""
    for number, document in enumerate(profile.files_asked(representative=False), start=1):
        page = client.get(f"/{lang}/file/documents")
        file = (f"{document.code}.pdf", files.pdf(number))
        page.form(page.path).fill(purpose=document.code, files=[file]).submit("upload")
    return client.get(f"/{lang}/file/check")


def send(page: Page) -> Page:
    """Send from the check."""
    return page.form(page.path.replace("check", "send")).submit()


def number_and_code(page: Page) -> tuple[str, str]:
    """What the confirmation shows to be kept."""
    number, code = (node.text for node in page.all(".receipt .big"))
    return number, code


def same_browser(app: Flask, client: Client, *cookies: str) -> Client:
    """Another window of the same browser: it shares the cookies but can be used in another thread."""
    other = Client(app, client.base_url)
    for name in cookies or ("draft", "aduan"):
        value = client.cookie(name)
        assert value is not None, f"no cookie {name}"
        other.http.set_cookie(name, value, domain="127.0.0.1")
    return other
