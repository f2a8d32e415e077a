"""What somebody types into a page, and what it shows of it."""

from typing import Any

import pytest

from portal.institution.loader import load
from tests.intake.journey import ANSWERS
from tests.page import Client

PROFILE = load("muamalat")
languages = pytest.mark.parametrize("lang", ["id", "en"])
STORY = ANSWERS["story"]["story"]


def value(client: Client, slug: str, name: str, lang: str = "id") -> Any:
    """What a page shows now in a field."""
    return client.get(f"/{lang}/file/{slug}").form().values[name]


def lines(text: str) -> str:
    return text.replace("\n", "\r\n")
