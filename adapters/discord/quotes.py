"""What people ask about: a message as it was when its menu was opened, kept here until the form about it comes back.

A form shows the message and brings none of it back, only its own name; so nobody can put words into another's mouth.
After a restart the message is read from Discord again, where the bot may read there.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, NamedTuple

import discord
import structlog

from adapters.base import PostFailed, Undeliverable
from adapters.discord.calls import called
from adapters.discord.forms import ABOUT_PREFIX
from adapters.discord.interactions import Target, is_elsewhere, target_of
from bot.clock import Clock

# As long as an interaction's token lives; who thinks longer has the message read again.
KEPT_FOR_S = 900.0
MOST_KEPT = 1_000
# Discord waits three seconds for an answer to the form.
READ_WITHIN_S = 1.5
_MOST_DIGITS = 20

log = structlog.get_logger(__name__)


class _Key(NamedTuple):
    """A form, the only person who may send it off, and the channel of its message: none of it is the form's word."""

    form: int
    person: int
    channel: int


@dataclass(frozen=True, slots=True)
class _Kept:
    target: Target
    until: float


class Quotes:
    """Keeps messages for the forms that ask about them."""

    def __init__(self, *, client: discord.Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()

    def keep(self, interaction: discord.Interaction[Any], target: Target) -> str:
        """Keep a message for the form that an interaction opens; return the form's name."""
        key = _Key(interaction.id, interaction.user.id, interaction.channel_id or 0)
        self._kept[key] = _Kept(target, self._clock.now() + KEPT_FOR_S)
        self._drop_old()
        return f"{ABOUT_PREFIX}{interaction.id}:{target.id}"

    def drop(self, person_id: str) -> None:
        """Drop what a person wrote, what they asked about, and what the bot wrote, which may repeat it."""
        own = str(self._client.user.id) if self._client.user else ""
        for key, kept in list(self._kept.items()):
            if person_id in (kept.target.author_id, str(key.person)) or kept.target.author_id == own:
                del self._kept[key]

    async def find(self, interaction: discord.Interaction[Any]) -> Target | None:
        """Return the message a form is about that this person sent off in this channel; None where it is lost."""
        self._drop_old()
        form, message = _ids(interaction.custom_id or "")
        kept = self._kept.get(_Key(form, interaction.user.id, interaction.channel_id or 0))
        return kept.target if kept else await self._read(interaction, message)

    async def _read(self, interaction: discord.Interaction[Any], message_id: int) -> Target | None:
        """Read a message of the channel the form was sent off in, if the person may read what was said there."""
        may_read = not is_elsewhere(interaction) and (
            interaction.guild_id is None or interaction.permissions.read_message_history
        )
        if not (message_id and interaction.channel_id and may_read):
            return None
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                message = await called(self._client.http.get_message(interaction.channel_id, message_id))
        except (Undeliverable, PostFailed, TimeoutError) as error:
            log.info("discord.message_not_read", error=type(error).__name__)
            return None
        target = target_of(message)
        return target if target.text else None

    def _drop_old(self) -> None:
        now = self._clock.now()
        while self._kept and (len(self._kept) > MOST_KEPT or next(iter(self._kept.values())).until <= now):
            self._kept.popitem(last=False)


def _ids(custom_id: str) -> tuple[int, int]:
    """Return the form and the message a form's name holds; zeros where it is none of ours."""
    form, _, message = custom_id.removeprefix(ABOUT_PREFIX).partition(":")
    return _number(form), _number(message)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else 0
