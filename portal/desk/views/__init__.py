"""The views of the desk, gathered from where each noun has its own module."""

from portal.desk.assigning import views as assigning
from portal.desk.blueprint import bp
from portal.desk.queue import saved
from portal.desk.queue import views as queue
from portal.desk.search import views as search
from portal.desk.views import account, acts, audit, case, joining, keys, people, people_history, sign_in, writing

__all__ = [
    "account",
    "acts",
    "assigning",
    "audit",
    "bp",
    "case",
    "joining",
    "keys",
    "people",
    "people_history",
    "queue",
    "saved",
    "search",
    "sign_in",
    "writing",
]
