"""The tests' own browser: it refuses bad pages, and sends a form only as a person could."""

import re
import socket
from urllib.parse import urlencode

import pytest
from flask import Flask, Response, redirect, request

from tests.markup import BadPage, check_page, check_part
from tests.page import Client

GOOD = """<!doctype html>
<html lang="en"><head><title>Your complaint – Bank</title></head><body>
<main><h1>Your complaint</h1><p id="hint">Say it <b>plain</b>ly.</p>
<form id="f" action="/en/send" method="post" novalidate><input type="hidden" name="csrf_token" value="t">
<label for="name">Name</label> <input id="name" name="name" value="Siti" aria-describedby="hint" maxlength="10">
<label><input type="radio" name="kind" value="loan"> Loan</label>
<label><input type="radio" name="kind" value="card" checked> Card</label>
<label><input type="checkbox" name="agree" value="yes"> Agree</label>
<label for="city">City</label>
<select id="city" name="city"><option value="">–</option><option>Jakarta</option></select>
<label for="text">What happened</label> <textarea id="text" name="text">
a
b</textarea>
<button type="submit">Send</button> <button type="submit" name="go" value="back">Back</button></form>
<a href="#hint">To the hint</a> <a href="/en/next">Next</a></main></body></html>"""


def test_a_good_page_passes() -> None:
    root = check_page(GOOD, path="/en/file")
    assert root.one("main h1").text == "Your complaint"
    assert root.one("#hint").text == "Say it plainly."
    assert [node["value"] for node in root.all("input[name=kind]")] == ["loan", "card"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("<!doctype html>\n", ""), "expected-doctype"),
        (("</b>ly.</p>", "ly.</p>"), "adoption-agency|unexpected-end-tag"),
        (("<h1>Your complaint</h1>", ""), "h1s"),
        (("<h1>", "<h1>No, </h1><h1>"), "h1s"),
        (("<title>Your", "<title>My"), "does not begin with"),
        (('lang="en"', 'lang="id"'), "below /en/"),
        (('id="text"', 'id="name"'), "stands 2 times"),
        (('describedby="hint"', 'describedby="gone"'), "#gone"),
        (('href="#hint"', 'href="#gone"'), "#gone"),
        (('for="name"', 'for="text"'), "no label"),
        (('action="/en/send"', ""), "action and a method"),
        (('name="csrf_token"', 'name="other"'), "csrf_token"),
        (('<p id="hint">', '<p id="hint" style="color:red">'), "inline style"),
        (('<p id="hint">', '<p id="hint" onclick="x()">'), "inline onclick"),
        (("</main>", "<script>x()</script></main>"), "inline script"),
        (("plain", "{{ plain }}"), "leak"),
        (('value="Siti"', 'value="None"'), "leak"),
        (('<button type="submit">', "<button>"), "needs its type"),
        (("<main>", "<div>"), "main"),
    ],
)
def test_a_bad_page_is_refused(change: tuple[str, str], fault: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(BadPage) as refusal:
        check_page(GOOD.replace(*change), path="/en/file")
    assert re.search(fault, str(refusal.value))


def test_a_refused_form_needs_the_prefix_and_the_summary() -> None:
    with pytest.raises(BadPage) as refusal:
        check_page(GOOD, path="/en/file", status=422)
    assert "'To correct: Your complaint'" in str(refusal.value)
    assert "no summary" in str(refusal.value)
    refused = GOOD.replace("<title>", "<title>To correct: ").replace(
        "<main>", '<main><div class="errors"><a href="#name">Enter your name</a></div>'
    )
    check_page(refused, path="/en/file", status=422)


def test_a_part_has_one_root_with_an_id() -> None:
    check_part('<section id="timeline"><p>Received</p></section>', path="/en/part")
    for bad in ('<p id="a">1</p><p id="b">2</p>', "<section>no id</section>"):
        with pytest.raises(BadPage, match="one root element"):
            check_part(bad, path="/en/part")


@pytest.fixture
def small() -> Client:
    """A small portal: one form, and an address that says what it was sent."""
    app = Flask(__name__)
    headers = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}

    @app.get("/en/file")
    def form() -> Response:
        return Response(GOOD, headers={**headers, "Referrer-Policy": "same-origin"}, content_type="text/html")

    @app.get("/en/bare")
    def bare() -> Response:
        return Response(GOOD, content_type="text/html")

    @app.post("/en/send")
    def send() -> Response:
        answer = redirect("/en/sent?" + urlencode(list(request.form.items(multi=True))), 303)
        answer.headers["X-Origin"] = request.headers.get("Origin", "")
        answer.set_cookie("seen", "1")
        return answer

    @app.get("/en/sent")
    def sent() -> Response:
        return Response("|".join(f"{k}={v}" for k, v in request.args.items()), content_type="text/plain")

    return Client(app, "http://127.0.0.1:8000")


def test_a_form_sends_what_the_page_rendered_and_what_was_filled_in(small: Client) -> None:
    sent = small.get("/en/file").form().fill(name="Budi", city="Jakarta", agree=True).submit()
    assert sent.source == "csrf_token=t|name=Budi|kind=card|agree=yes|city=Jakarta|text=a\r\nb"
    assert sent.hops[0].status_code == 303
    assert sent.hops[0].headers["X-Origin"] == "http://127.0.0.1:8000"
    assert small.cookie("seen") == "1"


def test_the_button_that_was_pressed_is_sent(small: Client) -> None:
    assert "go=" not in small.get("/en/file").form("/en/send").submit("Send").source
    assert small.get("/en/file").form("Back").submit("Back").source.endswith("go=back")


@pytest.mark.parametrize(
    "impossible",
    [{"kind": "house"}, {"city": "Bandung"}, {"csrf_token": "x"}, {"nothing": "x"}, {"name": "a" * 11}],
)
def test_nobody_can_enter_what_the_form_does_not_offer(small: Client, impossible: dict[str, str]) -> None:
    with pytest.raises(AssertionError):
        small.get("/en/file").form().fill(impossible)


def test_an_attack_is_called_one(small: Client) -> None:
    sent = small.get("/en/file").form().tamper(csrf_token="forged", name=None, admin="1").submit().source
    assert "csrf_token=forged" in sent
    assert "admin=1" in sent
    assert "name=" not in sent


def test_the_status_must_be_the_one_expected(small: Client) -> None:
    with pytest.raises(AssertionError, match="answered 404 instead of 200"):
        small.get("/en/nowhere")
    assert small.get("/en/file").follow("To the hint").heading == "Your complaint"


def test_a_page_without_its_security_headers_is_refused(small: Client) -> None:
    with pytest.raises(BadPage, match="content security policy"):
        small.get("/en/bare")


def test_a_test_cannot_reach_beyond_this_machine() -> None:
    with pytest.raises(AssertionError, match="tried to reach"):
        socket.getaddrinfo("example.com", 443)
    with socket.socket() as probe, pytest.raises(AssertionError, match="tried to reach"):
        probe.connect(("192.0.2.1", 80))
