"""What Slack's refusals mean for a message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from adapters.base import ContentRefused, PlaceClosed, PostFailed, Undeliverable

# The bot may not write there, or nobody may, or not with this token.
CLOSED_ERRORS = frozenset({
    "access_denied",
    "app_access_restricted",
    "cannot_reply_to_message",
    "channel_is_limited_access",
    "channel_not_found",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "invalid_channel",
    "is_archived",
    "is_inactive",
    "messages_tab_disabled",
    "method_not_supported_for_channel_type",
    "missing_scope",
    "no_permission",
    "not_allowed_token_type",
    "not_in_channel",
    "org_login_required",
    "posting_to_channel_denied",
    "restricted_action",
    "restricted_action_non_threadable_channel",
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
# Who may write in a channel is ruled in more and more ways, each with a code of its own.
RESTRICTED = "restricted_action"
GONE = "message_not_found"
FINAL_ERRORS = CLOSED_ERRORS | {"cant_update_message", "edit_window_closed", GONE}
# Slack takes no more calls for now. The first is HTTP's own 429, the others come as an answer.
LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
# The message is a stream that has not ended.
STREAMS = "streaming_state_conflict"
# Another text may be taken.
CONTENT_ERRORS = frozenset({
    "attachment_payload_limit_exceeded",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "too_many_links",
})  # fmt: skip
# What a workspace's own rules or an app of its administrators stop: `msg_blocked`, `slack_connect_…_sharing_blocked`.
BLOCKED = "blocked"
# Slack takes the token no more. The adapter ends with it, and what is unanswered waits until the token is mended.
TOKEN_ENDED = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})
# Slack says of these that it may have done some or all of what it was asked; "" is an answer without a code (5xx).
UNSURE_CODES = frozenset({"", "fatal_error", "internal_error", "request_timeout", "service_unavailable"})
# A later call is taken. What stands in none of these lists may be a refusal that Slack has come up with since.
PASSING = LIMITED | TOKEN_ENDED | UNSURE_CODES | {
    "external_channel_migrating",
    STREAMS,
    "team_added_to_org",
    "update_failed",
}  # fmt: skip
# What a call may raise when Slack refuses it, cannot be reached, or is silent.
CALL_ERRORS = (SlackClientError, aiohttp.ClientError, TimeoutError)


def refusal(error: SlackApiError) -> str:
    """Return Slack's code of the error, "" where the answer carried none."""
    answer = error.response
    data = answer if isinstance(answer, dict) else getattr(answer, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def is_final(code: str) -> bool:
    """Whether no later call is taken either."""
    return code in FINAL_ERRORS or code.startswith(RESTRICTED)


def is_of_content(code: str) -> bool:
    """Whether a code is about what was to be said."""
    return code in CONTENT_ERRORS or is_blocked(code)


def is_blocked(code: str) -> bool:
    """Whether somebody's rules stop what was to be said."""
    return BLOCKED in code


def is_unsure(error: PostFailed) -> bool:
    """Whether Slack may have done all the same what it was asked."""
    cause = error.__cause__
    return not isinstance(cause, SlackApiError) or refusal(cause) in UNSURE_CODES


def is_refused(error: PostFailed | Undeliverable) -> bool:
    """Whether Slack said no to this very call: the connection, the token and the rates are in order."""
    code = refusal(error.__cause__) if isinstance(error.__cause__, SlackApiError) else ""
    return bool(code) and code not in LIMITED and code not in TOKEN_ENDED


def meaning(code: str) -> Undeliverable | PostFailed:
    """Return what the `Poster` port raises where Slack refuses a call with this code."""
    if code in CLOSED_ERRORS or code.startswith(RESTRICTED):
        return PlaceClosed(code)
    if is_final(code):
        return Undeliverable(code)
    if is_of_content(code):
        return ContentRefused(code, is_moderated=is_blocked(code))
    return PostFailed(code, refusal="" if code in PASSING else code)


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the `Poster` port promises instead of the SDK's errors.

    Raises:
        ContentRefused: Slack may take another text.
        PlaceClosed: the bot may not write there.
        Undeliverable: Slack refuses for good.
        PostFailed: it may take a later call.
    """
    try:
        yield
    except SlackApiError as error:
        raise meaning(refusal(error)) from error
    except CALL_ERRORS as error:
        raise PostFailed(type(error).__name__) from error
