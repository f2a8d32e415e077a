"""When there is something to do in a case: what each act asks of it, beside what the rules allow, and to whom."""

from portal.complaints.disputes.deciding import is_decided as decided
from portal.complaints.extending import may_ever
from portal.complaints.payments import awaits_payment as payment_awaited
from portal.complaints.responses.refusing import grounds_of
from portal.complaints.states import AuthorityState, ContactSource, Novelty, RoundKind
from portal.desk.case_file import CaseFile
from portal.institution.models import Institution
from portal.institution.rules import Form


def has_power(file: CaseFile, _: Institution) -> bool:
    return file.power is not None and file.power.row.state in (AuthorityState.CLAIMED, AuthorityState.REJECTED)


def has_representative(file: CaseFile, _: Institution) -> bool:
    states = (AuthorityState.CLAIMED, AuthorityState.ACCEPTED, AuthorityState.REJECTED)
    return file.power is not None and file.power.row.state in states


def lacks_contact(file: CaseFile, _: Institution) -> bool:
    return file.customer.row.contact is not ContactSource.OWN


def has_documents(file: CaseFile, _: Institution) -> bool:
    return bool(file.documents)


def may_extend(file: CaseFile, profile: Institution) -> bool:
    clock, extension = file.documents_clock, profile.documents_extension
    return clock is not None and extension is not None and len(clock.steps) < extension.most


def is_verbal(file: CaseFile, _: Institution) -> bool:
    return file.complaint.form is Form.VERBAL


def has_divisions(file: CaseFile, profile: Institution) -> bool:
    return bool(profile.divisions)


def has_open_report(file: CaseFile, _: Institution) -> bool:
    return bool(file.open_reports)


def not_escalated(file: CaseFile, _: Institution) -> bool:
    return file.complaint.escalated_at is None


def not_recognised(file: CaseFile, _: Institution) -> bool:
    # Who was compared and does not agree may still be recognised when they call.
    compared = file.identity(file.customer.id)
    return compared is None or not compared.row.passed


def is_decided(file: CaseFile, profile: Institution) -> bool:
    return decided(file.complaint, profile)


def may_be_objected_to(file: CaseFile, profile: Institution) -> bool:
    return is_decided(file, profile) and profile.objection is not None


def is_doubted(file: CaseFile, _: Institution) -> bool:
    return file.dispute.newest.novelty is Novelty.DOUBTED


def is_held_back(file: CaseFile, _: Institution) -> bool:
    return file.complaint.held_at is not None


def may_lengthen(file: CaseFile, profile: Institution) -> bool:
    return may_ever(file.running, form=file.complaint.form, profile=profile)


def is_complaint(file: CaseFile, profile: Institution) -> bool:
    return not profile.is_short(file.complaint.kind)


def may_refuse(file: CaseFile, profile: Institution) -> bool:
    return is_complaint(file, profile) and bool(grounds_of(profile))


def may_be_service(file: CaseFile, profile: Institution) -> bool:
    return may_refuse(file, profile) and file.complaint.service_at is None


def may_answer_at_once(file: CaseFile, _: Institution) -> bool:
    return not file.reports and file.complaint.escalated_at is None and file.opened.kind is RoundKind.COMPLAINT


def awaits_payment(file: CaseFile, profile: Institution) -> bool:
    return payment_awaited(file.complaint, profile)
