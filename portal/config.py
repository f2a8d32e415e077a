"""Settings from the environment, validated at start: every fault at once, each with its variable's name.

There is no separate switch for production: a deployment whose base URL is not on this machine is
one. It then refuses self-made keys, plain HTTP and a missing mail server.
"""

import contextlib
import difflib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from portal import clock
from portal.sealing import BadKeys, KeyRing

PREFIX = "PORTAL_"
DEFAULT_BASE_URL = "http://127.0.0.1:8000"
# Read by the tests alone; known here so that setting it is not taken for a typing error.
FOR_TESTS_ONLY = frozenset({"PORTAL_CHROMIUM"})
KNOWN = FOR_TESTS_ONLY | {
    "PORTAL_BASE_URL",
    "PORTAL_CLAMD",
    "PORTAL_DATABASE_URL",
    "PORTAL_EVIDENCE_URL",
    "PORTAL_GATEWAY_CHANNELS",
    "PORTAL_GATEWAY_TOKEN",
    "PORTAL_GATEWAY_URL",
    "PORTAL_INSTANCE",
    "PORTAL_INSTITUTION",
    "PORTAL_KEYS",
    "PORTAL_PROXIES",
    "PORTAL_SCANNER",
    "PORTAL_SMTP_URL",
}
EVIDENCE_SCHEMES = ("file", "s3", "memory")
SMTP_SCHEMES = ("smtp", "smtps")
GATEWAY_CHANNELS = ("sms", "whatsapp")
NO_SCANNER = "none"


class SettingsError(Exception):
    """The environment cannot be used; `reasons` holds one sentence a fault, each naming its variable."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Settings:
    """What one deployment decides. `smtp_url` None means that mails are shown on the console, `gateway_url`
    None that messages to telephones are (in production they wait until there is a gateway), `clamd` None
    that documents are not scanned, which in production must have been said aloud."""

    institution: str
    database_url: str
    evidence_url: str
    base_url: str
    smtp_url: str | None
    proxies: int
    instance: Path
    production: bool
    keys: KeyRing = field(repr=False)
    clamd: str | None = None
    gateway_url: str | None = field(default=None, repr=False)
    gateway_token: str | None = field(default=None, repr=False)
    gateway_channels: tuple[str, ...] = ("sms",)

    @property
    def messages_by(self) -> tuple[str, ...]:
        """By which channels this deployment sends messages to telephones; the console shows both."""
        if self.gateway_url is not None:
            return self.gateway_channels
        return () if self.production else GATEWAY_CHANNELS

    @property
    def host(self) -> str:
        """The host (and port) under which the portal is served, as browsers send it."""
        return urlsplit(self.base_url).netloc

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read and check everything. Raises `SettingsError` with every fault found.

        In development a missing key ring is made and kept in the instance folder (mode 600).
        """
        environ = os.environ if environ is None else environ
        reasons = _unknown(environ)
        get = {name: value.strip() for name, value in environ.items() if name in KNOWN and value.strip()}

        instance = Path(get.get("PORTAL_INSTANCE", "instance")).absolute()
        base_url = get.get("PORTAL_BASE_URL", DEFAULT_BASE_URL).rstrip("/")
        production, faults = _read_base_url(base_url)
        reasons += faults

        database_url = get.get("PORTAL_DATABASE_URL", f"sqlite:///{instance / 'aduan.db'}")
        reasons += _database_faults(database_url)
        evidence_url = get.get("PORTAL_EVIDENCE_URL", f"file://{instance / 'evidence'}")
        if urlsplit(evidence_url).scheme not in EVIDENCE_SCHEMES:
            reasons.append("PORTAL_EVIDENCE_URL must begin with file:// or s3://")
        elif production and urlsplit(evidence_url).scheme == "memory":
            reasons.append("PORTAL_EVIDENCE_URL must not be memory:// in production: files would be lost")

        smtp_url = get.get("PORTAL_SMTP_URL")
        if smtp_url is None and production:
            reasons.append("PORTAL_SMTP_URL is missing: in production customers must get their mails")
        elif smtp_url is not None and (
            urlsplit(smtp_url).scheme not in SMTP_SCHEMES or not urlsplit(smtp_url).hostname
        ):
            reasons.append("PORTAL_SMTP_URL must look like smtp://user:password@host:587")

        gateway_url, gateway_token = get.get("PORTAL_GATEWAY_URL"), get.get("PORTAL_GATEWAY_TOKEN")
        gateway_channels = tuple(part.strip() for part in get.get("PORTAL_GATEWAY_CHANNELS", "sms").split(","))
        reasons += _gateway_faults(gateway_url, gateway_token, gateway_channels, production)

        clamd = get.get("PORTAL_CLAMD")
        reasons += _scanner_faults(clamd, get.get("PORTAL_SCANNER"), production)

        proxies = 0
        try:
            proxies = int(get.get("PORTAL_PROXIES", "0"))
            if not 0 <= proxies <= 5:
                raise ValueError
        except ValueError:
            reasons.append("PORTAL_PROXIES must be the number of proxies in front of the portal, 0 to 5")

        keys = _read_keys(get.get("PORTAL_KEYS"), instance, production, reasons)
        if reasons or keys is None:
            raise SettingsError(reasons)
        return cls(
            institution=get.get("PORTAL_INSTITUTION", "muamalat"),
            database_url=database_url,
            evidence_url=evidence_url,
            base_url=base_url,
            smtp_url=smtp_url,
            proxies=proxies,
            instance=instance,
            production=production,
            keys=keys,
            clamd=clamd,
            gateway_url=gateway_url,
            gateway_token=gateway_token,
            gateway_channels=gateway_channels,
        )


def _unknown(environ: Mapping[str, str]) -> list[str]:
    reasons = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in KNOWN:
            near = difflib.get_close_matches(name, KNOWN, n=1, cutoff=0.8)
            hint = f"; did you mean {near[0]}?" if near else ""
            reasons.append(f"{name} is not a setting of the portal{hint}")
    return reasons


def _read_base_url(base_url: str) -> tuple[bool, list[str]]:
    parts = urlsplit(base_url)
    try:
        host = parts.hostname
        _ = parts.port
    except ValueError:
        host = None
    if parts.scheme not in ("http", "https") or not host or parts.path or parts.query or parts.fragment:
        return False, ["PORTAL_BASE_URL must be a scheme and a host, for example https://pengaduan.example.co.id"]
    if is_loopback(host):
        return False, []
    if parts.scheme != "https":
        return True, ["PORTAL_BASE_URL must begin with https:// unless its host is this machine"]
    return True, []


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _database_faults(url: str) -> list[str]:
    try:
        parsed = sa.make_url(url)
    except ArgumentError:
        return ["PORTAL_DATABASE_URL is not a database URL"]
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        return ["PORTAL_DATABASE_URL must begin with sqlite:/// or postgresql://"]
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        return ["PORTAL_DATABASE_URL must name a file: a database in memory dies with the process"]
    return []


def _gateway_faults(url: str | None, token: str | None, channels: tuple[str, ...], production: bool) -> list[str]:
    """What is wrong with the gateway for messages; the URL and the token are never repeated."""
    reasons = []
    if not set(channels) <= set(GATEWAY_CHANNELS) or len(set(channels)) < len(channels):
        reasons.append("PORTAL_GATEWAY_CHANNELS must be sms, whatsapp, or both with a comma between")
    if token is not None and (not token.isascii() or not token.isprintable() or " " in token):
        reasons.append("PORTAL_GATEWAY_TOKEN must be one word of plain ASCII")
    if url is None:
        if token is not None:
            reasons.append("PORTAL_GATEWAY_TOKEN needs PORTAL_GATEWAY_URL")
        return reasons
    parts = urlsplit(url)
    try:
        fits = parts.scheme in ("http", "https") and parts.hostname and not parts.fragment
        _ = parts.port
    except ValueError:
        fits = False
    if not fits:
        return [*reasons, "PORTAL_GATEWAY_URL must look like https://messages.example.co.id/send"]
    if parts.scheme != "https" and (production or not is_loopback(parts.hostname or "")):
        reasons.append("PORTAL_GATEWAY_URL must begin with https:// unless it is on this machine, in development")
    if (parts.username is None) != (parts.password is None):
        reasons.append("PORTAL_GATEWAY_URL needs both a user and a password, or neither")
    if parts.username is not None and token is not None:
        reasons.append("PORTAL_GATEWAY_TOKEN contradicts the user and password in PORTAL_GATEWAY_URL")
    return reasons


def _scanner_faults(clamd: str | None, said: str | None, production: bool) -> list[str]:
    """A deployment has a scanner or says aloud that it has none; it cannot forget to."""
    if said not in (None, NO_SCANNER):
        return ["PORTAL_SCANNER must be none, or left away: the scanner is named by PORTAL_CLAMD"]
    if clamd is None:
        if production and said is None:
            return ["PORTAL_CLAMD is missing: name ClamAV's daemon, or say PORTAL_SCANNER=none aloud"]
        return []
    if said is not None:
        return ["PORTAL_SCANNER=none contradicts PORTAL_CLAMD"]
    parts = urlsplit(clamd)
    try:
        fits = (parts.scheme == "tcp" and parts.hostname and parts.port) or (parts.scheme == "unix" and parts.path)
    except ValueError:
        fits = False
    return [] if fits else ["PORTAL_CLAMD must look like tcp://host:3310 or unix:///run/clamav/clamd.ctl"]


def _read_keys(given: str | None, instance: Path, production: bool, reasons: list[str]) -> KeyRing | None:
    """The ring from the variable (its JSON, or a file's path), else the development ring."""
    if given is None and production:
        reasons.append("PORTAL_KEYS is missing: in production the keys are made with `flask --app wsgi keys new`")
        return None
    try:
        if given is None:
            return _development_keys(instance / "keys.json")
        if given.startswith("{"):
            return KeyRing.from_json(given)
        path = Path(given)
        if production and path.stat().st_mode & 0o077:
            reasons.append(f"PORTAL_KEYS names {path}, which others on this machine may read: chmod 600")
        return KeyRing.from_json(path.read_text())
    except BadKeys as fault:
        reasons += [f"PORTAL_KEYS: {reason}" for reason in fault.reasons]
    except OSError as fault:
        reasons.append(f"PORTAL_KEYS names a file that cannot be read: {fault.strerror}")
    return None


def _development_keys(path: Path) -> KeyRing:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}.new")
        handle = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(KeyRing.generate(clock.now().date()).to_json())
        # A link is made whole or not at all: of several processes that start at once one wins,
        # and the others read what it wrote.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return KeyRing.from_json(path.read_text())


def describe(settings: Settings) -> str:
    """The settings as JSON for `doctor`, without keys or passwords."""
    smtp = urlsplit(settings.smtp_url) if settings.smtp_url else None
    return json.dumps(
        {
            "institution": settings.institution,
            "database": sa.make_url(settings.database_url).render_as_string(hide_password=True),
            "evidence": settings.evidence_url.split("?")[0],
            "base_url": settings.base_url,
            "smtp": smtp and smtp.hostname,
            "gateway": urlsplit(settings.gateway_url).hostname if settings.gateway_url else None,
            "messages_by": list(settings.messages_by),
            "scanner": settings.clamd or NO_SCANNER,
            "proxies": settings.proxies,
            "production": settings.production,
        }
    )
