"""What a party told us, in words, as the page of the case and the file of it show it."""

from datetime import date
from typing import Any

from portal.complaints.kinds import word_for
from portal.complaints.queries import CaseFile, OpenCase, OpenParty
from portal.complaints.rules import Role
from portal.filing.cautions import ending
from portal.institution.models import Institution
from portal.tracking import labels
from portal.web import formats
from portal.web.typed import print_phone


def told(
    file: CaseFile, complaint: OpenCase, party: OpenParty, profile: Institution, language: str, *, today: date
) -> dict[str, Any]:
    """What `tracking/_told_facts.html` needs; the account number by its end alone."""
    topic = profile.topics.get(complaint.topic)
    return {
        "file": file,
        "kind": word_for(complaint.kind, profile, language),
        "topic": topic.label[language] if topic else None,
        "account_end": ending(file.account) if file.account else None,
        "phone": print_phone(file.person.phone) if file.person.phone else None,
        "movements": labels.movements(file.transactions, profile, language),
        "loss": None if file.loss is None else formats.amount(file.loss, language),
        "guide": labels.guided(file.guided, complaint.topic, profile, language),
        "acting": labels.acting(file.people, language, today=today),
        "represents": party.role is Role.REPRESENTATIVE,
    }
