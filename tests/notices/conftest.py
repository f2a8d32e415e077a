"""A mail server for each test that asks for one, a certificate for it, and a runner of this room's jobs."""

import ssl
from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from structlog.testing import capture_logs

from portal.config import Settings
from portal.db import Database
from portal.jobs.rules import Roster
from portal.jobs.runner import Runner
from portal.notices import tasks
from tests.notices.letters import a_profile
from tests.notices.mailserver import MailServer, serving


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What was logged, instead of being printed."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with serving(MailServer()) as server:
        yield server


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.id")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "mail.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    yield


@pytest.fixture
def smtp_settings(environment: dict[str, str], mail_server: MailServer) -> Settings:
    """A development server whose mails go to the test's mail server."""
    return Settings.from_environment(environment | {"PORTAL_SMTP_URL": f"smtp://127.0.0.1:{mail_server.port}"})


@pytest.fixture
def runner(database: Database, smtp_settings: Settings) -> Runner:
    return a_runner(database, smtp_settings)


def a_runner(database: Database, settings: Settings) -> Runner:
    return Runner(database, settings, Roster.of(tasks.TASKS), zone=a_profile().zone)
