"""Settings: every fault at once, each with its variable's name."""

import base64
import json
from pathlib import Path

import pytest

from portal.config import Settings, SettingsError
from portal.sealing import KeyRing, Purpose


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A development ring is made in the working folder where no instance folder is named."""
    monkeypatch.chdir(tmp_path)


def faults(**environ: str) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environment(environ)
    return raised.value.reasons


def test_an_empty_environment_is_a_development_machine(tmp_path: Path) -> None:
    settings = Settings.from_environment({"PORTAL_INSTANCE": str(tmp_path)})
    assert not settings.production
    assert settings.institution == "muamalat"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.database_url == f"sqlite:///{tmp_path}/aduan.db"
    assert settings.smtp_url is None


def test_the_development_ring_is_made_once_and_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = Settings.from_environment({"PORTAL_INSTANCE": str(tmp_path)})
    second = Settings.from_environment({"PORTAL_INSTANCE": str(tmp_path)})
    assert first.keys.to_json() == second.keys.to_json()
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def test_a_mistyped_variable_is_refused_with_the_name_that_was_meant() -> None:
    assert faults(PORTAL_DATABSE_URL="x", PORTAL_NONSENSE="y") == [
        "PORTAL_DATABSE_URL is not a setting of the portal; did you mean PORTAL_DATABASE_URL?",
        "PORTAL_NONSENSE is not a setting of the portal",
    ]


def test_the_tests_own_variable_is_ignored(tmp_path: Path) -> None:
    Settings.from_environment({"PORTAL_INSTANCE": str(tmp_path), "PORTAL_CHROMIUM": "/usr/bin/chromium"})


def test_all_faults_are_told_at_once() -> None:
    told = faults(
        PORTAL_BASE_URL="pengaduan.example",
        PORTAL_DATABASE_URL="mysql://x",
        PORTAL_EVIDENCE_URL="ftp://x",
        PORTAL_SMTP_URL="mail.example",
        PORTAL_PROXIES="many",
        PORTAL_KEYS="{}",
    )
    assert [reason.split()[0].rstrip(":") for reason in told] == [
        "PORTAL_BASE_URL",
        "PORTAL_DATABASE_URL",
        "PORTAL_EVIDENCE_URL",
        "PORTAL_SMTP_URL",
        "PORTAL_PROXIES",
        *["PORTAL_KEYS"] * len(Purpose),
    ]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:9000", "https://127.0.0.1"])
def test_a_base_url_on_this_machine_is_development(tmp_path: Path, url: str) -> None:
    assert not Settings.from_environment({"PORTAL_INSTANCE": str(tmp_path), "PORTAL_BASE_URL": url}).production


def production(tmp_path: Path, **more: str) -> dict[str, str]:
    ring = tmp_path / "ring.json"
    ring.write_text(KeyRing.generate().to_json())
    ring.chmod(0o600)
    return {
        "PORTAL_INSTANCE": str(tmp_path),
        "PORTAL_BASE_URL": "https://pengaduan.example.co.id",
        "PORTAL_SMTP_URL": "smtp://mail.example:587",
        "PORTAL_SCANNER": "none",
        "PORTAL_KEYS": str(ring),
        **more,
    }


def test_production_needs_keys_a_mail_server_and_https(tmp_path: Path) -> None:
    assert Settings.from_environment(production(tmp_path)).production
    told = faults(PORTAL_BASE_URL="http://pengaduan.example.co.id", PORTAL_INSTANCE=str(tmp_path))
    assert [reason.split()[0] for reason in told] == [
        "PORTAL_BASE_URL",
        "PORTAL_SMTP_URL",
        "PORTAL_CLAMD",
        "PORTAL_KEYS",
    ]
    assert not (tmp_path / "keys.json").exists()


def test_production_refuses_a_ring_that_others_may_read(tmp_path: Path) -> None:
    environ = production(tmp_path)
    Path(environ["PORTAL_KEYS"]).chmod(0o644)
    assert faults(**environ) == [
        f"PORTAL_KEYS names {environ['PORTAL_KEYS']}, which others on this machine may read: chmod 600"
    ]


def test_production_refuses_weak_keys(tmp_path: Path) -> None:
    ring = json.loads(KeyRing.generate().to_json())
    ring["code"]["keys"]["code-1"] = base64.b64encode(b"x" * 32).decode()
    assert faults(**production(tmp_path, PORTAL_KEYS=json.dumps(ring))) == [
        "PORTAL_KEYS: code key 'code-1' is not random"
    ]


def test_files_kept_in_memory_are_refused_in_production(tmp_path: Path) -> None:
    assert faults(**production(tmp_path, PORTAL_EVIDENCE_URL="memory://")) == [
        "PORTAL_EVIDENCE_URL must not be memory:// in production: files would be lost"
    ]


def test_a_database_in_memory_is_refused(tmp_path: Path) -> None:
    assert faults(PORTAL_INSTANCE=str(tmp_path), PORTAL_DATABASE_URL="sqlite://") == [
        "PORTAL_DATABASE_URL must name a file: a database in memory dies with the process"
    ]


def test_production_has_a_scanner_or_says_aloud_that_it_has_none(tmp_path: Path) -> None:
    """ "Unavailable" never means clean, and neither does "forgotten"."""
    environ = production(tmp_path)
    del environ["PORTAL_SCANNER"]
    assert faults(**environ) == ["PORTAL_CLAMD is missing: name ClamAV's daemon, or say PORTAL_SCANNER=none aloud"]
    for url in ("tcp://127.0.0.1:3310", "unix:///run/clamav/clamd.ctl"):
        assert Settings.from_environment({**environ, "PORTAL_CLAMD": url}).clamd == url


@pytest.mark.parametrize("url", ["clamd", "tcp://host", "http://host:3310", "unix://", "tcp://host:x"])
def test_a_scanner_that_cannot_be_asked_is_refused_at_start(tmp_path: Path, url: str) -> None:
    assert faults(PORTAL_INSTANCE=str(tmp_path), PORTAL_CLAMD=url) == [
        "PORTAL_CLAMD must look like tcp://host:3310 or unix:///run/clamav/clamd.ctl"
    ]


def test_a_scanner_cannot_be_named_and_denied_at_once(tmp_path: Path) -> None:
    told = faults(PORTAL_INSTANCE=str(tmp_path), PORTAL_CLAMD="tcp://127.0.0.1:3310", PORTAL_SCANNER="none")
    assert told == ["PORTAL_SCANNER=none contradicts PORTAL_CLAMD"]
    assert faults(PORTAL_INSTANCE=str(tmp_path), PORTAL_SCANNER="off")[0].startswith("PORTAL_SCANNER must be none")
