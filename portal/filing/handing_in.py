"""What a draft amounts to: the complaint that it hands in, and the documents that go with it. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from portal.complaints.handed_in import Filing, Guided, Person, Preference, Proof, Representation, Transaction, required
from portal.filing.rules import (
    Slug,
    Told,
    Unfinished,
    asks_proof,
    first_gap,
    is_representing,
    is_short,
    kind_of,
    path,
)
from portal.institution.models import Institution
from portal.institution.profile.asking import Document
from portal.institution.rules import IdentityMark, Needed


def filing_of(told: Told, profile: Institution, *, language: str, channel: str | None = None) -> Filing:
    """The complaint that a draft without a gap amounts to (SQ-08, SQ-12, SQ-18 … SQ-20, KF-26).

    `language` is that of the page it is sent from; `channel` is another than the portal where an officer has
    received it there, and verbal or written follows from it (SQ-15, BM-09). Raises `Unfinished` where there is a gap.
    """
    gap = first_gap(told, profile)
    if gap is not None:
        raise Unfinished(gap)
    return _compose(told, profile, language, channel or profile.own_channel)


def _compose(told: Told, profile: Institution, language: str, channel: str) -> Filing:
    """The complaint without a look at its documents, which are no part of it."""
    short = is_short(told, profile)
    loss = {} if short else _certain(told, Slug.LOSS)
    return Filing(
        kind=kind_of(told, profile),
        channel=channel,
        form=profile.channels[channel].form,
        topic=_certain(told, Slug.TOPIC)["topic"],
        language=language,
        customer=_customer(told, profile, language),
        account=None if short else _certain(told, Slug.ACCOUNT)["account"],
        transactions=transactions_of(told, profile),
        story=_certain(told, Slug.STORY)["story"],
        acknowledged=told.acknowledged,
        representation=representation_of(told, profile),
        capacity=None if short else _certain(told, Slug.WHO)["capacity"],
        loss=Decimal(loss["amount"]) if loss.get("amount") else None,
        wish=loss.get("wish"),
        guided=guided_of(told, profile),
    )


def _customer(told: Told, profile: Institution, language: str) -> Person:
    contact = _certain(told, Slug.CONTACT)
    if is_short(told, profile):
        return Person(name=contact["name"], language=language, email=contact["email"], phone=contact["phone"])
    identity = _certain(told, Slug.IDENTITY)
    if is_representing(told, profile):
        theirs = _certain(told, Slug.CUSTOMER_CONTACT)
        return Person(
            name=identity["name"],
            language=theirs["language"],
            email=theirs["email"],
            phone=theirs["phone"],
            proof=proof_of(identity, profile),
        )
    return _reached(identity, contact, profile)


def _reached(named: Mapping[str, Any], contact: Mapping[str, Any], profile: Institution) -> Person:
    """Somebody with the contact that they gave of themselves."""
    return Person(
        name=named["name"],
        language=contact["language"],
        email=contact["email"],
        phone=contact["phone"],
        proof=proof_of(named, profile),
        needs=contact["needs"],
        prefers=Preference(contact["prefers"]) if contact["prefers"] else None,
    )


def proof_of(read: Mapping[str, Any], profile: Institution) -> Proof | None:
    """The identity document that was named; where data are compared, the KTP number if there is one (K3-03)."""
    if not read["number"]:
        return None
    return Proof(kind=read["proof"] if asks_proof(profile) else IdentityMark.ID_NUMBER, number=read["number"])


def representation_of(told: Told, profile: Institution) -> Representation | None:
    """Who acts for the customer, and the special power of attorney that says so (SQ-12, SQ-18, BM-17)."""
    if not is_representing(told, profile):
        return None
    acting, power = _certain(told, Slug.REPRESENTATIVE), _certain(told, Slug.AUTHORITY)
    return Representation(
        person=_reached(acting, _certain(told, Slug.CONTACT), profile),
        relation=acting["relation"],
        scope=power["scope"],
        given_on=date.fromisoformat(power["given_on"]),
        ends_on=date.fromisoformat(power["ends_on"]) if power["ends_on"] else None,
        firm=acting["firm"],
    )


def transactions_of(told: Told, profile: Institution) -> tuple[Transaction, ...]:
    """The transactions complained of (SQ-19, SQ-38); none where the topic has none."""
    read = told.read(Slug.TRANSACTIONS)
    if read is None or Slug.TRANSACTIONS not in path(told, profile):
        return ()
    return tuple(transaction_of(row) for row in read["rows"] if row and row["type"])


def transaction_of(read: Mapping[str, Any]) -> Transaction:
    """One transaction as it was read from its form."""
    return Transaction(
        type=read["type"],
        on=date.fromisoformat(read["on"]),
        at=time.fromisoformat(read["at"]) if read["at"] else None,
        amount=Decimal(read["amount"]) if read["amount"] else None,
        reference=read["reference"] or None,
    )


def guided_of(told: Told | None, profile: Institution) -> Guided | None:
    """What the topic's guide asked; None where it asks nothing or has no answer yet (K3-15, K3-28)."""
    read = told.read(Slug.GUIDE) if told else None
    if told is None or read is None or Slug.GUIDE not in path(told, profile):
        return None
    local = datetime.combine(date.fromisoformat(read["on"]), time.fromisoformat(read["at"]), profile.zone)
    return Guided(moment=local, still_open=read["open"])


def _certain(told: Told, slug: Slug) -> Mapping[str, Any]:
    read = told.read(slug)
    assert read is not None, slug
    return read


# ── documents ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Papers:
    """The documents of a filing: those without which it is incomplete, and what else may be sent, in the file's
    order."""

    required: tuple[Document, ...]
    others: tuple[Document, ...]

    @property
    def offered(self) -> tuple[Document, ...]:
        """Everything that a file can show, the required ones first."""
        return self.required + self.others

    def missing(self, given: Collection[str]) -> tuple[Document, ...]:
        """The required ones that are not among these."""
        return tuple(one for one in self.required if one.code not in given)


def papers_of(told: Told, profile: Institution, *, now: datetime) -> Papers:
    """Which documents this filing needs and which it may bring (SQ-16 … SQ-20, BM-12 … BM-17, K3-16).

    The steps before the documents must have been answered; raises `Unfinished` where one has not.
    """
    gap = first_gap(told, profile)
    if gap not in (None, Slug.DOCUMENTS):
        raise Unfinished(gap)
    codes = required(_compose(told, profile, profile.languages[0], profile.own_channel), profile, now=now)
    apart = {Needed.TOPIC, Needed.FIRM} | ({Needed.ALWAYS} if is_short(told, profile) else set())
    others = [
        one
        for one in profile.purposes(representative=is_representing(told, profile))
        if one.code not in codes and one.needed not in apart
    ]
    return Papers(tuple(profile.documents[code] for code in codes), tuple(others))
