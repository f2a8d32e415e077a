"""The form that takes files: what they show, and the files themselves."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from portal.evidence.labels import Refused
from portal.web.fields import FilesField, SelectField
from portal.web.forms import Form, focus_id


class TakesFiles(Form):
    """A form with files, which says of each of them why it was not taken."""

    files = FilesField(_l("Choose photos or files"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refused: list[Refused] = []

    def tell(self, refused: Sequence[Refused]) -> None:
        """Say what became of the files that were not taken, one sentence each."""
        self.refused = list(refused)
        self.files.errors = [each.sentence for each in refused]

    def faults(self) -> list[tuple[str, Any]]:
        """Every file's sentence, not only the field's first."""
        others = [fault for fault in super().faults() if fault[0] != focus_id(self.files)]
        return others + [(focus_id(self.files), sentence) for sentence in self.files.errors]


class FilesForm(TakesFiles):
    """`purposes` are (code, words) in the order in which they are offered; `first` is the one chosen beforehand."""

    purpose = SelectField(_l("What do these files show?"), validate_choice=False)

    def __init__(self, *, purposes: Mapping[str, str], first: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.purpose.choices = [SelectChoice(code, words) for code, words in purposes.items()]
        # A purpose that the profile has dropped meanwhile must not cost anybody their upload.
        if self.purpose.data not in purposes:
            self.purpose.data = first
