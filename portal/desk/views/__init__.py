"""The views of the desk, gathered from where each noun has its own module."""

from portal.desk.assigning import views as assigning
from portal.desk.blueprint import bp
from portal.desk.queue import views as queue
from portal.desk.search import views as search
from portal.desk.views import account, acts, audit, case, joining, people, responses, sign_in

__all__ = [
    "account",
    "acts",
    "assigning",
    "audit",
    "bp",
    "case",
    "joining",
    "people",
    "queue",
    "responses",
    "search",
    "sign_in",
]
