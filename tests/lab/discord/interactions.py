"""Interactions as the server keeps them, and how INTERACTION_CREATE is written down."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.lab.discord import payloads, permissions
from tests.lab.discord.bell import Bell
from tests.lab.discord.state import EPHEMERAL, Channel, Json, Message, User
from tests.lab.patience import PATIENCE_S

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
ANSWER_WITHIN_S = 3.0
TOKEN_LIVES_S = 15 * 60.0


@dataclass(eq=False)
class Interaction:
    """One interaction as the server keeps it.

    `response` is the body of the bot's callback ({} before it came); `wall` the messages it brought, as this user
    sees them now, the original first. `message` is the one whose button was pressed.
    """

    id: int
    token: str
    type: int
    user: User
    channel: Channel
    created_at: float
    data: Json
    bell: Bell
    message: Message | None = None
    user_install: bool = False
    response: Json = field(default_factory=dict)
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)

    @property
    def wall(self) -> list[Message]:
        """The original response and the follow-ups, deleted ones left out."""
        brought = ([self.original] if self.original else []) + self.followups
        return [message for message in brought if not message.deleted]

    @property
    def is_ephemeral(self) -> bool:
        """Whether the first response made it ephemeral, or the guild did."""
        asked = bool(int((self.response.get("data") or {}).get("flags") or 0) & EPHEMERAL)
        return asked or bool(self.original and self.original.is_ephemeral)

    @property
    def choices(self) -> list[Json]:
        """The choices offered while typing."""
        return list((self.response.get("data") or {}).get("choices") or [])

    @property
    def modal(self) -> Json:
        """The modal the bot opened; {} when it opened none."""
        return dict(self.response["data"]) if self.response.get("type") == 9 else {}

    async def acknowledged(self, timeout_s: float = PATIENCE_S) -> Json:
        """Wait for the bot's callback, a deferral too, and return its body."""
        await self.bell.until(lambda: self.response, timeout_s)
        return self.response

    async def answered(self, timeout_s: float = PATIENCE_S) -> Message:
        """Wait until the person reads an answer (not "thinking ...") and return the newest message."""
        await self.bell.until(lambda: self._answers, timeout_s)
        return self._answers[-1]

    @property
    def _answers(self) -> list[Message]:
        return [message for message in self.wall if message.id in self.touched and not message.is_loading]


def interaction_event(of: Interaction) -> Json:
    """Write INTERACTION_CREATE down."""
    world = of.channel.world
    written: Json = {
        "id": str(of.id),
        "application_id": str(world.application_id),
        "type": of.type,
        "token": of.token,
        "version": 1,
        "data": of.data,
        "channel_id": str(of.channel.id),
        "locale": of.user.locale,
        "app_permissions": str(permissions.of_app(of.channel)),
        "entitlements": [],
        "attachment_size_limit": payloads.ATTACHMENT_LIMIT_BYTES,
        "context": context_of(of.channel),
        "authorizing_integration_owners": owners(of),
        **_where(of),
    }
    if of.message:
        written["message"] = payloads.message(of.message, content_intent=True)
    return written


def context_of(channel: Channel) -> int:
    """Return the kind of place: a guild, the DM with the bot, or another DM."""
    return 0 if channel.guild else 1 if channel.has_bot else 2


def is_silenced(of: Interaction) -> bool:
    """Whether the guild lets a person's own app answer that person alone."""
    is_personal = of.user_install or not of.channel.has_bot
    return bool(is_personal and of.channel.guild and not of.channel.guild.external_apps)


def owners(of: Interaction) -> Json:
    """Say who installed the app: the person, the guild, or, in a DM with the bot, nobody."""
    if of.user_install or not of.channel.has_bot:
        return {"1": str(of.user.id)}
    return {"0": str(of.channel.guild.id) if of.channel.guild else "0"}


def _where(of: Interaction) -> Json:
    guild = of.channel.guild
    if guild is None:
        return {"user": payloads.user(of.user), "channel": payloads.channel(of.channel)}
    member = guild.members[of.user.id]
    bits = str(permissions.of_member(member, of.channel))
    return {
        "guild_id": str(guild.id),
        "guild_locale": guild.locale,
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
        "channel": {**payloads.channel(of.channel), "permissions": bits},
        "member": {**payloads.member(member), "permissions": bits},
    }
