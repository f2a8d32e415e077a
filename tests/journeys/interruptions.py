"""What comes between a customer and the end of a filing: each as a function that one step suffers."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO

from portal.filing import service
from tests.evidence import files
from tests.journeys.customers import Customer
from tests.page import Client, Form, Page

# In which field something can be wrong beside the one that is written.
WRONG = {
    "identity": {"number": ""},
    "representative": {"number": ""},
    "authority": {"given_on-m": "13"},
    "contact": {"email": "siti@"},
    "loss": {"amount": "banyak"},
}


def error_in_another_field(who: Customer, page: Page, step: str) -> Page:
    words = who.words_for(step)
    if step not in WRONG:
        # It asks nothing else: its only field is sent empty.
        return page.form().fill({who.way.written[step]: ""}).submit(status=422)
    page = page.form().fill({**who.asked(page, step), **words, **WRONG[step]}).submit(status=422)
    who.note(step, words)
    return page


def language_switch(who: Customer, page: Page, step: str) -> Page:
    words, other = who.words_for(step), {"id": "en", "en": "id"}[who.lang]
    page = page.form().fill(words).submit(f"switch={other}")
    who.note(step, words)
    who.lang = other
    return page


def back(who: Customer, page: Page, step: str) -> Page:
    words = who.words_for(step)
    quietly(page, words)
    who.note(step, words)
    # By the browser's button: an earlier page, and then forward to this one.
    who.at(who.chance.choice(who.seen[1:]))
    return who.at(step)


def reload(who: Customer, page: Page, step: str) -> Page:
    words = who.words_for(step)
    quietly(page, words)
    who.note(step, words)
    return who.at(step)


def double_submit(who: Customer, page: Page, step: str) -> Page:
    values = {**who.asked(page, step), **who.words_for(step)}
    form = page.form().fill(values)
    first, second = form.submit(), form.submit()
    assert first.path == second.path
    who.note(step, {who.way.written[step]: values[who.way.written[step]]})
    return who.at(step)


def two_tabs_same(who: Customer, page: Page, step: str) -> Page:
    words = who.words_for(step)
    other = who.tab().get(page.path)
    quietly(page, words)
    quietly(other, words)
    who.note(step, words)
    return who.at(step)


def two_tabs_different(who: Customer, page: Page, step: str) -> Page:
    one, two = who.words_for(step), who.words_for(step)
    other = who.tab().get(page.path)
    quietly(page, one)
    quietly(other, two)
    name = who.way.written[step]
    chosen = who.at(step)
    assert chosen.path == f"/{who.lang}/file/texts/{step}"
    assert one[name] in chosen.text and two[name] in chosen.text
    choices = {node["value"]: node for node in chosen.all(".choice input")}
    texts = dict(zip(choices, (one[name], two[name], f"{one[name]}\r\n\r\n{two[name]}"), strict=False))
    choice = who.chance.choice(list(texts))
    page = chosen.form().fill({"choice-0": choice}).submit()
    who.note(step, {name: texts[choice]})
    return page


def expired(who: Customer, page: Page, step: str) -> Page:
    words = who.words_for(step)
    values = {**who.asked(page, step), **words}
    who.client.http.delete_cookie("aduan", domain="127.0.0.1")
    page = page.form().fill(values).submit(status=422)
    # One click sends it again.
    page.form().submit()
    who.note(step, words)
    return who.at(step)


def another_device(who: Customer, page: Page, step: str) -> Page:
    words = who.words_for(step)
    quietly(page, words)
    who.note(step, words)
    shown = who.at("elsewhere").form(f"/{who.lang}/file/elsewhere").submit()
    device = Client(who.client.app, who.client.base_url)
    form = device.get(f"/{who.lang}/file/resume").form(f"/{who.lang}/file/resume")
    form.fill(code=shown.one("#resume-code").text).submit()
    who.client = device
    return who.at(step)


def restart(who: Customer, page: Page, step: str) -> Page:
    words = who.words_for(step)
    quietly(page, words)
    who.note(step, words)
    others = [app for app in who.house.apps if app is not who.client.app]
    who.client = who.tab(others[0])
    return who.at(step)


def full_disk(who: Customer, page: Page, step: str) -> Page:
    words = who.words_for(step)
    form = page.form().fill(words)
    with no_room():
        answer = who.client.http.post(
            page.path, base_url=who.client.base_url, data=fields(form), environ_overrides={"REMOTE_ADDR": "10.9.9.9"}
        )
    if answer.status_code < 500:
        # PostgreSQL writes on a disk of its own.
        who.note(step, words)
    return who.at(step)


def idle(who: Customer, page: Page, step: str) -> Page:
    """Left alone nearly for as long as it may be; what is deleted then is somebody else's."""
    words = who.words_for(step)
    quietly(page, words)
    who.note(step, words)
    who.house.travel.shift(timedelta(days=who.way.profile.retention.draft_days - 1))
    with who.house.database.session() as session:
        session.begin_write()
        service.purge(session, now=datetime.now(UTC))
        session.commit()
    return who.at(step)


Interruption = Callable[[Customer, Page, str], Page]
INTERRUPTIONS: tuple[Interruption, ...] = (
    error_in_another_field,
    language_switch,
    back,
    reload,
    double_submit,
    two_tabs_same,
    two_tabs_different,
    expired,
    another_device,
    restart,
    full_disk,
    idle,
)


def quietly(page: Page, words: dict[str, str]) -> None:
    """What the page's script saves two seconds after the last key."""
    page.form().fill(words).tamper(typed="y").submit()


def fields(form: Form) -> dict[str, str]:
    """What a form sends by its first button."""
    return {**{name: values[0] for name, values in form.chosen.items() if values}, "switch": ""}


@contextmanager
def no_room() -> Iterator[None]:
    """A disk that takes nothing more: every file of this process ends where it is."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def bring_a_file(who: Customer, page: Page) -> Page:
    """One file that arrives, perhaps after one whose line broke in the middle or for which there was no room."""
    content = files.noise(who.chance.randrange(20_000, 40_000))
    form = page.form(page.path).fill(files=[("nota.png", content)])
    trouble = who.chance.choice(("none", "cut", "full"))
    if trouble == "cut":
        body = form._body(form._button("upload")).arguments()
        whole = body["data"].read() if hasattr(body["data"], "read") else body["data"]
        who.client.http.open(
            page.path,
            method="POST",
            base_url=who.client.base_url,
            input_stream=BytesIO(whole[: who.chance.randrange(200, len(whole) - 200)]),
            content_length=len(whole),
            content_type=body["content_type"],
        )
    elif trouble == "full":
        with no_room():
            form.submit("upload", status=422)
    if trouble != "none":
        assert len(who.at("documents").all(".file-name")) == len(who.files)
    page = who.at("documents").form(page.path).fill(files=[("nota.png", content)]).submit("upload")
    who.files.append(content)
    return page
