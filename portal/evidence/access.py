"""Who may open a document, and whether as it came: what the guards of the upper rooms say of its folder."""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Flask, current_app

from portal.evidence.rules import Right
from portal.web.access import tag

# How much whoever makes this request may have of the documents in this folder.
Guard = Callable[[UUID], Right]
NAME = "folder_holder"
GUARDS = "aduan.folder_guards"

View = TypeVar("View", bound=Callable[..., Any])


def init_guards(app: Flask, *guards: Guard) -> None:
    """Let these rooms say who holds a folder. A folder that no guard knows is nobody's."""
    app.extensions[GUARDS] = guards


def folder_holder(view: View) -> View:
    """Tag of a view that asks `right_to` before it gives anything away."""
    return tag(view, NAME)


def right_to(folder_id: UUID) -> Right:
    """The most that any guard gives whoever makes this request."""
    guards = cast("tuple[Guard, ...]", current_app.extensions[GUARDS])
    return max((guard(folder_id) for guard in guards), default=Right.NONE)
