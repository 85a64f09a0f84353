"""The REST side: what was asked, and what was wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it arrived: `route` in the published form (`/channels/{channel_id}/messages`)."""

    method: str
    route: str
    path: str
    body: Any
    status: int
    at: float


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule of the platform: which, in what request, at what place of the body."""

    rule: str
    route: str
    detail: str


class Api:
    """The REST API."""
