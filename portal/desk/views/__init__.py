"""The views of the desk, gathered from where each noun has its own module."""

from portal.desk.blueprint import bp
from portal.desk.views import acts, case, home, sign_in

__all__ = ["acts", "bp", "case", "home", "sign_in"]
