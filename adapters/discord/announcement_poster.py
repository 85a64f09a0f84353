"""Posting what the bot says of its own accord: in a channel, in reply to nothing."""

from __future__ import annotations

import discord
from discord.utils import time_snowflake

from adapters.announcing import CLOCKS_APART
from adapters.base import Announcement, Undeliverable
from adapters.buttons import encode
from adapters.discord.buttons import ids_of
from adapters.discord.calls import called
from adapters.discord.poster import ChannelPoster
from bot.domain import Address


class AnnouncementPoster(ChannelPoster):
    """Says an announcement. One that an earlier try posted is known by the button that marks it."""

    def __init__(self, client: discord.Client, where: Address, announcement: Announcement) -> None:
        begun = time_snowflake(announcement.begun_at - CLOCKS_APART)
        super().__init__(client, where, asked_id=begun, locale=announcement.language)
        self._replies = False
        self._mark = encode(announcement.mark)

    async def find(self, key: str) -> str:  # noqa: ARG002 - Discord keeps none
        """See `adapters.base.Poster.find`: for some minutes Discord itself posts one message for a key."""
        try:
            recent = await called(self._after_the_question())
        except Undeliverable:
            return ""
        me = self._client.user
        own = (message for message in recent if me is not None and message.author.id == me.id)
        return next((str(message.id) for message in own if self._mark in ids_of(message)), "")
