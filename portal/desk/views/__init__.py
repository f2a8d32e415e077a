"""The views of the desk, gathered from where each noun has its own module."""

from portal.desk.blueprint import bp
from portal.desk.views import acts, audit, case, home, sign_in

__all__ = ["acts", "audit", "bp", "case", "home", "sign_in"]
