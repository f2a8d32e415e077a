"""Keeps the catalogues: `python translations` extracts, updates and compiles; `--check` only looks.

English sentences are the msgids, so the English catalogue repeats them; the Indonesian one is
written by people. A sentence that is no longer said leaves both.
"""

import re
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
LANGUAGES = {"id": "Indonesian", "en": "English"}
# Babel does not know Indonesian's and would write English's.
PLURALS = {"id": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}
# Without -k pybabel passes over the lazy ones.
KEYWORDS = ("-k", "_l", "-k", "lazy_gettext", "-k", "_n:1,2")
WIDTH = 100
PLACEHOLDERS = re.compile(r"%\(\w+\)[a-z]|%%")
TAGS = re.compile(r"</?[a-z][^>]*>")


def extract() -> Catalog:
    """Everything that code and templates say."""
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder, "messages.pot")
        pybabel = [sys.executable, "-m", "babel.messages.frontend", "extract", "-F", "pyproject.toml"]
        done = subprocess.run(
            [*pybabel, *KEYWORDS, "-o", str(pot), "portal"], cwd=HERE.parent, capture_output=True, text=True
        )
        if done.returncode:
            sys.exit(done.stderr)
        with pot.open("rb") as file:
            return read_po(file)


def path(language: str) -> Path:
    return HERE / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    if not path(language).exists():
        return Catalog(locale=language, fuzzy=False, creation_date=datetime.now(UTC))
    with path(language).open("rb") as file:
        return read_po(file, locale=language)


def english(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)


def strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (tuple, list)) else (message.string,)


def key(message: Message) -> tuple[str | None, tuple[str, ...]]:
    return message.context, english(message)


def updated(catalogue: Catalog, said: Catalog, language: str) -> Catalog:
    """The catalogue with exactly the sentences that are said now, translations kept."""
    catalogue.update(said, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    # The header says what a reader of the file needs and nothing that changes by itself.
    catalogue.header_comment = f"# {LANGUAGES[language]} words of Aduan."
    catalogue.project, catalogue.version, catalogue.copyright_holder = "Aduan", "", ""
    catalogue.msgid_bugs_address, catalogue.last_translator, catalogue.language_team = "", "", ""
    catalogue.mime_headers = [("Plural-Forms", PLURALS[language])]
    catalogue.fuzzy = False
    if language == "en":
        for message in catalogue:
            if message.id:
                message.string = message.id
    return catalogue


def write(catalogue: Catalog, language: str) -> None:
    path(language).parent.mkdir(parents=True, exist_ok=True)
    with path(language).open("wb") as file:
        write_po(file, catalogue, width=WIDTH, sort_output=True, no_location=True)


def compile_all() -> None:
    for language in LANGUAGES:
        with path(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, read(language))


def faults(catalogue: Catalog, said: Catalog, language: str) -> list[str]:
    """Everything that keeps a catalogue from being complete and right."""
    found = []
    wanted, present = ({key(m) for m in c if m.id} for c in (said, catalogue))
    found += [f"not in the catalogue: {ids[0]!r}" for _, ids in sorted(wanted - present, key=str)]
    found += [f"no longer said: {ids[0]!r}" for _, ids in sorted(present - wanted, key=str)]
    forms = int(PLURALS[language][9])
    if present and catalogue.num_plurals != forms:
        found.append(f"the header has {catalogue.num_plurals} plural forms, the language {forms}")
    for message in catalogue:
        if message.id:
            found += [f"{english(message)[0]!r}: {fault}" for fault in message_faults(message, forms)]
    return found


def message_faults(message: Message, forms: int) -> list[str]:
    found = []
    told = strings(message)
    if message.fuzzy:
        found.append("fuzzy")
    if len(told) != (forms if message.pluralizable else 1) or not all(told):
        found.append("not translated")
        return found
    for one in told:
        for what, pattern in (("placeholders", PLACEHOLDERS), ("tags", TAGS)):
            # The last form is the one for many; only it must name the number.
            source = Counter(pattern.findall(english(message)[-1]))
            others = [Counter(pattern.findall(text)) for text in english(message)]
            if Counter(pattern.findall(one)) not in (source, *others):
                found.append(f"other {what} in {one!r}")
        if (one[:1].isspace(), one[-1:].isspace()) != tuple(english(message)[-1][i].isspace() for i in (0, -1)):
            found.append(f"other white space at an end of {one!r}")
    return found


def main(arguments: list[str]) -> int:
    if arguments == ["--compile"]:
        compile_all()
        return 0
    said = extract()
    wrong = 0
    for language in LANGUAGES:
        catalogue = read(language)
        if arguments != ["--check"]:
            catalogue = updated(catalogue, said, language)
            write(catalogue, language)
        found = faults(catalogue, said, language)
        wrong += len(found)
        for fault in found:
            print(f"{path(language).relative_to(HERE.parent)}: {fault}", file=sys.stderr)
    if arguments != ["--check"]:
        compile_all()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
