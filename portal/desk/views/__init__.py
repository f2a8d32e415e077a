"""The views of the desk, gathered from where each noun has its own module."""

from portal.desk.assigning import views as assigning
from portal.desk.blueprint import bp
from portal.desk.outbox import views as outbox
from portal.desk.queue import views as queue
from portal.desk.search import views as search
from portal.desk.views import account, acts, audit, case, jobs, joining, people, sign_in

__all__ = [
    "account",
    "acts",
    "assigning",
    "audit",
    "bp",
    "case",
    "jobs",
    "joining",
    "outbox",
    "people",
    "queue",
    "search",
    "sign_in",
]
