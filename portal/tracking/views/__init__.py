"""The customer's pages of one complaint. Each noun has its file; all hang on one blueprint."""

from portal.tracking.blueprint import bp
from portal.tracking.views import (
    authority,
    case,
    deadlines,
    decision,
    documents,
    file,
    forums,
    letters,
    lost_code,
    messages,
    objection,
    sign_in,
)

__all__ = [
    "authority",
    "bp",
    "case",
    "deadlines",
    "decision",
    "documents",
    "file",
    "forums",
    "letters",
    "lost_code",
    "messages",
    "objection",
    "sign_in",
]
