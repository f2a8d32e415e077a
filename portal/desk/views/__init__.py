"""The views of the desk, gathered from where each noun has its own module."""

from portal.desk.blueprint import bp
from portal.desk.queue import views as queue
from portal.desk.search import views as search
from portal.desk.views import acts, case, home, sign_in

__all__ = ["acts", "bp", "case", "home", "queue", "search", "sign_in"]
