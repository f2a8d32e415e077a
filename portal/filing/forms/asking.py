"""What every step's form knows: who asks whom, in which language and on which day; and how it becomes an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from werkzeug.datastructures import MultiDict

from portal.filing.merging import Window
from portal.filing.rules import Answer, Slug, Told, guide_of, is_representing, is_short, kind_of
from portal.institution.models import Institution
from portal.institution.profile.asking import Guide
from portal.web.forms import Form
from portal.workdays.rules import local_day


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, in which language, when, and after which answers: `told` is None before the draft is begun."""

    profile: Institution
    language: str
    now: datetime
    # Without a sender of short messages nobody could be answered who gives no e-mail address.
    email_required: bool
    told: Told | None
    # Whether this deployment sends messages by WhatsApp.
    whatsapp: bool = False

    @property
    def today(self) -> date:
        """The institution's local day."""
        return local_day(self.now, self.profile.zone)

    @property
    def kind(self) -> str:
        return kind_of(self.told, self.profile)

    @property
    def short(self) -> bool:
        return is_short(self.told, self.profile)

    @property
    def representing(self) -> bool:
        return is_representing(self.told, self.profile)

    @property
    def guide(self) -> Guide | None:
        return guide_of(self.told, self.profile)


class StepForm(Form):
    """A step's questions. Bound to what was typed before, it shows the same again."""

    # The page that sent it, until it is shown on one of its own.
    window: Window | None = None

    def __init__(self, asking: Asking, typed: Mapping[str, str] | None = None) -> None:
        # Without `typed` Flask-WTF binds the request's body, if there is one.
        super().__init__(**({} if typed is None else {"formdata": MultiDict(typed)}))
        self.asking = asking
        self.fit()

    def fit(self) -> None:
        """Fill in what depends on `asking`."""

    def read(self) -> dict[str, Any]:
        """What the answers mean, as JSON. Only after `validate`."""
        return {}

    def part(self, slug: Slug) -> str:
        """The name of what this form asks within a draft: the step, or one of its rows."""
        return slug

    def held(self, before: Answer | None) -> Mapping[str, str] | None:
        """What the draft holds of this form's inputs; None where it holds nothing."""
        return before.typed if before else None

    def again(self, typed: Mapping[str, str]) -> Self:
        """The same questions bound to these inputs. Nobody has sent it, so that it carries no token."""
        form = type(self)(self.asking, typed)
        del form["csrf_token"]
        return form

    def answer(self, before: Answer | None, *, valid: bool) -> Answer:
        """What the draft keeps: the inputs as typed, and what they mean where they are valid."""
        return Answer(self.inputs(), self.read() if valid else None)
