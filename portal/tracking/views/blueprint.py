"""The blueprint of the room, by itself: every file of views registers with it."""

from flask import Blueprint

bp = Blueprint("tracking", __name__, url_prefix="/<any(id, en):lang>")
