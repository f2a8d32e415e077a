"""The customer's pages of one complaint. Each noun has its file; all hang on one blueprint."""

from portal.tracking.views import case, deadlines, documents, lost_code, sign_in
from portal.tracking.views.blueprint import bp

__all__ = ["bp", "case", "deadlines", "documents", "lost_code", "sign_in"]
