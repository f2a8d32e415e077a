"""The table of what decrees changed in the published calendars."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base
from portal.institution.calendars.rules import Act
from portal.workdays.rules import ClosureKind


class CalendarOverride(Base):
    """One change of the calendars. A row is never changed or deleted: what was wrong is taken back by a later one.

    `number` counts the changes from one. Two authors who change at the same moment draw the same
    number, so the table itself refuses the second of them.
    """

    __tablename__ = "calendar_overrides"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    act: Mapped[Act]
    on: Mapped[date]
    kind: Mapped[ClosureKind | None]
    # None for every calendar that takes this kind.
    calendars: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))
    name_id: Mapped[str | None]
    name_en: Mapped[str | None]
    decree: Mapped[str]
    reason: Mapped[str]
    author: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (
        sa.CheckConstraint("number > 0", name="numbers_count_from_one"),
        sa.CheckConstraint("(act = 'know') = (kind IS NULL)", name="a_day_has_its_kind"),
        sa.CheckConstraint("(name_id IS NULL) = (name_en IS NULL)", name="named_in_both_languages"),
    )
