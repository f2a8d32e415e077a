"""Messages to telephones: the gateway as it is spoken to and as it goes wrong, against a real HTTP server."""

import socket
import ssl
import time
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from portal.config import Settings, SettingsError
from portal.db import Database, Session, uuid7
from portal.jobs.rules import Work
from portal.notices import queries, tasks
from portal.notices.gateway import Gateway, GatewaySender
from portal.notices.models import Notice
from portal.notices.rules import TRIES, Channel, Letter, NotDelivered, NoticeKind, NoticeState, Refused, TryLater
from tests.notices.conftest import a_runner
from tests.notices.gatewayserver import GatewayServer, serving
from tests.notices.letters import CODE, NOW, a_notice, opened, read
from tests.notices.mailserver import MailServer

PHONE = "+6281200004419"


@pytest.fixture
def gateway() -> Iterator[GatewayServer]:
    with serving(GatewayServer()) as server:
        yield server


@pytest.fixture(autouse=True)
def _at_the_time_of_writing() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def a_letter(**changes: object) -> Letter:
    told = {
        "id": uuid7(),
        "channel": Channel.SMS,
        "language": "id",
        "written_at": NOW,
        "address": PHONE,
        "subject": "",
        "body": "Bank Muamalat: tanggapan sudah siap.",
    }
    return Letter(**{**told, **changes})  # type: ignore[arg-type]


def a_sender(server: GatewayServer, *, token: str | None = None, seconds: float = 5) -> GatewaySender:
    return GatewaySender(Gateway.from_url(f"http://127.0.0.1:{server.port}/send?tenant=7", token), seconds=seconds)


# ── what is said ─────────────────────────────────────────────────────────────────────────────────


def test_a_message_is_one_request_with_the_notices_id_as_its_key(gateway: GatewayServer) -> None:
    letter = a_letter(channel=Channel.WHATSAPP)
    a_sender(gateway, token="rahasia").send(letter)
    assert gateway.requests == [
        {
            "id": str(letter.id),
            "channel": "whatsapp",
            "to": PHONE,
            "text": "Bank Muamalat: tanggapan sudah siap.",
            "language": "id",
        }
    ]
    (headers,) = gateway.headers
    assert headers["idempotency-key"] == str(letter.id)
    assert (headers["authorization"], headers["content-type"]) == ("Bearer rahasia", "application/json")
    assert gateway.paths == ["/send?tenant=7"]


def test_user_and_password_stand_in_the_url_and_in_no_repr(gateway: GatewayServer) -> None:
    where = Gateway.from_url(f"http://aduan:rahasia%401@127.0.0.1:{gateway.port}", None)
    GatewaySender(where).send(a_letter())
    kind, pair = gateway.headers[0]["authorization"].split()
    assert (kind, b64decode(pair)) == ("Basic", b"aduan:rahasia@1")
    assert pair not in repr(where)


@pytest.mark.parametrize(
    ("step", "error", "failure"),
    [
        (400, Refused, "http_400"),
        (410, Refused, "http_410"),
        (422, Refused, "http_422"),
        (429, TryLater, "http_429"),
        (500, TryLater, "http_500"),
        (503, TryLater, "http_503"),
        # These refuse us, not the recipient.
        (401, TryLater, "http_401"),
        (403, TryLater, "http_403"),
        (404, TryLater, "http_404"),
        # An earlier try is still being done.
        (409, TryLater, "http_409"),
        (302, TryLater, "http_302"),
        ("drop", TryLater, "unreachable"),
        ("nonsense", TryLater, "unreachable"),
    ],
)
def test_a_refusal_is_final_or_not_and_says_nothing_of_the_customer(
    gateway: GatewayServer, step: int | str, error: type[NotDelivered], failure: str
) -> None:
    gateway.plan = [step]
    with pytest.raises(NotDelivered) as refusal:
        a_sender(gateway).send(a_letter())
    assert type(refusal.value) is error
    assert (refusal.value.failure, str(refusal.value)) == (failure, failure)
    assert refusal.value.__cause__ is None
    # No redirection was followed: it would carry the message to whoever is named there.
    assert len(gateway.paths) == 1 and gateway.sent == {}


def test_a_gateway_that_hangs_is_left_after_the_limit(gateway: GatewayServer) -> None:
    gateway.plan = ["hang"]
    began = time.monotonic()
    with pytest.raises(TryLater) as fault:
        a_sender(gateway, seconds=0.3).send(a_letter())
    assert fault.value.failure == "unreachable"
    assert time.monotonic() - began < 5


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(TryLater) as fault:
        GatewaySender(Gateway.from_url(f"http://127.0.0.1:{port}", None)).send(a_letter())
    assert fault.value.failure == "unreachable"


def test_a_certificate_that_nobody_vouches_for_gets_no_message(tls: ssl.SSLContext) -> None:
    with serving(GatewayServer(), tls=tls) as server:
        with pytest.raises(TryLater) as fault:
            GatewaySender(Gateway.from_url(f"https://127.0.0.1:{server.port}", "rahasia")).send(a_letter())
        assert fault.value.failure == "no_tls"
        assert server.headers == []


@pytest.mark.usefixtures("trusted")
def test_over_https_it_arrives(tls: ssl.SSLContext) -> None:
    with serving(GatewayServer(), tls=tls) as server:
        GatewaySender(Gateway.from_url(f"https://127.0.0.1:{server.port}", "rahasia")).send(a_letter())
        assert len(server.sent) == 1


# ── what the worker makes of it ──────────────────────────────────────────────────────────────────


@pytest.fixture
def both(smtp_settings: Settings, gateway: GatewayServer) -> Settings:
    """A deployment with a mail server and a gateway."""
    url = f"http://127.0.0.1:{gateway.port}/send"
    return replace(smtp_settings, gateway_url=url, gateway_channels=("sms", "whatsapp"), production=True)


def lines(session: Session) -> list[tuple[str, str, str | None]]:
    """The ledger, oldest first: channel, state, failure."""
    session.rollback()
    return [tuple(row) for row in session.execute(sa.text("SELECT channel, state, failure FROM notices ORDER BY id"))]


def test_a_phone_alone_gets_its_message_once(
    database: Database, session: Session, both: Settings, gateway: GatewayServer
) -> None:
    notice = a_notice(session, email=None, phone=PHONE)
    a_runner(database, both).drain()
    assert gateway.sent[str(notice.id)]["text"] == opened(session, notice)["body"]
    assert (read(session, notice.id).state, read(session, notice.id).tries) == (NoticeState.SENT, 1)


def test_who_asked_for_whatsapp_is_written_to_there(
    database: Database, session: Session, both: Settings, gateway: GatewayServer, mail_server: MailServer
) -> None:
    a_notice(session, phone=PHONE, prefers=Channel.WHATSAPP)
    a_runner(database, both).drain()
    (message,) = gateway.requests
    assert (message["channel"], message["to"], mail_server.mails) == ("whatsapp", PHONE, [])


def test_where_no_whatsapp_is_sent_the_letter_goes_by_mail_and_the_ledger_has_one_line(
    database: Database, session: Session, both: Settings, gateway: GatewayServer, mail_server: MailServer
) -> None:
    notice = a_notice(session, phone=PHONE, prefers=Channel.WHATSAPP)
    a_runner(database, replace(both, gateway_channels=("sms",))).drain()
    assert lines(session) == [("email", "sent", None)]
    assert gateway.requests == [] and len(mail_server.mails) == 1
    kept = opened(session, read(session, notice.id))
    assert kept["subject"].startswith("Tanda terima") and kept["masked"] == "s•••@example.id"


def test_what_mail_refuses_for_good_goes_to_the_telephone_on_a_line_of_its_own(
    database: Database, session: Session, both: Settings, gateway: GatewayServer, mail_server: MailServer
) -> None:
    mail_server.plan["RCPT"] = ["550 No such user"]
    notice = a_notice(session, NoticeKind.ONE_TIME_CODE, phone=PHONE)
    assert a_runner(database, both).drain() == 2
    assert lines(session) == [("email", "failed", "smtp_550"), ("sms", "sent", None)]
    (message,) = gateway.requests
    assert CODE in message["text"] and message["id"] != str(notice.id)
    follower = session.scalars(sa.select(Notice).where(Notice.follows_id == notice.id)).one()
    assert (follower.party_id, follower.kind, follower.secret) == (notice.party_id, notice.kind, None)
    assert read(session, notice.id).handled_at is not None
    assert [line.channel for line in queries.ledger(session, notice.subject_id)] == [Channel.SMS, Channel.EMAIL]


def test_no_channel_is_tried_twice(
    database: Database, session: Session, both: Settings, gateway: GatewayServer, mail_server: MailServer
) -> None:
    gateway.plan = [422, 400]
    mail_server.plan["RCPT"] = ["550 No such user"]
    a_notice(session, phone=PHONE, prefers=Channel.WHATSAPP)
    runner = a_runner(database, both)
    assert sum(runner.drain(due_by=NOW + timedelta(days=day)) for day in range(3)) == 3
    assert lines(session) == [
        ("whatsapp", "failed", "http_422"),
        ("email", "failed", "smtp_550"),
        ("sms", "failed", "http_400"),
    ]


def test_after_the_last_try_of_the_gateway_the_letter_goes_by_mail(
    database: Database, session: Session, both: Settings, gateway: GatewayServer, mail_server: MailServer
) -> None:
    gateway.plan = [503] * TRIES
    a_notice(session, phone=PHONE, prefers=Channel.WHATSAPP)
    runner = a_runner(database, both)
    assert sum(runner.drain(due_by=NOW + timedelta(days=day)) for day in range(TRIES + 1)) == TRIES + 1
    assert lines(session) == [("whatsapp", "failed", "http_503"), ("email", "sent", None)]
    assert len(mail_server.mails) == 1


def test_a_lying_gateway_is_asked_again_under_the_same_key_and_sends_once(
    database: Database,
    session: Session,
    both: Settings,
    gateway: GatewayServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    gateway.lying = True
    gateway.plan = [500, "drop", 429]
    notice = a_notice(session, email=None, phone=PHONE)
    runner = a_runner(database, both)
    assert sum(runner.drain(due_by=NOW + timedelta(days=day)) for day in range(5)) == 4
    assert (len(gateway.requests), gateway.repeated, list(gateway.sent)) == (4, 3, [str(notice.id)])
    assert lines(session) == [("sms", "sent", None)]
    with capsys.disabled():
        print(f"\n[lying gateway] 4 tries, {gateway.repeated} repeated under one key, {len(gateway.sent)} sent")


def test_what_waited_for_a_sender_goes_once_there_is_a_gateway(
    database: Database, session: Session, both: Settings, gateway: GatewayServer
) -> None:
    without = replace(both, gateway_url=None)
    held = a_notice(session, email=None, phone=PHONE)
    nowhere = a_notice(session, email=None)
    a_runner(database, without).drain()
    assert lines(session) == [("sms", "held", None), ("none", "held", None)]

    def sweep(settings: Settings) -> None:
        session.rollback()
        tasks.sweep(Work(session, {}, NOW, settings, uuid7(), 1))
        session.commit()

    sweep(without)
    assert a_runner(database, without).drain() == 0
    sweep(both)
    sweep(both)
    assert a_runner(database, both).drain() == 1
    assert list(gateway.sent) == [str(held.id)]
    assert read(session, nowhere.id).state is NoticeState.HELD


# ── settings ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"PORTAL_GATEWAY_URL": "http://sms.example.id/send"}, "must begin with https://"),
        ({"PORTAL_GATEWAY_URL": "ftp://sms.example.id"}, "must look like https://"),
        ({"PORTAL_GATEWAY_URL": "https://aduan@sms.example.id"}, "both a user and a password"),
        ({"PORTAL_GATEWAY_TOKEN": "rahasia"}, "needs PORTAL_GATEWAY_URL"),
        ({"PORTAL_GATEWAY_URL": "https://a:b@sms.example.id", "PORTAL_GATEWAY_TOKEN": "rahasia"}, "contradicts"),
        ({"PORTAL_GATEWAY_URL": "https://sms.example.id", "PORTAL_GATEWAY_CHANNELS": "sms,fax"}, "sms, whatsapp"),
    ],
)
def test_a_gateway_that_cannot_be_used_is_explained_without_its_token(
    environment: dict[str, str], given: dict[str, str], words: str
) -> None:
    with pytest.raises(SettingsError, match=words) as fault:
        Settings.from_environment(environment | given)
    assert "rahasia" not in str(fault.value)
