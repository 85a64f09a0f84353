"""Deliveries as HTTP requests, as an app without Socket Mode gets them.

Events are JSON, commands a form, interactions a form whose field `payload` is JSON; each is signed over its bytes. What
is not answered with a status of 2xx within three seconds is not acknowledged. https://docs.slack.dev/apis/events-api
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import urlencode

import aiohttp

from adapters.slack.signatures import signature_of
from tests.lab.slack.state import Json

FORM = "application/x-www-form-urlencoded"
PATHS = {"events_api": "events", "slash_commands": "commands", "interactive": "interactions"}


@dataclass
class HttpTarget:
    """The address that requests go to, and the app's signing secret. `now` is Unix time; `statuses` were answered."""

    address: str
    secret: str
    now: Callable[[], float]
    statuses: list[int] = field(default_factory=list)

    async def send(self, kind: str, payload: Json, *, retry: int, reason: str, within_s: float) -> Json | None:
        """Send one request; return what acknowledged it, None where nothing did."""
        raw, content_type = written(kind, payload)
        headers = {"Content-Type": content_type, **self.signed(raw)}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": f"http_{reason}"}
        status, said = await self.post(PATHS[kind], raw, headers, within_s=within_s)
        if not 200 <= status < 300:
            return None
        try:
            found = json.loads(said)
        except ValueError:
            return {"text": said} if said else {}
        return found if isinstance(found, dict) else {}

    async def post(
        self, path: str, raw: bytes | BytesIO, headers: dict[str, str], *, within_s: float = 10
    ) -> tuple[int, str]:
        """Send these bytes; return the status, 0 where none came in time, and the answer."""
        timeout = aiohttp.ClientTimeout(total=within_s)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(f"{self.address}/slack/{path}", data=raw, headers=headers) as answer,
            ):
                status, said = answer.status, await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            status, said = 0, ""
        self.statuses.append(status)
        return status, said

    def signed(self, raw: bytes, *, secret: str = "", later_s: float = 0) -> dict[str, str]:
        """Return the headers of a request that is signed, perhaps with another secret or at another time."""
        sent_at = str(int(self.now() + later_s))
        return {
            "X-Slack-Request-Timestamp": sent_at,
            "X-Slack-Signature": signature_of(raw, sent_at, secret or self.secret),
        }


def written(kind: str, payload: Json) -> tuple[bytes, str]:
    """Return a delivery as the body of a request, and its content type."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), FORM
