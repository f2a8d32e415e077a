"""The one-time code that a customer reads in their own message."""

import sqlalchemy as sa

from portal import clock
from portal.complaints.tasks import send_one_time_code
from portal.config import Settings
from portal.db import Database, uuid7
from portal.jobs.models import Job
from portal.jobs.rules import Work
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box


def newest_code(house: Database, settings: Settings) -> str | None:
    """Do what the page for a lost code has enqueued, and read the six digits; None where nothing was sent."""
    with house.session() as session:
        jobs = session.scalars(sa.select(Job).where(Job.kind == "complaints.lost_code")).all()
        payloads = [job.payload for job in jobs]
        session.begin_write()
        session.execute(sa.delete(Job).where(Job.kind == "complaints.lost_code"))
        session.commit()
    for payload in payloads:
        with house.session() as session:
            send_one_time_code(Work(session, payload, clock.now(), settings, uuid7(), 1))
            session.commit()
    with house.session() as session:
        notice = session.scalars(
            sa.select(Notice)
            .where(Notice.kind == NoticeKind.ONE_TIME_CODE, Notice.secret.is_not(None))
            .order_by(Notice.created_at.desc(), Notice.id.desc())
        ).first()
        return notice and str(open_box(session, notice.key_id).open(notice, "secret"))
