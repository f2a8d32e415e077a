"""The web floor's own table: counted attempts."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class Attempts(Base):
    """How often somebody tried the same door from the same network. The digest tells neither."""

    __tablename__ = "attempts"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    tries: Mapped[int]
    free_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
