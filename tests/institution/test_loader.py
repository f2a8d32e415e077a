"""Profiles are read whole, or every fault of the file is told at once with its file and key."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from portal.institution.loader import DATA, ProfileError, UnknownInstitution, codes, load, read
from portal.institution.models import Institution
from portal.institution.rules import Form, PrivacyTopic
from portal.institution.rules import Path as AskedPath
from portal.workdays.rules import Confidence, Start
from tests.institution.specimens import LUMBUNG, broken


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

SPECIMENS = [
    # shape
    ('code = "lumbung"\n', "", "code: is missing"),
    ('code = "lumbung"', 'code = "Lumbung Dana"', "code: 'Lumbung Dana' does not fit ^[a-z][a-z0-9_]*$"),
    ('name = "Lumbung Dana"', 'name = "  "', "name: is empty"),
    ('prefix = "LD1"', 'prefix = "1D"', "prefix: '1D' does not fit ^[A-Z][A-Z0-9]{1,3}$"),
    ('website = "https', 'website = "http', "website: 'http://lumbung.example' does not fit ^https://[^\\s]+$"),
    ('prefix = "LD1"', 'prefix = "LD1"\nprefx = "X"', "prefx: is not a key that is known here"),
    ("strap = {", "stripe = {", "page.stripe: is not a key that is known here"),
    ("strap = {", "stripe = {", "page.strap: is missing"),
    (', en = "Tell us." }', " }", "page.lede.en: the English text is missing"),
    ('{ id = "Ceritakan kepada kami.", ', "{ ", "page.lede.id: the Indonesian text is missing"),
    ('en = "Tell us."', 'en = ""', "page.lede.en: is empty"),
    ('zone = "Asia/Makassar"', 'zone = "Asia/Ambon"', "zone: 'Asia/Ambon' is not a time zone"),
    (
        'languages = ["en", "id"]',
        'languages = ["id"]',
        'languages: must be ["id", "en"] or ["en", "id"]: every text stands in both',
    ),
    ('sector = "p2p_lending"', 'sector = "pinjol"', "sector: must be 'bank', 'sharia_bank'"),
    ('regulators = ["ojk"]', "regulators = []", "regulators: is empty"),
    ('regulators = ["ojk"]', 'regulators = ["ojk", "ojk"]', "regulators: names something twice"),
    ('"laps_sjk", "district', '"lapspi", "district', "forums.2: must be 'bi', 'ojk', 'appk', 'laps_sjk'"),
    ('lines = ["Jl. Contoh 1", "Makassar 90111"]', "lines = []", "addresses.0.lines: is empty"),
    (
        'label = { id = "Telepon", en = "Telephone" }',
        'label = { id = "Telepon", en = "Telephone" }\ncode = "x"',
        "channels.telephone.code: is not needed: a row is called by the name of its table",
    ),
    ("[channels.night]", "[channels.Night]", "channels.Night: 'Night' does not fit"),
    # channels and hours
    (
        'kind = "tel"',
        'kind = "fax"',
        "channels.telephone.addresses.0.kind: must be 'tel', 'mailto', 'url' or 'text', not 'fax'",
    ),
    (
        'value = "+62411555000"',
        'value = "0411-555-000"',
        "channels.telephone.addresses.0.value: must be digits, with a + before a country code",
    ),
    ('kind = "tel"', 'kind = "mailto"', "channels.telephone.addresses.0.value: must be an e-mail address"),
    (
        'kind = "tel"',
        'kind = "url"',
        "channels.telephone.addresses.0.value: must be an address that begins with https://",
    ),
    (
        'open = "08:00"',
        'open = "8.00"',
        "channels.telephone.hours.periods.0.open: must be a time between 00:00 and 24:00, for example 08:30",
    ),
    ('close = "12:00"', 'close = "24:30"', "channels.telephone.hours.periods.0.close: must be a time between"),
    ('days = ["fri", "sat"]', "days = []", "channels.night.hours.periods.0.days: is empty"),
    ('days = ["fri", "sat"]', 'days = ["friday"]', "channels.night.hours.periods.0.days.0: must be 'mon', 'tue'"),
    ('hours.zone = "Asia/Jayapura"', 'hours.zone = "WIT"', "channels.night.hours.zone: 'WIT' is not a time zone"),
    ('hours.zone = "Asia/Jayapura"', "hours.always = true", "channels.night.hours: says both always and periods"),
    (
        "hours.always = true",
        "hours.always = false",
        "channels.website.hours: says neither always, nor periods, nor a calendar of working days",
    ),
    (
        'hours.calendar = "idx"',
        'hours.calendar = "bourse"',
        "channels.office.hours.calendar: must be 'national_and_joint'",
    ),
    (
        'form = "written"',
        'form = "verbal"',
        "channels.website.form: must be 'written': what is filed in this portal is a written complaint",
    ),
    # limits
    ("amount = 20", "amount = 0", "limits.promise.amount: must be at least 1, not 0"),
    ("amount = 20", 'amount = "20"', "limits.promise.amount: input should be a valid integer"),
    ("amount = 20", "amount = 2.5", "limits.promise.amount: input should be a valid integer"),
    ('unit = "calendar"', 'unit = "days"', "limits.promise.unit: must be 'working' or 'calendar', not 'days'"),
    ('start = "received"', 'start = "sent"', "limits.promise.start: must be 'received', 'complete'"),
    ('calendar = "national_and_joint"\n', "", "limits.law_verbal.calendar: must name a calendar of working days"),
    (
        'calendar = "idx"\nsource',
        'calendar = "every_day"\nsource',
        "limits.law_written.calendar: must name a calendar of working days",
    ),
    (
        'basis = "institution"',
        'basis = "habit"',
        "limits.promise.basis: must be 'law', 'institution' or 'default', not 'habit'",
    ),
    ('confidence = "H"', 'confidence = "sure"', "limits.promise.confidence: must be 'H', 'M', 'L' or 'U', not 'sure'"),
    ("checked = 2026-11-21\n", "", "limits.promise.checked: is missing"),
    ('source = { id = "Halaman kami", en = "Our page" }\n', "", "limits.promise.source: is missing"),
    ("most = 1", "most = 0", "limits.law_written.extension.most: must be at least 1, not 0"),
    ('grounds = ["third_party"]', "grounds = []", "limits.law_written.extension.grounds: is empty"),
    (
        'passing = "refusal"',
        'passing = "closed"',
        "clocks.documents.passing: must be 'withdrawn' or 'refusal', not 'closed'",
    ),
    # what else must hold together
    ('check = "if_needed"', 'check = "document"', "identity: asks for a document and lists no proofs"),
    ("minutes = 120\n", "", "topics.disbursement.guide: needs both moment and minutes for what depends on them"),
    ("[refusals.incomplete]", "[refusals.rude]", "refusals.rude: must be 'incomplete', 'settled'"),
    (
        'points = [{ id = "Hubungi',
        'points = [] # [{ id = "Hubungi',
        "texts.conditions.0: has neither paragraphs nor points",
    ),
    ("rights = { heading", "right = { heading", "privacy.sections.right: must be 'controller', 'basis'"),
    (
        'rights = { heading = { id = "H", en = "H" }, paragraphs = [{ id = "a", en = "b" }] }\n',
        "",
        "privacy.sections: lacks rights: UU 27/2022 asks for it",
    ),
    ('l1 = "#1d4c94"', 'l1 = "blue"', "colours.l1: 'blue' does not fit ^#[0-9a-f]{6}$"),
    (
        'l1 = "#1d4c94"',
        'l1 = "#88aadd"',
        "colours.l1: #88aadd on paper #fbfbf9 has a contrast of 2.29:1, it needs 4.5:1",
    ),
    (
        "[refusals.incomplete]",
        "[refusals.settled]",
        "clocks.documents.passing: says 'refusal', for which [refusals.incomplete] must give the ground",
    ),
    ('question = { id = "Pinjaman yang mana?", en = "Which loan?" }, ', "", "account.question: is missing"),
    ("procedure = { title", "process = { title", "pages.procedure: is missing"),
    # names of rows that are not there
    (
        'own_channel = "website"',
        'own_channel = "websit"',
        "own_channel: names 'websit', which does not stand in [channels]; did you mean 'website'?",
    ),
    ('contact = "telephone"', 'contact = "post"', "service.contact: names 'post', which does not stand in [channels]"),
    ('channel = "telephone"', 'channel = "post"', "urgent.channel: names 'post', which does not stand in [channels]"),
    ('call = "telephone"', 'call = "post"', "identity.call: names 'post', which does not stand in [channels]"),
    (
        'category = "grievance"',
        'category = "anger"',
        "kinds.complaint.category: names 'anger', which does not stand in [categories]",
    ),
    (
        'division = "collection"',
        'division = "legal"',
        "topics.collection.division: names 'legal', which does not stand in [divisions]",
    ),
    (
        'kinds = ["complaint"]',
        'kinds = ["praise"]',
        "topics.collection.kinds.0: names 'praise', which does not stand in [kinds]",
    ),
    (
        'document = "statement"',
        'document = "photo"',
        "topics.disbursement.guide.document: names 'photo', which does not stand in [documents]",
    ),
    (
        'verbal = ["promise", "law_verbal"]',
        'verbal = ["promise", "law_verbl"]',
        "clocks.answer.complaint.verbal.1: names 'law_verbl', which does not stand in [limits]; did you mean 'law_",
    ),
    (
        "[clocks.answer.question]",
        "[clocks.answer.praise]",
        "clocks.answer.praise: names 'praise', which does not stand in [kinds]",
    ),
    (
        'limit = "law_written"',
        'limit = "documents"',
        "clocks.documents.limit: names 'documents', which does not stand in [limits]",
    ),
    (
        "promise_stands = false",
        'checking = "two_days"',
        "clocks.checking: names 'two_days', which does not stand in [limits]",
    ),
    (
        'grounds = ["third_party"]',
        'grounds = ["rain"]',
        "limits.law_written.extension.grounds.0: names 'rain', which does not stand in [extension_grounds]",
    ),
    ("[topics.other]", "[topics.rest]", "topics: lacks a row 'other', which the portal relies on"),
    ("[kinds.complaint]", "[kinds.grievance]", "kinds: lacks a row 'complaint', which the portal relies on"),
    # figures
    (
        "{limits.promise.amount} hari",
        "{limits.promis.amount} hari",
        "texts.procedure.0.text.id: takes {limits.promis.amount} from the file, where there is no such figure",
    ),
    (
        "{limits.promise.amount} hari",
        "{limits.promise} hari",
        "texts.procedure.0.text.id: takes {limits.promise} from the file, where there is no such figure",
    ),
]


@pytest.mark.parametrize(("old", "new", "said"), SPECIMENS)
def test_each_fault_is_told_with_file_and_key(old: str, new: str, said: str) -> None:
    problems = [str(problem) for problem in broken((old, new))]
    assert any(problem.startswith(f"broken.toml: {said}") for problem in problems), problems


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
