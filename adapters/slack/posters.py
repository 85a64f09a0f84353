"""Which poster answers what: a turn's from what is stored of it, a command's where it was called."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

import structlog

from adapters.base import Poster
from adapters.labels import title_of
from adapters.slack.beginnings import Beginnings
from adapters.slack.place import Place, corner_of, place_of
from adapters.slack.poster import SlackPoster
from adapters.slack.workspace import Workspace
from bot.domain import Address, Person, Turn
from bot.errors import BotError

# As much of a question as names its thread in Slack's list of sessions.
TITLE_CHARS = 60
log = structlog.get_logger(__name__)


class TurnPoster(Poster, Protocol):
    """A poster that can be left in good order, and says in which thread it is at work."""

    @property
    def where(self) -> tuple[str, str]:
        """The channel and the thread, "" for none that others are answered in."""
        ...

    async def close(self, *, is_last: bool) -> None:
        """Leave nothing behind that looks unfinished; `is_last` False: another answer is being made in the thread."""
        ...


class Posters:
    """Makes the posters of one connection, and knows which turns' are in use."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._posters: dict[int, TurnPoster] = {}

    @asynccontextmanager
    async def answering(self, turn: Turn, url: str = "") -> AsyncIterator[Poster]:
        """Open the poster of a turn, and leave it in good order; `url` is a response_url for its asker."""
        workspace = self.workspace
        beginnings = Beginnings(
            turn.id, turn.message.address, engine=workspace.engine, clock=workspace.clock, left=turn.unknown
        )
        await beginnings.take_over()
        poster = self._turn_poster(turn, url, beginnings)
        if turn.message.job is None:
            self._posters[turn.id] = poster
        try:
            yield poster
        finally:
            self._posters.pop(turn.id, None)
            await poster.close(is_last=not await self._is_awaited(turn, poster.where))

    def call_poster(self, address: Address, person: Person, *, thread: str, asked: str) -> SlackPoster:
        """Make the poster of what a command says to everybody, in a thread, below the message that was asked."""
        workspace = self.workspace
        return SlackPoster(
            web=workspace.web,
            place=Place(
                channel=address.channel,
                thread=thread,
                asked=asked,
                user=person.id,
                workspace=address.workspace,
            ),
            identity=workspace.identity,
            clock=workspace.clock,
            locale=person.locale,
            controls=workspace.controls,
        )

    async def open_in(self, address: Address, where: tuple[str, str], person_id: str) -> int | None:
        """Return the turn that is answered in a thread, in whatever process: the person's own, else the first."""
        there = [turn for turn in await self._answered_at(address) if place_of(turn.message).where == where]
        own = [turn.id for turn in there if turn.message.person.id == person_id]
        return min(own or [*self._at_work_in(where), *(turn.id for turn in there)], default=None)

    async def _is_awaited(self, turn: Turn, where: tuple[str, str]) -> bool:
        """Whether another answer is being made in the thread, here or in another process."""
        others = [other for other in await self._answered_at(turn.message.address) if other.id != turn.id]
        return bool(self._at_work_in(where)) or any(place_of(other.message).where == where for other in others)

    def _at_work_in(self, where: tuple[str, str]) -> list[int]:
        return [turn_id for turn_id, poster in self._posters.items() if poster.where == where]

    async def _answered_at(self, address: Address) -> Sequence[Turn]:
        """Return the open turns that are answered: work on a host's models goes on for hours, with its own Stop."""
        return [turn for turn in await self._open_at(address) if turn.message.job is None]

    async def _open_at(self, address: Address) -> Sequence[Turn]:
        try:
            return await self.workspace.engine.open_at(address)
        except BotError as error:
            log.warning("slack.open_turns_unread", error=error.key)
            return ()

    def _turn_poster(self, turn: Turn, url: str, beginnings: Beginnings) -> TurnPoster:
        """Make the poster from what is stored of the turn."""
        workspace, message = self.workspace, turn.message
        if message.address.is_private:
            return workspace.private_poster(corner_of(message, url=url), message.person.locale, turn.id)
        return SlackPoster(
            web=workspace.web,
            place=place_of(message, team=workspace.people.team_of(message.person.id)),
            identity=workspace.identity,
            clock=workspace.clock,
            locale=message.person.locale,
            turn_id=turn.id,
            posts=turn.posts,
            is_resumed=turn.attempt > 0,
            beginnings=beginnings,
            controls=workspace.controls,
            title=title_of(message.text, TITLE_CHARS),
        )
