"""The questions about a ready paragraph, which administrators keep."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from portal.desk.act_forms import LONGEST_LINE, LONGEST_TEXT
from portal.desk.responding.forms import LINE_TOO_LONG, TOO_LONG
from portal.web.fields import LongTextField, TextField
from portal.web.forms import Form
from portal.web.validators import Required, at_most
from portal.words import LANGUAGES


class ParagraphForm(Form):
    """A ready paragraph in both languages."""

    title_id = TextField(
        _l("Title in Indonesian"),
        [Required(_l("Write the title in Indonesian")), at_most(LONGEST_LINE, LINE_TOO_LONG)],
    )
    text_id = LongTextField(
        _l("Text in Indonesian"), [Required(_l("Write the text in Indonesian")), at_most(LONGEST_TEXT, TOO_LONG)]
    )
    title_en = TextField(
        _l("Title in English"), [Required(_l("Write the title in English")), at_most(LONGEST_LINE, LINE_TOO_LONG)]
    )
    text_en = LongTextField(
        _l("Text in English"), [Required(_l("Write the text in English")), at_most(LONGEST_TEXT, TOO_LONG)]
    )

    @property
    def title(self) -> dict[str, str]:
        return {one: self[f"title_{one}"].data or "" for one in LANGUAGES}

    @property
    def text(self) -> dict[str, str]:
        return {one: self[f"text_{one}"].data or "" for one in LANGUAGES}

    def show(self, title: Mapping[str, str], text: Mapping[str, str]) -> None:
        """Fill in what it says now."""
        for one in LANGUAGES:
            self[f"title_{one}"].data, self[f"text_{one}"].data = title[one], text[one]

    def refuse(self, name: str) -> None:
        """Say where a placeholder stands that nobody fills in."""
        for one in LANGUAGES:
            if f"{{{name}}}" in self.text[one]:
                self[f"text_{one}"].errors = [_l("Nothing is filled in for {%(name)s}", name=name)]
