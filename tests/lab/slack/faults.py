"""What goes wrong on purpose: the next calls of a method fail in a chosen way."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, TypedDict

TOO_MANY_REQUESTS = HTTPStatus.TOO_MANY_REQUESTS
Drop = Literal["", "before", "after"]


class Odd(TypedDict, total=False):
    """What else may be odd about a failure; see `Fault`."""

    header: str | None
    page: str
    left_out: tuple[str, ...]
    late: asyncio.Event


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure. One of the first four fields is set; see `SlackLab.fail_next`.

    `header` is what the 429 says of when to come again, None where it says nothing; `page` is what comes in the place
    of Slack's JSON, as proxies answer; `left_out` are fields that an answer lacks; what is `late` is carried out, and
    answered when that is set.
    """

    error: str = ""
    http_status: int = 0
    retry_after_s: int = 0
    drop: Drop = ""
    header: str | None = ""
    page: str = "lab: injected failure"
    left_out: tuple[str, ...] = ()
    late: asyncio.Event | None = None

    @property
    def is_answered(self) -> bool:
        """Whether it is a call that is carried out and answered, oddly."""
        return bool(self.left_out or self.late)

    @property
    def label(self) -> str:
        """What the record of calls says of it."""
        if self.drop:
            return f"dropped_{self.drop}"
        is_limited = self.retry_after_s or self.http_status == TOO_MANY_REQUESTS
        return self.error or ("ratelimited" if is_limited else f"http_{self.http_status}")


class Faults:
    """The failures waiting for their calls."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)
        self.revoked = ""
        self.outage = 0

    def add(self, method: str, fault: Fault, times: int) -> None:
        """Let the next `times` calls of the method fail."""
        self._waiting[method].extend([fault] * times)

    def relent(self) -> None:
        """Take back what has not happened."""
        self._waiting.clear()

    def take(self, method: str) -> Fault | None:
        """Return the failure of this call, None when it may pass."""
        if self.revoked:
            return Fault(error=self.revoked)
        if self.outage:
            return Fault(http_status=self.outage)
        waiting = self._waiting[method]
        return waiting.popleft() if waiting else None
