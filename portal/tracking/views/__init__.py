"""The customer's pages of one complaint. Each noun has its file; all hang on one blueprint."""

from portal.tracking.blueprint import bp
from portal.tracking.views import case, deadlines, documents, lost_code, messages, sign_in

__all__ = ["bp", "case", "deadlines", "documents", "lost_code", "messages", "sign_in"]
