"""The Web API: the clients, which notice when Slack takes no more calls, or the token no more."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.delivery.governor import Governor
from adapters.slack.rates import name
from adapters.slack.refusals import TOKEN_ENDED, refusal
from adapters.slack.wording import Wording
from bot.clock import SYSTEM_CLOCK

REQUEST_TIMEOUT_S = 30
# Each wait is as long as Slack asks for.
RATE_LIMIT_RETRIES = 3


@dataclass(frozen=True, slots=True)
class Web:
    """One app's two ways to call: `with_retries` waits where Slack asks to, `without_retries` takes a 429 as it is.

    Neither repeats a call whose fate is unknown: a piece of an answer appended twice would stay there.
    `token_refused` is set when a call was refused because of its token. `governor` grants the calls that make messages,
    `wording` knows in which form Slack takes their texts.
    """

    with_retries: AsyncWebClient
    without_retries: AsyncWebClient
    token_refused: asyncio.Event
    session: aiohttp.ClientSession
    governor: Governor
    wording: Wording = field(default_factory=Wording)


class WatchedClient(AsyncWebClient):
    """The SDK's client that says when Slack takes its token no more, and when it takes no more calls for now."""

    def __init__(self, *, token_refused: asyncio.Event, governor: Governor, **common: Any) -> None:
        super().__init__(**common)
        self._token_refused = token_refused
        self._governor = governor

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """See `AsyncBaseClient.api_call`."""
        try:
            return await super().api_call(api_method, **arguments)
        except SlackApiError as error:
            if refusal(error) in TOKEN_ENDED:
                self._token_refused.set()
            if refusal(error) == "ratelimited":
                channel = str((arguments.get("json") or arguments.get("params") or {}).get("channel", ""))
                self._governor.refuse(name(api_method, channel), retry_after_s(error))
            raise


def open_web(
    session: aiohttp.ClientSession, *, token: str, api_url: str | None, governor: Governor | None = None
) -> Web:
    """Make the clients over one connection pool; `api_url` None is Slack itself."""
    governor = governor or Governor(clock=SYSTEM_CLOCK)
    common: dict[str, Any] = {
        "token": token,
        "session": session,
        "timeout": REQUEST_TIMEOUT_S,
        "base_url": api_url or AsyncWebClient.BASE_URL,
    }
    refused = asyncio.Event()
    patience = AsyncRateLimitErrorRetryHandler(max_retry_count=RATE_LIMIT_RETRIES)
    return Web(
        # The SDK's default handlers would repeat a call whose answer was lost.
        with_retries=WatchedClient(token_refused=refused, governor=governor, retry_handlers=[patience], **common),
        without_retries=WatchedClient(token_refused=refused, governor=governor, retry_handlers=[], **common),
        token_refused=refused,
        session=session,
        governor=governor,
    )


def retry_after_s(error: SlackApiError) -> float:
    """Return how long Slack asks to wait, a second where it does not say."""
    try:
        return float(getattr(error.response, "headers", {}).get("Retry-After", 1))
    except ValueError:
        return 1.0
