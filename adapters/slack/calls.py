"""The Web API: the clients, which notice when Slack takes no more calls, or the token no more."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.delivery.governor import Governor
from adapters.slack.rates import name
from adapters.slack.refusals import LIMITED, TOKEN_ENDED, refusal
from adapters.slack.wording import Wording
from bot.clock import SYSTEM_CLOCK, Clock

REQUEST_TIMEOUT_S = 30
# Each wait is as long as Slack asks for; after a longer one than this nobody waits for the call any more.
RATE_LIMIT_RETRIES = 3
LONGEST_WAIT_S = 60.0
UNTOLD_WAIT_S, MOST_WAIT_S = 1.0, 86_400.0


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
            if refusal(error) in LIMITED:
                channel = str((arguments.get("json") or arguments.get("params") or {}).get("channel", ""))
                self._governor.refuse(name(api_method, channel), retry_after_s(error))
            raise


def open_web(
    session: aiohttp.ClientSession,
    *,
    token: str,
    api_url: str | None,
    governor: Governor | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Web:
    """Make the clients over one connection pool; `api_url` None is Slack itself."""
    governor = governor or Governor(clock=clock)
    common: dict[str, Any] = {
        "token": token,
        "session": session,
        "timeout": REQUEST_TIMEOUT_S,
        "base_url": api_url or AsyncWebClient.BASE_URL,
    }
    refused = asyncio.Event()
    return Web(
        # The SDK's default handlers would repeat a call whose answer was lost.
        with_retries=WatchedClient(
            token_refused=refused, governor=governor, retry_handlers=[Patience(clock)], **common
        ),
        without_retries=WatchedClient(token_refused=refused, governor=governor, retry_handlers=[], **common),
        token_refused=refused,
        session=session,
        governor=governor,
    )


class Patience(AsyncRetryHandler):
    """Waits as long as a 429 asks to, and asks again. The SDK's own waits for the first digit of what it is told."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(max_retry_count=RATE_LIMIT_RETRIES)
        self._clock = clock

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        del state, request, error
        if response is None or response.status_code != HTTPStatus.TOO_MANY_REQUESTS:
            return False
        return asked_wait_s(response.headers) <= LONGEST_WAIT_S

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        """See `AsyncRetryHandler`."""
        del request, error
        state.next_attempt_requested = True
        await self._clock.sleep(asked_wait_s(response.headers if response else {}))
        state.increment_current_attempt()


def retry_after_s(error: SlackApiError) -> float:
    """Return how long Slack asks to wait, a second where it does not say."""
    return asked_wait_s(getattr(error.response, "headers", {}))


def asked_wait_s(headers: Mapping[str, Any]) -> float:
    """Return how long an answer asks to wait, a second where it does not say so in seconds; a day at most."""
    asked = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    try:
        wait_s = float(asked[0] if isinstance(asked, list) else asked)  # type: ignore[arg-type] # a TypeError for None
    except (TypeError, ValueError):
        return UNTOLD_WAIT_S
    return min(wait_s, MOST_WAIT_S) if wait_s > 0 else UNTOLD_WAIT_S
