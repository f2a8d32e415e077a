"""A worker with this room's jobs and a short lease, as a process that a test can kill.

`python -m tests.notices.sender_process`, with the settings of a deployment in its environment.
"""

from datetime import timedelta

from portal.config import Settings
from portal.db import Database
from portal.institution.loader import load
from portal.jobs.rules import Pace, Roster
from portal.jobs.runner import Runner
from portal.notices import tasks

PACE = Pace(lease=timedelta(seconds=2), poll=timedelta(seconds=0.2))


def main() -> None:
    settings = Settings.from_environment()
    database = Database(settings.database_url, settings.keys)
    zone = load(settings.institution).zone
    Runner(database, settings, Roster.of(tasks.TASKS), zone=zone, pace=PACE).drain()


if __name__ == "__main__":
    main()
