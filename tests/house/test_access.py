"""Who may call what: every route of the URL map, as every role, by every verb."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.accounts.rules import OfficerRole
from portal.web.access import SAFE, access_of
from tests.accounts.people import BASE_URL, an_officer, give_password, sign_in
from tests.journeys.filing import FollowedCase, follow_a_case
from tests.page import Client

VERBS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
EVERYBODY = "officer: agent, cs_manager, division_member, auditor, administrator"
# The classification itself, written down a second time: a tag that changes must be changed here too.
TAGS = {
    "health.process": "public",
    "health.ready": "public",
    "front.door": "public",
    "guidance.start": "public",
    "guidance.customer_service": "public",
    "guidance.procedure": "public",
    "guidance.service_levels": "public",
    "guidance.deadline": "public",
    "guidance.deadline_text": "public",
    "guidance.conditions": "public",
    "guidance.topics": "public",
    "guidance.forums": "public",
    "guidance.forum": "public",
    "guidance.forum_finder": "public",
    "guidance.forums_found": "public",
    "guidance.forum_last_day": "public",
    "guidance.disclaimer": "public",
    "guidance.privacy": "public",
    "guidance.accessibility": "public",
    "intake.tasks": "public",
    "intake.step": "public",
    "intake.transactions": "public",
    "intake.transaction": "public",
    "intake.documents": "public",
    "intake.send": "public",
    "intake.sent": "public",
    "intake.kept": "public",
    "intake.discard": "public",
    "intake.something_else": "public",
    "resume.elsewhere": "public",
    "resume.mail": "public",
    "resume.resume": "public",
    "texts.choose": "public",
    "texts.anew": "public",
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
    "tracking.documents_deadline": "case_holder",
    "tracking.authority": "case_holder",
    "tracking.deadline_text": "case_holder",
    "tracking.withdraw": "case_holder",
    "tracking.code": "case_holder",
    "tracking.documents": "case_holder",
    "tracking.write": "case_holder",
    "tracking.answer": "case_holder",
    "tracking.agree": "case_holder",
    "tracking.disagree": "case_holder",
    "tracking.rating": "case_holder",
    "tracking.objection": "case_holder",
    "tracking.objection_sent": "case_holder",
    "tracking.forums": "case_holder",
    "tracking.tell_forum": "case_holder",
    "tracking.file": "case_holder",
    "tracking.archive": "case_holder",
    "tracking.letter": "case_holder",
    "evidence.document": "folder_holder",
    "desk.sign_in": "public",
    "desk.invitation": "public",
    "desk.sign_out": "public",
    "desk.second_factor": "half_officer",
    "desk.recovery_code": "half_officer",
    "desk.enrol": "half_officer",
    "desk.passkey": "half_officer",
    "desk.passkey_options": "half_officer",
    "desk.enrol_passkey": "half_officer",
    "desk.enrol_options": "half_officer",
    "desk.home": EVERYBODY,
    "desk.recovery_codes": EVERYBODY,
    "desk.refresh": "officer: agent, cs_manager, division_member, auditor",
    "desk.saved_views": "officer: agent, cs_manager, division_member, auditor",
    "desk.save_view": "officer: agent, cs_manager, division_member, auditor",
    "desk.rename_view": "officer: agent, cs_manager, division_member, auditor",
    "desk.delete_view": "officer: agent, cs_manager, division_member, auditor",
    "desk.assign": "officer: cs_manager",
    "desk.give": "officer: cs_manager",
    "desk.search": "officer: agent, cs_manager, division_member, auditor",
    "desk.found": "officer: agent, cs_manager, division_member, auditor",
    "desk.keys": EVERYBODY,
    "desk.account": EVERYBODY,
    "desk.confirm": EVERYBODY,
    "desk.password": EVERYBODY,
    "desk.shortcuts": EVERYBODY,
    "desk.new_authenticator": EVERYBODY,
    "desk.authenticator": EVERYBODY,
    "desk.remove_authenticator": EVERYBODY,
    "desk.new_passkey": EVERYBODY,
    "desk.new_passkey_options": EVERYBODY,
    "desk.remove_passkey": EVERYBODY,
    "desk.new_recovery_codes": EVERYBODY,
    "desk.end_session": EVERYBODY,
    "desk.end_other_sessions": EVERYBODY,
    "desk.people": "officer: administrator",
    "desk.new_person": "officer: administrator",
    "desk.person": "officer: administrator",
    "desk.invite_person": "officer: administrator",
    "desk.reset_person": "officer: administrator",
    "desk.end_sessions": "officer: administrator",
    "desk.disable_person": "officer: administrator",
    "desk.enable_person": "officer: administrator",
    "desk.people_history": "officer: auditor, administrator",
    "desk.case": "officer: agent, cs_manager, division_member, auditor",
    "desk.document": "officer: agent, cs_manager, division_member, auditor",
    "desk.write": "officer: agent, cs_manager, division_member",
    "desk.act": "officer: agent, cs_manager, division_member",
    "desk.report": "officer: agent, cs_manager, division_member, auditor",
    "desk.link": "officer: agent, cs_manager, division_member",
    "desk.split": "officer: agent, cs_manager, division_member",
    "desk.merge": "officer: agent, cs_manager, division_member",
    "desk.audit": "officer: cs_manager, auditor",
    "desk.calendar": "officer: cs_manager, auditor, administrator",
    "desk.change_calendar": "officer: administrator",
    "desk.do_change": "officer: administrator",
    "desk.papers": "officer: agent, cs_manager, division_member",
    "desk.receive_new": "officer: agent, cs_manager",
    "desk.receive_frame": "officer: agent, cs_manager",
    "desk.receive_told": "officer: agent, cs_manager",
    "desk.receive_texts": "officer: agent, cs_manager",
    "desk.receive_documents": "officer: agent, cs_manager",
    "desk.receive_document": "officer: agent, cs_manager",
    "desk.receive_check": "officer: agent, cs_manager",
    "desk.receive_discard": "officer: agent, cs_manager",
    "desk.received": "officer: agent, cs_manager",
    "desk.counter_paper": "officer: agent, cs_manager",
    "desk.handed_over": "officer: agent, cs_manager",
    "desk.outbox": "officer: agent, cs_manager",
    "desk.notice": "officer: agent, cs_manager",
    "desk.health": "officer: cs_manager, administrator",
    "desk.revive_job": "officer: administrator",
    "desk.answer": "officer: agent, cs_manager, division_member",
    "desk.first_line": "officer: agent, cs_manager, division_member",
    "desk.refuse": "officer: agent, cs_manager, division_member",
    "desk.response": "officer: agent, cs_manager, division_member, auditor",
    "desk.paragraphs": "officer: administrator",
    "desk.new_paragraph": "officer: administrator",
    "desk.paragraph": "officer: administrator",
}

# Pages that this institution's profile does not fill do not exist.
UNFILLED = {"guidance.topics", "guidance.disclaimer"}
# What nobody has. Somebody else's document answers alike, which tests/evidence shows.
VALUES = {
    "lang": "en",
    "number": 1,
    "part": "story",
    "act_slug": "note",
    "code": "bi",
    "day": date.today().isoformat(),
    **dict.fromkeys(
        (
            "document_id",
            "case_id",
            "officer_id",
            "passkey_id",
            "session_id",
            "search_id",
            "intake_id",
            "notice_id",
            "job_id",
            "view_id",
            "paragraph_id",
        ),
        UUID(int=7),
    ),
    "ordinal": 7,
}

# An invitation that nobody sent.
NOTHING_BEHIND = {"desk.invitation"}
# Pages of an officer whom nobody added and of a case that is not there; who sees which cases and acts is tests/desk's.
NOBODYS = {
    "desk.report",
    "desk.link",
    "desk.merge",
    "desk.split",
    "desk.person",
    "desk.case",
    "desk.document",
    "desk.act",
    "desk.audit",
    "desk.write",
    "desk.rename_view",
    "desk.notice",
    "tracking.letter",
    "tracking.objection_sent",
    "desk.papers",
    "desk.receive_frame",
    "desk.receive_told",
    "desk.receive_texts",
    "desk.receive_documents",
    "desk.receive_document",
    "desk.receive_check",
    "desk.received",
    "desk.counter_paper",
    "desk.paragraph",
    "desk.answer",
    "desk.first_line",
    "desk.refuse",
    "desk.response",
}
# They take files, and ask whose they are before they read a body and the token in it.
ASK_WHOSE_FIRST = {"desk.papers", "desk.receive_documents", "desk.write"}
SIGNED_IN = {str(role) for role in OfficerRole}
# Whom each tag of the desk lets in.
DESK = {"half_officer": ["half"]} | {
    tag: tag.split(": ")[1].split(", ") for tag in TAGS.values() if tag.startswith("officer: ")
}

# There is nothing to object to in a case without a response: its page is all that there is, with or without a token.
UNANSWERED = {"tracking.objection"}
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
    answer = app.test_client().get("/en/forgotten", base_url=BASE_URL)
    assert answer.status_code == 404
    assert "secret" not in answer.text


Cookies = dict[str, str]
COOKIES = ("aduan", "aduan-desk")


def cookies_of(app: Flask, role: str) -> Cookies:
    """What a browser holds in which somebody came as far as this role."""
    floor = app.extensions["aduan"]
    client = Client(app, BASE_URL)
    if role == "customer":
        follow_a_case(client, "en")
    elif role == "half":
        give_password(client, an_officer(floor.database, floor.institution))
    elif role != "stranger":
        part = OfficerRole(role)
        divisions = ("operations",) if part is OfficerRole.DIVISION_MEMBER else ()
        sign_in(client, an_officer(floor.database, floor.institution, part, divisions=divisions))
    return {name: value for name in COOKIES if (value := client.cookie(name))}


def ask(app: Flask, rule: Rule, verb: str, cookies: Cookies) -> TestResponse:
    http = app.test_client()
    for name, value in cookies.items():
        http.set_cookie(name, value, domain="127.0.0.1")
    return http.open(url_of(app, rule), method=verb, base_url=BASE_URL)


@pytest.mark.parametrize("role", ["stranger", "customer", "half", *OfficerRole])
def test_every_route_by_every_verb_as_every_role(app: Flask, role: str) -> None:
    cookies = cookies_of(app, role)
    assert bool(cookies) == (role != "stranger")
    for rule in rules(app):
        kind = TAGS[rule.endpoint]
        for verb in VERBS:
            ends = rule.endpoint in WITHOUT_TOKEN and verb not in SAFE
            answer = ask(app, rule, verb, cookies_of(app, role) if ends else cookies)
            what = f"{role} {verb} {rule.endpoint}: {answer.status_code}"
            if verb not in (rule.methods or ()):
                # 404 where a step's address is also the address of an act, 400 where that act asks for a token first.
                assert answer.status_code in (400, 404, 405), what
            elif ends:
                assert answer.status_code == 303, what
            elif rule.endpoint in NOTHING_BEHIND:
                assert answer.status_code == 410 or verb == "OPTIONS", what
            elif verb not in SAFE:
                # Nobody gets anywhere without the token that our own pages carry.
                # 409 and 410: there is no draft that it could change.
                stopped = answer.status_code in (400, 409, 410, 422) or (
                    answer.status_code == 403 and role not in DESK[kind]
                )
                stopped = stopped or (answer.status_code == 404 and rule.endpoint in ASK_WHOSE_FIRST)
                stopped = stopped or (rule.endpoint in UNANSWERED and answer.location.endswith("/track/case"))
                assert stopped or _to_sign_in(answer) or _to_start(answer) or _to_desk_sign_in(answer), what
            elif rule.endpoint in UNFILLED and verb != "OPTIONS":
                assert answer.status_code == 404, what
            elif verb == "OPTIONS":
                assert answer.status_code == 200 and not answer.data, what
            elif kind == "folder_holder":
                assert answer.status_code == 404, what
            elif kind == "case_holder" and role != "customer":
                assert _to_sign_in(answer), what
            elif kind in DESK and role not in (*DESK[kind], *SIGNED_IN):
                assert _to_desk_sign_in(answer), what
            elif kind in DESK and kind != "half_officer" and role not in DESK[kind]:
                assert answer.status_code == 403, what
            elif rule.endpoint in NOBODYS:
                assert answer.status_code == 404, what
            else:
                assert answer.status_code in (200, 204, 302, 303), what
                assert kind == "public" or not (_to_sign_in(answer) or _to_desk_sign_in(answer)), what


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", list(OfficerRole))
def test_a_token_of_ones_own_opens_no_act_of_another_role(app: Flask, role: OfficerRole) -> None:
    """The role is asked after the token, at every act of the desk."""
    floor = app.extensions["aduan"]
    divisions = ("operations",) if role is OfficerRole.DIVISION_MEMBER else ()
    client = Client(app, BASE_URL)
    page = sign_in(client, an_officer(floor.database, floor.institution, role, divisions=divisions))
    body = {"csrf_token": page.all("[name=csrf_token]")[0].get("value")}
    asked = 0
    for rule in rules(app):
        kind = TAGS[rule.endpoint]
        if kind.startswith("officer: ") and role not in DESK[kind] and "POST" in (rule.methods or ()):
            answer = client.http.post(url_of(app, rule), data=body, base_url=BASE_URL)
            assert answer.status_code == 403, f"{role} POST {rule.endpoint}: {answer.status_code}"
            asked += 1
    assert asked


def _to_sign_in(answer: TestResponse) -> bool:
    return answer.status_code == 303 and answer.headers["Location"].endswith("/en/track")


def _to_desk_sign_in(answer: TestResponse) -> bool:
    return answer.status_code == 303 and answer.headers["Location"].split("?")[0].endswith("/en/desk/sign-in")


def _to_start(answer: TestResponse) -> bool:
    return answer.status_code == 303 and "/en/file" in answer.headers["Location"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", ["customer", "half", "agent"])
def test_no_cookie_opens_the_other_side(app: Flask, role: str) -> None:
    """No path leads from a customer's session to an officer's or back: under either name, each cookie is tried."""
    cookies = cookies_of(app, role)
    own = "case_holder" if role == "customer" else "half_officer" if role == "half" else "officer: "
    for value in cookies.values():
        for names in (("aduan",), ("aduan-desk",), ("aduan", "aduan-desk", "remember_token", "session")):
            for rule in rules(app):
                kind = TAGS[rule.endpoint]
                if kind == "public" or kind.startswith(own) or "GET" not in (rule.methods or ()):
                    continue
                answer = ask(app, rule, "GET", dict.fromkeys(names, value))
                led_out = _to_sign_in(answer) or _to_desk_sign_in(answer) or answer.status_code == 404
                # A whole login needs no second factor any more, and is sent to the desk.
                at_home = role == "agent" and answer.headers.get("Location") == "/en/desk"
                assert led_out or at_home, f"{role} {names} {rule.endpoint}: {answer.status_code}"


def test_a_customer_sees_no_other_case(app: Flask) -> None:
    one, other = Client(app, BASE_URL), Client(app, BASE_URL)
    mine: FollowedCase = follow_a_case(one, "en")
    theirs: FollowedCase = follow_a_case(other, "en")
    assert mine.number != theirs.number
    for rule in rules(app):
        if TAGS[rule.endpoint] == "case_holder" and "GET" in (rule.methods or ()):
            page = one.http.get(url_of(app, rule), base_url=BASE_URL).data.decode(errors="replace")
            assert theirs.number not in page
