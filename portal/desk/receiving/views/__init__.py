"""The pages on which an officer receives a complaint, gathered from where each of them has its own module."""

from portal.desk.receiving.views import documents, registering, telling, texts

__all__ = ["documents", "registering", "telling", "texts"]
