"""Grants: what an interaction lets the bot say, for a quarter of an hour, wherever it happened."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

import discord
import structlog
from discord.utils import snowflake_time

from adapters.base import PostFailed, Undeliverable
from adapters.discord.calls import called
from adapters.discord.interactions import is_elsewhere

TOKEN_LIVES = timedelta(minutes=15)
# The last words are said so long before: Discord's clock and ours differ, and so do calls under way.
CLOSES_BEFORE = timedelta(minutes=1)
# What an app that a person brought along may send beside its first response.
PERSONAL_FOLLOW_UPS = 5
_MARK, _PRIVATE, _PERSONAL = "grant", "private", "personal"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionToken:
    """The right to answer one interaction through its token, which is a secret while it lives.

    `original_id` is the message that its acknowledgement made, 0 where it made none; the answer takes its place.
    `is_private`: the person alone reads what is said. `is_personal`: the app is theirs, and may say little.
    """

    application_id: int
    interaction_id: int
    token: str = field(repr=False)
    original_id: int = 0
    is_private: bool = True
    is_personal: bool = False

    @property
    def ends_at(self) -> datetime:
        """The date at which the token is worth nothing any more."""
        return snowflake_time(self.interaction_id) + TOKEN_LIVES

    @property
    def closes_at(self) -> datetime:
        """The date at which the last words are to be said."""
        return self.ends_at - CLOSES_BEFORE

    def for_all(self) -> Self:
        """Return the same, for messages that everybody reads."""
        return replace(self, is_private=False)

    def written(self) -> str:
        """Return the grant as a turn keeps it, so that another process can go on with it."""
        flags = [_PRIVATE] * self.is_private + [_PERSONAL] * self.is_personal
        ids = f"{self.application_id}:{self.interaction_id}:{self.original_id}"
        return f"{_MARK}:{ids}:{'+'.join(flags)}:{self.token}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read a written grant; None where the text is none."""
        mark, _, rest = text.partition(":")
        parts = rest.split(":", 4)
        if mark != _MARK or len(parts) != 5:  # noqa: PLR2004 - as it is written
            return None
        application_id, interaction_id, original_id, flags, token = parts
        return cls(
            application_id=int(application_id),
            interaction_id=int(interaction_id),
            original_id=int(original_id),
            is_private=_PRIVATE in flags,
            is_personal=_PERSONAL in flags,
            token=token,
        )


async def thinking(interaction: discord.Interaction[Any], *, is_private: bool = True) -> InteractionToken | None:
    """Acknowledge with "thinking …", whose place the answer takes; None when it is too late or done already.

    A guild may make the answer private although it was not to be.
    """
    response = await _deferred(interaction, is_private=is_private, thinking=True)
    if response is None:
        return None
    return interaction_token_of(interaction, original_id=response.message_id or 0, is_private=response.is_ephemeral())


async def quietly(interaction: discord.Interaction[Any]) -> InteractionToken | None:
    """Acknowledge a press without a sign; None when it is too late or done already."""
    response = await _deferred(interaction, is_private=True, thinking=False)
    return interaction_token_of(interaction) if response else None


def interaction_token_of(
    interaction: discord.Interaction[Any], *, original_id: int = 0, is_private: bool = True
) -> InteractionToken:
    """Return the grant of an interaction that is acknowledged."""
    return InteractionToken(
        application_id=interaction.application_id,
        interaction_id=interaction.id,
        token=interaction.token,
        original_id=original_id,
        is_private=is_private,
        is_personal=is_elsewhere(interaction),
    )


async def _deferred(
    interaction: discord.Interaction[Any], *, is_private: bool, thinking: bool
) -> discord.InteractionCallbackResponse[Any] | None:
    try:
        return await called(interaction.response.defer(ephemeral=is_private, thinking=thinking))
    except (Undeliverable, PostFailed) as error:
        log.warning("discord.interaction_lost", cause=str(error.__cause__))
        return None
