"""Reading HTML strictly: elements by simple selectors, and the rules that hold for every page."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
from babel.messages.pofile import read_po

LANGUAGES = ("id", "en")
ERROR_PREFIX = {"id": "Perlu diperbaiki:", "en": "To correct:"}
TRANSLATIONS = Path(__file__).parent.parent / "translations"

# Nobody sees the text of these.
UNSEEN = {"head", "script", "style", "template"}
INLINE = {"a", "abbr", "b", "bdi", "code", "em", "i", "mark", "s", "small", "span", "strong", "sub", "sup", "time"}
POINTERS = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "for", "form", "list", "headers")
LABELLED = {"input", "select", "textarea"}
UNLABELLED_INPUTS = {"hidden", "submit", "button", "reset", "image"}
LEAKS = re.compile(r"\{\{|\{%|%\(\w+\)|\bNone\b|\bUndefined\b|object at 0x|<\w+\.\w+ ")


# ── looking at a page ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Node:
    """An element of a page."""

    element: Element
    parents: Mapping[Element, Element] = field(repr=False)

    @property
    def tag(self) -> str:
        return str(self.element.tag)

    @property
    def attributes(self) -> dict[str, str]:
        return dict(self.element.attrib)

    def __getitem__(self, name: str) -> str:
        return self.element.attrib[name]

    def get(self, name: str, default: str = "") -> str:
        return self.element.attrib.get(name, default)

    @property
    def text(self) -> str:
        """The text a reader sees, with every run of white space as one space."""
        return squeeze("".join(_seen(self.element)))

    def all(self, selector: str) -> list["Node"]:
        """The elements inside this one that match: `tag`, `#id`, `.class`, `[name]`, `[name=value]`, and ` `."""
        steps = [_step(part) for part in selector.split()]
        found = (Node(element, self.parents) for element in _standing(self.element) if isinstance(element.tag, str))
        return [node for node in found if node.element is not self.element and _matches(node, steps)]

    def one(self, selector: str) -> "Node":
        """The only element that matches."""
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} elements match {selector!r} where one should, in: {self.text[:400]}"
        return found[0]

    def has(self, selector: str) -> bool:
        return bool(self.all(selector))

    def within(self, tag: str) -> "Node | None":
        """The nearest element with this tag around this one."""
        element: Element | None = self.element
        while element is not None:
            element = self.parents.get(element)
            if element is not None and element.tag == tag:
                return Node(element, self.parents)
        return None


def squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _standing(element: Element) -> Iterator[Element]:
    """The element and all inside it that stand in the page: what a template holds does not, until a script puts it."""
    yield element
    if element.tag != "template":
        for child in element:
            yield from _standing(child)


def _seen(element: Element) -> Iterator[str]:
    if element.tag in UNSEEN or not isinstance(element.tag, str):
        return
    # Two blocks next to each other are two words even where the markup has no space between them.
    gap = "" if element.tag in INLINE else " "
    yield gap
    if element.text:
        yield element.text
    for child in element:
        yield from _seen(child)
        if child.tail:
            yield child.tail
    yield gap


Step = tuple[str, list[tuple[str, str | None]]]


def _step(part: str) -> Step:
    tag, rest = re.fullmatch(r"([a-z0-9]*|\*)((?:[#.][\w-]+|\[[^\]]+\])*)", part).groups()
    conditions: list[tuple[str, str | None]] = []
    for mark, name, inner in re.findall(r"([#.])([\w-]+)|\[([^\]]+)\]", rest):
        if mark:
            conditions.append(("id" if mark == "#" else "class", name))
        else:
            key, equals, value = inner.partition("=")
            conditions.append((f"={key}", value.strip("\"'") if equals else None))
    return tag.strip("*"), conditions


def _matches_step(node: Node, step: Step) -> bool:
    tag, conditions = step
    if tag and node.tag != tag:
        return False
    for name, value in conditions:
        if name == "class":
            if value not in node.get("class").split():
                return False
        elif name == "id":
            if node.get("id") != value:
                return False
        elif name[1:] not in node.element.attrib or (value is not None and node[name[1:]] != value):
            return False
    return True


def _matches(node: Node, steps: list[Step]) -> bool:
    if not _matches_step(node, steps[-1]):
        return False
    wanted = steps[:-1]
    above: Element | None = node.element
    while wanted and above is not None:
        above = node.parents.get(above)
        if above is not None and _matches_step(Node(above, node.parents), wanted[-1]):
            wanted = wanted[:-1]
    return not wanted


# ── what every page must be ──────────────────────────────────────────────────────────────────────


class BadPage(AssertionError):
    """A page breaks one of the rules that hold for every page; all breaches are named at once."""


def parse(source: str, *, part: bool = False) -> tuple[Node, list[str]]:
    """The tree and every parse error. `part` reads a piece of a page, as htmx gets it."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parseFragment(source) if part else parser.parse(source)
    lines = source.splitlines()
    errors = [
        f"line {line}: {code} {data} in {lines[line - 1].strip()[:100] if line <= len(lines) else ''!r}"
        for (line, _), code, data in parser.errors
    ]
    parents = {child: parent for parent in tree.iter() for child in parent}
    return Node(tree, parents), errors


def check_page(source: str, *, path: str, status: int = 200) -> Node:
    """Parse a whole page and refuse it with every fault found. Returns its root."""
    root, faults = parse(source)
    faults += _common_faults(root)
    lang = root.get("lang")
    asked = path.split("/")[1] if path.count("/") > 1 or path in ("/id", "/en") else ""
    if lang not in LANGUAGES:
        faults.append(f"html lang is {lang!r}")
    elif asked in LANGUAGES and lang != asked:
        faults.append(f"html lang is {lang!r} below /{asked}/")
    faults += _foreign_words(root, lang)
    headings = [node.text for node in root.all("h1")]
    titles = [squeeze("".join(node.element.itertext())) for node in root.all("head title")]
    if len(headings) != 1 or not headings[0]:
        faults.append(f"the page has the h1s {headings}")
    elif len(titles) != 1:
        faults.append(f"the page has the titles {titles}")
    else:
        # A form that was too large comes back as a form, with what to correct.
        corrected = status == 422 or (status == 413 and root.has(".errors"))
        prefix = f"{ERROR_PREFIX.get(lang, '')} " if corrected else ""
        if not titles[0].startswith(prefix + headings[0]):
            faults.append(f"the title {titles[0]!r} does not begin with {prefix + headings[0]!r}")
    if status == 422 and not any(node.get("href").startswith("#") for node in root.all(".errors a")):
        faults.append("a refused form has no summary of errors with links to its fields")
    if not root.has("main"):
        faults.append("the page has no main")
    if faults:
        raise BadPage(f"{path}:\n  " + "\n  ".join(faults))
    return root


def check_part(source: str, *, path: str) -> Node:
    """Parse a piece of a page: it has one root element, and that carries the id it is swapped by."""
    root, faults = parse(source, part=True)
    roots = [child for child in root.element if isinstance(child.tag, str)]
    if len(roots) != 1 or "id" not in roots[0].attrib:
        faults.append(f"a part needs one root element with an id, this has {[child.tag for child in roots]}")
    faults += _common_faults(root, whole=False)
    if faults:
        raise BadPage(f"{path}:\n  " + "\n  ".join(faults))
    return root


def _common_faults(root: Node, *, whole: bool = True) -> list[str]:
    faults = []
    nodes = root.all("*")
    ids = Counter(node["id"] for node in nodes if "id" in node.attributes)
    faults += [f"the id {name!r} stands {count} times" for name, count in ids.items() if count > 1]
    labels = {node.get("for") for node in nodes if node.tag == "label"}
    for node in nodes:
        shown = f"<{node.tag} {' '.join(f'{k}={v!r}' for k, v in node.attributes.items())}>"[:160]
        for name, value in node.attributes.items():
            if name == "style" or name.startswith(("on", "hx-on")):
                faults.append(f"inline {name} in {shown}")
            if LEAKS.search(value):
                faults.append(f"a leak in {shown}")
        if whole:
            targets = [target for name in POINTERS for target in node.get(name).split()]
            if node.get("href").startswith("#") and node["href"] != "#":
                targets.append(node["href"][1:])
            for name in ("hx-target", "hx-include", "hx-indicator", "hx-select"):
                if node.get(name).startswith("#"):
                    targets.append(node[name][1:])
            faults += [f"{shown} points to #{target}, which is not there" for target in targets if target not in ids]
        if node.get("href") == "#":
            faults.append(f"a link that leads nowhere: {shown}")
        if node.tag == "style" or (node.tag == "script" and "src" not in node.attributes):
            faults.append(f"inline {node.tag}")
        if node.tag == "img" and "alt" not in node.attributes:
            faults.append(f"no alt in {shown}")
        if node.tag in LABELLED and node.get("type", "text") not in UNLABELLED_INPUTS:
            named = node.get("aria-label") or node.get("aria-labelledby") or node.within("label")
            if not named and ("id" not in node.attributes or node["id"] not in labels):
                faults.append(f"no label for {shown}")
        if node.tag == "form":
            if not node.get("action") or node.get("method").lower() not in ("get", "post"):
                faults.append(f"a form needs an action and a method: {shown}")
            if node.get("method").lower() == "post" and not node.has("[name=csrf_token]"):
                faults.append(f"no csrf_token in {shown}")
        if node.tag == "button" and node.get("type") not in ("submit", "button", "reset"):
            faults.append(f"a button needs its type: {shown}")
        for text in _own_texts(node.element):
            if LEAKS.search(text):
                faults.append(f"a leak in the text {text[:120]!r}")
    return faults


def _own_texts(element: Element) -> list[str]:
    texts = [element.text, *(child.tail for child in element)]
    return [squeeze(text) for text in texts if text and text.strip()]


@cache
def _only_in(lang: str) -> frozenset[str]:
    """The whole sentences of the catalogues that exist in this language alone."""
    said: dict[str, set[str]] = {"id": set(), "en": set()}
    path = TRANSLATIONS / "id" / "LC_MESSAGES" / "messages.po"
    if path.exists():
        with path.open("rb") as file:
            for message in read_po(file, locale="id"):
                if message.id and message.string:
                    english = message.id if isinstance(message.id, tuple) else (message.id,)
                    own = message.string if isinstance(message.string, tuple) else (message.string,)
                    said["en"].update(map(squeeze, english))
                    said["id"].update(map(squeeze, own))
    return frozenset(said[lang] - said["en" if lang == "id" else "id"])


def _foreign_words(root: Node, lang: str) -> list[str]:
    if lang not in LANGUAGES:
        return []
    foreign = _only_in("en" if lang == "id" else "id")
    faults = []
    for node in root.all("*"):
        if node.tag in UNSEEN - {"head"} or _language_of(node) != lang:
            continue
        spoken = _own_texts(node.element) + [squeeze(node.get(name)) for name in ("aria-label", "alt", "title")]
        faults += [f"{text!r} is not in the page's language" for text in spoken if text in foreign]
    return faults


def _language_of(node: Node) -> str:
    element: Element | None = node.element
    while element is not None:
        if "lang" in element.attrib:
            return element.attrib["lang"]
        element = node.parents.get(element)
    return ""
