"""REST: messages, typing and reactions."""

from __future__ import annotations

from tests.lab.discord import payloads
from tests.lab.discord.core import ApiError, Call, Core, Handler, Problem, channel_of, message_of, need
from tests.lab.discord.events import Intents
from tests.lab.discord.posting import check, compose, revise
from tests.lab.discord.state import Channel, Json, Message

NONCE_MEMORY_S = 300
HOUR_S = 3600


def written(core: Core, message: Message) -> Json:
    """Write a message down as an answer to the bot: content only where its intents or Discord's exceptions allow."""
    content = bool(core.gateway.intents_in_use & Intents.MESSAGE_CONTENT)
    return payloads.message(message, content_intent=content)


def create(core: Core, call: Call) -> Json:
    """POST a message; the same nonce again, enforced, returns the first one's message."""
    channel = channel_of(core, call)
    body: Json = call.body or {}
    _need_to_write(channel, has_files=bool(call.files))
    check(core, call, body)
    if known := _by_nonce(core, channel, body):
        return written(core, known)
    message = compose(core, call, body, channel, reply_to=_replied(core, call, channel, body))
    if body.get("nonce") is not None:
        core.nonces[channel.id, str(body["nonce"])] = message
    core.world.post(message)
    return written(core, message)


def _need_to_write(channel: Channel, *, has_files: bool) -> None:
    if channel.refuses:
        raise ApiError(*channel.refuses, "as ordered")
    if channel.recipient and not channel.recipient.accepts_dms:
        raise ApiError(403, 50007, "Cannot send messages to this user")
    if channel.is_thread and channel.locked:
        raise ApiError(400, 160005, "Thread is locked")
    need(channel, "send_messages_in_threads" if channel.is_thread else "send_messages")
    if has_files:
        need(channel, "attach_files")


def _by_nonce(core: Core, channel: Channel, body: Json) -> Message | None:
    if not body.get("enforce_nonce"):
        return None
    known = core.nonces.get((channel.id, str(body.get("nonce"))))
    return known if known and core.clock.now() - known.created_at < NONCE_MEMORY_S else None


def _replied(core: Core, call: Call, channel: Channel, body: Json) -> Message | None:
    reference = body.get("message_reference")
    if not reference:
        return None
    need(channel, "read_message_history")
    message = channel.messages.get(int(reference["message_id"]))
    if message and not message.deleted:
        return message
    if reference.get("fail_if_not_exists", True):
        core.refuse_if(call, [Problem(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")])
    return None


def read(core: Core, call: Call) -> Json:
    """GET one message, without its nonce: Discord does not keep it with the message."""
    channel = channel_of(core, call)
    need(channel, "read_message_history")
    return {**written(core, message_of(channel, call.id("message_id"))), "nonce": None}


def listed(core: Core, call: Call) -> list[Json]:
    """GET the newest messages, newest first, without their nonces."""
    channel = channel_of(core, call)
    need(channel, "read_message_history")
    before, after = int(call.query.get("before", 0)), int(call.query.get("after", 0))
    seen = [each for each in channel.messages.values() if not each.deleted and not each.seen_only_by]
    chosen = [each for each in seen if (not before or each.id < before) and each.id > after]
    limit = int(call.query.get("limit", 50))
    wanted = reversed(chosen[:limit] if after else chosen[-limit:])
    return [{**written(core, each), "nonce": None} for each in wanted]


def edit(core: Core, call: Call) -> Json:
    """PATCH an own message; one that is an hour old has its own, undocumented limit."""
    channel = channel_of(core, call)
    message = message_of(channel, call.id("message_id"))
    if message.author is not core.world.bot:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    if channel.archived:
        raise ApiError(400, 50083, "Thread is archived")
    if call.files:
        need(channel, "attach_files")
    _refuse_old(core, call, message)
    check(core, call, call.body or {}, edited=message)
    revise(core, call, call.body or {}, message)
    return written(core, message)


def _refuse_old(core: Core, call: Call, message: Message) -> None:
    if core.clock.now() - message.created_at <= HOUR_S:
        return
    core.old_edits += 1
    if core.old_edits > core.old_edits_allowed:
        core.note(call, "OLD_MESSAGE_EDITED", f"message {message.id} is older than an hour")
        text = "Maximum number of edits to messages older than 1 hour reached. Try again later"
        error = ApiError(429, 30046, text)
        error.body |= {"retry_after": 0.05, "global": False}
        raise error


def delete(core: Core, call: Call) -> None:
    """DELETE a message; another's needs manage_messages."""
    channel = channel_of(core, call)
    message = message_of(channel, call.id("message_id"))
    if message.author is not core.world.bot:
        need(channel, "manage_messages")
    message.deleted = True
    core.world.tell_of(message, "MESSAGE_DELETE")


def typing(core: Core, call: Call) -> None:
    """POST the typing indicator."""
    channel = channel_of(core, call)
    _need_to_write(channel, has_files=False)
    channel.typed_at.append(core.clock.now())
    core.bell.ring()


def react(core: Core, call: Call) -> None:
    """PUT an own reaction."""
    channel = channel_of(core, call)
    need(channel, "add_reactions", "read_message_history")
    message = message_of(channel, call.id("message_id"))
    who = message.reactions.setdefault(call.ids["emoji_name"], [])
    if core.world.bot not in who:
        who.append(core.world.bot)
        core.world.feed.tell("MESSAGE_REACTION_ADD", (message, core.world.bot, call.ids["emoji_name"]))


def unreact(core: Core, call: Call) -> None:
    """DELETE an own reaction."""
    message = message_of(channel_of(core, call), call.id("message_id"))
    who = message.reactions.get(call.ids["emoji_name"], [])
    if core.world.bot in who:
        who.remove(core.world.bot)
        core.world.feed.tell("MESSAGE_REACTION_REMOVE", (message, core.world.bot, call.ids["emoji_name"]))


_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_REACTION = _MESSAGE + "/reactions/{emoji_name}/@me"

ROUTES: dict[tuple[str, str], Handler] = {
    ("POST", "/channels/{channel_id}/messages"): create,
    ("GET", "/channels/{channel_id}/messages"): listed,
    ("GET", _MESSAGE): read,
    ("PATCH", _MESSAGE): edit,
    ("DELETE", _MESSAGE): delete,
    ("POST", "/channels/{channel_id}/typing"): typing,
    ("PUT", _REACTION): react,
    ("DELETE", _REACTION): unreact,
}
