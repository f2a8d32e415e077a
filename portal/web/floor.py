"""What every request stands on: the deployment's floor and one database session a request."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import Flask, current_app, g

from portal import db
from portal.config import Settings

if TYPE_CHECKING:
    from portal.institution.models import Institution

Row = TypeVar("Row", bound=db.Base)


@dataclass(frozen=True, slots=True)
class Floor:
    """The parts of a deployment that live as long as its process."""

    settings: Settings
    database: db.Database
    # The profile is a room above this floor; it is handed in by `create_app` and only passed on here.
    institution: Any


def init_floor(app: Flask, floor: Floor) -> None:
    app.extensions["aduan"] = floor
    app.teardown_appcontext(_close_session)


def floor() -> Floor:
    return cast(Floor, current_app.extensions["aduan"])


def settings() -> Settings:
    return floor().settings


def institution() -> "Institution":
    """The profile of the institution that this deployment belongs to."""
    return cast("Institution", floor().institution)


def session() -> db.Session:
    """The request's session, reading until `writing` is called; rolled back unless a view commits."""
    if "db_session" not in g:
        g.db_session = floor().database.session()
    return cast(db.Session, g.db_session)


def writing(row: Row) -> Row:
    """End this request's read and begin its write, with `row` re-read under its lock."""
    return db.writing(session(), row)


def _close_session(_: BaseException | None) -> None:
    opened: db.Session | None = g.pop("db_session", None)
    if opened is not None:
        opened.close()
