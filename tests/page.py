"""A browser without JavaScript for the tests, which refuses a page that a careful reader would refuse.

Every HTML answer is parsed strictly and checked (`tests/markup.py`), and a form can be sent only as
the page rendered it: with its hidden fields, its choices and its buttons.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from ipaddress import IPv4Address
from itertools import count
from typing import Any
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.markup import LABELLED, BadPage, Node, check_page, check_part, squeeze

REDIRECTS = {301, 302, 303, 307, 308}
NETWORKS = IPv4Address("10.0.0.0")
_serial = count(1)


class _Buffered(FlaskClient):
    """Reads every answer to its end and closes it, as a server does: what a file came from is not left open."""

    def open(self, *args: Any, buffered: bool = True, **kwargs: Any) -> TestResponse:
        return super().open(*args, buffered=buffered, **kwargs)


def _opened(app: Flask) -> FlaskClient:
    return _Buffered(app, app.response_class, use_cookies=True)


# ── the client ───────────────────────────────────────────────────────────────────────────────────


class Client:
    """Goes to pages as a browser would: keeps cookies, follows redirects, sends what forms hold."""

    def __init__(self, app: Flask, base_url: str) -> None:
        self.app = app
        self.base_url = base_url
        self.http = _opened(app)
        self.headers: dict[str, str] = {}
        # Each browser is on a network of its own, unless a test puts several on one.
        self.address = str(NETWORKS + next(_serial))

    def get(
        self, url: str, *, status: int = 200, htmx: bool = False, headers: Mapping[str, str] | None = None
    ) -> "Page":
        """The page at `url` after all redirects. `htmx` asks for a part of it, as htmx does.

        `status` is what the last answer must have.
        """
        extra = {"HX-Request": "true"} if htmx else {}
        return self._visit("GET", url, status=status, headers={**extra, **(headers or {})})

    def cookie(self, name: str, path: str = "/") -> str | None:
        found = self.http.get_cookie(name, domain=urlsplit(self.base_url).hostname or "", path=path)
        return found.value if found else None

    def forget(self) -> None:
        """Drop all cookies, as another device would have none."""
        self.http = _opened(self.app)

    def _visit(
        self,
        method: str,
        url: str,
        *,
        status: int,
        body: "Body | None" = None,
        headers: Mapping[str, str] | None = None,
    ) -> "Page":
        hops: list[TestResponse] = []
        while True:
            url = urldefrag(urljoin(self.base_url, url)).url
            assert url.startswith(self.base_url), f"{url} is not on {self.base_url}"
            response = self.http.open(
                url.removeprefix(self.base_url) or "/",
                base_url=self.base_url,
                method=method,
                headers={**self.headers, **(headers or {})},
                environ_overrides={"REMOTE_ADDR": self.address},
                buffered=True,
                **(body.arguments() if body else {}),
            )
            hops.append(response)
            if response.status_code not in REDIRECTS:
                break
            assert len(hops) < 10, f"{url} redirects in a circle"
            url = urljoin(url, response.headers["Location"])
            if response.status_code in (301, 302, 303):
                method, body = "GET", None
        assert response.status_code == status, (
            f"{method} {url} answered {response.status_code} instead of {status}: {_summary(response)}"
        )
        return Page(self, url, response, tuple(hops))


def _summary(response: TestResponse) -> str:
    text = re.sub(r"<(head|script)\b.*?</\1>", "", response.get_data(as_text=True), flags=re.S)
    return squeeze(html.unescape(re.sub(r"<[^>]+>", " ", text)))[:600]


class Page:
    """One answer. If it is HTML it has been parsed and checked."""

    def __init__(self, client: Client, url: str, response: TestResponse, hops: tuple[TestResponse, ...]) -> None:
        self.client = client
        self.url = url
        self.path = urlsplit(url).path
        self.response = response
        self.hops = hops
        self.status = response.status_code
        self.headers = response.headers
        self.source = response.get_data(as_text=True) if response.mimetype.startswith("text/") else ""
        self._root: Node | None = None
        if response.mimetype == "text/html" and self.source:
            if re.match(r"\s*<!doctype", self.source, re.I):
                self._root = check_page(self.source, path=self.path, status=self.status)
                _check_headers(response, self.path)
            else:
                self._root = check_part(self.source, path=self.path)

    def __repr__(self) -> str:
        return f"<Page {self.path} {self.status}: {self.text[:300] if self._root else self.response.mimetype}>"

    @property
    def root(self) -> Node:
        assert self._root is not None, f"{self.path} is {self.response.mimetype}, not HTML"
        return self._root

    @property
    def text(self) -> str:
        """All text a reader sees."""
        return self.root.text

    @property
    def title(self) -> str:
        return squeeze("".join(self.one("head title").element.itertext()))

    @property
    def heading(self) -> str:
        return self.one("h1").text

    @property
    def errors(self) -> list[str]:
        """The sentences of the error summary, in order; empty when there is none."""
        return [node.text for node in self.all(".errors a")]

    def all(self, selector: str) -> list[Node]:
        return self.root.all(selector)

    def one(self, selector: str) -> Node:
        return self.root.one(selector)

    def has(self, selector: str) -> bool:
        return self.root.has(selector)

    def follow(self, link: str, *, status: int = 200) -> "Page":
        """The page behind the only link (in main first) with this text or this beginning of its address."""
        for place in (*self.all("main"), self.root):
            found = {n["href"] for n in place.all("a[href]") if n.text == link or n["href"].startswith(link)}
            if found:
                assert len(found) == 1, f"{link!r} leads to {sorted(found)}"
                return self.client.get(urljoin(self.url, found.pop()), status=status)
        raise AssertionError(f"no link {link!r} among {[n.text for n in self.all('a[href]')]}")

    def form(self, which: str | None = None) -> "Form":
        """The only form in main, or the one with this action (`/…`), selector, or text on a button."""
        if which is None:
            found = self.all("main form")
        elif which.startswith("/"):
            found = [node for node in self.all("form") if urlsplit(node["action"]).path == which]
        elif re.match(r"[#.\[]|form\b", which):
            found = self.all(which)
        else:
            found = [node for node in self.all("form") if which in (button.text for button in node.all("button"))]
        assert len(found) == 1, f"{len(found)} forms for {which!r} among {[n['action'] for n in self.all('form')]}"
        return Form(self, found[0])


def _check_headers(response: TestResponse, path: str) -> None:
    policy = response.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        raise BadPage(f"{path}: the content security policy is {policy!r}")
    if response.headers.get("X-Content-Type-Options") != "nosniff":
        raise BadPage(f"{path}: no nosniff")


# ── forms ────────────────────────────────────────────────────────────────────────────────────────

Upload = tuple[str, bytes]


@dataclass
class Body:
    """What a form sends: fields in the page's order, and files."""

    fields: list[tuple[str, str]]
    files: list[tuple[str, Upload]]
    multipart: bool

    def arguments(self) -> dict[str, Any]:
        if not self.multipart:
            return {"data": urlencode(self.fields), "content_type": "application/x-www-form-urlencoded"}
        data: dict[str, list[Any]] = {}
        for name, value in self.fields:
            data.setdefault(name, []).append(value)
        for name, (filename, content) in self.files:
            data.setdefault(name, []).append(FileStorage(BytesIO(content), filename))
        # Werkzeug's client would spool a large body to a file that it never closes.
        boundary, body = encode_multipart(data)
        return {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}


class Form:
    """A form as the page rendered it. `fill` takes what a person could enter, nothing else."""

    def __init__(self, page: Page, node: Node) -> None:
        self.page = page
        self.node = node
        self.controls = [
            control
            for control in page.all("*")
            if control.tag in (*LABELLED, "button") and control.get("name") and self._owns(control)
        ]
        self.chosen: dict[str, list[str]] = {}
        self.uploads: dict[str, list[Upload]] = {}
        self.forged: dict[str, str | None] = {}
        for control in self.controls:
            self.chosen.setdefault(control["name"], []).extend(_initial(control))

    def _owns(self, control: Node) -> bool:
        if "form" in control.attributes:
            return control["form"] == self.node.get("id")
        around = control.within("form")
        return around is not None and around.element is self.node.element

    @property
    def values(self) -> dict[str, str | list[str]]:
        """What the form holds now, without its hidden fields."""
        names = dict.fromkeys(
            c["name"] for c in self.controls if c.tag != "button" and c.get("type") != "hidden" and not _is_trap(c)
        )
        held = {name: self.chosen[name] for name in names}
        return {name: values[0] if len(values) == 1 else (values or "") for name, values in held.items()}

    def fill(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> "Form":
        """Enter values by field name: text, a choice's value, True or False for a single box,
        a list for several choices, `(name, bytes)` or a list of them for files."""
        for name, value in {**(values or {}), **more}.items():
            controls = [c for c in self.controls if c["name"] == name and c.tag != "button"]
            assert controls, f"no field {name!r}; the form has {sorted(self.values)}"
            self._enter(name, controls, value)
        return self

    def _enter(self, name: str, controls: Sequence[Node], value: Any) -> None:
        kind = _kind(controls[0])
        assert kind != "hidden", f"{name!r} is hidden: a person cannot fill it (see tamper)"
        for control in controls:
            assert "readonly" not in control.attributes, f"{name!r} cannot be changed"
            assert not _is_trap(control), f"{name!r} is seen by no person (see tamper)"
        controls = [c for c in controls if "disabled" not in c.attributes]
        assert controls, f"{name!r} is switched off"
        if kind == "file":
            files = [value] if isinstance(value, tuple) else list(value)
            assert len(files) <= 1 or "multiple" in controls[0].attributes, f"{name!r} takes one file"
            self.uploads[name] = files
        elif kind in ("radio", "checkbox", "select"):
            offered = [choice for control in controls for choice in _offered(control)]
            if isinstance(value, bool):
                assert kind == "checkbox" and len(offered) == 1, f"{name!r} is not a single box"
                value = offered if value else []
            wanted = [value] if isinstance(value, str) else [str(item) for item in value]
            missing = [item for item in wanted if item not in offered]
            assert not missing, f"{name!r} offers {offered}, not {missing}"
            single = kind == "radio" or (kind == "select" and "multiple" not in controls[0].attributes)
            assert not single or len(wanted) == 1, f"{name!r} takes one choice"
            self.chosen[name] = wanted
        else:
            text = str(value)
            assert len(controls) == 1, f"{len(controls)} fields are named {name!r}"
            limit = controls[0].get("maxlength")
            assert not limit or len(text) <= int(limit), f"{name!r} lets nobody type more than {limit} characters"
            # Browsers send every line break as CR LF.
            self.chosen[name] = [re.sub(r"\r?\n", "\r\n", text) if kind == "textarea" else text]

    def tamper(self, **values: str | None) -> "Form":
        """Send what no browser would: another hidden value, an unknown field; None leaves a field out.

        For tests of attacks only.
        """
        self.forged.update(values)
        return self

    def submit(
        self,
        button: str | None = None,
        *,
        status: int = 200,
        htmx: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Send the form by its first button or by the one with this text, name or name=value."""
        pressed = self._button(button)
        method = (pressed.get("formmethod") or self.node["method"]).upper()
        action = urljoin(self.page.url, pressed.get("formaction") or self.node["action"])
        if "novalidate" not in self.node.attributes and "formnovalidate" not in pressed.attributes:
            for control in self.controls:
                empty = not any(self.chosen[control["name"]]) and not self.uploads.get(control["name"])
                assert "required" not in control.attributes or not empty, (
                    f"a browser would not send the form without {control['name']!r}"
                )
        body = self._body(pressed)
        if method == "GET":
            action = f"{action.split('?')[0]}?{urlencode(body.fields)}"
        sent = _origin(self.page, method) | ({"HX-Request": "true"} if htmx else {}) | dict(headers or {})
        return self.page.client._visit(
            method, action, status=status, body=None if method == "GET" else body, headers=sent
        )

    def _button(self, button: str | None) -> Node:
        buttons = [
            node
            for node in self.page.all("*")
            if self._owns(node) and ((node.tag == "button" and node["type"] == "submit") or _kind(node) == "submit")
        ]
        assert buttons, f"the form {self.node['action']} has no button"
        if button is None:
            return buttons[0]
        found = [
            node
            for node in buttons
            if button in (node.text, node.get("value"), node.get("name"), f"{node.get('name')}={node.get('value')}")
        ]
        assert len(found) == 1, f"{len(found)} buttons for {button!r} among {[node.text for node in buttons]}"
        return found[0]

    def _body(self, pressed: Node) -> Body:
        fields: list[tuple[str, str]] = []
        files: list[tuple[str, Upload]] = []
        done: set[str] = set()
        for control in self.controls:
            name = control["name"]
            if (
                name in done
                or control.tag == "button"
                or _kind(control) == "submit"
                or "disabled" in control.attributes
            ):
                continue
            done.add(name)
            if _kind(control) == "file":
                # A browser sends an empty part for a file field that was left alone.
                files += [(name, file) for file in self.uploads.get(name, [("", b"")])]
            else:
                fields += [(name, value) for value in self.chosen[name]]
        if pressed.get("name"):
            fields.append((pressed["name"], pressed.get("value")))
        for name, forged in self.forged.items():
            fields = [(key, value) for key, value in fields if key != name]
            fields += [(name, forged)] if forged is not None else []
        return Body(fields, files, self.node.get("enctype") == "multipart/form-data")


def _is_trap(control: Node) -> bool:
    """Whether a control stands where nobody sees, hears or reaches it: machines alone fill it in."""
    around = control.within("div")
    return around is not None and around.get("aria-hidden") == "true"


def _kind(control: Node) -> str:
    return control.get("type", "text") if control.tag == "input" else control.tag


def _initial(control: Node) -> list[str]:
    kind = _kind(control)
    if kind in ("radio", "checkbox"):
        return [control.get("value", "on")] if "checked" in control.attributes else []
    if kind == "select":
        options = control.all("option")
        chosen = [o for o in options if "selected" in o.attributes] or (
            [] if "multiple" in control.attributes else options[:1]
        )
        return [o.get("value", o.text) for o in chosen]
    if kind == "textarea":
        # A line break right after the tag belongs to the markup; the parser has dropped it.
        return [re.sub(r"\r?\n", "\r\n", "".join(control.element.itertext()))]
    return [] if kind in ("file", "submit", "button") else [control.get("value")]


def _offered(control: Node) -> list[str]:
    if control.tag == "select":
        return [o.get("value", o.text) for o in control.all("option") if "disabled" not in o.attributes]
    return [control.get("value", "on")]


def _origin(page: Page, method: str) -> dict[str, str]:
    """The Origin and Referer a browser would send from this page, which its Referrer-Policy decides."""
    policy = page.headers.get("Referrer-Policy", "strict-origin-when-cross-origin")
    sent = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
    if policy == "no-referrer":
        return sent | ({"Origin": "null"} if method == "POST" else {})
    origin_only = policy in ("origin", "strict-origin")
    sent["Referer"] = page.client.base_url + "/" if origin_only else page.url
    return sent | ({"Origin": page.client.base_url} if method == "POST" else {})
