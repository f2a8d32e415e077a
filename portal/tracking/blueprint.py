"""The blueprint that every page of a case stands on."""

from flask import Blueprint

bp = Blueprint("tracking", __name__, url_prefix="/<any(id, en):lang>")
