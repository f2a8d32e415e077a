"""The invented cases of each institution fit its profile."""

import tomllib

import pytest

from portal.demo.believable import STORIES
from portal.filing.cautions import exposed
from portal.filing.forms.matter import ACCOUNT
from portal.institution.loader import codes, load


@pytest.mark.parametrize("code", codes())
def test_the_stories_of_each_institution_could_have_been_filed(code: str) -> None:
    profile = load(code)
    cases = tomllib.loads(STORIES.read_text())[code]["cases"]
    assert len(cases) >= 8
    assert {case["language"] for case in cases} == {"id", "en"}
    for case in cases:
        topic = profile.topics[case["topic"]]
        assert topic in profile.topics_of("complaint")
        if "transaction" in case:
            assert case["transaction"]["type"] in profile.transaction_types
        assert ACCOUNT.fullmatch(case["account"].replace("-", "")), case["account"]
        assert not exposed(case["story"])
        assert case["email"].split("@")[1].split(".")[-1] in {"example", "id", "com", "my"}
        assert ".example" in case["email"] or "@example." in case["email"]
