"""How long a customer's session lives. Pure."""

from datetime import datetime, timedelta

SESSION_IDLE = timedelta(minutes=30)
SESSION_LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)


def session_alive(*, created_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Whether a session may go on: not idle too long, not older than its longest life."""
    return now - last_seen_at < SESSION_IDLE + SEEN_EVERY and now - created_at < SESSION_LONGEST
