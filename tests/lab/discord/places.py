"""REST: who the bot is, where it is, DMs and threads."""

from __future__ import annotations

from tests.lab.discord import payloads
from tests.lab.discord.core import ApiError, Call, Core, Handler, Problem, channel_of, message_of, need
from tests.lab.discord.limits import too_long
from tests.lab.discord.state import PRIVATE_THREAD, PUBLIC_THREAD, TEXT, Channel, Guild, Json

ARCHIVE_MINUTES = (60, 1440, 4320, 10080)


def me(core: Core, _: Call) -> Json:
    """GET the bot's user."""
    return {**payloads.user(core.world.bot), "verified": True, "mfa_enabled": False, "flags": 0, "email": None}


def person(core: Core, call: Call) -> Json:
    """GET a user."""
    user = core.world.users.get(call.id("user_id"))
    if user is None:
        raise ApiError(404, 10013, "Unknown User")
    return payloads.user(user)


def application(core: Core, _: Call) -> Json:
    """GET the bot's application."""
    owner = next(iter(core.world.users.values()))
    return {
        "id": str(core.world.application_id),
        "name": core.world.bot.name,
        "description": "",
        "icon": None,
        "bot_public": True,
        "bot_require_code_grant": core.requires_code_grant,
        "interactions_endpoint_url": core.interactions_endpoint or None,
        "verify_key": "0" * 64,
        "owner": payloads.user(owner),
        "team": None,
        "flags": core.gateway.application_flags,
        "bot": payloads.user(core.world.bot),
        "approximate_guild_count": len(core.world.guilds),
        "approximate_user_install_count": 0,
        "redirect_uris": [],
    }


def gateway(core: Core, _: Call) -> Json:
    """GET where the gateway is and how to start sessions."""
    return {"url": core.gateway.url, "shards": core.gateway.shards, "session_start_limit": core.gateway.limits()}


def channel(core: Core, call: Call) -> Json:
    """GET a channel."""
    return payloads.channel(channel_of(core, call))


def guild(core: Core, call: Call) -> Json:
    """GET a guild."""
    return payloads.guild(_guild_of(core, call), everybody=False)


def guilds(core: Core, _: Call) -> list[Json]:
    """GET the bot's guilds."""
    everybody = core.world.guilds.values()
    return [{"id": str(each.id), "name": each.name, "icon": None, "owner": False, "features": []} for each in everybody]


def member(core: Core, call: Call) -> Json:
    """GET a member of a guild."""
    found = _guild_of(core, call).members.get(call.id("user_id"))
    if found is None:
        raise ApiError(404, 10007, "Unknown Member")
    return payloads.member(found)


def _guild_of(core: Core, call: Call) -> Guild:
    found = core.world.guilds.get(call.id("guild_id"))
    if found is None:
        raise ApiError(404, 10004, "Unknown Guild")
    return found


def open_dm(core: Core, call: Call) -> Json:
    """POST a DM channel with a user."""
    user = core.world.users.get(int(call.body["recipient_id"]))
    if user is None or user.bot:
        raise ApiError(400, 50007, "Cannot send messages to this user")
    return payloads.channel(core.world.dm(user))


def thread_on_message(core: Core, call: Call) -> Json:
    """POST a thread on a message."""
    parent = _parent_of_thread(core, call)
    need(parent, "create_public_threads", "read_message_history")
    message = message_of(parent, call.id("message_id"))
    if message.thread:
        raise ApiError(400, 160004, "A thread has already been created for this message")
    thread = core.world.start_thread(parent, call.body["name"], message=message, owner=core.world.bot)
    return _opened(call, thread)


def thread_alone(core: Core, call: Call) -> Json:
    """POST a thread without a message; private unless it says otherwise, as Discord has it."""
    parent = _parent_of_thread(core, call)
    kind = call.body.get("type", PRIVATE_THREAD)
    need(parent, "create_public_threads" if kind == PUBLIC_THREAD else "create_private_threads")
    thread = core.world.start_thread(parent, call.body["name"], message=None, owner=core.world.bot, kind=kind)
    return _opened(call, thread)


def _opened(call: Call, thread: Channel) -> Json:
    thread.auto_archive_minutes = call.body.get("auto_archive_duration") or 1440
    return {**payloads.channel(thread), "newly_created": True}


def _parent_of_thread(core: Core, call: Call) -> Channel:
    parent = channel_of(core, call)
    core.refuse_if(call, _thread_problems(call.body))
    if parent.type != TEXT or parent.guild is None:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    if sum(not each.archived for each in parent.guild.threads) >= parent.guild.max_active_threads:
        raise ApiError(400, 160006, "Maximum number of active threads reached")
    return parent


def _thread_problems(body: Json) -> list[Problem]:
    problems = [*too_long(("name",), body.get("name"), 100, 1)]
    minutes = body.get("auto_archive_duration")
    if minutes is not None and minutes not in ARCHIVE_MINUTES:
        text = f"Value must be one of {ARCHIVE_MINUTES}."
        problems.append(Problem(("auto_archive_duration",), "BASE_TYPE_CHOICES", text))
    return problems


def change(core: Core, call: Call) -> Json:
    """PATCH a channel; of a thread its name, and whether it is archived or locked."""
    found = channel_of(core, call)
    if found.owner is not core.world.bot:
        need(found, "manage_threads" if found.is_thread else "manage_channels")
    core.refuse_if(call, _thread_problems(call.body))
    found.name = call.body.get("name", found.name)
    found.archived = call.body.get("archived", found.archived)
    found.locked = call.body.get("locked", found.locked)
    core.world.feed.tell("THREAD_UPDATE" if found.is_thread else "CHANNEL_UPDATE", found)
    return payloads.channel(found)


def join(core: Core, call: Call) -> None:
    """PUT the bot, or somebody, into a thread."""
    if not channel_of(core, call).is_thread:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")


ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "/users/@me"): me,
    ("GET", "/users/@me/guilds"): guilds,
    ("GET", "/users/{user_id}"): person,
    ("GET", "/oauth2/applications/@me"): application,
    ("GET", "/applications/@me"): application,
    ("GET", "/gateway/bot"): gateway,
    ("POST", "/users/@me/channels"): open_dm,
    ("GET", "/channels/{channel_id}"): channel,
    ("PATCH", "/channels/{channel_id}"): change,
    ("GET", "/guilds/{guild_id}"): guild,
    ("GET", "/guilds/{guild_id}/members/{user_id}"): member,
    ("POST", "/channels/{channel_id}/messages/{message_id}/threads"): thread_on_message,
    ("POST", "/channels/{channel_id}/threads"): thread_alone,
    ("PUT", "/channels/{channel_id}/thread-members/@me"): join,
    ("PUT", "/channels/{channel_id}/thread-members/{user_id}"): join,
}
