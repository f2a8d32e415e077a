"""What js/typed.js does on a page whose form is saved while somebody writes."""

from typing import Any

from tests.page import Page


class Script:
    """It saves quietly, and notes from the answer what is saved. `form` is the selector of the page's form."""

    def __init__(self, page: Page, form: str | None = None) -> None:
        self.page = page
        self.form = () if form is None else (form,)
        self.turn = 0
        self.seen = page.one("[name=seen]")["value"]

    def save(self, values: dict[str, Any], *, status: int = 200, turn: int | None = None) -> dict[str, Any]:
        """Type these values and save them; what the script is told."""
        self.turn += 1
        form = self.page.form(*self.form).fill(values)
        form.tamper(typed="y", turn=str(self.turn if turn is None else turn), seen=self.seen)
        told = form.submit(status=status).response.get_json()
        self.seen = told.get("seen", self.seen)
        return dict(told)
