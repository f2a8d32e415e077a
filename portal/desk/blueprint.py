"""The desk's blueprint, which every page of the desk stands on."""

from flask import Blueprint

bp = Blueprint("desk", __name__, url_prefix="/<any(id, en):lang>/desk")
