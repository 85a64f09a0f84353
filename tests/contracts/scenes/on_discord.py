"""The scene on Discord: a guild on a loopback Discord, the real discord.py, the adapter and the engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from adapters.base import Adapter
from bot.engine.engine import Engine
from tests.adapters import discord_process, discord_scene
from tests.adapters.seen import Seen, on_discord
from tests.contracts.scenes.stage import ADA, BEN, DANA, ROSA, Ended, Stage
from tests.lab.discord import Channel, DiscordLab, Interaction, Message, User
from tests.memory import FakeLessons

MENU = "Ask about this message"
# Longer than Discord knows a nonce, and lets an old message be edited often.
LATER_S = 7200


class DiscordStage(Stage):
    """The channel #general of a guild; directly, the DMs."""

    platform = "discord"
    longest = 2000
    footnote = "-# {}"
    bold = "**{}**"
    code = "`{}`"

    def __init__(self, scene: discord_scene.Scene) -> None:
        self.scene = scene
        self.lab = scene.lab
        self.mention = scene.lab.bot.mention
        self.backend, self.turns, self.access = scene.backend, scene.turns, scene.access
        self.upkeep = scene.upkeep
        dana = scene.lab.add_user("Dana", locale="he")
        scene.guild.add_member(dana)
        self.people: dict[str, User] = {ADA: scene.ada, BEN: scene.ben, DANA: dana, ROSA: scene.guild.owner}
        self.live = (scene.ben.mention, "@everyone", "@here", f"<@&{scene.guild.roles[0].id}>")
        self._forms: list[Interaction] = []

    @property
    def engine(self) -> Engine:
        return self.scene.engine

    @property
    def adapter(self) -> Adapter:
        return self.scene.adapter

    def another_engine(self) -> Engine:
        return self.scene.another_engine()

    def tells_news_here(self) -> None:
        self.upkeep.channels["discord"] = [str(self.scene.channel.id)]

    async def later(self, seconds: float) -> None:
        self.lab.clock.advance(seconds)

    def close_channel(self) -> None:
        self.scene.channel.deny("send_messages")

    def open_channel(self) -> None:
        self.scene.channel.allow("send_messages")

    def posts_tried(self) -> int:
        return self.scene.requests("POST", discord_scene.MESSAGES)

    async def say(self, who: str, text: str, *, direct: bool = False) -> Message:
        return await self.lab.say(self._room(who, direct=direct), self.people[who], text, mention=not direct)

    async def chatter(self, who: str, text: str) -> Message:
        return await self.lab.say(self.scene.channel, self.people[who], text)

    async def send(
        self,
        who: str,
        text: str = "",
        *,
        direct: bool = False,
        calls: bool = True,
        files: Sequence[tuple[str, bytes]] = (),
        forwards: Message | None = None,
        voice: bytes = b"",
        voice_s: float = 1.3,
    ) -> Message:
        return await self.lab.say(
            self._room(who, direct=direct),
            self.people[who],
            text,
            mention=calls and not direct,
            files=files,
            forwards=forwards,
            voice=voice,
            voice_s=voice_s,
        )

    async def call(self, who: str, command: str, *, direct: bool = False, **arguments: str) -> Interaction:
        room = self._room(who, direct=direct)
        return await self.lab.slash(room, self.people[who], *command.split(), options=arguments)

    async def press(self, who: str, message: Seen, label: str) -> Interaction:
        pressed = await self.lab.press(message.handle, label, self.people[who])
        self._forms.append(pressed)
        return pressed

    async def stop(self, who: str, message: Seen) -> None:
        await self.until(lambda: message.handle.buttons)
        await self.lab.press(message.handle, "Stop", self.people[who])

    async def redeliver(self, done: Message | Interaction) -> None:
        await self.lab.gateway.redeliver(done)

    async def edit(self, said: Message, text: str) -> None:
        stays = said.content.startswith(self.mention)
        await self.lab.edit(said, f"{self.mention} {text}" if stays else text)

    async def delete(self, said: Message) -> None:
        await self.lab.delete(said)

    async def ask_about(self, who: str, said: Message, *, question: str = "", alone: bool = True) -> bool:
        form = await self.lab.context_menu(said, self.people[who], MENU)
        await form.acknowledged()
        if form.modal:
            typed: dict[str, Any] = {"question": question} if question else {}
            await self.lab.submit(form, {**typed, "readers": ["me" if alone else "all"]})
        return bool(form.modal)

    async def fill_in(self, who: str, text: str) -> None:
        form = self._forms[-1]
        await form.acknowledged()
        assert form.user is self.people[who]
        (field,) = (part["component"]["custom_id"] for part in form.modal["components"])
        await self.lab.submit(form, {field: text})

    def wall(self) -> list[Seen]:
        return [on_discord(each) for each in self._of_bot(self.scene.channel) if each.seen_only_by is None]

    def was_on_the_wall(self) -> int:
        messages = self.scene.channel.messages.values()
        return sum(each.author is self.lab.bot and each.seen_only_by is None for each in messages)

    def alone(self, who: str) -> list[Seen]:
        person = self.people[who]
        hidden = [each for each in self._of_bot(self.scene.channel, person) if each.seen_only_by is person]
        return [on_discord(each) for each in (*hidden, *self._of_bot(self.lab.dm(person), person))]

    def rung_by(self, who: str) -> frozenset[str]:
        # The first message of an answer is a reply to its question.
        return frozenset({self.id_of(who)})

    async def until(self, condition: Callable[[], object]) -> None:
        await self.lab.until(condition)

    def running(self) -> AbstractAsyncContextManager[None]:
        return discord_scene.running(self.scene, self.scene.adapter)

    @asynccontextmanager
    async def restarted(self) -> AsyncIterator[None]:
        self.lab.clock.advance(LATER_S)
        async with discord_scene.running(self.scene, self.scene.another_adapter()):
            yield

    def ended(self, said: Message) -> AbstractAsyncContextManager[Ended]:
        return discord_process.process(self.scene, said)

    async def take_over(self) -> None:
        await self.scene.take_over()

    def demote(self, who: str) -> None:
        assert self.scene.guild.owner is self.people[who]
        self.scene.guild.owner = self.people[BEN]

    def tells_no_rights(self) -> None:
        self.lab.fail_next("GET /guilds/{guild_id}/members/{user_id}", status=401, times=50)

    def id_of(self, who: str) -> str:
        return str(self.people[who].id)

    def _room(self, who: str, *, direct: bool) -> Channel:
        return self.lab.dm(self.people[who]) if direct else self.scene.channel

    def _of_bot(self, channel: Channel, reader: User | None = None) -> list[Message]:
        wall = self.lab.wall(channel, reader)
        return [each for each in wall if each.author is self.lab.bot and not each.is_loading]


@asynccontextmanager
async def on_stage(lessons: FakeLessons | None) -> AsyncIterator[Stage]:
    """Open the scene; the bot does not run yet. Afterwards no rule of Discord may have been broken."""
    async with DiscordLab() as lab:
        scene = discord_scene.make_scene(lab, lessons=lessons)
        async with discord_process.logged_in(scene) as client:
            await discord_process.register(scene, client)
        yield DiscordStage(scene)
        assert not lab.violations, lab.violations
