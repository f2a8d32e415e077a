"""The views of the desk, gathered from where each noun has its own module."""

from portal.desk.assigning import views as assigning
from portal.desk.blueprint import bp
from portal.desk.calendar import views as calendar
from portal.desk.outbox import views as outbox
from portal.desk.queue import views as queue
from portal.desk.receiving import views as receiving
from portal.desk.search import views as search
from portal.desk.views import account, acts, audit, case, joining, linking, papers, people, report, sign_in

__all__ = [
    "account",
    "acts",
    "assigning",
    "audit",
    "bp",
    "calendar",
    "case",
    "joining",
    "linking",
    "outbox",
    "papers",
    "people",
    "queue",
    "receiving",
    "report",
    "search",
    "sign_in",
]
