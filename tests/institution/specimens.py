"""The invented institution, whole and broken."""

from pathlib import Path

from portal.institution.loader import Problem, ProfileError, read

LUMBUNG = Path(__file__).resolve().parent / "lumbung.toml"


def broken(*changes: tuple[str, str]) -> list[Problem]:
    """What is found wrong with the invented institution's file after these replacements."""
    content = LUMBUNG.read_text(encoding="utf-8")
    for old, new in changes:
        assert content.count(old) >= 1, old
        content = content.replace(old, new, 1)
    try:
        read(content, file="broken.toml")
    except ProfileError as error:
        return error.problems
    return []
