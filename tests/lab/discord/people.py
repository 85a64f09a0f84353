"""What people do: write, edit, delete, react, call commands, press buttons, fill in modals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.lab.discord.interactions import Interaction
from tests.lab.discord.state import Channel, Json, Message, User


class People:
    """The deeds of people in the lab; `DiscordLab` is one of these."""

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
        deliveries: int = 1,
    ) -> Message:
        """Write a message. `mention` puts the bot's mention before the text; `ping` is a reply's own switch.

        `deliveries=2` sends the same event twice.
        """
        raise NotImplementedError

    async def edit(self, message: Message, text: str) -> None:
        """Edit a message as its author."""
        raise NotImplementedError

    async def delete(self, message: Message) -> None:
        """Delete a message."""
        raise NotImplementedError

    async def react(self, message: Message, user: User, emoji: str) -> None:
        """Add a reaction."""
        raise NotImplementedError

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
        raise NotImplementedError

    async def context_menu(self, message: Message, user: User, name: str, *, age_s: float = 0.0) -> Interaction:
        """Call a message command ("Apps" in the message's menu) by its name."""
        raise NotImplementedError

    async def autocomplete(
        self,
        channel: Channel,
        user: User,
        *command: str,
        option: str,
        typed: str = "",
        options: Mapping[str, Any] | None = None,
        timeout_s: float = 10.0,
    ) -> list[Json]:
        """Type into an option and return the choices offered: dicts with name and value."""
        raise NotImplementedError

    async def press(self, message: Message, button: str, user: User, *, age_s: float = 0.0) -> Interaction:
        """Press a button by its custom_id or label; LookupError when there is no such button to press."""
        raise NotImplementedError

    async def select(self, message: Message, menu: str, values: Sequence[str], user: User) -> Interaction:
        """Choose values of a string select by its custom_id or placeholder."""
        raise NotImplementedError

    async def submit(self, modal: Interaction, values: Mapping[str, Any]) -> Interaction:
        """Fill in the modal an interaction opened, by custom_id, and send it."""
        raise NotImplementedError
