"""Writes the text of a notice, once, in the recipient's language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from portal.institution.models import Institution
from portal.notices.rules import MASK, TO_PHONES, Channel, NoticeKind, for_phones, greeted, harmless
from portal.web.formats import FILTERS
from portal.words import LanguageEnvironment, text_environment


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text as it is kept. A message to a telephone has no subject."""

    subject: str
    body: str


def render(
    kind: NoticeKind,
    channel: Channel,
    language: str,
    *,
    name: str | None,
    facts: Mapping[str, Any],
    profile: Institution,
) -> Rendered:
    """The text of a notice from `templates/notices/<kind>/`, with •••••• where its secret stands.

    Templates know the facts by their names, and `name` (the recipient's, if it can be greeted),
    `secret`, `institution` and `lang`. A notice without a channel is written as a mail. Raises
    `jinja2.UndefinedError` for a fact that the template asks for and the caller did not give.
    """
    context = {
        **{fact: harmless(value) if isinstance(value, str) else value for fact, value in facts.items()},
        "name": greeted(name),
        "secret": MASK,
        "institution": profile,
    }
    environment = _environment(language)

    def write(part: str) -> str:
        return environment.get_template(f"notices/{kind}/{part}.txt").render(lang=language, **context)

    if channel in TO_PHONES:
        return Rendered("", for_phones(write("sms")))
    # The subject becomes a header: one line, whatever the template's own lines are.
    # A part of the letter that stays empty leaves no hole.
    body = re.sub(r"\n{3,}", "\n\n", write("body").strip())
    return Rendered(" ".join(write("subject").split()), body + "\n")


@cache
def _environment(language: str) -> LanguageEnvironment:
    # Words are the ground that the web's formats stand on, so the two can only be joined up here.
    environment = text_environment(language)
    environment.filters.update(FILTERS)
    return environment
