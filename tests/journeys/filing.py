"""From an empty form to an open case, for tests that begin where a complaint has been filed."""

from dataclasses import dataclass

from tests.intake.journey import number_and_code, send, walk_to
from tests.page import Client, Page


@dataclass(frozen=True)
class FollowedCase:
    """A complaint that was filed and is open in the client's browser."""

    number: str
    access_code: str
    page: Page


def sign_in(client: Client, lang: str, number: str, code: str, *, status: int = 200) -> Page:
    """Give number and code at the front door."""
    return client.get(f"/{lang}/track").form(f"/{lang}/track").fill(number=number, code=code).submit(status=status)


def follow_a_case(client: Client, lang: str) -> FollowedCase:
    """File a complaint and open it."""
    number, code = number_and_code(send(walk_to(client, "check", lang)))
    return FollowedCase(number, code, sign_in(client, lang, number, code))
