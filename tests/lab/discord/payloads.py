"""The world as Discord writes it down: users, members, channels, messages and guilds as JSON.

Whoever has not the message content intent reads empty content, with the exceptions Discord makes.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.lab.discord import permissions
from tests.lab.discord.clock import iso
from tests.lab.discord.state import Attachment, Channel, Guild, Json, Member, Message, Role, User

ATTACHMENT_LIMIT_BYTES = 10 * 1024 * 1024


def user(person: User) -> Json:
    """Write a user down."""
    return {
        "id": str(person.id),
        "username": person.name.lower().replace(" ", "_"),
        "global_name": None if person.bot else person.name,
        "discriminator": "0000" if person.bot else "0",
        "avatar": None,
        "bot": person.bot,
        "public_flags": 0,
    }


def member(of: Member, *, with_user: bool = True) -> Json:
    """Write a member down; a message's author comes without the user."""
    written: Json = {
        "roles": [str(role.id) for role in of.roles],
        "nick": of.nick,
        "avatar": None,
        "joined_at": iso(of.guild.world.clock.now()),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
    return {**written, "user": user(of.user)} if with_user else written


def role(of: Role, *, position: int = 0) -> Json:
    """Write a role down."""
    return {
        "id": str(of.id),
        "name": of.name,
        "permissions": str(of.permissions),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "icon": None,
        "flags": 0,
    }


def channel(of: Channel) -> Json:
    """Write a channel, a DM or a thread down."""
    if of.recipient:
        return {"id": str(of.id), "type": of.type, "recipients": [user(of.recipient)], "last_message_id": _last(of)}
    if of.group:
        people = {"recipients": [user(each) for each in of.group], "owner_id": str(of.group[0].id)}
        return {"id": str(of.id), "type": of.type, "name": None, "icon": None, "last_message_id": _last(of), **people}
    assert of.guild is not None
    written: Json = {
        "id": str(of.id),
        "type": of.type,
        "guild_id": str(of.guild.id),
        "name": of.name,
        "parent_id": str(of.parent.id) if of.parent else None,
        "last_message_id": _last(of),
        "rate_limit_per_user": 0,
        "flags": 0,
    }
    return {**written, **(_thread_part(of) if of.is_thread else _text_part(of))}


def _last(of: Channel) -> str | None:
    return str(max(of.messages)) if of.messages else None


def _text_part(of: Channel) -> Json:
    assert of.guild is not None
    return {"position": 0, "topic": None, "nsfw": False, "permission_overwrites": _overwrites(of)}


def _overwrites(of: Channel) -> list[Json]:
    if not of.denied:
        return []
    return [{"id": str(of.world.bot.id), "type": 1, "allow": "0", "deny": str(of.denied)}]


def _thread_part(of: Channel) -> Json:
    now = iso(of.world.clock.now())
    return {
        "owner_id": str((of.owner or of.world.bot).id),
        "message_count": len(of.messages),
        "member_count": 1,
        "total_message_sent": len(of.messages),
        "thread_metadata": {
            "archived": of.archived,
            "auto_archive_duration": of.auto_archive_minutes,
            "archive_timestamp": now,
            "locked": of.locked,
            "create_timestamp": now,
        },
    }


def guild(of: Guild, *, everybody: bool) -> Json:
    """Write a guild down as GUILD_CREATE does; without the presences intent the bot is its only member."""
    bot = of.members[of.world.bot.id]
    return {
        **_guild_rest(of),
        "id": str(of.id),
        "name": of.name,
        "owner_id": str(of.owner.id),
        "preferred_locale": of.locale,
        "unavailable": False,
        "large": False,
        "joined_at": iso(of.world.clock.now()),
        "member_count": len(of.members),
        "roles": [role(each, position=position) for position, each in enumerate(of.roles)],
        "members": [member(each) for each in (of.members.values() if everybody else [bot])],
        "channels": [channel(each) for each in of.channels if not each.is_thread],
        "threads": [channel(each) for each in of.threads if not each.archived and _may_see(each)],
    }


def _guild_rest(of: Guild) -> Json:
    empty = ("emojis", "stickers", "features", "presences", "voice_states", "stage_instances")
    lists: Json = {name: [] for name in (*empty, "guild_scheduled_events", "soundboard_sounds")}
    zeros: Json = dict.fromkeys(("verification_level", "mfa_level", "nsfw_level", "premium_tier"), 0)
    nothing: Json = dict.fromkeys(("icon", "banner", "splash", "description", "afk_channel_id", "vanity_url_code"))
    settings = {"default_message_notifications": 1, "explicit_content_filter": 0, "system_channel_flags": 0}
    return {**lists, **zeros, **nothing, **settings, "afk_timeout": 300, "system_channel_id": _system_channel(of)}


def _system_channel(of: Guild) -> str | None:
    return next((str(each.id) for each in of.channels if not each.is_thread), None)


def _may_see(of: Channel) -> bool:
    return bool(permissions.of_bot(of) & permissions.BITS["view_channel"])


def message(of: Message, *, content_intent: bool, nested: bool = False) -> Json:
    """Write a message down as the bot may read it. A reply carries the message it answers, once."""
    written: Json = {
        "id": str(of.id),
        "channel_id": str(of.channel.id),
        "author": user(of.author),
        "timestamp": iso(of.created_at),
        "edited_timestamp": iso(of.edited_at) if of.edited_at else None,
        "tts": False,
        "mention_everyone": of.pinged_everyone,
        "mentions": [user(each) for each in of.mentions],
        "mention_roles": [],
        "pinned": False,
        "type": of.type,
        "flags": of.flags,
        **_content(of, visible=content_intent or is_readable(of)),
        **_company(of),
    }
    if of.nonce is not None:
        written["nonce"] = of.nonce
    if of.stickers:
        written["sticker_items"] = [{"id": str(of.id), "name": name, "format_type": 1} for name in of.stickers]
    if of.poll:
        written["poll"] = of.poll
    if of.forwards:
        written |= _forward(of.forwards, visible=content_intent or is_readable(of))
    if of.reply_to and not nested:
        written |= _reply(of.reply_to, content_intent=content_intent)
    return written


def is_readable(of: Message) -> bool:
    """Whether the bot reads it without the intent: its own, in a DM, or with a mention of the bot."""
    bot = of.channel.world.bot
    return of.author is bot or of.channel.guild is None or bot in of.mentions


def _content(of: Message, *, visible: bool) -> Json:
    if not visible:
        return {"content": "", "embeds": [], "attachments": [], "components": []}
    files = [attachment(each, of) for each in of.attachments]
    return {"content": of.content, "embeds": of.embeds, "attachments": files, "components": of.components}


def _company(of: Message) -> Json:
    company: Json = {}
    if of.interaction:
        company |= {"interaction_metadata": of.interaction, "application_id": of.interaction["application_id"]}
    if of.thread:
        company["thread"] = channel(of.thread)
    if of.reactions:
        bot = of.channel.world.bot
        company["reactions"] = [
            {"emoji": {"id": None, "name": name}, "count": len(who), "me": bot in who, **_BURST}
            for name, who in of.reactions.items()
        ]
    return company


_BURST: Json = {"me_burst": False, "burst_colors": [], "count_details": {"burst": 0, "normal": 1}}


def _reply(to: Message, *, content_intent: bool) -> Json:
    reference = {"type": 0, "message_id": str(to.id), "channel_id": str(to.channel.id)}
    if to.channel.guild:
        reference["guild_id"] = str(to.channel.guild.id)
    original = None if to.deleted else message(to, content_intent=content_intent, nested=True)
    return {"message_reference": reference, "referenced_message": original}


def _forward(of: Message, *, visible: bool) -> Json:
    """Write what a forward carries: a reference of its own type, and a part of the message, without its author.

    https://docs.discord.com/developers/resources/message#message-snapshot-object
    """
    reference = {"type": 1, "message_id": str(of.id), "channel_id": str(of.channel.id)}
    if of.channel.guild:
        reference["guild_id"] = str(of.channel.guild.id)
    snapshot = {
        "type": of.type,
        "timestamp": iso(of.created_at),
        "edited_timestamp": iso(of.edited_at) if of.edited_at else None,
        "flags": of.flags,
        "mentions": [user(each) for each in of.mentions],
        "mention_roles": [],
        **_content(of, visible=visible),
    }
    return {"message_reference": reference, "message_snapshots": [{"message": snapshot}]}


def poll(question: str, answers: Sequence[str]) -> Json:
    """Write a poll down. One without an end has no expiry, which is null in the documentation."""
    return {
        "question": {"text": question},
        "answers": [
            {"answer_id": number, "poll_media": {"text": text}} for number, text in enumerate(answers, start=1)
        ],
        "expiry": None,
        "allow_multiselect": False,
        "layout_type": 1,
    }


def attachment(of: Attachment, where: Message) -> Json:
    """Write an attachment down; its url is served by the lab."""
    url = f"{where.channel.world.cdn_url}/attachments/{where.channel.id}/{of.id}/{of.filename}"
    spoken: Json = {"duration_secs": of.seconds, "waveform": "AAAA"} if of.seconds else {}
    return spoken | {
        "id": str(of.id),
        "filename": of.filename,
        "size": len(of.content),
        "url": url,
        "proxy_url": url,
        "content_type": of.content_type,
        **({"description": of.description} if of.description else {}),
    }


def message_event(of: Message, *, content_intent: bool) -> Json:
    """Write MESSAGE_CREATE or MESSAGE_UPDATE down: the message with its guild and its author's membership."""
    written = message(of, content_intent=content_intent)
    guild_of = of.channel.guild
    if guild_of is None:
        return {**written, "channel_type": of.channel.type}
    written["guild_id"] = str(guild_of.id)
    written["channel_type"] = of.channel.type
    if of.author.id in guild_of.members:
        written["member"] = member(guild_of.members[of.author.id], with_user=False)
    return written
