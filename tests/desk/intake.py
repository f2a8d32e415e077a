"""An officer who receives a complaint for a customer, from the first page to the registered one."""

from typing import Any

from portal.institution.models import Institution
from tests.evidence import files
from tests.page import Client, Page

# The customer of Bank Muamalat who is at the telephone or at the counter.
TOLD: dict[str, Any] = {
    "identity-name": "Siti Rahmawati",
    "identity-proof": "ktp",
    "identity-number": "3174 0152 0388 0007",
    "contact-email": "siti@example.id",
    "contact-phone": "0812-3456-7890",
    "account-account": "301-777-7702",
    "transactions-1-type": "transfer",
    "transactions-1-on-d": "20",
    "transactions-1-on-m": "11",
    "transactions-1-on-y": "2026",
    "transactions-1-at": "14.30",
    "transactions-1-amount": "1250000",
    "story-story": "Saya mengirim uang sewa.\nSampai hari ini belum sampai.",
    "loss-amount": "1250000",
    "loss-wish": "Kembalikan uang saya.",
}
# What one institution or another asks besides.
ELSEWHERE: dict[str, Any] = {"identity-number": "", "guide-open": "yes"}


def frame(client: Client, profile: Institution, channel: str, lang: str = "en", **more: Any) -> Page:
    """Say how it came; the page that follows. `more`: other answers, and `status`."""
    status = more.pop("status", 200)
    page = client.get(f"/{lang}/desk/receive")
    answers: dict[str, Any] = {
        "channel": channel,
        "language": "id",
        "notice": "read_out",
        "topic-topic": next(code for code, topic in profile.topics.items() if topic.transaction and not topic.guide),
        **more,
    }
    form = page.form(f"/{lang}/desk/receive")
    if "who-capacity" in form.values:
        answers.setdefault("who-capacity", next(iter(profile.parties)))
    return form.fill(answers).submit(status=status)


def tell(page: Page, button: str | None = None, *, status: int = 200, **more: Any) -> Page:
    """Write down what the customer tells, as far as this page asks it."""
    form = page.form(".intake")
    offered = {name for name in form.values if name in TOLD}
    answers = {name: TOLD[name] for name in offered} | more
    for name in ("transactions-1-type",):
        choices = [option.get("value") for option in page.all(f"[name={name}] option") if option.get("value")]
        if name in answers and answers[name] not in choices and choices:
            answers[name] = choices[0]
    return form.fill(answers).submit(button, status=status)


def bring(page: Page, *purposes: str) -> Page:
    """Scan papers at the counter, one for each purpose; the same page again."""
    for number, purpose in enumerate(purposes):
        scan = (f"scan {number}.jpg", files.picture(colour=("teal", "red", "green", "blue")[number]))
        page = page.form("#documents-form").fill(purpose=purpose, files=scan).submit("upload")
    return page


def go_on(page: Page) -> Page:
    """From the documents to the check."""
    return page.form("#documents-form").submit("on=y")


def register(page: Page, **answers: Any) -> Page:
    """Register what was read back."""
    action = page.path
    return page.form(action).fill(answers).submit()


def receive(
    client: Client,
    profile: Institution,
    channel: str,
    lang: str = "en",
    *,
    papers: tuple[str, ...] = (),
    code: str | None = None,
    told: dict[str, Any] | None = None,
    **more: Any,
) -> Page:
    """The whole way; the page that says that it is registered."""
    page = tell(frame(client, profile, channel, lang, **more), **(told or {}))
    assert page.path.endswith("/documents"), page
    page = go_on(bring(page, *papers))
    assert page.path.endswith("/check"), page
    return register(page, **({"code": code} if code else {}))
