"""The posters of Slack, over the real slack_sdk and a loopback Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime

import aiohttp

from adapters.base import Poster
from adapters.slack.calls import Web, open_web
from adapters.slack.place import EphemeralPlace, Identity, Place
from adapters.slack.poster import SlackPoster
from adapters.slack.private_poster import PrivatePoster
from bot.domain import LOST, Post
from tests.adapters.seen import Seen, on_slack
from tests.adapters.slack_scene import Scene, beginnings, make_scene, unlimited
from tests.contracts.posters.board import KEY, TURN, Board
from tests.lab.slack import Message, SlackLab
from tests.lab.slack.acting import Said
from tests.lab.slack.clock import LabClock

# A wait of this length is the distance between two edits: nobody has to sit it out.
BETWEEN_EDITS_S = 2.0


class Hurried:
    """The lab's clock, pushed on where two edits keep their distance."""

    def __init__(self, clock: LabClock) -> None:
        self._clock = clock

    def now(self) -> float:
        """See `bot.clock.Clock.now`."""
        return self._clock.now()

    def utc(self) -> datetime:
        """See `bot.clock.Clock.utc`."""
        return self._clock.utc()

    async def sleep(self, seconds: float) -> None:
        """See `bot.clock.Clock.sleep`."""
        if 0 < seconds <= BETWEEN_EDITS_S:
            self._clock.advance(seconds)
        else:
            await self._clock.sleep(seconds)


class SlackBoard(Board):
    """The thread of Ada's question."""

    def __init__(self, scene: Scene, web: Web, asked: Said) -> None:
        self.scene = scene
        self.lab = scene.lab
        self.web = web
        self.asked = asked
        self.live = (f"<@{scene.ben.id}>", "<!channel>", "<!here>")
        super().__init__()

    def another(self, *, attempt: int = 0) -> Poster:
        return self._poster(TURN, is_resumed=attempt > 0)

    def for_command(self) -> Poster:
        return self._poster(None)

    def _poster(self, turn_id: int | None, *, is_resumed: bool = False) -> Poster:
        place = place_of_ada(self.scene, self.asked)
        left = [Post(KEY, LOST)] if is_resumed else []
        return SlackPoster(
            web=self.web,
            place=place,
            identity=identity_of(self.lab),
            clock=Hurried(self.lab.clock),
            locale="en",
            turn_id=turn_id,
            beginnings=beginnings(self.scene, place, turn_id, left=left) if turn_id else None,
            is_resumed=is_resumed,
        )

    def messages(self) -> Sequence[Message]:
        """Return the bot's messages."""
        return self.lab.posts(self.scene.channel)

    def seen(self) -> list[Seen]:
        return [on_slack(self.lab, message) for message in self.messages()]

    def passes(self, seconds: float) -> None:
        self.lab.clock.advance(seconds)

    async def last_is_deleted(self) -> None:
        await self.lab.delete(self.messages()[-1])

    def goes_for_good(self) -> None:
        self._fail(error="is_archived")

    def fails_once(self) -> None:
        self._fail(error="internal_error")

    def loses_an_answer(self) -> None:
        self.lab.fail_next("chat.postMessage", drop="after")

    def _fail(self, error: str) -> None:
        for method in ("chat.startStream", "chat.postMessage"):
            self.lab.fail_next(method, error=error)


class PrivateSlackBoard(SlackBoard):
    """What Ada alone is shown in the channel."""

    def _poster(self, turn_id: int | None, *, is_resumed: bool = False) -> Poster:  # noqa: ARG002 - it finds nothing
        corner = EphemeralPlace(self.scene.channel.id, self.scene.ada.id)
        return PrivatePoster(web=self.web, corner=corner, locale="en", turn_id=turn_id)

    def messages(self) -> Sequence[Message]:
        return self.lab.private(self.scene.channel, self.scene.ada)

    def goes_for_good(self) -> None:
        self.lab.fail_next("chat.postEphemeral", error="user_not_in_channel")
        self.lab.fail_next("chat.postMessage", error="user_disabled")

    def fails_once(self) -> None:
        self.lab.fail_next("chat.postEphemeral", error="internal_error")


def place_of_ada(scene: Scene, asked: Said) -> Place:
    """Return where the answer to what Ada asked goes."""
    return Place(
        channel=scene.channel.id, thread=asked.ts, asked=asked.ts, user=scene.ada.id, workspace=scene.lab.team_id
    )


def identity_of(lab: SlackLab) -> Identity:
    """Return who the bot is in the lab."""
    return Identity(workspace=lab.team_id, bot_user=lab.bot_user, bot_id=lab.bot_id)


@asynccontextmanager
async def _reply_on_slack(kind: type[SlackBoard], lab: SlackLab) -> AsyncIterator[Board]:
    async with lab, aiohttp.ClientSession() as session:
        scene = make_scene(lab)
        asked = await lab.say(scene.channel, scene.ada, "count owls")
        board = kind(scene, open_web(session, token=lab.bot_token, api_url=lab.api_url), asked)
        yield board
        if isinstance(board.poster, SlackPoster):
            await board.poster.close()
        assert lab.violations == []


def in_slack_streams() -> AbstractAsyncContextManager[Board]:
    return _reply_on_slack(SlackBoard, SlackLab(rates=unlimited()))


def in_slack_updates() -> AbstractAsyncContextManager[Board]:
    """Post where Slack offers no Stop of its own: there nothing is streamed."""
    subscriptions = frozenset({"app_mention", "message.im"})
    return _reply_on_slack(SlackBoard, SlackLab(rates=unlimited(), subscriptions=subscriptions))


def in_slack_private() -> AbstractAsyncContextManager[Board]:
    return _reply_on_slack(PrivateSlackBoard, SlackLab(rates=unlimited()))
