"""The scene on Slack: a channel on a loopback Slack, the real Bolt, the adapter and the engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from adapters.base import Adapter
from adapters.slack.manifest import SHORTCUT
from bot.engine.engine import Engine
from tests.adapters import slack_process, slack_scene
from tests.adapters.labels import press_label
from tests.adapters.seen import Seen, on_slack
from tests.contracts.scenes.stage import ADA, BEN, DANA, ROSA, Ended, Stage, typed
from tests.lab.slack import Channel, Message, SlackLab, User
from tests.lab.slack.acting import Interaction, Said
from tests.lab.slack.state import Json
from tests.memory import FakeLessons

TICKED: dict[str, Json] = {"private": {"selected_options": [{"value": "yes"}]}}


class SlackStage(Stage):
    """The channel #general, in whose threads the bot answers; directly, the DMs."""

    platform = "slack"
    longest = 11_000
    footnote = "_{}_"
    bold = "**{}**"
    code = "`{}`"
    is_thread_of_question = True

    def __init__(self, scene: slack_scene.Scene) -> None:
        self.scene = scene
        self.lab = scene.lab
        self.mention = f"<@{scene.lab.bot_user}>"
        self.backend, self.turns, self.access = scene.backend, scene.turns, scene.access
        self.upkeep = scene.upkeep
        ben = scene.lab.add_user("Ben")
        scene.channel.members.add(ben.id)
        self.people: dict[str, User] = {ADA: scene.ada, BEN: ben, DANA: scene.ben, ROSA: scene.rosa}
        self.live = (f"<@{ben.id}>", "<!channel>", "<!here>", "<!everyone>", "<!subteam^S0123456789>")

    @property
    def engine(self) -> Engine:
        return self.scene.engine

    @property
    def adapter(self) -> Adapter:
        return self.scene.adapter

    def another_engine(self) -> Engine:
        return self.scene.another_process().engine

    def tells_news_here(self) -> None:
        self.upkeep.channels["slack"] = [self.scene.channel.id]

    async def later(self, seconds: float) -> None:
        self.lab.clock.advance(seconds)

    def close_channel(self) -> None:
        self.scene.channel.refuses = "restricted_action"

    def open_channel(self) -> None:
        self.scene.channel.refuses = ""

    def posts_tried(self) -> int:
        return len(self.lab.called("chat.postMessage"))

    async def say(self, who: str, text: str, *, direct: bool = False) -> Said:
        return await self.lab.say(self._room(who, direct=direct), self.people[who], text)

    async def chatter(self, who: str, text: str) -> Said:
        return await self.lab.say(self.scene.channel, self.people[who], text, mention=False)

    async def send(
        self,
        who: str,
        text: str = "",
        *,
        direct: bool = False,
        calls: bool = True,
        files: Sequence[tuple[str, bytes]] = (),
        forwards: Said | None = None,
        voice: bytes = b"",
        voice_s: float = 1.3,
    ) -> Said:
        return await self.lab.say(
            self._room(who, direct=direct),
            self.people[who],
            text,
            mention=calls and not direct,
            files=files,
            shared=forwards.message if forwards else None,
            voice=voice,
            voice_s=voice_s,
        )

    async def call(self, who: str, command: str, *, direct: bool = False, **arguments: str) -> Interaction:
        name, *rest = command.split()
        words = " ".join([*rest, typed(arguments)]).strip()
        return await self.lab.slash(self._room(who, direct=direct), self.people[who], f"/{name}", words)

    async def press(self, who: str, message: Seen, label: str) -> Interaction:
        return await press_label(self.lab, message.handle, label, self.people[who])

    async def stop(self, who: str, message: Seen) -> None:
        if "stop" in message.handle.action_ids:
            await press_label(self.lab, message.handle, "Stop", self.people[who])
            return
        channel = self.lab.workspace.channels[message.handle.channel]
        await self.lab.stop(channel, message.handle.thread_ts, self.people[who])

    async def redeliver(self, done: Said | Interaction) -> None:
        await self.lab.socket.redeliver(done.event)

    async def edit(self, said: Said, text: str) -> None:
        await (await self.lab.edit(said.message, text)).acked()

    async def delete(self, said: Said | Message) -> None:
        await self.lab.delete(said.message if isinstance(said, Said) else said)

    async def ask_about(self, who: str, said: Said, *, question: str = "", alone: bool = True) -> bool:
        person = self.people[who]
        picked = await self.lab.shortcut(said.message, SHORTCUT, person)
        await self.until(lambda: self.lab.view(person) or picked.responses)
        is_opened = self.lab.view(person) is not None
        if is_opened:
            asked: dict[str, Json] = {"question": {"value": question}} if question else {}
            await self.lab.submit(person, {**asked, **(TICKED if alone else {})})
        return is_opened

    async def fill_in(self, who: str, text: str) -> None:
        person = self.people[who]
        await self.until(lambda: self.lab.view(person))
        await self.lab.submit(person, {"answer": {"value": text}})

    def wall(self) -> list[Seen]:
        return [on_slack(self.lab, message) for message in self.lab.posts(self.scene.channel)]

    def was_on_the_wall(self) -> int:
        made = (each for each in self.lab.workspace.messages if each.author == self.lab.bot_user)
        return sum(each.channel == self.scene.channel.id and each.visible_to is None for each in made)

    def alone(self, who: str) -> list[Seen]:
        person = self.people[who]
        hidden = self.lab.private(self.scene.channel, person)
        in_dm = [*self.lab.private(self.lab.dm(person), person), *self.lab.posts(self.lab.dm(person))]
        return [on_slack(self.lab, message) for message in (*hidden, *in_dm)]

    def rung_by(self, who: str) -> frozenset[str]:  # noqa: ARG002 - an answer in a thread rings nobody
        return frozenset()

    async def rests(self) -> None:
        await super().rests()
        for message in self.lab.posts(self.scene.channel):
            await self.scene.at_rest(self.scene.channel, message.thread_ts or message.ts)

    async def until(self, condition: Callable[[], object]) -> None:
        await self.lab.until(lambda: bool(condition()))

    def is_whole(self, message: Seen) -> bool:
        return not message.stops and not message.handle.streaming

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with slack_scene.running(self.scene.adapter):
            await self.lab.socket.connected()
            yield

    @asynccontextmanager
    async def restarted(self) -> AsyncIterator[None]:
        async with slack_scene.running(self.scene.another_process().adapter):
            yield

    def ended(self, said: Said) -> AbstractAsyncContextManager[Ended]:
        return slack_process.process(self.scene, said)

    async def take_over(self) -> None:
        await self.scene.take_over()

    def demote(self, who: str) -> None:
        self.people[who].is_admin = False

    def tells_no_rights(self) -> None:
        self.lab.fail_next("users.info", http_status=503, times=50)

    def id_of(self, who: str) -> str:
        return self.people[who].id

    def _room(self, who: str, *, direct: bool) -> Channel:
        return self.lab.dm(self.people[who]) if direct else self.scene.channel


@asynccontextmanager
async def on_stage(lessons: FakeLessons | None) -> AsyncIterator[Stage]:
    """Open the scene; the bot does not run yet. Afterwards no rule of Slack may have been broken."""
    async with SlackLab() as lab:
        yield SlackStage(slack_scene.make_scene(lab, lessons=lessons))
        assert lab.violations == []
