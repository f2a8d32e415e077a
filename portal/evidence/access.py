"""Who may open a document, and whether as it came: what the guards of the upper rooms say of it."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, current_app

from portal.evidence.models import Document
from portal.evidence.rules import Right
from portal.web.access import tag

# How much of this document whoever makes this request may have: by its folder, and by who added it.
Guard = Callable[[Document], Right]
NAME = "folder_holder"
GUARDS = "aduan.folder_guards"

View = TypeVar("View", bound=Callable[..., Any])


def init_guards(app: Flask, *guards: Guard) -> None:
    """Let these rooms say who holds a folder. A document in a folder that no guard knows is nobody's."""
    app.extensions[GUARDS] = guards


def folder_holder(view: View) -> View:
    """Tag of a view that asks `right_to` before it gives anything away."""
    return tag(view, NAME)


def right_to(document: Document) -> Right:
    """The most that any guard gives whoever makes this request."""
    guards = cast("tuple[Guard, ...]", current_app.extensions[GUARDS])
    return max((guard(document) for guard in guards), default=Right.NONE)
