"""The views of the desk, gathered from where each noun has its own module."""

from portal.desk.blueprint import bp
from portal.desk.views import account, acts, case, home, joining, people, sign_in

__all__ = ["account", "acts", "bp", "case", "home", "joining", "people", "sign_in"]
