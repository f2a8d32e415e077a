"""SMTP as it is spoken and as it goes wrong, against a real server; and the console."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope
from hypothesis import given
from hypothesis import strategies as st

from portal.config import Settings
from portal.db import uuid7
from portal.notices.rules import Channel, Letter, NotDelivered, Refused, TryLater, harmless
from portal.notices.senders import (
    BadSmtpUrl,
    ConsoleSender,
    Encryption,
    Origin,
    SmtpSender,
    SmtpServer,
    as_mail,
    sender_for,
    validated,
)
from tests.notices.letters import CODE, NOW, a_profile
from tests.notices.mailserver import MailServer, serving

ORIGIN = Origin("Bank Muamalat", "salamuamalat@bankmuamalat.co.id", "pengaduan.example.co.id")


def a_letter(**changes: Any) -> Letter:
    letter = Letter(
        id=uuid7(),
        channel=Channel.EMAIL,
        language="id",
        written_at=NOW,
        address="siti.rahmawati@example.id",
        subject="Kode sekali pakai Anda",
        body=f"Kode: {CODE}\n.\nHari ini – “besok”, 10\u00a0menit.\n" + "panjang " * 200 + "\n",
    )
    return replace(letter, **changes)


def a_sender(server: MailServer, query: str = "", **limits: float) -> SmtpSender:
    return SmtpSender(SmtpServer.from_url(f"smtp://127.0.0.1:{server.port}{query}"), ORIGIN, **limits)


def received(server: MailServer) -> tuple[Envelope, Any]:
    (accepted,) = server.accepted
    return accepted


# ── the mail ─────────────────────────────────────────────────────────────────────────────────────


def test_a_letter_arrives_as_it_was_written(mail_server: MailServer) -> None:
    letter = a_letter()
    a_sender(mail_server).send(letter)
    envelope, mail = received(mail_server)
    assert envelope.mail_from == "salamuamalat@bankmuamalat.co.id"
    assert envelope.rcpt_tos == ["siti.rahmawati@example.id"]
    assert mail.get_content() == letter.body
    assert {name: str(value) for name, value in mail.items() if name not in ("X-Peer", "X-MailFrom", "X-RcptTo")} == {
        "From": "Bank Muamalat <salamuamalat@bankmuamalat.co.id>",
        "To": "siti.rahmawati@example.id",
        "Subject": "Kode sekali pakai Anda",
        "Date": "Wed, 11 Mar 2026 13:17:00 +0000",
        "Message-ID": f"<{letter.id}@pengaduan.example.co.id>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
        "Content-Language": "id",
    }
    assert max(map(len, envelope.content.splitlines())) <= 78


def test_the_url_may_say_whom_mails_come_from_and_replies_still_reach_the_service(mail_server: MailServer) -> None:
    a_sender(mail_server, "?from=noreply%40bank.example.id").send(a_letter())
    envelope, mail = received(mail_server)
    assert envelope.mail_from == "noreply@bank.example.id"
    assert mail["From"] == "Bank Muamalat <noreply@bank.example.id>"
    assert mail["Reply-To"] == "Bank Muamalat <salamuamalat@bankmuamalat.co.id>"


def test_the_same_letter_gives_the_same_mail_at_every_try() -> None:
    letter = a_letter()
    mails = {as_mail(letter, validated(letter.address), sender="a@b.id", origin=ORIGIN).as_bytes() for _ in range(3)}
    assert len(mails) == 1


@pytest.mark.parametrize(
    ("host", "domain"),
    [("127.0.0.1", "[127.0.0.1]"), ("::1", "[IPv6:::1]"), ("pengaduan.example.co.id", "pengaduan.example.co.id")],
)
def test_a_bare_address_is_bracketed_where_mail_asks_for_a_domain(host: str, domain: str) -> None:
    assert Origin("Bank", "a@b.id", host).domain == domain


def test_the_origin_is_the_profiles_first_address_of_its_own() -> None:
    assert Origin.of(a_profile(), "https://pengaduan.example.co.id") == ORIGIN


@given(name=st.text(), subject=st.text())
def test_no_text_can_become_a_header(name: str, subject: str) -> None:
    """The institution's name comes from a file, the subject from a template with facts in it."""
    letter = a_letter(subject=" ".join(harmless(subject).split()))
    origin = Origin(harmless(name), "a@b.id", "example.co.id")
    raw = as_mail(letter, validated(letter.address), sender="a@b.id", origin=origin).as_bytes()
    headers = raw.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
    names = [line.split(b":")[0].decode() for line in headers if not line.startswith((b" ", b"\t"))]
    assert sorted(names) == sorted(
        [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "X-Auto-Response-Suppress",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
            "Content-Language",
        ]
    )
    raw.decode("ascii")


@pytest.mark.parametrize(
    "address",
    [
        "siti@example.id\r\nBcc: semua@example.id",
        "siti@example.id> RCPT TO:<semua@example.id",
        "siti@example.id, semua@example.id",
        "Siti <siti@example.id>",
        "siti",
        "@example.id",
        "",
    ],
)
def test_what_is_no_single_address_is_refused_before_anybody_is_asked(mail_server: MailServer, address: str) -> None:
    with pytest.raises(Refused) as refusal:
        a_sender(mail_server).send(a_letter(address=address))
    assert refusal.value.failure == "bad_address"
    assert mail_server.connections == 0


# ── addresses in other scripts ───────────────────────────────────────────────────────────────────


def test_a_domain_in_any_script_goes_in_ascii(mail_server: MailServer) -> None:
    a_sender(mail_server).send(a_letter(address="budi@пример.рф"))
    envelope, mail = received(mail_server)
    assert envelope.rcpt_tos == ["budi@xn--e1afmkfd.xn--p1ai"]
    assert mail["To"] == "budi@xn--e1afmkfd.xn--p1ai"
    assert "SMTPUTF8" not in envelope.mail_options


def test_a_mailbox_in_another_script_goes_where_the_server_can(mail_server: MailServer) -> None:
    a_sender(mail_server).send(a_letter(address="ブディ@example.id", subject="Tanda terima – BM"))
    envelope, mail = received(mail_server)
    assert envelope.rcpt_tos == ["ブディ@example.id"]
    assert "SMTPUTF8" in envelope.mail_options
    assert "Subject: Tanda terima – BM".encode() in envelope.content
    assert mail.get_content() == a_letter().body


def test_a_mailbox_in_another_script_is_refused_by_a_server_that_cannot() -> None:
    with serving(MailServer(), utf8=False) as server:
        with pytest.raises(Refused) as refusal:
            a_sender(server).send(a_letter(address="ブディ@example.id"))
        assert refusal.value.failure == "no_smtputf8"
        assert server.accepted == []


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("stage", "reply", "error", "failure"),
    [
        ("RCPT", "451 4.7.1 Greylisted", TryLater, "smtp_451"),
        ("RCPT", "550 5.1.1 No siti.rahmawati@example.id here", Refused, "smtp_550"),
        ("DATA", "452 4.3.1 Disk full", TryLater, "smtp_452"),
        ("DATA", "554 5.7.1 Looks like spam", Refused, "smtp_554"),
        # These refuse us, not the recipient.
        ("MAIL", "550 5.7.1 Sender not allowed", TryLater, "smtp_550"),
        ("MAIL", "421 4.3.2 Going down", TryLater, "smtp_421"),
        ("RCPT", "drop", TryLater, "unreachable"),
        ("DATA", "drop", TryLater, "unreachable"),
    ],
)
def test_a_refusal_is_final_or_not_and_says_nothing_of_the_customer(
    mail_server: MailServer, stage: str, reply: str, error: type[NotDelivered], failure: str
) -> None:
    mail_server.plan[stage] = [reply]
    with pytest.raises(NotDelivered) as refusal:
        a_sender(mail_server).send(a_letter())
    assert type(refusal.value) is error
    assert (refusal.value.failure, str(refusal.value)) == (failure, failure)
    # Nor does what a log would print of it: smtplib's own exceptions quote addresses and replies.
    assert refusal.value.__cause__ is None and (refusal.value.__suppress_context__ or not refusal.value.__context__)
    assert mail_server.accepted == []
    a_sender(mail_server).send(a_letter())
    assert len(mail_server.accepted) == 1


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_hangs_is_left_after_the_limit(mail_server: MailServer, stage: str) -> None:
    mail_server.plan[stage] = ["hang"]
    began = time.monotonic()
    with pytest.raises(TryLater) as fault:
        a_sender(mail_server, step_seconds=0.3, verdict_seconds=0.5).send(a_letter())
    assert fault.value.failure == "unreachable"
    assert time.monotonic() - began < 5


def test_a_server_gets_longer_for_its_verdict_than_for_a_step(mail_server: MailServer) -> None:
    mail_server.on_accept = lambda: time.sleep(0.6)
    a_sender(mail_server, step_seconds=0.3, verdict_seconds=10).send(a_letter())
    assert len(mail_server.accepted) == 1


def test_a_server_that_takes_a_mail_and_then_says_otherwise_gets_it_twice(mail_server: MailServer) -> None:
    """It lies; all we can do is to let everybody see that both are one: the same Message-ID."""
    mail_server.lying = True
    mail_server.plan["DATA"] = ["451 4.3.0 Later", "drop"]
    letter = a_letter()
    for _ in range(2):
        with pytest.raises(TryLater):
            a_sender(mail_server).send(letter)
    a_sender(mail_server).send(letter)
    assert len(mail_server.accepted) == 3
    assert mail_server.duplicates == 2
    assert len({envelope.content for envelope, _ in mail_server.accepted}) == 1


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(TryLater) as fault:
        SmtpSender(SmtpServer.from_url(f"smtp://127.0.0.1:{port}"), ORIGIN).send(a_letter())
    assert fault.value.failure == "unreachable"


@contextmanager
def scripted(script: Callable[[socket.socket], None]) -> Iterator[int]:
    """A listener that treats its first caller as the script says; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                script(connection)

        thread = threading.Thread(target=answer)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    ("greeting", "failure"),
    [
        (b"554 5.3.2 Closed for maintenance\r\n", "smtp_554"),
        (b"421 4.3.2 Too many connections\r\n", "smtp_421"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "unreachable"),
        (b"", "unreachable"),
    ],
)
def test_a_server_that_is_closed_or_none_at_all(greeting: bytes, failure: str) -> None:
    with scripted(lambda connection: connection.sendall(greeting)) as port:
        sender = SmtpSender(SmtpServer.from_url(f"smtp://127.0.0.1:{port}"), ORIGIN)
        with pytest.raises(TryLater) as fault:
            sender.send(a_letter())
    assert fault.value.failure == failure


@pytest.mark.parametrize("body", ["pendek\n", "panjang " * 1_000_000])
def test_a_connection_that_breaks_in_the_middle_of_the_text(body: str) -> None:
    def break_off(connection: socket.socket) -> None:
        heard = connection.makefile("rb")
        connection.sendall(b"220 mail.example.id\r\n")
        while not (line := heard.readline()).startswith(b"data"):
            connection.sendall(b"250 mail.example.id\r\n")
            assert line
        connection.sendall(b"354 Go on\r\n")
        heard.readline()
        # Close with a reset, as a crashed server does, and not with a goodbye.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        heard.close()

    with scripted(break_off) as port:
        sender = SmtpSender(SmtpServer.from_url(f"smtp://127.0.0.1:{port}"), ORIGIN)
        with pytest.raises(TryLater) as fault:
            sender.send(a_letter(body=body))
    assert fault.value.failure == "unreachable"


# ── encryption and login ─────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("trusted")
def test_starttls_encrypts_before_anything_is_said(tls: ssl.SSLContext) -> None:
    with serving(MailServer(), tls=tls, auth=True) as server:
        url = f"smtp://pengaduan:rahasia%401@127.0.0.1:{server.port}?tls=starttls"
        SmtpSender(SmtpServer.from_url(url), ORIGIN).send(a_letter())
        assert server.encrypted == [True]
        assert server.logins == [(b"pengaduan", b"rahasia@1")]
        assert len(server.accepted) == 1


@pytest.mark.usefixtures("trusted")
def test_implicit_encryption(tls: ssl.SSLContext) -> None:
    with serving(MailServer(), tls=tls, implicit=True) as server:
        for url in (f"smtps://127.0.0.1:{server.port}", f"smtp://127.0.0.1:{server.port}?tls=implicit"):
            SmtpSender(SmtpServer.from_url(url), ORIGIN).send(a_letter())
        assert len(server.accepted) == 2


@pytest.mark.parametrize("implicit", [False, True])
def test_a_certificate_that_nobody_vouches_for_gets_no_mail(tls: ssl.SSLContext, implicit: bool) -> None:
    with serving(MailServer(), tls=tls, implicit=implicit) as server:
        query = "?tls=implicit" if implicit else "?tls=starttls"
        with pytest.raises(TryLater) as fault:
            a_sender(server, query).send(a_letter())
        assert fault.value.failure == "no_tls"
        assert server.accepted == []


def test_a_server_without_the_required_encryption_gets_no_mail(mail_server: MailServer) -> None:
    with pytest.raises(TryLater) as fault:
        a_sender(mail_server, "?tls=starttls").send(a_letter())
    assert fault.value.failure == "no_tls"
    assert mail_server.accepted == []


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_is_our_fault_and_tried_again(tls: ssl.SSLContext) -> None:
    with serving(MailServer(), tls=tls, auth=True) as server:
        url = f"smtp://pengaduan:salah@127.0.0.1:{server.port}?tls=starttls"
        with pytest.raises(TryLater) as fault:
            SmtpSender(SmtpServer.from_url(url), ORIGIN).send(a_letter())
    assert fault.value.failure == "smtp_535"


def test_a_server_that_offers_no_login_is_tried_again(mail_server: MailServer) -> None:
    sender = SmtpSender(SmtpServer.from_url(f"smtp://pengaduan:rahasia@127.0.0.1:{mail_server.port}"), ORIGIN)
    with pytest.raises(TryLater) as fault:
        sender.send(a_letter())
    assert fault.value.failure == "no_login"


# ── the setting ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "port", "encryption"),
    [
        ("smtp://mail.example.id", 587, Encryption.STARTTLS),
        ("smtp://mail.example.id:25", 25, Encryption.STARTTLS),
        ("smtp://mail.example.id?tls=none", 25, Encryption.NONE),
        ("smtp://mail.example.id?tls=implicit", 465, Encryption.IMPLICIT),
        ("smtps://mail.example.id", 465, Encryption.IMPLICIT),
        ("smtp://127.0.0.1", 25, Encryption.NONE),
        ("smtp://[::1]:2525", 2525, Encryption.NONE),
        ("smtp://localhost?tls=starttls", 587, Encryption.STARTTLS),
    ],
)
def test_beyond_this_machine_mails_are_encrypted_unless_said_aloud(url: str, port: int, encryption: Encryption) -> None:
    server = SmtpServer.from_url(url)
    assert (server.port, server.encryption) == (port, encryption)


def test_user_password_and_sender_are_read_and_the_password_is_not_shown() -> None:
    server = SmtpServer.from_url("smtp://a%40b.id:p%3Aq@mail.example.id?from=pengaduan%40bank.example.id")
    assert (server.user, server.password, server.sender) == ("a@b.id", "p:q", "pengaduan@bank.example.id")
    assert "p:q" not in repr(server)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("smtp://", "must look like"),
        ("http://mail.example.id", "must look like"),
        ("smtp://mail.example.id:99999", "must look like"),
        ("smtp://mail.example.id/inbox", "must look like"),
        ("smtp://mail.example.id?fron=a@b.id", "unknown setting 'fron'"),
        ("smtp://mail.example.id?tls=none&tls=starttls", "'tls' more than once"),
        ("smtp://mail.example.id?tls=yes", "tls must be starttls, implicit or none"),
        ("smtps://mail.example.id?tls=none", "contradict"),
        ("smtp://pengaduan@mail.example.id", "both a user and a password"),
        ("smtp://a:rahasia@mail.example.id?tls=none", "would travel unencrypted"),
        ("smtp://mail.example.id?from=bank", "from is not an e-mail address"),
        ("smtp://mail.example.id?from=ブディ@example.id", "from is not an e-mail address"),
    ],
)
def test_a_url_that_cannot_be_used_is_explained_without_its_password(url: str, words: str) -> None:
    with pytest.raises(BadSmtpUrl, match=words) as fault:
        SmtpServer.from_url(url)
    assert "rahasia" not in str(fault.value)


def test_a_profile_without_an_address_needs_one_in_the_url() -> None:
    for address in (None, "ブディ@example.id"):
        nameless = replace(ORIGIN, address=address)
        with pytest.raises(BadSmtpUrl, match="from is missing"):
            SmtpSender(SmtpServer.from_url("smtp://127.0.0.1"), nameless)
        SmtpSender(SmtpServer.from_url("smtp://127.0.0.1?from=a@b.id"), nameless)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_console_is_for_development_and_each_channel_has_one_sender(settings: Settings) -> None:
    production = replace(settings, production=True)
    mailing = replace(settings, smtp_url="smtp://127.0.0.1")
    texting = replace(production, gateway_url="https://sms.example.id")

    def names(settings: Settings) -> dict[str, str]:
        found = {channel: sender_for(settings, channel, ORIGIN) for channel in Channel}
        return {channel: type(sender).__name__ for channel, sender in found.items() if sender}

    console = "ConsoleSender"
    assert names(settings) == {"email": console, "sms": console, "whatsapp": console}
    assert names(production) == {}
    assert names(mailing) == {"email": "SmtpSender", "sms": console, "whatsapp": console}
    assert names(texting) == {"sms": "GatewaySender"}
    assert set(names(replace(texting, gateway_channels=("sms", "whatsapp")))) == {"sms", "whatsapp"}
    assert set(names(replace(mailing, gateway_url="https://sms.example.id"))) == {"email", "sms"}


def test_the_console_shows_a_letter_whole_and_framed(capsys: pytest.CaptureFixture[str]) -> None:
    letter = a_letter(body=f"Kode: {CODE}\n")
    ConsoleSender().send(letter)
    rule = "─" * 72
    assert capsys.readouterr().out == (
        f"\n{rule}\nemail to siti.rahmawati@example.id (id), notice {letter.id}\nKode sekali pakai Anda\n{rule}\n"
        f"Kode: {CODE}\n{rule}\n"
    )
