"""What the socket brings, on its way to Bolt: a payload that even Bolt cannot read is acknowledged, and left there."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_sdk.socket_mode.response import SocketModeResponse

from adapters.oddities import ODD_ERRORS, told
from adapters.slack.payload import Json, items, text

log = structlog.get_logger(__name__)


class SocketHandler(AsyncSocketModeHandler):
    """Hands payloads to Bolt. One that is unreadable would only be sent again, and be so again."""

    async def handle(self, client: Any, req: Any) -> None:
        """See `AsyncSocketModeHandler.handle`."""
        odd = {} if is_readable(req.payload) else {"error": "shape"}
        try:
            if not odd:
                answer = await run_async_bolt_app(self.app, req)
                if answer.status != HTTPStatus.NOT_FOUND:
                    # When it came matters to the debug log alone.
                    await send_async_response(client, req, answer, 0.0)
                    return
                odd = {"error": "nothing listens"}
        except ODD_ERRORS as error:
            odd = told(error)
        log.warning("slack.payload_not_understood", kind=str(req.type), **odd)
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))


def is_readable(payload: Json) -> bool:
    """Whether Bolt finds in a payload what it looks for in every one: an event with a type, and whose it is."""
    if payload.get("type") != "event_callback":
        return True
    event, named = payload.get("event"), payload.get("authorizations") or []
    has_type = isinstance(event, dict) and bool(text(event, "type"))
    return has_type and isinstance(named, list) and len(items(payload, "authorizations")) == len(named)
