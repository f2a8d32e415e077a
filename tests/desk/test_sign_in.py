"""The way in to the desk."""

from tests.accounts.people import Known, sign_in
from tests.page import Client


def test_password_and_app_open_the_desk(client: Client, agent: Known) -> None:
    page = sign_in(client, agent)
    assert page.path == "/en/desk"
    assert agent.name in page.text
