"""The macros that draw fields, errors and facts: what was typed stays, and everything is tied together."""

from datetime import date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from wtforms.fields.choices import SelectChoice

from portal.web import fields
from portal.web.forms import Form
from portal.web.validators import Optional, Required
from portal.workdays import seed
from portal.workdays.rules import Basis, CalendarCode, Confidence, Limit, Names, Pause, Start, Unit, derive
from tests.markup import parse

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

JAKARTA = ZoneInfo("Asia/Jakarta")


class Everything(Form):
    name = fields.TextField("Name", [Required("Enter your name")], description="As in your identity document")
    number = fields.NumberField("Number", [Optional()])
    story = fields.LongTextField("Story")
    choice = fields.RadioField(
        "Choice", [Required("Choose one")], choices=[SelectChoice("a", "First"), SelectChoice("b", "Second")]
    )
    letter = fields.SelectField("Letter", choices=[SelectChoice("id", "Indonesian"), SelectChoice("en", "English")])
    on = fields.DatePartsField("Date", wrong="There is no such day")
    at = fields.TimeField("Time", [Optional()], wrong="Write the time in digits")
    amount = fields.AmountField("Amount", [Optional()], wrong="Write the amount in digits")
    sure = fields.BooleanField("I am sure", [Required("Tick the box")])


ALL = """{% import "ui/fields.html" as fields %}{% import "ui/errors.html" as errors %}
{{ errors.summary(form) }}{{ fields.text(form.name, autocomplete="name") }}{{ fields.text(form.number, code=true) }}
{{ fields.textarea(form.story) }}{{ fields.radios(form.choice, hints={"a": "Only this one is explained"}) }}
{{ fields.select(form.letter) }}{{ fields.date(form.on) }}{{ fields.time(form.at) }}{{ fields.amount(form.amount) }}
{{ fields.checkbox(form.sure) }}{{ fields.csrf() }}<button id="send" type="submit">Send</button>"""


@pytest.fixture
def draw(app):
    """Draws a template's source as a part of a page, in English or Indonesian."""

    def drawn(source, lang="en", **context):
        with app.test_request_context(f"/{lang}/"):
            app.preprocess_request()
            root, faults = parse(app.jinja_env.from_string(source).render(**context), part=True)
        assert faults == []
        return root

    return drawn


@pytest.fixture
def bound(app):
    def with_typed(**typed):
        with app.test_request_context("/en/", method="POST", data=typed):
            form = Everything(meta={"csrf": False})
            form.validate()
        return form

    return with_typed


def test_wrong_answers_stay_as_typed(draw, bound):
    root = draw(
        ALL,
        form=bound(
            **{"name": " ", "number": "12-34", "story": "one\n<two>", "choice": "c", "letter": "en"},
            **{"on-d": "31", "on-m": "2", "on-y": "2026", "at": "noon", "amount": "a lot"},
        ),
    )
    assert root.one("[name=number]")["value"] == "12-34"
    assert "".join(root.one("textarea").element.itertext()) == "one\n<two>"
    assert [root.one(f"[name=on-{part}]")["value"] for part in "dmy"] == ["31", "2", "2026"]
    assert root.one("[name=at]")["value"] == "noon"
    assert root.one("[name=amount]")["value"] == "a lot"
    assert root.one("option[selected]")["value"] == "en"


def test_every_line_of_the_summary_lands_on_a_control_that_says_the_same(draw, bound):
    root = draw(ALL, form=bound(**{"letter": "id", "on-d": "31", "on-m": "2", "on-y": "2026", "at": "noon"}))
    lines = [(link["href"].removeprefix("#"), link.text) for link in root.all(".errors a")]
    assert lines == [
        ("name", "Enter your name"),
        ("choice-0", "Choose one"),
        ("on-d", "There is no such day"),
        ("at", "Write the time in digits"),
        ("sure", "Tick the box"),
    ]
    assert root.one(".errors h2").text == "5 answers need correcting"
    for target, sentence in lines:
        control = root.one(f"#{target}")
        around = control.within("fieldset") or control
        tied = [
            root.one(f"#{id_}").text for id_ in (around.get("aria-describedby") or control["aria-describedby"]).split()
        ]
        assert sentence in tied
    assert root.one(".errors")["role"] == "alert" and root.one(".errors")["tabindex"] == "-1"


def test_one_wrong_answer_is_one(draw, bound):
    form = bound(name="Siti", choice="a", sure="y", letter="id", at="noon")
    assert draw(ALL, form=form).one(".errors h2").text == "One answer needs correcting"
    assert draw(ALL, "id", form=form).one(".errors h2").text == "1 isian perlu diperbaiki"


def test_right_answers_have_no_summary_and_no_marks(draw, bound):
    root = draw(ALL, form=bound(name="Siti", choice="b", sure="y", letter="id"))
    assert not root.has(".errors") and not root.has("[aria-invalid]") and not root.has(".field-wrong")
    assert [box["value"] for box in root.all("[type=radio][checked]")] == ["b"]
    assert root.has("#sure[checked]")
    # A hint is tied to its field without an error too.
    assert root.one(f"#{root.one('#name')['aria-describedby']}").text == "As in your identity document"


def test_optional_fields_are_marked_in_the_pages_language(draw, bound):
    marked = [label.text for label in draw(ALL, "id", form=bound()).all("label") if "(tidak wajib)" in label.text]
    assert marked == ["Number (tidak wajib)", "Time (tidak wajib)", "Amount (tidak wajib)"]


def test_a_code_is_neither_completed_nor_corrected(draw, bound):
    control = draw(ALL, form=bound()).one("#number")
    assert (control["autocomplete"], control["spellcheck"], control["autocapitalize"]) == ("off", "false", "none")


def test_names_with_markup_stay_text(draw, bound):
    root = draw(ALL, form=bound(name='"><script>alert(1)</script>'))
    assert root.one("#name")["value"] == '"><script>alert(1)</script>'
    assert not root.has("script")


# ── a deadline ───────────────────────────────────────────────────────────────────────────────────

DEADLINE = """{% import "ui/deadline.html" as deadline %}
{{ deadline.due(days.counted_on) }}{{ deadline.progress(days, today) }}{{ deadline.tally(days) }}
{{ deadline.grid(days, today) }}{{ deadline.table(days, "Day by day") }}"""


@pytest.fixture(scope="module")
def ten_days():
    """BM-30 from Friday 13 March 2026: over Nyepi and Lebaran to Monday 6 April."""
    limit = Limit("written", 10, Unit.WORKING, Start.COMPLETE, Names("", ""), Basis.LAW, Confidence.HIGH)
    calendar = seed.calendar(CalendarCode.NATIONAL_AND_JOINT)
    return derive(limit, datetime(2026, 3, 13, 15, 42, tzinfo=JAKARTA), calendar, JAKARTA)


def test_a_deadline_says_the_date_then_where_today_stands(draw, ten_days):
    root = draw(DEADLINE, "id", days=ten_days, today=date(2026, 4, 1))
    assert root.one(".due").text == "Senin, 6 April 2026"
    today, counted = [node.text for node in root.all(".due-count")]
    assert today == "Hari ini hari kerja ke-8 dari 10. Tersisa 2 hari kerja."
    assert counted == "24 hari kalender: 10 dihitung, 5 akhir pekan, 9 hari libur dan cuti bersama."


def test_each_day_of_the_grid_is_heard_as_a_sentence(draw, ten_days):
    root = draw(DEADLINE, days=ten_days, today=date(2026, 4, 1))
    heard = [node.text for node in root.all(".days .hidden-text")]
    assert len(heard) == 25
    assert heard[0] == "Friday 13 March: Documents complete, day 0"
    assert heard[1] == "Saturday 14 March: not counted: Weekend"
    assert heard[3] == "Monday 16 March: working day 1"
    assert "not counted: Joint leave for" in heard[5]
    assert heard[19] == "Wednesday 1 April: working day 8, today"
    assert heard[-1] == "Monday 6 April: working day 10, the last day"
    assert root.one(".days [data-dow]")["data-dow"] == "5"
    looks = [node["class"].split()[1] for node in root.all(".days li")]
    assert (looks[0], looks[3], looks[20], looks[-1]) == ("day-start", "day-past", "day-on", "day-due")


def test_the_table_counts_the_same_days(draw, ten_days):
    root = draw('{% import "ui/deadline.html" as deadline %}{{ deadline.table(days, "Day by day") }}', days=ten_days)
    rows = [[cell.text for cell in row.all("td")] for row in root.all("tbody tr")]
    assert [int(count) for count, _ in rows if count not in ("–", "0")] == list(range(1, 11))
    assert rows[-1] == ["10", "The last day for our answer"]


@pytest.mark.parametrize(
    ("lang", "unit", "today", "tally", "skipped"),
    [
        (
            "en",
            Unit.WORKING,
            "Today is not counted: 2 of 5 working days have passed. Left: 3 working days.",
            "9 calendar days: 5 counted, 2 in weekends, 2 on which the count stood still.",
            "The count stands still: Waiting for a bank abroad",
        ),
        (
            "id",
            Unit.CALENDAR,
            "Hari ini tidak dihitung: 2 dari 5 hari kalender sudah lewat. Tersisa 3 hari kalender.",
            "7 hari kalender: 5 dihitung, 2 hari hitungan berhenti.",
            "Hitungan berhenti: Menunggu bank di luar negeri",
        ),
    ],
)
def test_a_pause_is_told_day_by_day(draw, lang, unit, today, tally, skipped):
    limit = Limit("written", 5, unit, Start.COMPLETE, Names("", ""), Basis.INSTITUTION, Confidence.HIGH)
    ground = Names("Menunggu bank di luar negeri", "Waiting for a bank abroad")
    pauses = [Pause(date(2026, 8, 5), date(2026, 8, 7), ground)]
    code = CalendarCode.NATIONAL if unit is Unit.WORKING else CalendarCode.EVERY_DAY
    derivation = derive(limit, date(2026, 8, 3), seed.calendar(code), JAKARTA, pauses=pauses)
    root = draw(DEADLINE, lang, days=derivation, today=date(2026, 8, 6))
    assert [node.text for node in root.all(".due-count")] == [today, tally]
    rows = [[cell.text for cell in row.all("td")] for row in root.all("tbody tr")]
    assert rows[3:5] == [["–", skipped], ["–", skipped]]


def test_a_passed_deadline_says_so(draw, ten_days):
    root = draw(DEADLINE, days=ten_days, today=date(2026, 4, 7))
    assert root.all(".due-count")[0].text == "That day has passed."


# ── other facts ──────────────────────────────────────────────────────────────────────────────────


def test_an_empty_answer_reads_as_not_given(draw):
    source = '{% import "ui/summary.html" as summary %}{{ summary.rows(rows) }}'
    rows = [
        {"label": "Name", "value": "Siti", "url": "/x"},
        {"label": "Story", "value": "one\n\ntwo", "url": "/y", "typed": True},
        {"label": "Phone", "value": None, "url": None},
    ]
    root = draw(source, "id", rows=rows)
    assert [row.text for row in root.all(".summary div")] == [
        "Name Siti Ubah Name",
        "Story one two Ubah Story",
        "Phone Tidak diisi",
    ]
    assert [link["href"] for link in root.all("a")] == ["/x", "/y"]


def test_a_task_has_its_status_as_a_word(draw):
    source = '{% import "ui/tasks.html" as tasks %}{{ tasks.tasks(list) }}'
    task = SimpleNamespace(title="Statement", url="/x", hint="For March", tag="By Thursday", kind="wait")
    done = SimpleNamespace(title="Passbook", url=None, hint=None, tag=None, kind=None)
    root = draw(source, list=[task, done])
    assert root.one(".tag-wait").text == "By Thursday"
    assert [node.text for node in root.all("li")] == ["Statement For March By Thursday", "Passbook"]


def test_a_number_is_spelled_and_its_code_can_be_copied_only_by_script(draw):
    source = '{% import "ui/receipt.html" as receipt %}{{ receipt.receipt(number, code, spelled) }}'
    root = draw(source, number="BM-26", code="H7KM", spelled=[("B", "Bravo"), ("M", "Mike")])
    assert [node.text for node in root.all(".big")] == ["BM-26", "H7KM"]
    assert root.one(".spelled").text == "Bravo, Mike"
    button = root.one("button")
    assert "hidden" in button.attributes and root.one(f"#{button['data-copy']}").text == "H7KM"
