"""The views of the desk, gathered from where each noun has its own module."""

from portal.desk.blueprint import bp
from portal.desk.views import account, home, joining, people, sign_in

__all__ = ["account", "bp", "home", "joining", "people", "sign_in"]
