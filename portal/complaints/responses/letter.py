"""A response told as a letter: to whom, about what, what we found, what we do, and what the customer can do next.

Everything in a version of the letter is in its own language, whatever the language of the page around it.
"""

from dataclasses import dataclass, field
from datetime import datetime

from portal.complaints.kinds import word_for
from portal.complaints.responses.rules import Response, SentAnswer, Treated
from portal.complaints.states import AnswerKind, Outcome, PointState
from portal.institution.models import Institution
from portal.institution.rules import RefusalGround
from portal.web import formats
from portal.words import translations
from portal.workdays.rules import local_day


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the letter under its own heading; `points` are what the customer says, and our words to it."""

    heading: str
    paragraphs: tuple[str, ...] = field(default=(), repr=False)
    items: tuple[str, ...] = field(default=(), repr=False)
    points: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Version:
    """The letter in one language: its reference block, its salutation and opening, its parts, who signs."""

    language: str
    facts: tuple[tuple[str, str], ...]
    salutation: str = field(repr=False)
    opening: str
    parts: tuple[Part, ...]
    signed: str
    # What the history's head is good for; None before the letter is sent.
    proof: str | None


@dataclass(frozen=True, slots=True)
class ResponseLetter:
    """A response as its letter shows it: the reader's language first, then the other where it has both.

    `head` is the head of the history's chain in hexadecimal, which both versions bear.
    """

    kind: AnswerKind
    number: str
    sent_at: datetime | None
    head: str | None
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What the letter says of its complaint: the printed number, the customer's name, topic and kind by code."""

    number: str
    addressee: str = field(repr=False)
    topic: str
    kind: str


def response_letter(response: Response, about: About, *, profile: Institution, language: str) -> ResponseLetter:
    """The letter of a response for a page in `language`. One that is not sent yet says so."""
    written = languages_of(response)
    order = [language, *(one for one in profile.languages if one != language)]
    sent = response if isinstance(response, SentAnswer) else None
    return ResponseLetter(
        kind=response.kind,
        number=about.number,
        sent_at=sent.sent_at if sent else None,
        head=sent.head.hex() if sent else None,
        versions=tuple(_version(response, about, profile, one) for one in order if one in written),
    )


def languages_of(response: Response) -> set[str]:
    """The languages in which a response says something."""
    texts = [response.words, response.findings, *(point.reply for point in response.points)]
    return {language for text in texts for language, said in text.items() if said}


def _version(response: Response, about: About, profile: Institution, language: str) -> Version:
    _ = translations(language).gettext
    topic, word = profile.topics.get(about.topic), word_for(about.kind, profile, language)
    sent = response if isinstance(response, SentAnswer) else None
    dated = formats.day(local_day(sent.sent_at, profile.zone), language) if sent else _("Not sent yet")
    opening = {
        AnswerKind.ANSWER: _("We have looked into your %(kind)s. This is our response."),
        AnswerKind.FIRST_LINE: _("This is our answer to your %(kind)s."),
        AnswerKind.REFUSAL: _("We refuse your %(kind)s. The ground and the reason stand below."),
    }[response.kind]
    proof = _(
        "This is the mark of the history of your %(kind)s when the letter was sent. Keep it: with it anybody can "
        "check later that nothing before it was changed."
    )
    return Version(
        language=language,
        facts=(
            (_("Number"), about.number),
            (_("Date"), dated),
            (_("Subject"), topic.label[language] if topic else formats.upper_first(word)),
        ),
        salutation=_("Dear %(name)s,") % {"name": about.addressee},
        opening=opening % {"kind": word},
        parts=tuple(_parts(response, about, profile, language)),
        signed=_("Complaint Service, %(institution)s") % {"institution": profile.name},
        proof=proof % {"kind": word} if sent else None,
    )


def _parts(response: Response, about: About, profile: Institution, language: str) -> list[Part]:
    _, told = translations(language).gettext, []
    if response.kind is AnswerKind.REFUSAL:
        ground = profile.refusals.get(response.ground) if response.ground else None
        if ground:
            told.append(Part(_("The ground"), (ground.label[language], ground.text[language])))
        told.append(Part(_("The reason"), _paragraphs(response.words.get(language))))
    elif response.kind is AnswerKind.FIRST_LINE:
        told.append(Part(_("Our answer"), _paragraphs(response.words.get(language))))
    else:
        if response.points:
            points = tuple((point.text, _said(point, language)) for point in response.points)
            told.append(Part(_("Your points and our response"), points=points))
        told.append(Part(_("What we found"), _paragraphs(response.findings.get(language))))
        told.append(
            Part(
                _("What we do"),
                _paragraphs(response.words.get(language)),
                items=tuple(_outcome(outcome, response, language) for outcome in response.outcomes),
            )
        )
    steps = tuple(_next_steps(response, about.kind, profile, language))
    return [*told, Part(_("What you can do"), items=steps)] if steps else told


def _paragraphs(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split("\n") if part.strip())


def _said(point: Treated, language: str) -> str:
    _, said = translations(language).gettext, point.reply.get(language, "")
    not_ours = _("This is not ours to decide.")
    return f"{not_ours} {said}" if point.state is PointState.MARKED else said


def _outcome(outcome: Outcome, response: Response, language: str) -> str:
    """What we do, as a sentence of the letter (K3-20: a disbursement with its date and reference)."""
    _ = translations(language).gettext
    match outcome:
        case Outcome.EXPLANATION:
            return _("We have explained what happened.")
        case Outcome.APOLOGY:
            return _("We apologise to you.")
        case Outcome.CORRECTION:
            return _("We put it right.")
        case Outcome.COMPENSATION:
            amount = formats.amount(response.amount, language) if response.amount is not None else "–"
            return _("We pay you %(amount)s.") % {"amount": amount}
        case Outcome.DISBURSEMENT:
            on = formats.day(response.on, language) if response.on else "–"
            told = _("The loan was disbursed on %(day)s, reference number %(reference)s.")
            return told % {"day": on, "reference": response.reference or "–"}
        case Outcome.NOT_UPHELD:
            return _("We cannot meet what you ask for.")


def _next_steps(response: Response, kind: str, profile: Institution, language: str) -> list[str]:
    """What the customer can do now (SQ-29 … SQ-35, BM-38 … BM-41); nothing is to be decided about a question."""
    _, told = translations(language).gettext, []
    if profile.is_short(kind):
        return []
    if response.ground is RefusalGround.INCOMPLETE:
        told.append(_("Once you have the documents you may make it again at any time, free of charge."))
    if response.kind is not AnswerKind.REFUSAL:
        told.append(_("If you agree, tell us so: then it is settled."))
    if profile.objection:
        told.append(profile.objection.text[language])
    if profile.forums:
        told.append(
            _("You can take it further, to a body outside %(institution)s or to court.") % {"institution": profile.name}
        )
    if response.kind is not AnswerKind.REFUSAL:
        told.append(_("If you say nothing, that is no agreement."))
    return told
