"""The Web API: the clients, and what its refusals mean for a message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from adapters.base import PostFailed, Undeliverable

REQUEST_TIMEOUT_S = 30
# Each wait is as long as Slack asks for.
RATE_LIMIT_RETRIES = 3
FINAL_ERRORS = frozenset({
    "account_inactive",
    "cannot_reply_to_message",
    "cant_update_message",
    "channel_not_found",
    "edit_window_closed",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "invalid_auth",
    "is_archived",
    "is_inactive",
    "message_not_found",
    "messages_tab_disabled",
    "missing_scope",
    "no_permission",
    "not_authed",
    "not_in_channel",
    "org_login_required",
    "restricted_action",
    "restricted_action_read_only_channel",
    "restricted_action_thread_locked",
    "restricted_action_thread_only_channel",
    "team_access_not_granted",
    "team_not_found",
    "thread_locked",
    "token_expired",
    "token_revoked",
    "user_disabled",
    "user_is_restricted",
})  # fmt: skip
# What a call may raise when Slack refuses it, cannot be reached, or is silent.
CALL_ERRORS = (SlackClientError, aiohttp.ClientError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Web:
    """One app's two ways to call: `patient` waits where Slack asks to, `hasty` takes a 429 for an answer.

    Neither repeats a call whose fate is unknown: a piece of an answer appended twice would stay there.
    """

    patient: AsyncWebClient
    hasty: AsyncWebClient


def open_web(session: aiohttp.ClientSession, *, token: str, api_url: str | None) -> Web:
    """Make the clients over one connection pool; `api_url` None is Slack itself."""
    common: dict[str, Any] = {
        "token": token,
        "session": session,
        "timeout": REQUEST_TIMEOUT_S,
        "base_url": api_url or AsyncWebClient.BASE_URL,
    }
    patience = AsyncRateLimitErrorRetryHandler(max_retry_count=RATE_LIMIT_RETRIES)
    return Web(
        patient=AsyncWebClient(**common, retry_handlers=[patience]),
        hasty=AsyncWebClient(**common, retry_handlers=[]),
    )


def refusal(error: SlackApiError) -> str:
    """Return Slack's code of the error, "" where the answer carried none."""
    answer = error.response
    data = answer if isinstance(answer, dict) else getattr(answer, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


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
