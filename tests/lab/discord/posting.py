"""Making and editing messages for the bot: what is checked, what is shown, and whose client rings."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.lab.discord import payloads
from tests.lab.discord.core import ApiError, Call, Core
from tests.lab.discord.limits import message_problems
from tests.lab.discord.state import (
    COMPONENTS_V2,
    LOADING,
    SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
    Attachment,
    Channel,
    Json,
    Message,
    User,
)

USER_MENTION = re.compile(r"<@!?(\d+)>")
ROLE_MENTION = re.compile(r"<@&(\d+)>")
KEPT_FLAGS = COMPONENTS_V2 | SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS
# An edit can take these away as well.
CHANGED_FLAGS = SUPPRESS_EMBEDS
CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
UNFOLDED = re.compile(r"(?<!<)https?://[^\s<>()]+")


def check(core: Core, call: Call, body: Json, *, edited: Message | None = None, by_interaction: bool = False) -> None:
    """Refuse a body that breaks a limit; record a text without a policy on mentions.

    Raises:
        ApiError: it breaks one, or moderation blocks it.
    """
    core.refuse_if(call, message_problems(body, edited=edited, ephemeral_allowed=by_interaction))
    core.troubles.judge(body.get("content") or "")
    if (body.get("content") or body.get("components")) and body.get("allowed_mentions") is None:
        core.note(call, "ALLOWED_MENTIONS_MISSING", "the body carries text and no allowed_mentions")
    for file in call.files:
        if len(file.content) > payloads.ATTACHMENT_LIMIT_BYTES:
            core.note(call, "FILE_TOO_LARGE", file.filename)
            raise ApiError(413, 40005, "Request entity too large")


def compose(
    core: Core,
    call: Call,
    body: Json,
    channel: Channel,
    *,
    reply_to: Message | None = None,
    default_parse: Iterable[str] = ("users", "roles", "everyone"),
) -> Message:
    """Make the bot's message of a checked body; it is not yet in the channel.

    Raises:
        ApiError: there is nothing in it.
    """
    now = core.clock.now()
    message = Message(core.world.new_id(), channel, core.world.bot, now, reply_to=reply_to, type=19 if reply_to else 0)
    _fill(message, call, body)
    if is_empty(message):
        core.note(call, "EMPTY_MESSAGE", "no content, embeds, components or files")
        raise ApiError(400, 50006, "Cannot send an empty message")
    message.history.append((now, message.text))
    ring(message, body.get("allowed_mentions"), default_parse)
    return message


def revise(core: Core, call: Call, body: Json, message: Message) -> None:
    """Change a message to what a checked body says. An edit rings nobody, unless it ends "thinking ...".

    Raises:
        ApiError: nothing would be left.
    """
    was_loading = message.is_loading
    message.flags &= ~LOADING
    _fill(message, call, body)
    if is_empty(message):
        core.note(call, "EMPTY_MESSAGE", "the edit leaves nothing")
        raise ApiError(400, 50006, "Cannot send an empty message")
    if was_loading:
        ring(message, body.get("allowed_mentions"), ("users",))
    message.edited_at = core.clock.now()
    message.history.append((message.edited_at, message.text))
    core.world.tell_of(message, "MESSAGE_UPDATE")


def _fill(message: Message, call: Call, body: Json) -> None:
    if "content" in body:
        message.content = body["content"] or ""
    if "embeds" in body:
        message.embeds = body["embeds"] or []
    if "components" in body:
        message.components = body["components"] or []
    if "attachments" in body:
        kept = {str(each["id"]) for each in body["attachments"] or []}
        message.attachments = [each for each in message.attachments if str(each.id) in kept]
    for number, file in enumerate(call.files):
        told: Json = next((each for each in body.get("attachments") or [] if str(each["id"]) == str(number)), {})
        file.description = str(told.get("description") or "")
    message.attachments += call.files
    if body.get("flags") is not None:
        message.flags = (message.flags & ~CHANGED_FLAGS) | (int(body["flags"]) & KEPT_FLAGS)
    message.nonce = body.get("nonce", message.nonce)
    if "content" in body and not message.flags & SUPPRESS_EMBEDS:
        message.channel.world.crawled += UNFOLDED.findall(CODE.sub("", message.content))


def is_empty(message: Message) -> bool:
    """Whether people would read nothing at all."""
    return not (message.content.strip() or message.embeds or message.components or message.attachments)


def ring(message: Message, allowed: Json | None, default_parse: Iterable[str]) -> None:
    """Work out whom a message of the bot pings, by its allowed_mentions or the default without."""
    policy: Json = {"parse": list(default_parse), "replied_user": True} if allowed is None else allowed
    parse, text = set(policy.get("parse") or []), message.text
    named = {int(found) for found in USER_MENTION.findall(text)}
    message.pinged = named if "users" in parse else named & {int(each) for each in policy.get("users") or []}
    message.pinged |= _role_members(message, parse, policy)
    message.pinged_everyone = "everyone" in parse and ("@everyone" in text or "@here" in text)
    if message.reply_to and policy.get("replied_user"):
        message.pinged.add(message.reply_to.author.id)
    message.mentions = users_of(message, message.pinged)


def _role_members(message: Message, parse: set[str], policy: Json) -> set[int]:
    guild = message.channel.guild
    named = {int(found) for found in ROLE_MENTION.findall(message.text)}
    if "roles" not in parse:
        named &= {int(each) for each in policy.get("roles") or []}
    if guild is None or not named:
        return set()
    return {member.user.id for member in guild.members.values() if named & {role.id for role in member.roles}}


def users_of(message: Message, ids: Iterable[int]) -> list[User]:
    """Return the known ones of these users."""
    users = message.channel.world.users
    return [users[each] for each in ids if each in users]


def stored_files(core: Core, uploads: Iterable[tuple[str, bytes, str]]) -> list[Attachment]:
    """Give uploads their ids."""
    return [Attachment(core.world.new_id(), name, content, kind) for name, content, kind in uploads]
