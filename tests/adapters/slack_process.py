"""A process that heard a question on Slack and ended before it had answered: what it posted, and what it noted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from adapters.base import Content
from adapters.slack.beginnings import Beginnings
from adapters.slack.calls import open_web
from adapters.slack.events import Said as Heard
from adapters.slack.events import parse_event, to_incoming
from adapters.slack.place import Identity, place_of
from adapters.slack.poster import SlackPoster
from bot.domain import ChatMessage, Person, Post, Turn
from tests.adapters.slack_scene import Scene
from tests.lab.slack import Message, SlackLab
from tests.lab.slack.acting import Said

WORKER = "ended"


@dataclass
class Process:
    """It has the turn and a poster, and no socket."""

    scene: Scene
    turn: Turn
    poster: SlackPoster

    async def shows(self, state: str, *, noted: bool = True) -> Message:
        """Show a state in a message, since Slack refuses the status line."""
        for method in ("assistant.threads.setStatus", "agents.sessions.setStatus"):
            self.scene.lab.fail_next(method, error="not_authorized")
        return await self._noted(0, await self.poster.show_state(state), noted=noted)

    async def streams(self, text: str, *, index: int = 0, noted: bool = True) -> Message:
        """Begin a stream of the answer."""
        return await self._posts(text, index=index, running=True, noted=noted)

    async def posts(self, text: str, *, index: int = 0, noted: bool = True) -> Message:
        """Post a message of the answer that is whole."""
        return await self._posts(text, index=index, running=False, noted=noted)

    async def _posts(self, text: str, *, index: int, running: bool, noted: bool) -> Message:
        ts = await self.poster.post(Content(text, running), key=self._key(index))
        return await self._noted(index, ts, noted=noted)

    async def _noted(self, index: int, ts: str, *, noted: bool) -> Message:
        if noted:
            await self.scene.turns.note_post(self.turn.id, Post(self._key(index), ts))
        message = self.scene.lab.workspace.find(self.poster.place.channel, ts)
        assert message is not None
        return message

    def _key(self, index: int) -> str:
        return f"turn-{self.turn.id}:{index}"


@asynccontextmanager
async def process(scene: Scene, asked: Said) -> AsyncIterator[Process]:
    """Accept what was asked, and end with the block, without a word. Its lease is over then."""
    lab = scene.lab
    turn = await scene.turns.accept(heard(lab, asked), worker=WORKER)
    assert turn is not None
    place = place_of(turn.message)
    async with aiohttp.ClientSession() as session:
        poster = SlackPoster(
            web=open_web(session, token=lab.bot_token, api_url=lab.api_url),
            place=place,
            identity=Identity(workspace=lab.team_id, bot_user=lab.bot_user, bot_id=lab.bot_id),
            clock=lab.clock,
            locale="en",
            turn_id=turn.id,
            beginnings=Beginnings(turn.id, turn.message.address, engine=scene.engine, clock=lab.clock),
        )
        yield Process(scene, turn, poster)
    await scene.turns.release(turn.id, worker=WORKER)


def heard(lab: SlackLab, asked: Said) -> ChatMessage:
    """Return the message as the adapter hands it to the engine."""
    said = parse_event(asked.event.payload, bot_user=lab.bot_user, workspace=lab.team_id)
    assert isinstance(said, Heard)
    user = lab.workspace.users[said.user]
    message = to_incoming(said, Person(user.id, user.name), bot_user=lab.bot_user, names={})
    assert isinstance(message, ChatMessage)
    return message
