"""The Web API: the clients, and what its refusals mean for a message."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.base import PostFailed, Undeliverable
from adapters.delivery.governor import Governor
from adapters.slack.rates import name

REQUEST_TIMEOUT_S = 30
# Each wait is as long as Slack asks for.
RATE_LIMIT_RETRIES = 3
FINAL_ERRORS = frozenset({
    "cannot_reply_to_message",
    "cant_update_message",
    "channel_not_found",
    "edit_window_closed",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "is_archived",
    "is_inactive",
    "message_not_found",
    "messages_tab_disabled",
    "missing_scope",
    "no_permission",
    "not_in_channel",
    "org_login_required",
    "restricted_action",
    "restricted_action_read_only_channel",
    "restricted_action_thread_locked",
    "restricted_action_thread_only_channel",
    "team_access_not_granted",
    "team_not_found",
    "thread_locked",
    "thread_not_found",
    "user_disabled",
    "user_is_restricted",
    "user_not_in_channel",
})  # fmt: skip
# Slack takes the token no more. The adapter ends with it, and what is unanswered waits until the token is mended.
TOKEN_ENDED = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})
# Slack says of these that it may have done some or all of what it was asked; "" is an answer without a code (5xx).
UNSURE_CODES = frozenset({"", "fatal_error", "internal_error", "request_timeout", "service_unavailable"})
# What a call may raise when Slack refuses it, cannot be reached, or is silent.
CALL_ERRORS = (SlackClientError, aiohttp.ClientError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Web:
    """One app's two ways to call: `with_retries` waits where Slack asks to, `without_retries` takes a 429 as it is.

    Neither repeats a call whose fate is unknown: a piece of an answer appended twice would stay there.
    `token_refused` is set when a call was refused because of its token. `governor` grants the calls that make messages.
    """

    with_retries: AsyncWebClient
    without_retries: AsyncWebClient
    token_refused: asyncio.Event
    session: aiohttp.ClientSession
    governor: Governor


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
    governor = governor or Governor()
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


def refusal(error: SlackApiError) -> str:
    """Return Slack's code of the error, "" where the answer carried none."""
    answer = error.response
    data = answer if isinstance(answer, dict) else getattr(answer, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def is_unsure(error: PostFailed) -> bool:
    """Whether Slack may have done all the same what it was asked."""
    cause = error.__cause__
    return not isinstance(cause, SlackApiError) or refusal(cause) in UNSURE_CODES


def is_refused(error: PostFailed | Undeliverable) -> bool:
    """Whether Slack said no to this very call: the connection, the token and the rates are in order."""
    code = refusal(error.__cause__) if isinstance(error.__cause__, SlackApiError) else ""
    return bool(code) and code != "ratelimited" and code not in TOKEN_ENDED


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the `Poster` port promises instead of the SDK's errors.

    Raises:
        Undeliverable: Slack refuses for good.
        PostFailed: it may take a later call.
    """
    try:
        yield
    except SlackApiError as error:
        code = refusal(error)
        raise (Undeliverable(code) if code in FINAL_ERRORS else PostFailed(code)) from error
    except CALL_ERRORS as error:
        raise PostFailed(type(error).__name__) from error
