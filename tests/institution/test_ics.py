"""A deadline as a calendar file."""

from datetime import UTC, date, datetime

from portal.institution.ics import LONGEST_LINE, day_event

NOW = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)


def test_a_day_is_written_as_an_all_day_event() -> None:
    told = day_event(uid="one@aduan", on=date(2026, 12, 31), title="A; b, c", text="1.\n2. \\", now=NOW)
    assert told == (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Aduan//Deadline//EN\r\nBEGIN:VEVENT\r\nUID:one@aduan\r\n"
        "DTSTAMP:20260313T030000Z\r\nDTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n"
        "SUMMARY:A\\; b\\, c\r\nDESCRIPTION:1.\\n2. \\\\\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def test_long_lines_are_folded_between_characters() -> None:
    text = "Pengaduan – ’kutipan’ " * 20
    told = day_event(uid="one", on=date(2026, 3, 13), title="T", text=text, now=NOW)
    assert all(len(line.encode()) <= LONGEST_LINE for line in told.split("\r\n"))
    assert f"DESCRIPTION:{text}\r\n" in told.replace("\r\n ", "")
