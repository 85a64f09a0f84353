"""The socket's envelopes: one that Bolt cannot read, or knows nothing to do about, is acknowledged and dropped."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from adapters.oddities import ODD_ERRORS, told

log = structlog.get_logger(__name__)


class TolerantHandler(AsyncSocketModeHandler):
    """Bolt's handler. Without an acknowledgement Slack would deliver the same odd envelope again and again."""

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        """See `AsyncSocketModeHandler.handle`."""
        try:
            answer = await run_async_bolt_app(self.app, req)
        except ODD_ERRORS as error:
            log.warning("slack.envelope_not_understood", kind=req.type, **told(error))
        else:
            if answer.status != HTTPStatus.NOT_FOUND:
                await send_async_response(client, req, answer, 0.0)  # when it came matters to its debug log alone
                return
            log.warning("slack.envelope_unknown", kind=req.type)
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))
