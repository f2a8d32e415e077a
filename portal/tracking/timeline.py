"""The history of a complaint as the party who reads it is told it: what happened, who did it, and for whom."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.complaints.completeness import Reopened
from portal.complaints.labels import way
from portal.complaints.queries import Someone
from portal.complaints.retold import joined
from portal.complaints.rules import Action, Role
from portal.evidence.labels import Line
from portal.history.rules import ActorKind, Told
from portal.institution.calendars.rules import Act
from portal.institution.models import Institution
from portal.notices.rules import NoticeKind
from portal.tracking.labels import document_name, words
from portal.web import formats
from portal.words import translations


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the timeline. `by` says who did it, where more than one person could have.

    `files` came or went with a message.
    """

    at: datetime
    title: str
    text: str | None
    by: str | None
    files: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, in which language, and what they call what was sent.

    `people` are all parties, the reader too, `messages` the texts that the reader may read, and `attached`
    the files that came or went with each.
    """

    id: UUID
    people: Sequence[Someone]
    messages: Mapping[str, str]
    kind: str
    profile: Institution
    language: str
    attached: Mapping[str, Sequence[Line]] = field(default_factory=dict)

    @property
    def customer(self) -> str:
        """The institution's own word for its customers."""
        return self.profile.customer[self.language]

    def say(self, text: str, **values: object) -> str:
        """A sentence in the reader's language."""
        return translations(self.language).gettext(text) % {"kind": self.kind, "customer": self.customer, **values}

    def day(self, iso: str) -> str:
        """A day as it is kept in a payload, as a person writes it."""
        return formats.day(date.fromisoformat(iso), self.language)

    def documents(self, codes: Iterable[str]) -> str:
        """Documents by their names."""
        return ", ".join(document_name(code, self.profile, self.language) for code in codes)


def timeline(
    history: Iterable[Told], reader: Reader, more: Callable[[Told, Reader], str | None] = lambda told, reader: None
) -> list[Event]:
    """The entries in the order given. `more` tells of those that another file knows."""
    return [
        Event(
            told.at,
            _title(Action(told.kind), reader),
            reader.messages.get((told.payload or {}).get("message", "")) or _text(told, reader) or more(told, reader),
            _by(told, reader),
            reader.attached.get((told.payload or {}).get("message", ""), ()),
        )
        for told in joined(history)
    ]


def _title(action: Action, reader: Reader) -> str:
    _ = reader.say
    match action:
        case Action.FILE:
            return formats.upper_first(_("%(kind)s received"))
        case Action.WITHDRAW:
            return formats.upper_first(_("%(kind)s withdrawn"))
        case Action.DEEM_WITHDRAWN:
            return formats.upper_first(_("%(kind)s deemed withdrawn"))
        case _:
            return words(reader.language).actions[action]


def _by(told: Told, reader: Reader) -> str | None:
    """Who did it and for whom. Where nobody acts for the customer it needs no saying."""
    if len(reader.people) < 2 or told.actor.kind not in (ActorKind.CUSTOMER, ActorKind.REPRESENTATIVE):
        return None
    _ = reader.say
    names = {someone.id: someone.name for someone in reader.people}
    mine, customers = told.actor.id == reader.id, _is_customer(reader)
    name = names.get(told.actor.id, "") if told.actor.id else ""
    if told.actor.behalf is None:
        return _("By you") if mine else _("By %(name)s", name=name)
    if mine:
        return _("By you, on behalf of %(name)s", name=names.get(told.actor.behalf, ""))
    return _("By %(name)s, on your behalf", name=name) if customers else _("By %(name)s", name=name)


def _is_customer(reader: Reader) -> bool:
    return any(someone.id == reader.id and someone.role is Role.CUSTOMER for someone in reader.people)


def _text(told: Told, reader: Reader) -> str | None:
    payload, _ = told.payload or {}, reader.say
    match Action(told.kind):
        case Action.FILE:
            return _filed(payload, reader)
        case Action.ADD_DOCUMENTS:
            count = len(payload.get("documents", ()))
            sentence = translations(reader.language).ngettext(
                "We have received one file.", "We have received %(count)s files.", count
            )
            return sentence % {"count": count}
        case Action.FILE_PAPERS:
            return _papers(payload, reader)
        case Action.LOCK_DOCUMENT:
            return _locked(payload, reader)
        case Action.COMPLETE:
            if payload.get("due_on") is None:
                return _("The last document that was missing has arrived.")
            day = reader.day(payload["due_on"])
            return _("The last document that was missing has arrived. We answer by %(day)s.", day=day)
        case Action.REOPEN_DOCUMENTS:
            return _reopened(payload, reader)
        case Action.CONVERT:
            return _converted(payload, reader)
        case Action.RECOUNT:
            return _recounted(payload, reader)
        case Action.ESCALATE:
            if "by" in payload:
                return _("The customer service manager has it now.")
            return _("The customer service manager has it from the beginning.")
        case Action.ASK_DOCUMENTS | Action.EXTEND_DOCUMENTS:
            if payload.get("due_on") is None:
                return None
            return _("Bring them by %(day)s.", day=reader.day(payload["due_on"]))
        case Action.ACCEPT_DOCUMENT:
            return reader.documents([payload["purpose"]])
        case Action.REJECT_DOCUMENT:
            return str(payload["reason"])
        case Action.REJECT_AUTHORITY:
            return str(payload["mending"])
        case Action.INVOLVE:
            return str(payload["party"])
        case Action.MERGE:
            if payload.get("due_on") is None:
                return _("It goes on in %(number)s, which we answer for both.", number=payload["into"])
            day = reader.day(payload["due_on"])
            return _("It goes on in %(number)s, which we answer for both by %(day)s.", number=payload["into"], day=day)
        case Action.DEEM_WITHDRAWN:
            return _("The documents did not come in time. You may make it again at any time.")
        case Action.EXTEND:
            return _extended(payload, reader)
        case Action.AS_SERVICE:
            return _("We handle it as a matter of our service. You still get an answer.")
        case Action.ANSWER:
            if payload.get("decide_by") is None:
                return None
            return _("We keep it open for your reply until %(day)s.", day=reader.day(payload["decide_by"]))
        case Action.REFUSE:
            return _("The ground, the reason and what you can do now stand in our letter.")
        case Action.PAYMENT_RECEIVED:
            return _("Your payment has reached us. Wait for the SMS that says that it is booked.")
        case Action.PAYMENT_BOOKED:
            return _("An SMS goes to the telephone number in our records.")
        case Action.RECORD_CONTACT:
            return _("Letters to the %(customer)s go to the contact in our own records.")
        case Action.TELL_BY_PHONE:
            return str(words(reader.language).kinds[NoticeKind(payload["kind"])])
        case Action.RENEW_CODE:
            return _("The earlier code no longer opens this %(kind)s.")
        case Action.REVOKE_AUTHORITY | Action.LAY_DOWN_AUTHORITY | Action.RECORD_REVOCATION:
            return _("From now on nobody acts for the %(customer)s.")
        case Action.WITHDRAW:
            if _is_customer(reader):
                return _("You took the %(kind)s back. You may make it again at any time.")
            return _("The %(customer)s took the %(kind)s back.")
        case _:
            return None


def _filed(payload: Mapping[str, Any], reader: Reader) -> str:
    _ = reader.say
    told = []
    if "arrived_at" in payload:
        told.append(_("An officer took it down. It came by: %(way)s, %(at)s.", **_arrived(payload, "channel", reader)))
    if payload.get("due_on") is not None:
        told.append(_("We have recorded it and answer by %(day)s.", day=reader.day(payload["due_on"])))
    else:
        told.append(_("The registration number is your proof that we have recorded it."))
    if payload.get("missing"):
        told.append(_("We asked for what was missing: %(documents)s.", documents=reader.documents(payload["missing"])))
    return " ".join(told)


def _papers(payload: Mapping[str, Any], reader: Reader) -> str:
    """What came another way than through the portal (K3-17): how, and when it arrived."""
    count = len(payload.get("documents", ()))
    sentence = translations(reader.language).ngettext(
        "We have received one file. It came by: %(way)s, %(at)s.",
        "We have received %(count)s files. They came by: %(way)s, %(at)s.",
        count,
    )
    return sentence % {"count": count, **_arrived(payload, "way", reader)}


def _arrived(payload: Mapping[str, Any], key: str, reader: Reader) -> dict[str, str]:
    at = datetime.fromisoformat(payload["arrived_at"])
    return {
        "way": way(payload[key], reader.profile, reader.language),
        "at": formats.moment(at, reader.language, reader.profile.zone),
    }


def _converted(payload: Mapping[str, Any], reader: Reader) -> str | None:
    _ = reader.say
    told = []
    if payload.get("due_on") is not None:
        told.append(_("We answer by %(day)s.", day=reader.day(payload["due_on"])))
    if payload.get("missing"):
        told.append(_("We asked for what was missing: %(documents)s.", documents=reader.documents(payload["missing"])))
    return " ".join(told) or None


def _extended(payload: Mapping[str, Any], reader: Reader) -> str:
    """The old and the new date, the ground, and the outside party that it rests on (BM-32, BM-33, SQ-G1)."""
    _, ground = reader.say, reader.profile.extension_grounds.get(payload.get("ground", ""))
    before, after = reader.day(payload["before_on"]), reader.day(payload["due_on"])
    told = [_("We answer by %(after)s; until now it was %(before)s.", after=after, before=before)]
    if ground:
        told.append(_("Reason: %(ground)s.", ground=ground.label[reader.language]))
    if payload.get("party"):
        told.append(_("Outside party: %(party)s.", party=payload["party"]))
    return " ".join(told)


def _locked(payload: Mapping[str, Any], reader: Reader) -> str:
    _ = reader.say
    name = payload.get("name", "")
    told = [_("The scanner found a virus in %(name)s. Nobody opens it; your %(kind)s goes on.", name=name)]
    if payload.get("asked") == Reopened.ASKED:
        told.append(_("Please send it once more. Our time to answer runs on as before."))
    return " ".join(told)


def _reopened(payload: Mapping[str, Any], reader: Reader) -> str:
    _ = reader.say
    told = [_("What came for it does not hold: %(documents)s.", documents=reader.documents(payload.get("codes", ())))]
    if payload.get("reason"):
        told.append(payload["reason"])
    told.append(_("Our time to answer begins when its replacement has arrived."))
    if payload.get("bring_by"):
        told.append(_("Bring it by %(day)s.", day=reader.day(payload["bring_by"])))
    return " ".join(told)


def _recounted(payload: Mapping[str, Any], reader: Reader) -> str:
    """Old and new date, and by which decrees (the published list, where none of ours did it)."""
    _ = reader.say
    said: list[str] = []
    if answer := payload["answer"]:
        before, now, counted = (
            reader.day(day) for day in (answer[0]["due_on"], answer[1]["due_on"], answer[1]["counted_on"])
        )
        if now != before:
            said.append(_("We answer by %(day)s, instead of %(before)s.", day=now, before=before))
        else:
            said.append(
                _(
                    "By the new calendar the last day is %(counted)s; the day that we promised stays %(day)s.",
                    counted=counted,
                    day=now,
                )
            )
    if documents := payload["documents"]:
        before, now = (reader.day(day) for day in documents)
        said.append(_("You have until %(day)s for your documents, instead of %(before)s.", day=now, before=before))
    if not said:
        said.append(_("The date by which we answer stays."))
    for change in payload["changes"]:
        on = reader.day(change["on"])
        facts = {"on": on, "decree": change["decree"], "name": (change["name"] or {}).get(reader.language)}
        if change["act"] == Act.OPEN:
            said.append(_("%(on)s is a working day again (%(decree)s).", **facts))
        elif facts["name"]:
            said.append(_("%(on)s is not counted: %(name)s (%(decree)s).", **facts))
        else:
            said.append(_("%(on)s is not counted (%(decree)s).", **facts))
    if not payload["changes"]:
        said.append(_("The published list of holidays was corrected."))
    return " ".join(said)
