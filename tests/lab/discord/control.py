"""The lab as a program of its own: a small HTTP side door under /lab through which another process plays the people.

POST /lab/say      {"channel": id, "user": id, "text": "...", "mention": true, "reply_to": id}  -> {"id", "at"}
POST /lab/slash    {"channel": id, "user": id, "command": ["model", "use"], "options": {}}      -> {"id", "at"}
GET  /lab/wall     ?channel=id                  -> the messages, with the server's time of each post and edit
GET  /lab/state    -> {"connected": bool, "violations": [...], "requests": {"METHOD /route": {"status": count}}}

Times are seconds since 1970 on the server's clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

from aiohttp import web

from tests.lab.discord.lab import DiscordLab
from tests.lab.discord.state import Json, Message


def install(lab: DiscordLab) -> None:
    """Open the side door of a lab that is not yet running."""

    async def say(request: web.Request) -> web.Response:
        order = await request.json()
        channel, user = lab.world.channels[int(order["channel"])], lab.world.users[int(order["user"])]
        reply_to = lab.world.message(int(order.get("reply_to", 0)))
        mention = order.get("mention", False)
        said = await lab.say(channel, user, order["text"], mention=mention, reply_to=reply_to)
        return web.json_response({"id": str(said.id), "at": said.created_at})

    async def slash(request: web.Request) -> web.Response:
        order = await request.json()
        channel, user = lab.world.channels[int(order["channel"])], lab.world.users[int(order["user"])]
        called = await lab.slash(channel, user, *order["command"], options=order.get("options"))
        return web.json_response({"id": str(called.id), "at": called.created_at})

    async def wall(request: web.Request) -> web.Response:
        channel = lab.world.channels[int(request.query["channel"])]
        return web.json_response([_seen(message) for message in lab.wall(channel)])

    async def state(_: web.Request) -> web.Response:
        return web.json_response(_state(lab))

    lab.app.router.add_post("/lab/say", say)
    lab.app.router.add_post("/lab/slash", slash)
    lab.app.router.add_get("/lab/wall", wall)
    lab.app.router.add_get("/lab/state", state)


def _seen(message: Message) -> Json:
    return {
        "id": str(message.id),
        "author": str(message.author.id),
        "by_bot": message.author.bot,
        "text": message.text,
        "is_loading": message.is_loading,
        "buttons": message.buttons,
        "pinged": [str(each) for each in message.pinged],
        "reply_to": str(message.reply_to.id) if message.reply_to else None,
        "posted_at": message.created_at,
        "history": [{"at": at, "chars": len(text)} for at, text in message.history],
    }


def _state(lab: DiscordLab) -> Json:
    counted: dict[str, Counter[str]] = {}
    for seen in lab.requests:
        counted.setdefault(f"{seen.method} {seen.route}", Counter())[str(seen.status)] += 1
    violations = [asdict(violation) for violation in lab.violations]
    return {"connected": lab.gateway.is_connected, "violations": violations, "requests": counted}
