"""The one place that asks what time it is, so that every rule can be handed the moment instead."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
