"""What drafts hold, for tests of what is made of them."""

from typing import Any

from portal.complaints.handed_in import Acknowledged
from portal.filing.rules import Answer, Slug, Told, advised_about
from portal.institution.loader import load
from portal.institution.models import Institution
from tests.builders import NOW

PROFILE = load("muamalat")
ACKNOWLEDGED = Acknowledged(PROFILE.privacy.version, "id", NOW)
TRANSFER = {"type": "transfer", "on": "2026-03-09", "at": "09:12", "amount": "1250000", "reference": "TRX-1"}
# Each step's answer, as it was read; a filing has those of its path.
READ: dict[Slug, dict[str, Any]] = {
    Slug.KIND: {"kind": "complaint"},
    Slug.WHO: {"role": "customer", "capacity": None},
    Slug.IDENTITY: {"name": "Siti Rahmawati", "proof": "ktp", "number": "3174015203880007"},
    Slug.REPRESENTATIVE: {
        "name": "Bambang Sutrisno",
        "proof": "passport",
        "number": "C1234567",
        "relation": "Son",
        "firm": None,
    },
    Slug.AUTHORITY: {"given_on": "2026-03-02", "scope": "The transfer of 9 March", "ends_on": None},
    Slug.CONTACT: {
        "name": None,
        "email": "siti@example.id",
        "phone": "+6281234567890",
        "language": "en",
        "prefers": "call",
        "needs": "An interpreter",
    },
    Slug.CUSTOMER_CONTACT: {"email": "ibu@example.id", "phone": None, "language": "id"},
    Slug.ACCOUNT: {"account": "1234567702"},
    Slug.TOPIC: {"topic": "transfer"},
    Slug.TRANSACTIONS: {"rows": [TRANSFER]},
    Slug.STORY: {"story": "The rent did not arrive."},
    Slug.LOSS: {"amount": "1250000", "wish": "My money back"},
    Slug.DOCUMENTS: {},
}
# What the customer of a bank answers who complains for themselves about a transfer.
PATH = tuple(
    slug for slug in READ if slug not in (Slug.KIND, Slug.REPRESENTATIVE, Slug.AUTHORITY, Slug.CUSTOMER_CONTACT)
)
ACTING = {"who": {"role": "representative", "capacity": None}}


def told(profile: Institution = PROFILE, **changes: dict[str, Any] | None) -> Told:
    """A complete draft; a step given as None is left out. A hyphen of a step's name is an underscore here.

    What the guide of the topic advises has been read.
    """
    changed = {Slug(name.replace("_", "-")): read for name, read in changes.items()}
    read = {slug: changed.get(slug, READ.get(slug)) for slug in Slug}
    answers = {slug: Answer({}, value) for slug, value in read.items() if value is not None}
    draft = Told(Acknowledged(profile.privacy.version, "id", NOW), answers)
    if Slug.ADVICE not in changed:
        answers[Slug.ADVICE] = Answer({}, {"about": advised_about(draft, profile)})
    return draft
