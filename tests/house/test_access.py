"""Who may call what: every route of the URL map, as every role, by every verb."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from portal.web.access import SAFE, access_of
from tests.journeys.filing import FollowedCase, follow_a_case
from tests.page import Client

VERBS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
# The classification itself, written down a second time: a tag that changes must be changed here too.
TAGS = {
    "health.process": "public",
    "health.ready": "public",
    "front.door": "public",
    "guidance.start": "public",
    "guidance.customer_service": "public",
    "guidance.procedure": "public",
    "guidance.service_levels": "public",
    "guidance.conditions": "public",
    "guidance.topics": "public",
    "guidance.disclaimer": "public",
    "guidance.privacy": "public",
    "guidance.accessibility": "public",
    "intake.step": "public",
    "intake.documents": "public",
    "intake.send": "public",
    "intake.sent": "public",
    "intake.kept": "public",
    "intake.discard": "public",
    "resume.elsewhere": "public",
    "resume.mail": "public",
    "resume.resume": "public",
    "tracking.sign_in": "public",
    "tracking.lost_code": "public",
    "tracking.new_code": "public",
    "tracking.leave": "public",
    "tracking.left": "public",
    "tracking.sign_out": "public",
    "tracking.case": "case_holder",
    "tracking.timeline": "case_holder",
    "tracking.deadline": "case_holder",
    "tracking.deadline_file": "case_holder",
    "tracking.withdraw": "case_holder",
    "tracking.code": "case_holder",
    "tracking.documents": "case_holder",
    "evidence.document": "folder_holder",
}

# Pages that this institution's profile does not fill do not exist.
UNFILLED = {"guidance.topics", "guidance.disclaimer"}
# A document that nobody has: somebody else's answers alike, which tests/evidence shows.
VALUES = {"lang": "en", "document_id": UUID(int=7)}

# Leaving must work from a page of any age; a forged request brings no cookie of ours and so ends nothing.
WITHOUT_TOKEN = {"tracking.leave"}


def rules(app: Flask) -> Iterator[Rule]:
    yield from app.url_map.iter_rules()


def url_of(app: Flask, rule: Rule) -> str:
    with app.test_request_context():
        return app.url_map.bind("127.0.0.1").build(
            rule.endpoint, {name: VALUES.get(name, "privacy") for name in rule.arguments}
        )


def test_every_route_is_classified(app: Flask) -> None:
    found = {rule.endpoint: access_of(app.view_functions[rule.endpoint]) for rule in rules(app)}
    assert found == TAGS


def test_a_route_without_a_tag_answers_like_one_that_does_not_exist(settings: object) -> None:
    from portal.app import create_app

    app = create_app(settings)  # type: ignore[arg-type]
    app.add_url_rule("/en/forgotten", "forgotten", lambda: "secret")
    answer = app.test_client().get("/en/forgotten", base_url="http://127.0.0.1:8000")
    assert answer.status_code == 404
    assert "secret" not in answer.text


@pytest.mark.parametrize("role", ["stranger", "customer"])
def test_every_route_by_every_verb_as_every_role(app: Flask, settings: object, role: str) -> None:
    for rule in rules(app):
        for verb in VERBS:
            client = Client(app, "http://127.0.0.1:8000")
            if role == "customer":
                follow_a_case(client, "en")
            answer = client.http.open(url_of(app, rule), method=verb, base_url="http://127.0.0.1:8000")
            what = f"{role} {verb} {rule.endpoint}: {answer.status_code}"
            if verb not in (rule.methods or ()):
                # 404 where a step's address is also the address of an act.
                assert answer.status_code in (404, 405), what
            elif rule.endpoint in WITHOUT_TOKEN and verb not in SAFE:
                assert answer.status_code == 303, what
            elif verb not in SAFE:
                # Nobody gets anywhere without the token that our own pages carry.
                assert answer.status_code in (400, 422) or _to_sign_in(answer) or _to_start(answer), what
            elif rule.endpoint in UNFILLED and verb != "OPTIONS":
                assert answer.status_code == 404, what
            elif verb == "OPTIONS":
                assert answer.status_code == 200 and not answer.data, what
            elif TAGS[rule.endpoint] == "folder_holder":
                assert answer.status_code == 404, what
            elif TAGS[rule.endpoint] == "case_holder" and role == "stranger":
                assert _to_sign_in(answer), what
            else:
                assert answer.status_code in (200, 204, 302, 303), what
                assert TAGS[rule.endpoint] == "public" or not _to_sign_in(answer), what


def _to_sign_in(answer: object) -> bool:
    return answer.status_code == 303 and answer.headers["Location"].endswith("/en/track")


def _to_start(answer: object) -> bool:
    return answer.status_code == 303 and "/en/file" in answer.headers["Location"]


def test_a_customer_sees_no_other_case(app: Flask) -> None:
    one, other = Client(app, "http://127.0.0.1:8000"), Client(app, "http://127.0.0.1:8000")
    mine: FollowedCase = follow_a_case(one, "en")
    theirs: FollowedCase = follow_a_case(other, "en")
    assert mine.number != theirs.number
    for rule in rules(app):
        if TAGS[rule.endpoint] == "case_holder" and "GET" in (rule.methods or ()):
            page = one.http.get(url_of(app, rule), base_url="http://127.0.0.1:8000").text
            assert theirs.number not in page
