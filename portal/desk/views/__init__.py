"""The views of the desk, gathered from where each noun has its own module."""

from portal.desk.blueprint import bp
from portal.desk.views import account, acts, audit, case, home, joining, people, sign_in

__all__ = ["account", "acts", "audit", "bp", "case", "home", "joining", "people", "sign_in"]
