"""A list as a page shows it."""

from tests.complaints.cases import Case
from tests.page import Page


def numbers(page: Page) -> list[str]:
    """The registration numbers of a list, in its order."""
    return [node.text for node in page.all("tbody .code")]


def in_order(*cases: Case) -> list[str]:
    """The numbers of complaints that are due on one day: their ids decide. With the clock standing these are random."""
    return [case.number for case in sorted(cases, key=lambda case: case.complaint_id)]


def row(page: Page, case: Case) -> str:
    """What a list says of one complaint."""
    (found,) = (node.text for node in page.all("tbody tr") if case.number in node.text)
    return found


def tabs(page: Page) -> dict[str, str]:
    """The ready-made lists with their counts."""
    return {node["href"].partition("?")[2]: node.one(".n").text for node in page.all("#views a")}
