"""The views of the desk, gathered from where each noun has its own module."""

from portal.desk.assigning import views as assigning
from portal.desk.blueprint import bp
from portal.desk.calendar import views as calendar
from portal.desk.outbox import views as outbox
from portal.desk.queue import views as queue
from portal.desk.receiving import views as receiving
from portal.desk.search import views as search
from portal.desk.views import (
    account,
    acts,
    audit,
    case,
    jobs,
    joining,
    keys,
    linking,
    papers,
    paragraphs,
    people,
    people_history,
    report,
    responses,
    saved,
    sign_in,
    writing,
)

__all__ = [
    "account",
    "acts",
    "assigning",
    "audit",
    "bp",
    "calendar",
    "case",
    "jobs",
    "joining",
    "keys",
    "linking",
    "outbox",
    "papers",
    "paragraphs",
    "people",
    "people_history",
    "queue",
    "receiving",
    "report",
    "responses",
    "saved",
    "search",
    "sign_in",
    "writing",
]
