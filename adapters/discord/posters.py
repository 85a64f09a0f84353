"""Which poster answers what: a turn, a command or a sentence, made from what is stored of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import discord

from adapters.base import Poster
from adapters.discord.direct_messages import DirectPoster
from adapters.discord.interaction_tokens import InteractionToken
from adapters.discord.latest_posts import LatestPosts
from adapters.discord.poster import ChannelPoster
from adapters.discord.private_poster import TokenPoster
from adapters.discord.threads import ThreadPoster, begins_thread
from bot.clock import Clock
from bot.domain import Address, Person, Turn


class Posters:
    """Makes the posters of one connection."""

    def __init__(self, *, client: discord.Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._latest = LatestPosts()

    @asynccontextmanager
    async def answering(self, turn: Turn, interaction_token: InteractionToken | None = None) -> AsyncIterator[Poster]:
        """Open the poster of a turn: through a grant, by default the one it was asked with, else where it was asked."""
        said = turn.message
        if interaction_token := interaction_token or InteractionToken.read(said.reply_to):
            by_token = self.through(interaction_token, said.person, turn=turn)
            async with by_token.open():
                yield by_token
        elif said.address.is_private:
            yield DirectPoster(self._client, said.address, asked_id=int(said.message_id), person=said.person, turn=turn)
        elif begins_thread(said):
            yield ThreadPoster(self._client, turn)
        else:
            yield ChannelPoster.for_turn(self._client, turn, self._latest)

    def through(self, interaction_token: InteractionToken, person: Person, *, turn: Turn | None = None) -> TokenPoster:
        """Return the poster that answers a person through a grant."""
        return TokenPoster(self._client, interaction_token, person=person, clock=self._clock, turn=turn)

    def replying(self, address: Address, message_id: str, locale: str) -> Poster:
        """Return the poster that replies to a message, in the channel it was said in."""
        begins = address.workspace and address.thread == message_id
        where = replace(address, thread="") if begins else address
        return ChannelPoster(self._client, where, asked_id=int(message_id), locale=locale)

    def alone(self, address: Address, message_id: str, person: Person) -> Poster:
        """Return the poster that answers a message for its author alone."""
        return DirectPoster(self._client, address, asked_id=int(message_id), person=person)
