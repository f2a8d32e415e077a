"""A day as a calendar file (iCalendar, RFC 5545), for whoever keeps their dates on a phone. Pure."""

from datetime import UTC, date, datetime, timedelta

LONGEST_LINE = 75


def day_event(*, uid: str, on: date, title: str, text: str, now: datetime) -> str:
    """One all-day event that blocks no time. `uid` stays the same for the same thing, so that a new date moves it."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Aduan//Deadline//EN",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{on:%Y%m%d}",
        # The end is the first day that does not belong to it.
        f"DTEND;VALUE=DATE:{on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escape(title)}",
        f"DESCRIPTION:{_escape(text)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def _escape(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r\n", "\n").replace("\n", "\\n")


def _fold(line: str) -> str:
    """No line longer than 75 octets; no character cut in two."""
    folded, room = [""], LONGEST_LINE
    for sign in line:
        size = len(sign.encode())
        if size > room:
            # The blank that marks a continuation counts.
            folded.append("")
            room = LONGEST_LINE - 1
        folded[-1] += sign
        room -= size
    return "\r\n ".join(folded)
