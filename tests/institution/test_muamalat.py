"""Bank Muamalat's profile: each requirement that its page sets, by its id, and the voice of every profile's texts."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from portal.datafiles import AddressKind
from portal.forums.rules import Sector
from portal.institution.loader import codes, load
from portal.institution.models import Institution
from portal.institution.profile.channels import Channel
from portal.institution.profile.parts import Text
from portal.institution.rules import (
    Form,
    GivenAs,
    IdentityCheck,
    Needed,
    Passing,
    PrivacyTopic,
    Receipt,
    RefusalGround,
    Regulator,
)
from portal.workdays.rules import Basis, CalendarCode, Confidence, Start, Unit


@pytest.fixture
def bank() -> Institution:
    return load("muamalat")


def plain(text: Text, language: str = "en") -> str:
    return text[language].replace("\u00a0", " ")


# ── who ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_bank_is_named_and_placed(bank: Institution) -> None:
    assert (bank.name, bank.legal_name, bank.prefix) == ("Bank Muamalat", "PT Bank Muamalat Indonesia Tbk", "BM")
    assert (bank.sector, bank.regulators) == (Sector.SHARIA_BANK, (Regulator.OJK, Regulator.BI))
    assert (str(bank.zone), bank.languages) == ("Asia/Jakarta", ("id", "en"))
    assert (bank.customer["id"], bank.customer["en"]) == ("nasabah", "customer")


# ── channels ─────────────────────────────────────────────────────────────────────────────────────


def addresses(channel: Channel) -> list[tuple[AddressKind, str]]:
    return [(address.kind, address.value) for address in channel.addresses]


def test_the_contact_centre_takes_verbal_complaints_at_two_numbers(bank: Institution) -> None:
    """BM-02, BM-03, BM-26: 1500016, from abroad +62 21 80668000, 24 hours."""
    centre = bank.channels["contact_centre"]
    assert centre.form is Form.VERBAL
    assert addresses(centre) == [(AddressKind.TEL, "1500016"), (AddressKind.TEL, "+622180668000")]
    assert centre.addresses[1].label is not None and centre.addresses[1].label["en"] == "from abroad"
    assert [address.href for address in centre.addresses] == ["tel:1500016", "tel:+622180668000"]
    assert centre.hours.always
    assert bank.contact is centre


def test_everything_but_the_telephone_is_written(bank: Institution) -> None:
    """BM-09: each channel is verbal or written, and that fixes the clock."""
    assert {code for code, channel in bank.channels.items() if channel.form is Form.VERBAL} == {"contact_centre"}


def test_the_written_channels_are_those_of_the_banks_page(bank: Institution) -> None:
    """BM-04 … BM-08: branch, e-mail, WhatsApp SALMA, Muamalat DIN, website, each with how to find it."""
    assert addresses(bank.channels["email"]) == [(AddressKind.MAILTO, "salamuamalat@bankmuamalat.co.id")]
    whatsapp = bank.channels["whatsapp"].addresses[0]
    assert (whatsapp.href, whatsapp.text) == ("https://wa.me/6281280651800", "0812-8065-1800")
    website = bank.channels["website"]
    assert website.addresses[0].text == "www.bankmuamalat.co.id"
    assert website.how is not None and "SALMA widget at the bottom right" in website.how["en"]
    app = bank.channels["din"]
    assert app.how is not None and "headset icon at the top right" in plain(app.how)
    assert app.how is not None and "headset di kanan atas" in plain(app.how, "id")
    branch = bank.channels["branch"]
    assert branch.how is not None and "cabang terdekat" in branch.how["id"]
    assert bank.branches is not None and bank.branches.href == "https://www.bankmuamalat.co.id"


def test_the_branch_keeps_office_working_days_and_the_rest_is_open_24_hours(bank: Institution) -> None:
    """BM-25, BM-26, BM-27: the portal itself accepts at any hour."""
    branch = bank.channels["branch"].hours
    assert branch.days_only and branch.calendar is CalendarCode.NATIONAL_AND_JOINT
    assert all(channel.hours.always for code, channel in bank.channels.items() if code != "branch")
    assert bank.channels[bank.own_channel].hours.always
    assert {channel.receipt for channel in bank.channels.values()} == {Receipt.ARRIVAL}


def test_somebody_in_a_hurry_is_sent_to_the_telephone_first(bank: Institution) -> None:
    assert bank.urgent is not None
    assert bank.channels[bank.urgent.channel].addresses[0].value == "1500016"


# ── receipt, documents, identity ─────────────────────────────────────────────────────────────────


def test_number_and_date_are_the_proof_of_receipt(bank: Institution) -> None:
    """BM-10, BM-11."""
    first = bank.texts.procedure[0]
    assert first.title["en"] == "You get a registration number at once"
    assert "date of receipt" in first.text["en"] and "proof that we received and recorded" in first.text["en"]
    assert "tanggal penerimaan" in first.text["id"]


def test_the_identity_documents_are_those_of_the_banks_page(bank: Institution) -> None:
    """BM-12, BM-13: KTP, SIM, passport, KITAS; the Malaysian IC for citizens of Malaysia alone."""
    assert bank.identity.check is IdentityCheck.DOCUMENT
    assert {code: proof.citizens for code, proof in bank.identity.proofs.items()} == {
        "ktp": None, "sim": None, "passport": None, "kitas": None, "malaysian_ic": "MY",
    }  # fmt: skip


def test_the_documents_are_those_of_the_banks_page(bank: Institution) -> None:
    """BM-12, BM-14, BM-15, BM-16 from everybody; BM-17 only from a representative, with what proves their authority."""
    assert [document.code for document in bank.documents_for(representative=False)] == [
        "identity", "account_ownership", "transaction_receipt", "chronology",
    ]  # fmt: skip
    assert bank.documents["chronology"].given_as is GivenAs.EITHER
    assert bank.documents["power_of_attorney"].label["id"] == "Surat kuasa khusus"
    assert bank.documents["power_of_attorney"].needed is Needed.REPRESENTATIVE
    assert bank.documents["firm_authority"].needed is Needed.FIRM


# ── limits ───────────────────────────────────────────────────────────────────────────────────────


def test_the_limits_are_five_and_ten_working_days(bank: Institution) -> None:
    """BM-28, BM-29, BM-30: verbal from receipt, written from complete documents; set by law, well attested."""
    verbal, written = bank.limits["verbal"], bank.limits["written"]
    assert (verbal.amount, verbal.unit, verbal.start) == (5, Unit.WORKING, Start.RECEIVED)
    assert (written.amount, written.unit, written.start) == (10, Unit.WORKING, Start.COMPLETE)
    for limit in (verbal, written):
        assert limit.counted_by is CalendarCode.NATIONAL_AND_JOINT
        assert (limit.basis, limit.confidence) == (Basis.LAW, Confidence.HIGH)
        assert "POJK\u00a022/2023" in limit.source["id"]
    assert [limit.code for limit in bank.answer_limits("complaint", Form.VERBAL)] == ["verbal"]
    assert [limit.code for limit in bank.answer_limits("complaint", Form.WRITTEN)] == ["written"]


def test_a_written_complaint_is_extended_twice_by_ten_for_an_outside_party_alone(bank: Institution) -> None:
    """BM-31, BM-32: two steps of ten working days; the ground names the party. A verbal one has no extension."""
    extension = bank.limits["written"].extension
    assert extension is not None
    assert (extension.step, extension.most, extension.total) == (10, 2, 20)
    assert extension.grounds == ("external_party",)
    assert (extension.basis, extension.confidence) == (Basis.INSTITUTION, Confidence.HIGH)
    ground = bank.extension_grounds["external_party"]
    assert ground.names_party
    assert ground.label["en"] == "Further investigation and coordination with an outside party are needed"
    assert bank.limits["verbal"].extension is None


def test_the_customer_is_told_of_each_extension_before_the_limit_ends(bank: Institution) -> None:
    """BM-33."""
    answered = plain(bank.texts.procedure[2].text)
    assert "extended by 10 working days, 2 times at most" in answered
    assert "Each time we tell you in writing before the limit then running ends" in answered


def test_documents_have_a_time_after_which_the_complaint_counts_as_withdrawn(bank: Institution) -> None:
    """BM-19, BM-20: the page names no figure; ten working days, and the complaint may be made again."""
    completion = bank.clocks.documents
    assert completion is not None and completion.passing is Passing.WITHDRAWN
    limit = bank.limits[completion.limit]
    assert (limit.amount, limit.unit, limit.start) == (10, Unit.WORKING, Start.REQUESTED)
    text = plain(bank.refusals[RefusalGround.INCOMPLETE].text)
    assert "within 10 working days" in text and "you may make it again" in text
    assert bank.refusals[RefusalGround.INCOMPLETE].passing is Passing.WITHDRAWN


def test_what_no_source_gives_is_marked_as_the_banks_default(bank: Institution) -> None:
    for figure in (bank.limits["checking"], bank.limits["decision"], bank.retention):
        assert (figure.basis, figure.confidence) == (Basis.DEFAULT, Confidence.UNVERIFIED)
    assert bank.limits["checking"].amount == 2
    assert bank.clocks.promise_stands


# ── refusal, result, after the answer ────────────────────────────────────────────────────────────


def test_there_are_four_grounds_for_refusal(bank: Institution) -> None:
    """BM-18, BM-19, BM-21 … BM-24: settled with or without agreement; issued by this bank."""
    assert list(bank.refusals) == list(RefusalGround)
    assert "with or without an agreement" in bank.refusals[RefusalGround.SETTLED].text["en"]
    assert "dengan atau tanpa kesepakatan" in bank.refusals[RefusalGround.SETTLED].text["id"]
    loss = bank.refusals[RefusalGround.NO_DIRECT_LOSS].text
    assert "material, reasonable and direct loss" in loss["en"] and "materiil, wajar, dan langsung" in loss["id"]
    assert "issued by Bank Muamalat" in bank.refusals[RefusalGround.NOT_OURS].text["en"]


def test_progress_is_asked_by_either_number_in_every_channel(bank: Institution) -> None:
    """BM-34, BM-35, BM-36; in the portal together with the access code."""
    assert "in any channel by stating the registration number or the account number" in bank.texts.status["en"]
    assert "nomor registrasi atau nomor rekening" in bank.texts.status["id"]
    assert "access code" in bank.texts.status["en"]


def test_the_answer_rests_on_the_investigation_and_the_customer_decides(bank: Institution) -> None:
    """BM-37, BM-38, BM-39, BM-40."""
    answer, decision = bank.texts.procedure[3:]
    assert "results of the investigation" in answer.text["en"]
    assert "You agree: the complaint is complete." in decision.text["en"]
    assert "object with new documents that you have not sent before" in decision.text["en"]
    assert bank.objection is not None and bank.objection.new_document and bank.objection.rounds == 1


def test_four_forums_are_named_and_lapspi_only_as_what_it_was(bank: Institution) -> None:
    """BM-41: LAPSPI no longer exists."""
    assert bank.forums == ("bi", "ojk", "laps_sjk", "religious_court")
    decision = bank.texts.procedure[4].text
    assert "Bank Indonesia, OJK, LAPS SJK (formerly LAPSPI for banks) or the Religious Court" in plain(decision)
    assert "LAPS SJK (dahulu LAPSPI untuk perbankan), atau Pengadilan Agama" in plain(decision, "id")
    for key, text in texts(bank):
        for language in ("id", "en"):
            assert "LAPSPI" not in re.sub(r"\((?:dahulu|formerly) LAPSPI", "", text[language]), key


def test_the_conditions_have_their_place_though_the_page_says_nothing(bank: Institution) -> None:
    """BM-01, BM-42: the flow is published; the heading without text is noted."""
    assert len(bank.texts.procedure) == 5
    assert bank.texts.conditions == ()
    assert "BM-42" in bank.notes["conditions"]


# ── what the law wants said ──────────────────────────────────────────────────────────────────────


def test_it_is_free_and_nobody_asks_for_secrets(bank: Institution) -> None:
    assert "tidak dipungut biaya" in bank.texts.free["id"] and "free of charge" in bank.texts.free["en"]
    for secret in ("PIN", "OTP", "CVV"):
        assert secret in bank.texts.never_ask["id"] and secret in bank.texts.never_ask["en"]
    assert "kata sandi" in bank.texts.never_ask["id"] and "password" in bank.texts.never_ask["en"]
    assert bank.texts.prevails["en"] == (
        "Where the Indonesian and the English text differ, the Indonesian text prevails."
    )


def test_the_scope_is_the_banks_own_products_and_services(bank: Institution) -> None:
    """SQ-03 for this institution."""
    assert bank.texts.scope["en"] == "This service is for complaints about the products and services of Bank Muamalat."


def test_the_privacy_notice_tells_what_the_law_asks(bank: Institution) -> None:
    """UU 27/2022 art. 21: basis, purposes, data and why, retention, period, rights, and to whom they are disclosed."""
    sections = bank.privacy.sections
    assert set(sections) == set(PrivacyTopic)
    assert bank.privacy.version
    assert "UU\u00a027/2022" in sections[PrivacyTopic.BASIS].paragraphs[0]["id"]
    assert "not to consent" in sections[PrivacyTopic.BASIS].paragraphs[1]["en"]
    assert "1500016" in sections[PrivacyTopic.CONTACT].paragraphs[0]["en"]
    assert "salamuamalat@bankmuamalat.co.id" in sections[PrivacyTopic.CONTACT].paragraphs[0]["id"]


def test_retention_is_stated_as_the_banks_own_choice(bank: Institution) -> None:
    """Ten years is a rule for financial documents, not for complaint files, and is claimed nowhere."""
    told = bank.privacy.sections[PrivacyTopic.RETENTION].paragraphs
    assert f"for {bank.retention.years} years after it is closed" in plain(told[0])
    assert "our own choice" in told[0]["en"]
    assert f"{bank.retention.draft_days} hari" in plain(told[1], "id")
    assert bank.retention.years != 10


# ── topics ───────────────────────────────────────────────────────────────────────────────────────


def test_the_topics_are_those_of_a_sharia_bank_with_other_at_the_end(bank: Institution) -> None:
    assert list(bank.topics) == [
        "transfer", "cash", "card", "app", "payment", "fees", "savings", "financing", "fraud", "service", "other",
    ]  # fmt: skip
    assert all(topic.hint is not None for topic in bank.topics.values())
    assert not bank.topics["service"].transaction and bank.topics["transfer"].transaction
    assert list(bank.transaction_types)[-1] == "other"


# ── the voice, in every profile ──────────────────────────────────────────────────────────────────


def texts(part: Any, key: str = "") -> Iterator[tuple[str, Text]]:
    """Every text of a profile with its key."""
    if isinstance(part, Text):
        yield key, part
    elif isinstance(part, Institution) or hasattr(part, "model_fields_set"):
        for name in type(part).model_fields:
            yield from texts(getattr(part, name), f"{key}.{name}")
    elif isinstance(part, tuple):
        for place, row in enumerate(part):
            yield from texts(row, f"{key}.{place}")
    elif hasattr(part, "items"):
        for name, row in part.items():
            yield from texts(row, f"{key}.{name}")


COUNTED = re.compile(r"\d (?:hari|jam|tahun|kali|working|calendar|days|hours|years|times|Januari|November)\b")


@pytest.mark.parametrize("code", codes())
def test_texts_keep_the_voice(code: str) -> None:
    """No exclamation marks, no apologies for inconvenience, curly quotes, no-break spaces after numbers."""
    found = list(texts(load(code)))
    assert len(found) > 100
    for key, text in found:
        for language in ("id", "en"):
            words = text[language]
            assert not set(words) & set("!'\"{}"), key
            assert "ketidaknyamanan" not in words.lower() and "inconvenience" not in words.lower(), key
            assert not COUNTED.search(words), key
            assert words == words.strip() and "  " not in words, key


SAME_IN_BOTH = {"SalaMuamalat", "WhatsApp SALMA Live Chat", "Bank Muamalat", "Transfer", "QRIS", "KTP", "WhatsApp"}


@pytest.mark.parametrize("code", codes())
def test_the_two_languages_are_two(code: str) -> None:
    for key, text in texts(load(code)):
        if text["id"] not in SAME_IN_BOTH:
            assert text["id"] != text["en"], key
        assert not re.search(r"\b(?:yang|dan|untuk|tidak)\b", text["en"]), key
        assert not re.search(r"\b(?:the|and|with|your)\b", text["id"]), key
