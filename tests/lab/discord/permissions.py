"""Permission bits by discord.py's names, and what the bot may do in a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.lab.discord.state import Channel, Member

BITS = {
    "administrator": 1 << 3,
    "manage_channels": 1 << 4,
    "manage_guild": 1 << 5,
    "add_reactions": 1 << 6,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "mention_everyone": 1 << 17,
    "use_application_commands": 1 << 31,
    "manage_threads": 1 << 34,
    "create_public_threads": 1 << 35,
    "create_private_threads": 1 << 36,
    "send_messages_in_threads": 1 << 38,
}
ALL = sum(BITS.values())


def bits(*names: str) -> int:
    """Return the bits of these names; KeyError for a name the lab does not keep."""
    return sum(BITS[name] for name in set(names))


EVERYONE = bits(
    "add_reactions",
    "view_channel",
    "send_messages",
    "embed_links",
    "attach_files",
    "read_message_history",
    "mention_everyone",
    "use_application_commands",
    "create_public_threads",
    "create_private_threads",
    "send_messages_in_threads",
)


OF_PERSONAL_APP = bits("embed_links", "attach_files", "mention_everyone")


def of_app(channel: Channel) -> int:
    """Return the bits an interaction tells of the app: the bot's, or what a person's own app has anywhere."""
    return of_bot(channel) if channel.has_bot else OF_PERSONAL_APP


def of_member(member: Member, channel: Channel) -> int:
    """Return the bits a member has in a channel. A thread has its parent's; overwrites concern the bot alone."""
    guild = member.guild
    given = guild.roles[0].permissions
    for role in member.roles:
        given |= role.permissions
    if given & BITS["administrator"] or member.user is guild.owner:
        return ALL
    if member.user is guild.world.bot:
        given &= ~(channel.parent or channel).denied
    return given


def of_bot(channel: Channel) -> int:
    """Return the bits the bot has in a channel; all of them in a DM with it, none where it is not."""
    if not channel.has_bot:
        return 0
    if channel.guild is None:
        return ALL
    return of_member(channel.guild.members[channel.world.bot.id], channel)
