"""Rate limits as Discord keeps them, and failures a test orders."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict

MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token")
GLOBAL_PER_S = 50
UNSPECIFIED = (50, 1.0)
KNOWN: dict[str, tuple[int, float]] = {
    "POST /channels/{channel_id}/messages": (5, 5.0),
    "PATCH /channels/{channel_id}/messages/{message_id}": (5, 5.0),
    "DELETE /channels/{channel_id}/messages/{message_id}": (5, 1.0),
    "POST /channels/{channel_id}/typing": (5, 5.0),
    "PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me": (1, 0.25),
    "POST /channels/{channel_id}/threads": (50, 300.0),
    "POST /channels/{channel_id}/messages/{message_id}/threads": (50, 300.0),
    "POST /webhooks/{webhook_id}/{webhook_token}": (5, 5.0),
    "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original": (5, 5.0),
    "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": (5, 5.0),
}


class Seconds(Protocol):
    """A clock, as far as windows go by it."""

    def now(self) -> float:
        """Return the seconds."""
        ...


@dataclass(eq=False)
class Window:
    """One bucket's running window: it opens with the first request and ends `per_s` later."""

    limit: int
    ends_at: float
    used: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may pass, and the headers its answer carries."""

    passes: bool
    retry_after_s: float
    is_global: bool
    headers: dict[str, str]


class RateLimits:
    """Buckets per route and major parameter, and the global limit, which interactions do not count towards."""

    def __init__(self, clock: Seconds) -> None:
        self._clock = clock
        self._limits = dict(KNOWN)
        self._windows: dict[tuple[str, ...], Window] = {}
        self.global_per_s = GLOBAL_PER_S

    def set(self, route: str, limit: int, per_s: float) -> None:
        """Allow `limit` requests of a route ("PATCH /channels/{channel_id}/messages/{message_id}") in `per_s`."""
        self._limits[route] = (limit, per_s)
        self._windows.clear()

    def take(self, route: str, ids: dict[str, str]) -> Verdict:
        """Count a request in its bucket and say whether it may pass."""
        if "/interactions/{" not in route and "/webhooks/{" not in route:
            over = self._over(("global",), self.global_per_s, 1.0)
            if over:
                return Verdict(
                    passes=False,
                    retry_after_s=over,
                    is_global=True,
                    headers={"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"},
                )
        limit, per_s = self._limits.get(route, UNSPECIFIED)
        key = (route, *(ids.get(name, "") for name in MAJOR))
        over = self._over(key, limit, per_s)
        headers = self._headers(route, self._windows[key], exceeded=bool(over))
        return Verdict(passes=not over, retry_after_s=over, is_global=False, headers=headers)

    def _over(self, key: tuple[str, ...], limit: int, per_s: float) -> float:
        """Count one; return the seconds to wait when the window was full, else 0."""
        now = self._clock.now()
        window = self._windows.get(key)
        if window is None or window.ends_at <= now:
            window = self._windows[key] = Window(limit, now + per_s)
        window.limit = limit
        if window.used >= window.limit:
            return max(0.001, window.ends_at - now)
        window.used += 1
        return 0.0

    def _headers(self, route: str, window: Window, *, exceeded: bool) -> dict[str, str]:
        left = max(0.0, window.ends_at - self._clock.now()) + 0.001  # rounded up: who waits so long is let in
        headers = {
            "X-RateLimit-Limit": str(window.limit),
            "X-RateLimit-Remaining": str(max(0, window.limit - window.used)),
            "X-RateLimit-Reset": f"{window.ends_at:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(route.encode()).hexdigest()[:32],
        }
        return {**headers, "X-RateLimit-Scope": "user"} if exceeded else headers


class Odd(TypedDict, total=False):
    """What else than a status and a code may be odd about a failure; see `Fault`."""

    page: str
    left_out: tuple[str, ...]
    is_global: bool
    errors: dict[str, Any]


@dataclass(eq=False)
class Fault:
    """A failure ordered for the next `left` requests of a route.

    `page` is what comes in the place of Discord's JSON, as Cloudflare and other proxies answer; `left_out` are fields
    that the JSON lacks; `is_global` is said of a 429; `errors` are what Discord finds wrong in a form (50035).
    """

    route: str
    left: int
    status: int | None = None
    drop: bool = False
    carried_out: bool = False
    retry_after: float = 0.05
    code: int = 0
    page: str = ""
    left_out: tuple[str, ...] = ()
    is_global: bool = False
    errors: dict[str, Any] | None = None


class Faults:
    """Failures ordered by a test, first ordered first served; `met` are those that requests have met."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []
        self.met: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Order a failure."""
        self._ordered.append(fault)

    def relent(self) -> None:
        """Take back what has not happened."""
        self._ordered.clear()

    def take(self, route: str) -> Fault | None:
        """Return the failure the next request of a route meets, None when it meets none."""
        for fault in self._ordered:
            if fault.left and fault.route == route:
                fault.left -= 1
                self.met.append(fault)
                return fault
        return None
