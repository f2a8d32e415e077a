"""A customer's answers, and walking with them to any step, at any institution."""

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.complaints.models import Complaint
from portal.db import Session
from portal.filing.models import Draft
from portal.institution.models import Institution
from portal.institution.rules import Path
from tests.evidence import files
from tests.page import Client, Form, Page

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# The steps of a customer of the bank who complains about a transfer.
SLUGS = (
    "privacy",
    "who",
    "identity",
    "contact",
    "account",
    "topic",
    "transactions",
    "story",
    "loss",
    "documents",
    "check",
)
# What the bank asks on each page; elsewhere a page may ask a part of it.
ANSWERS: dict[str, dict[str, Any]] = {
    "privacy": {"acknowledged": True},
    "kind": {"kind": "complaint"},
    "who": {"role": "customer"},
    "identity": {"name": "Siti Rahmawati Kusumaningrum", "proof": "ktp", "number": "3174 0152 0388 0007"},
    "representative": {
        "name": "Bambang Sutrisno",
        "proof": "passport",
        "number": "C-1234567",
        "relation": "Anak",
        "acting": "person",
        "firm": "",
    },
    "authority": {
        "given_on-d": "2",
        "given_on-m": "3",
        "given_on-y": "2026",
        "scope": "Mengurus pengaduan tentang transfer 9 Maret 2026 sampai selesai.",
        "lasting": "settled",
    },
    "contact": {
        "email": "siti.rahmawati@example.id",
        "phone": "0812-3456-7890",
        "prefers": "call",
        "needs": "Juru bahasa isyarat.",
    },
    "customer-contact": {"email": "ibu@example.id", "phone": ""},
    "account": {"account": "301-777-7702"},
    "topic": {"topic": "transfer"},
    "guide": {"on-d": "13", "on-m": "3", "on-y": "2026", "at": "9.12", "open": "yes"},
    "advice": {},
    "transactions": {
        "type": "transfer",
        "on-d": "9",
        "on-m": "3",
        "on-y": "2026",
        "at": "9.12",
        "amount": "Rp 7.654.321",
        "reference": "TRX/2026/0309-88",
    },
    "story": {"story": "Saya mengirim uang sewa.\n\nSampai hari ini belum sampai."},
    "loss": {"amount": "7654321", "wish": "Kembalikan uang saya."},
    "documents": {},
}
# What only some pages elsewhere ask besides.
ELSEWHERE: dict[str, dict[str, Any]] = {
    "who": {"capacity": "borrower"},
    "contact": {"name": "Siti Rahmawati Kusumaningrum"},
}
# The button that goes on, where a page has others before it.
ON = {"documents": "on"}
MOST_STEPS = 20


def asked(page: Page, step: str) -> dict[str, Any]:
    """The answers to what this page asks."""
    values = _form(page, step).values
    return {name: value for name, value in {**ANSWERS[step], **ELSEWHERE.get(step, {})}.items() if name in values}


def answer(page: Page, step: str, changes: Mapping[str, Any] | None = None, *, status: int = 200) -> Page:
    """Answer a step with what is asked on its page, and go on."""
    return _form(page, step).fill({**asked(page, step), **(changes or {})}).submit(ON.get(step), status=status)


def _form(page: Page, step: str) -> Form:
    # Beside the notice stands the way to a draft that was begun before.
    return page.form(f"{page.path.rsplit('/', 1)[0]}/privacy" if step == "privacy" else None)


def walk_to(client: Client, slug: str, lang: str = "id", **changes: Mapping[str, Any]) -> Page:
    """The page of a step, with every step before it answered; `changes` are answers of single steps.

    A hyphen of a step's name is an underscore here.
    """
    changed = {step.replace("_", "-"): answers for step, answers in changes.items()}
    page = client.get(f"/{lang}/file/privacy")
    if page.has(".actions a.button"):
        # Begun before: it goes on at its first gap.
        page = client.get(page.one(".actions a.button")["href"])
    for _ in range(MOST_STEPS):
        step = page.path.removeprefix(f"/{lang}/file/")
        if step == slug:
            return page
        page = answer(page, step, changed.get(step))
    raise AssertionError(f"{slug} never came; the last was {page}")


def fitting(profile: Institution, *, kind: str = "complaint", transaction: bool | None = True) -> dict[str, Any]:
    """Answers of the steps that only this institution's lists can answer, for a topic with a transaction or without
    (None: whichever comes first) and without a guide."""
    about = next(
        topic for topic in profile.topics_of(kind) if transaction in (None, topic.transaction) and topic.guide is None
    )
    first = next(iter(profile.transaction_types))
    answers: dict[str, Any] = {"topic": {"topic": about.code}, "kind": {"kind": kind}}
    if profile.kinds[kind].path is Path.FULL and about.transaction:
        answers["transactions"] = {"type": first}
    return answers


def upload(page: Page, *given: tuple[str, bytes], purpose: str = "identity", status: int = 200) -> Page:
    """Add files at the step for documents."""
    return page.form(page.path).fill(purpose=purpose, files=list(given)).submit("upload", status=status)


def with_documents(client: Client, profile: Institution, lang: str = "id") -> Page:
    """The check of a filing that has every document that its step lists."""
    page = client.get(f"/{lang}/file/documents")
    wanted = [node.text for node in page.all(".tasks strong")]
    for number, document in enumerate(profile.documents.values(), start=1):
        if " ".join(document.label[lang].split()) in wanted:
            page = upload(page, (f"{document.code}.pdf", files.pdf(number)), purpose=document.code)
    return answer(page, "documents")


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


def drafts(session: Session) -> list[Draft]:
    session.rollback()
    return list(session.scalars(sa.select(Draft).execution_options(populate_existing=True)))


def complaints(session: Session) -> list[Complaint]:
    session.rollback()
    return list(session.scalars(sa.select(Complaint).execution_options(populate_existing=True)))
