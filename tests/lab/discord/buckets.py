"""Rate limits as Discord keeps them, and failures a test orders."""

from __future__ import annotations


class RateLimits:
    """Buckets per route and major parameter, and the global limit."""

    def set(self, route: str, limit: int, per_s: float) -> None:
        """Allow `limit` requests of a route ("PATCH /channels/{channel_id}/messages/{message_id}") in `per_s`."""
        raise NotImplementedError


class Faults:
    """Failures ordered by a test."""
