"""Profiles are read whole, or every fault of the file is told at once with its file and key."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from portal.institution.loader import DATA, NEEDED_ROWS, REFERENCES, ProfileError, UnknownInstitution, codes, load, read
from portal.institution.models import Institution
from portal.institution.rules import Form, PrivacyTopic
from portal.institution.rules import Path as AskedPath
from portal.workdays.rules import Confidence, Start
from tests.institution.specimens import LUMBUNG, SPECIMENS, broken


@pytest.fixture
def lumbung() -> Institution:
    return load(LUMBUNG)


# ── a whole one ──────────────────────────────────────────────────────────────────────────────────


def test_every_profile_that_comes_with_the_portal_is_sound() -> None:
    assert "muamalat" in codes()
    for code in codes():
        assert load(code).code == code


def test_no_two_institutions_share_a_prefix() -> None:
    prefixes = [load(code).prefix for code in codes()]
    assert len(set(prefixes)) == len(prefixes)


def test_a_profile_is_loaded_once() -> None:
    assert load("muamalat") is load("muamalat")


def test_an_institution_of_ones_own_needs_a_file_and_no_code(lumbung: Institution) -> None:
    assert (lumbung.name, lumbung.prefix, str(lumbung.zone)) == ("Lumbung Dana", "LD1", "Asia/Makassar")
    assert lumbung.languages[0] == "en"
    assert lumbung.customer["id"] == "pengguna"
    assert lumbung.kinds["question"].path is AskedPath.SHORT
    assert lumbung.topics["disbursement"].guide is not None
    assert [topic.code for topic in lumbung.topics_of("question")] == ["disbursement", "other"]
    assert [limit.code for limit in lumbung.answer_limits("complaint", Form.WRITTEN)] == ["promise", "law_written"]
    assert [channel.code for channel in lumbung.other_channels] == ["telephone", "night", "office"]
    assert lumbung.contact.addresses[0].href == "tel:+62411555000"
    assert not lumbung.contact.addresses[0].verified
    assert lumbung.channels["night"].addresses[0].href is None


def test_rows_know_the_key_under_which_they_stand_and_keep_the_files_order(lumbung: Institution) -> None:
    assert [(code, topic.code) for code, topic in lumbung.topics.items()] == [
        ("collection", "collection"), ("disbursement", "disbursement"), ("other", "other"),
    ]  # fmt: skip


def test_the_privacy_notice_comes_in_the_laws_order_whatever_the_files(lumbung: Institution) -> None:
    assert list(lumbung.privacy.sections) == list(PrivacyTopic)


def test_a_kind_or_form_without_limits_of_its_own_has_the_written_complaints(lumbung: Institution) -> None:
    assert [limit.code for limit in lumbung.answer_limits("question", Form.VERBAL)] == ["promise"]
    assert [limit.code for limit in lumbung.answer_limits("unknown", Form.WRITTEN)] == ["promise", "law_written"]


def test_the_documents_asked_depend_on_who_complains(lumbung: Institution) -> None:
    """SQ-18: the power of attorney only where a representative files; a firm's and a topic's papers on their own."""
    assert [document.code for document in lumbung.documents_for(representative=False)] == ["transactions"]
    assert [document.code for document in lumbung.documents_for(representative=True)] == [
        "power_of_attorney", "transactions",
    ]  # fmt: skip


def test_a_text_takes_its_figures_from_the_file(lumbung: Institution) -> None:
    assert lumbung.texts.procedure[0].text["en"] == "Within 20 days, Asia/Makassar."
    assert lumbung.texts.conditions[0].points[0]["id"] == "Hubungi 0411-555-000."
    assert "{braces}" in lumbung.notes["why"]


def test_a_limit_gives_its_pure_rule(lumbung: Institution) -> None:
    rule = lumbung.limits["law_written"].rule
    assert (rule.key, rule.amount, rule.start, rule.confidence) == (
        "law_written", 10, Start.COMPLETE, Confidence.MEDIUM,
    )  # fmt: skip
    assert rule.source["id"] == "Peraturan"
    assert lumbung.limits["law_written"].rule is rule


def test_a_profile_cannot_be_changed(lumbung: Institution) -> None:
    with pytest.raises(ValidationError):
        lumbung.name = "Other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        lumbung.topics["new"] = lumbung.topics["other"]  # type: ignore[index]
    with pytest.raises(ValidationError):
        lumbung.page.title.id = "Other"  # type: ignore[misc]


def test_a_text_speaks_two_languages_and_no_third(lumbung: Institution) -> None:
    assert lumbung.texts.free.in_("id") == "Gratis."
    with pytest.raises(KeyError):
        lumbung.texts.free["fr"]


# ── what cannot be read ──────────────────────────────────────────────────────────────────────────


def test_an_unknown_code_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownInstitution, match=r"bank_x: is not an institution of this portal; known: .*muamalat"):
        load("bank_x")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"mine\.toml: cannot be read: No such file"):
        load(tmp_path / "mine.toml")
    with pytest.raises(ProfileError, match="cannot be read"):
        load("./mine")


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ProfileError, match=r"mine\.toml: cannot be read: it is not UTF-8"):
        load(str(tmp_path / "mine.toml"))


def test_a_file_that_is_not_toml_is_told_with_its_line() -> None:
    with pytest.raises(ProfileError, match=r"mine\.toml: is not TOML: .*line 2"):
        read('code = "mine"\nname = \n', file="mine.toml")


def test_a_packaged_profile_is_called_as_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "misnamed.toml").write_bytes(LUMBUNG.read_bytes())
    monkeypatch.setattr("portal.institution.loader.DATA", tmp_path)
    with pytest.raises(ProfileError, match=r"misnamed\.toml: code: must be 'misnamed', as the file is called"):
        load("misnamed")


# ── one broken specimen for each rule ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("old", "new", "said"), SPECIMENS)
def test_each_fault_is_told_with_file_and_key(old: str, new: str, said: str) -> None:
    problems = [str(problem) for problem in broken((old, new))]
    assert any(problem.startswith(f"broken.toml: {said}") for problem in problems), problems


def test_every_reference_and_every_needed_row_has_its_specimen() -> None:
    """A rule that nobody broke might as well not be there."""
    told = [(problem.key, problem.wrong) for old, new, _ in SPECIMENS for problem in broken((old, new))]
    for pattern, table in REFERENCES:
        key = re.compile(re.escape(pattern).replace(r"\*", "[^.]+"))
        assert any(key.fullmatch(at) and f"[{table}]" in wrong for at, wrong in told), pattern
    for table, code in NEEDED_ROWS:
        assert any(at == table and wrong.startswith(f"lacks a row {code!r}") for at, wrong in told), table


def test_all_faults_are_told_at_once() -> None:
    """Faults of shape hide none of the others: references, figures and colours are told beside them."""
    problems = broken(
        ('zone = "Asia/Makassar"', 'zone = "Mars"'),
        ('en = "Tell us."', 'en = ""'),
        ("amount = 20", "amount = 0"),
        ('contact = "telephone"', 'contact = "post"'),
        ("{limits.promise.amount} hari", "{limits.x} hari"),
        ('l1 = "#1d4c94"', 'l1 = "#ffffff"'),
        ('d1 = "#9dbff2"', 'd1 = "#000000"'),
    )
    assert [problem.key for problem in problems] == [
        "texts.procedure.0.text.id", "zone", "page.lede.en", "limits.promise.amount", "colours.l1", "colours.d1",
        "service.contact",
    ]  # fmt: skip
    assert {problem.file for problem in problems} == {"broken.toml"}


def test_every_place_where_a_colour_fails_is_told() -> None:
    (problem,) = broken(('l1 = "#1d4c94"', 'l1 = "#ffffff"'))
    for ground in ("paper", "sheet", "wash", "bad-wash", "warn-wash", "good-wash", "its own wash", "a button's text"):
        assert ground in problem.wrong


# ── what it costs ────────────────────────────────────────────────────────────────────────────────


def test_loading_a_profile_imports_neither_the_web_nor_the_holidays() -> None:
    code = (
        "import sys; from portal.institution.loader import load; load('muamalat'); "
        "print([name for name in ('holidays', 'flask', 'sqlalchemy', 'babel') if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"


def test_the_profiles_are_packaged_where_they_are_read() -> None:
    assert DATA.is_relative_to(Path(__file__).resolve().parents[2] / "portal" / "institution")
