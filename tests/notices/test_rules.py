"""What may stand in a letter, and how an address is masked."""

import hashlib
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.db import uuid7
from portal.notices.rules import (
    MASK,
    Channel,
    Secret,
    for_phones,
    greeted,
    harmless,
    job_key,
    masked,
    text_hash,
)
from tests.notices.letters import NOW, a_recipient


@pytest.mark.parametrize(
    ("changes", "channel", "address"),
    [
        ({}, Channel.EMAIL, "siti.rahmawati@example.id"),
        ({"phone": "+6281200004419"}, Channel.EMAIL, "siti.rahmawati@example.id"),
        ({"email": None, "phone": "+6281200004419"}, Channel.SMS, "+6281200004419"),
        ({"email": None}, Channel.NONE, None),
    ],
)
def test_an_address_decides_the_channel(changes: dict[str, str | None], channel: Channel, address: str | None) -> None:
    recipient = a_recipient(**changes)
    assert (recipient.channel, recipient.address) == (channel, address)


@pytest.mark.parametrize(
    ("changes", "ways"),
    [
        ({"phone": "+62812"}, ["email", "sms"]),
        ({"phone": "+62812", "prefers": Channel.WHATSAPP}, ["whatsapp", "email", "sms"]),
        ({"prefers": Channel.WHATSAPP}, ["email"]),
        ({"email": None, "phone": "+62812", "prefers": Channel.WHATSAPP}, ["whatsapp", "sms"]),
        ({"email": None}, []),
    ],
)
def test_each_way_is_named_once_and_whatsapp_only_to_who_asked_for_it(changes: dict[str, Any], ways: list[str]) -> None:
    assert [way.channel for way in a_recipient(**changes).ways] == ways


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [
        (Channel.EMAIL, "siti.rahmawati@example.id", "s•••@example.id"),
        (Channel.EMAIL, "s@example.id", "•••@example.id"),
        (Channel.SMS, "+6281200004419", "•••4419"),
        (Channel.WHATSAPP, "+6281200004419", "•••4419"),
        (Channel.SMS, "1500016", "•••0016"),
        (Channel.SMS, "110", "•••"),
        (Channel.NONE, None, ""),
    ],
)
def test_an_address_is_shown_so_that_only_its_owner_knows_it(channel: Channel, address: str | None, shown: str) -> None:
    assert masked(channel, address) == shown


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Siti Rahmawati", "Siti Rahmawati"),
        ("  Siti\u00a0 Rahmawati ", "Siti Rahmawati"),
        ("H. M. Nur'aini, S.H., M.Kom", "H. M. Nur'aini, S.H., M. Kom"),
        ("Łucja Nuñez-O’Brien", "Łucja Nuñez-O’Brien"),
        ("王小明", "王小明"),
        ("ซูซาน", "ซูซาน"),
        ("", None),
        (None, None),
        ("   ", None),
        ("Siti\r\nBcc: all@example.id", None),
        ("Klik https://jahat.example", None),
        ("Hubungi 0812 1234 5678", None),
        ("menang@example.id", None),
        ("<b>Siti</b>", None),
        ("'-.", None),
        (MASK, None),
        ("a" * 61, None),
    ],
)
def test_only_what_looks_like_a_name_is_greeted(name: str | None, greeting: str | None) -> None:
    assert greeted(name) == greeting


def test_a_greeting_holds_nothing_that_a_mail_program_takes_for_a_link() -> None:
    assert greeted("Siti jahat.com") == "Siti jahat. com"
    assert greeted("www.jahat.co.id") == "www. jahat. co. id"


@given(st.text())
def test_whatever_is_typed_as_a_name_a_greeting_is_one_harmless_line(name: str) -> None:
    greeting = greeted(name)
    if greeting is not None:
        assert harmless(greeting) == greeting
        assert not set(greeting) & set('@:/<>[](){}\\"=&%#0123456789')
        assert "•" not in greeting


@given(st.text())
def test_a_fact_is_one_line_without_steering_signs_and_never_the_mask(text: str) -> None:
    kept = harmless(text)
    assert not any(unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp", "Cs") for sign in kept)
    assert MASK not in kept
    assert harmless(kept) == kept
    kept.encode()


def test_a_fact_keeps_its_no_break_spaces() -> None:
    assert harmless("6\u00a0April  2026\n") == "6\u00a0April 2026"


def test_a_message_is_one_line_in_the_alphabet_of_telephones() -> None:
    assert for_phones("Batas 6\u00a0April –\n  kata “Anda’s” …\n") == 'Batas 6 April - kata "Anda\'s" ...'


def test_the_hash_of_a_text_can_be_recounted_by_hand() -> None:
    recounted = hashlib.sha256(b"5a17\nTanda terima\n\nIsi surat\n").digest()
    assert text_hash("5a17", "Tanda terima", "Isi surat\n") == recounted


def test_a_notice_has_one_job_a_channel() -> None:
    notice = uuid7()
    assert job_key(notice, Channel.EMAIL) == f"notice:{notice}:email"


def test_neither_a_secret_nor_a_recipient_is_shown_by_its_repr() -> None:
    told = repr(Secret("407316", NOW)) + repr(a_recipient(phone="+6281200004419"))
    assert not any(private in told for private in ("407316", "siti", "Siti", "+62"))
