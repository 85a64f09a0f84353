"""What people do: write, edit, delete, react, call commands, press buttons, fill in modals."""

from __future__ import annotations

import asyncio
import mimetypes
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from tests.lab.discord import offered, payloads
from tests.lab.discord.core import Core
from tests.lab.discord.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, Interaction
from tests.lab.discord.posting import USER_MENTION, stored_files, users_of
from tests.lab.discord.state import Channel, Json, Message, User, walk
from tests.lab.patience import PATIENCE_S

BUTTON, STRING_SELECT = 2, 3
VOICE_MESSAGE = 1 << 13


class People:
    """The deeds of people in the lab; `DiscordLab` is one of these."""

    core: Core

    async def say(
        self,
        channel: Channel,
        user: User,
        text: str,
        *,
        mention: bool = False,
        reply_to: Message | None = None,
        ping: bool = True,
        files: Sequence[tuple[str, bytes]] = (),
        forwards: Message | None = None,
        stickers: Sequence[str] = (),
        poll: tuple[str, Sequence[str]] | None = None,
        voice: bytes = b"",
        voice_s: float = 1.3,
        deliveries: int = 1,
    ) -> Message:
        """Write a message. `mention` puts the bot's mention before the text; `ping` is a reply's own switch.

        `forwards` is another message, of which a snapshot comes along; the client sends what is said with it as a
        message of its own, so the text is "". `poll` is a question and its answers, `voice` a recording, `voice_s` how
        long it is as the client says; neither they nor `stickers` (by name) have words. `deliveries=2` sends the same
        event twice.
        """
        world = self.core.world
        content = f"{world.bot.mention} {text}" if mention else text
        now = self.core.clock.now()
        message = Message(world.new_id(), channel, user, now, content, reply_to=reply_to, type=19 if reply_to else 0)
        message.attachments = stored_files(self.core, [(name, data, kind_of(name)) for name, data in files])
        message.forwards, message.stickers = forwards, list(stickers)
        message.poll = payloads.poll(*poll) if poll else None
        if voice:
            message.flags |= VOICE_MESSAGE
            (spoken,) = stored_files(self.core, [("voice-message.ogg", voice, "audio/ogg")])
            spoken.seconds = voice_s
            message.attachments = [spoken]
        message.pinged = {int(found) for found in USER_MENTION.findall(content)}
        if reply_to and ping:
            message.pinged.add(reply_to.author.id)
        message.mentions = users_of(message, message.pinged)
        message.history.append((now, content))
        world.post(message)
        for _ in range(deliveries - 1):
            await self.core.gateway.redeliver(message)
        await asyncio.sleep(0)
        return message

    async def edit(self, message: Message, text: str) -> None:
        """Edit a message as its author."""
        message.content, message.edited_at = text, self.core.clock.now()
        message.history.append((message.edited_at, text))
        named = {int(found) for found in USER_MENTION.findall(text)}
        message.mentions = users_of(message, named)
        self.core.world.tell_of(message, "MESSAGE_UPDATE")
        await asyncio.sleep(0)

    async def delete(self, message: Message) -> None:
        """Delete a message."""
        message.deleted = True
        self.core.world.tell_of(message, "MESSAGE_DELETE")
        await asyncio.sleep(0)

    async def react(self, message: Message, user: User, emoji: str) -> None:
        """Add a reaction."""
        message.reactions.setdefault(emoji, []).append(user)
        self.core.world.feed.tell("MESSAGE_REACTION_ADD", (message, user, emoji))
        await asyncio.sleep(0)

    async def slash(
        self,
        channel: Channel,
        user: User,
        *command: str,
        options: Mapping[str, Any] | None = None,
        age_s: float = 0.0,
        user_install: bool = False,
    ) -> Interaction:
        """Call a slash command by its words ("model", "use").

        `age_s` is how long the event was on its way: more than 3 makes the bot's answer too late.

        Raises:
            LookupError: the command is not registered, or has no such option, or a required one is missing.
            PermissionError: the person's client does not offer the command here.
        """
        registered = offered.find(self.core, channel, user, command[0], kind=1)
        data = offered.chat_data(registered, command[1:], options or {})
        return await self._begin(COMMAND, channel, user, data, age_s=age_s, user_install=user_install)

    async def context_menu(self, message: Message, user: User, name: str, *, age_s: float = 0.0) -> Interaction:
        """Call a message command ("Apps" in the message's menu) by its name."""
        registered = offered.find(self.core, message.channel, user, name, kind=3)
        resolved = {"messages": {str(message.id): payloads.message(message, content_intent=True)}}
        data = {**offered.head(registered), "target_id": str(message.id), "resolved": resolved}
        return await self._begin(COMMAND, message.channel, user, data, age_s=age_s)

    async def autocomplete(
        self,
        channel: Channel,
        user: User,
        *command: str,
        option: str,
        typed: str = "",
        options: Mapping[str, Any] | None = None,
        timeout_s: float = PATIENCE_S,
    ) -> list[Json]:
        """Type into an option and return the choices offered: dicts with name and value."""
        registered = offered.find(self.core, channel, user, command[0], kind=1)
        data = offered.chat_data(registered, command[1:], {**(options or {}), option: typed}, focused=option)
        interaction = await self._begin(AUTOCOMPLETE, channel, user, data)
        await interaction.acknowledged(timeout_s)
        return interaction.choices

    async def press(
        self, message: Message, button: str, user: User, *, age_s: float = 0.0, custom_id: str = ""
    ) -> Interaction:
        """Press a button by its custom_id or label; LookupError when there is no such button to press.

        With another `custom_id` the person's client is a forged one.

        PermissionError: the message is another person's ephemeral one.
        """
        found = _part(message.components, BUTTON, button, "label")
        if message.seen_only_by not in (None, user):
            raise PermissionError(f"{user.name} does not see it")
        data = {"custom_id": custom_id or found["custom_id"], "component_type": BUTTON, "id": found.get("id", 1)}
        return await self._begin(COMPONENT, message.channel, user, data, message=message, age_s=age_s)

    async def select(self, message: Message, menu: str, values: Sequence[str], user: User) -> Interaction:
        """Choose values of a string select by its custom_id or placeholder."""
        found = _part(message.components, STRING_SELECT, menu, "placeholder")
        if not set(values) <= {option["value"] for option in found["options"]}:
            raise LookupError(f"{values} are not all offered")
        data = {"custom_id": found["custom_id"], "component_type": STRING_SELECT, "values": list(values)}
        return await self._begin(COMPONENT, message.channel, user, data, message=message)

    async def submit(
        self, modal: Interaction, values: Mapping[str, Any], *, custom_id: str = "", added: Sequence[Json] = ()
    ) -> Interaction:
        """Fill in the modal an interaction opened, by custom_id, and send it. Fields left out stay as shown.

        With another `custom_id`, or with components `added`, the person's client is a forged one.
        """
        parts = [*(offered.filled_in(part, values) for part in modal.modal["components"]), *added]
        data = {"custom_id": custom_id or modal.modal["custom_id"], "components": parts}
        return await self._begin(MODAL_SUBMIT, modal.channel, modal.user, data, message=modal.message)

    async def _begin(
        self,
        kind: int,
        channel: Channel,
        user: User,
        data: Json,
        *,
        message: Message | None = None,
        age_s: float = 0.0,
        user_install: bool = False,
    ) -> Interaction:
        interaction = Interaction(
            id=self.core.world.new_id(),
            token=secrets.token_urlsafe(48),
            type=kind,
            user=user,
            channel=channel,
            created_at=self.core.clock.now() - age_s,
            data=data,
            bell=self.core.bell,
            message=message,
            user_install=user_install,
        )
        self.core.interactions[interaction.token] = interaction
        self.core.gateway.tell("INTERACTION_CREATE", interaction)
        await asyncio.sleep(0)
        return interaction


def kind_of(name: str) -> str:
    """Return the media type that Discord gives an upload by its name; text has its character set."""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _part(components: list[Json], kind: int, name: str, words: str) -> Json:
    for part in walk(components):
        named = name in (part.get("custom_id"), part.get(words))
        if part.get("type") == kind and named and part.get("custom_id") and not part.get("disabled"):
            return part
    raise LookupError(f"nothing called {name!r} can be used")
