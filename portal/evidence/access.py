"""Who may open a document: whoever a guard of an upper room says holds its folder."""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Flask, current_app

from portal.web.access import tag

# Whether who makes this request may have the originals of this folder.
Guard = Callable[[UUID], bool]
NAME = "folder_holder"
GUARDS = "aduan.folder_guards"

View = TypeVar("View", bound=Callable[..., Any])


def init_guards(app: Flask, *guards: Guard) -> None:
    """Let these rooms say who holds a folder. A folder that no guard knows is nobody's."""
    app.extensions[GUARDS] = guards


def folder_holder(view: View) -> View:
    """Tag of a view that asks `may_open` before it gives anything away."""
    return tag(view, NAME)


def may_open(folder_id: UUID) -> bool:
    """Whether this request's sender holds the folder."""
    guards = cast("tuple[Guard, ...]", current_app.extensions[GUARDS])
    return any(guard(folder_id) for guard in guards)
