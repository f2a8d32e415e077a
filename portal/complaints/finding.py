"""Complaints found by what a customer names: a registration number, else an account number."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from portal.complaints.models import Complaint, Party, SearchTerm
from portal.complaints.numbers import Number
from portal.complaints.rules import Role
from portal.complaints.states import Term
from portal.db import Session
from portal.sealing import KeyRing, blind_indexes


def named(keys: KeyRing, number: Number | None, account: str) -> sa.ColumnElement[bool]:
    """Whether a complaint has this registration number, else this account number (BM-35)."""
    if number is not None:
        return Complaint.registration == number.canonical
    return _has_account(blind_indexes(keys, Term.ACCOUNT, account))


def _has_account(terms: Sequence[bytes]) -> sa.ColumnElement[bool]:
    return (
        sa.select(SearchTerm.complaint_id)
        .where(SearchTerm.complaint_id == Complaint.id, SearchTerm.kind == Term.ACCOUNT, SearchTerm.term.in_(terms))
        .exists()
    )


class Named(NamedTuple):
    """A complaint and one of its parties, by their ids: all that a one-time code is bound to."""

    complaint_id: UUID
    party_id: UUID


def find_party(session: Session, *, number: Number | None, account: str, role: Role) -> Named | None:
    """Who has this role in the complaint with this number, else in the newest one with this account number.

    One statement, whatever exists.
    """
    return _newest(session, named(session.keys, number, account), role)


def find_party_by_terms(session: Session, terms: Sequence[bytes], role: Role) -> Named | None:
    """What `find_party` gives for the account number that these blind indexes stand for."""
    return _newest(session, _has_account(terms), role)


def _newest(session: Session, which: sa.ColumnElement[bool], role: Role) -> Named | None:
    row = session.execute(
        sa.select(Complaint.id, Party.id)
        .join(Party, sa.and_(Party.complaint_id == Complaint.id, Party.role == role))
        .where(which)
        .order_by(Complaint.received_at.desc(), Complaint.id.desc())
        .limit(1)
    ).one_or_none()
    return Named(*row) if row else None
