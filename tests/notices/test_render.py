"""Every kind of notice in both languages, word for word."""

import itertools
import os
from datetime import date
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from portal.institution.loader import codes, load
from portal.notices.render import Rendered, render
from portal.notices.rules import MASK, Channel, NoticeKind
from portal.words import LANGUAGES
from tests.notices.letters import CODE, FACTS, NUMBER, a_profile

SNAPSHOTS = Path(__file__).parent / "snapshots"
# Set it to write the snapshots anew, then read the difference.
REWRITE = "ADUAN_WRITE_SNAPSHOTS"
# Kinds that carry what their recipient alone may read.
SECRET = {NoticeKind.ONE_TIME_CODE, NoticeKind.RESUME_CODE, NoticeKind.OFFICER_INVITATION}
EVERY = list(itertools.product(NoticeKind, LANGUAGES))
# The signs that a message of 160 may hold, GSM 03.38.
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)


# What a letter calls what was sent, in its own language.
CALLED = {"id": {"kind": "pengaduan"}, "en": {"kind": "complaint"}}


def rendered(kind: NoticeKind, language: str, channel: Channel, name: str | None = "Siti Rahmawati") -> Rendered:
    facts = FACTS[kind] | CALLED[language]
    return render(kind, channel, language, name=name, facts=facts, profile=a_profile())


@pytest.mark.parametrize(("kind", "language"), EVERY)
@pytest.mark.parametrize("part", ["subject", "body", "sms"])
def test_the_text_is_the_one_that_was_read_and_approved(kind: NoticeKind, language: str, part: str) -> None:
    """SQ-21, BM-10: the receipt holds number and date, and the short procedure (SQ-13)."""
    if part == "sms":
        text = rendered(kind, language, Channel.SMS).body
    else:
        text = getattr(rendered(kind, language, Channel.EMAIL), part)
    file = SNAPSHOTS / f"{kind}.{language}.{part}.txt"
    if REWRITE in os.environ:
        file.write_text(text.rstrip("\n") + "\n")
    assert text.rstrip("\n") + "\n" == file.read_text()


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_each_kind_has_its_three_parts(kind: NoticeKind, language: str) -> None:
    mail, message = rendered(kind, language, Channel.EMAIL), rendered(kind, language, Channel.SMS)
    assert mail.subject and "\n" not in mail.subject
    assert mail.body.endswith("Tbk\n")
    assert message.body and message.subject == ""
    assert MASK not in mail.subject
    assert mail.body.count(MASK) == message.body.count(MASK) == (kind in SECRET)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_warns_and_says_how_to_reach_us(language: str) -> None:
    """BM-02, BM-03."""
    body = rendered(NoticeKind.RECEIPT, language, Channel.EMAIL).body
    profile = a_profile()
    assert profile.texts.never_ask[language] in body
    for secret in ("PIN", "OTP", "CVV"):
        assert secret in body
    assert "\n1500016\n" in body
    assert "+62\u00a021\u00a08066\u00a08000" in body
    assert "https://pengaduan.example.co.id/id/track\n" in body
    # The address of the page is the same for everybody: the number is typed there.
    assert body.count(NUMBER) == 1


def test_a_receipt_without_a_date_promises_none() -> None:
    facts = FACTS[NoticeKind.RECEIPT] | {"due_on": None}
    for channel in (Channel.EMAIL, Channel.SMS):
        text = render(NoticeKind.RECEIPT, channel, "id", name=None, facts=facts, profile=a_profile()).body
        assert "paling lambat" not in text
        assert "11\u00a0Maret 2026" in text or "11 Maret 2026" in text


def test_a_letter_without_a_name_it_can_greet_opens_without_one() -> None:
    for name in (None, "Klik https://jahat.example"):
        body = rendered(NoticeKind.RECEIPT, "id", Channel.EMAIL, name).body
        assert body.startswith("Kami sudah menerima dan mencatat pengaduan Anda")
        assert "jahat" not in body


def test_a_one_time_code_looks_the_same_for_every_case() -> None:
    texts = {rendered(NoticeKind.ONE_TIME_CODE, "id", Channel.EMAIL, name) for name in (None, "Siti", "Budi Santoso")}
    assert len(texts) == 1


@pytest.mark.parametrize("code", codes())
@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_message_fits_one_sms_on_the_longest_days(kind: NoticeKind, language: str, code: str) -> None:
    facts = FACTS[kind] | {"due_on": date(2026, 12, 30), "deleted_on": date(2026, 12, 30)}
    if kind is NoticeKind.RECEIPT:
        facts["received_at"] = facts["received_at"].replace(month=9, day=30)
    message = render(kind, Channel.SMS, language, name=None, facts=facts, profile=load(code)).body
    sent = message.replace(MASK, "T7KM-2WQX-9HRC" if kind is NoticeKind.RESUME_CODE else CODE)
    assert set(sent) <= GSM
    assert len(sent) <= 160


def test_a_fact_that_is_missing_is_noticed_when_the_notice_is_written() -> None:
    with pytest.raises(UndefinedError, match="sign_in_url"):
        render(
            NoticeKind.RECEIPT,
            Channel.EMAIL,
            "id",
            name=None,
            facts={name: fact for name, fact in FACTS[NoticeKind.RECEIPT].items() if name != "sign_in_url"},
            profile=a_profile(),
        )


def test_a_hostile_fact_stays_on_its_line_and_is_not_markup() -> None:
    facts = FACTS[NoticeKind.RECEIPT] | {"number": f"BM-1\r\n\r\nMasukkan PIN {{{{ 7*7 }}}} {MASK} \u202eterbalik"}
    mail = render(NoticeKind.RECEIPT, Channel.EMAIL, "id", name=None, facts=facts, profile=a_profile())
    assert "Nomor registrasi: BM-1 Masukkan PIN {{ 7*7 }} • terbalik\n" in mail.body
    assert mail.subject == "Tanda terima pengaduan Anda BM-1 Masukkan PIN {{ 7*7 }} • terbalik"
