"""What the socket brings, on its way to Bolt: a payload that even Bolt cannot read is acknowledged, and left there."""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.socket_mode.response import SocketModeResponse

from adapters.slack.payload import Json, items, text

_NOT_AS_DOCUMENTED = (AttributeError, IndexError, KeyError, TypeError, ValueError)
log = structlog.get_logger(__name__)


class SocketHandler(AsyncSocketModeHandler):
    """Hands payloads to Bolt. One that is unreadable would only be sent again, and be so again."""

    async def handle(self, client: Any, req: Any) -> None:
        """See `AsyncSocketModeHandler.handle`."""
        odd = "" if is_readable(req.payload) else "shape"
        try:
            if not odd:
                await super().handle(client, req)
        except _NOT_AS_DOCUMENTED as error:
            odd = type(error).__name__
        if odd:
            log.warning("slack.payload_not_understood", kind=str(req.type), error=odd)
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))


def is_readable(payload: Json) -> bool:
    """Whether Bolt finds in a payload what it looks for in every one: an event with a type, and whose it is."""
    if payload.get("type") != "event_callback":
        return True
    event, named = payload.get("event"), payload.get("authorizations") or []
    has_type = isinstance(event, dict) and bool(text(event, "type"))
    return has_type and isinstance(named, list) and len(items(payload, "authorizations")) == len(named)
