"""The lab in a process of its own: people are moved, and the wall is read, over HTTP under `/lab/`."""

from __future__ import annotations

from aiohttp import web

from tests.lab.slack.faults import Fault
from tests.lab.slack.lab import SlackLab
from tests.lab.slack.state import Json, Message


class ServedLab(SlackLab):
    """A lab with one person and one channel, for programs that measure an app from outside."""

    def _add_routes(self, app: web.Application) -> None:
        app.router.add_post("/lab/user", self._user)
        app.router.add_post("/lab/channel", self._channel)
        app.router.add_post("/lab/say", self._say)
        app.router.add_post("/lab/slash", self._slash)
        app.router.add_post("/lab/recycle", self._recycle)
        app.router.add_post("/lab/fail", self._fail)
        app.router.add_get("/lab/wall", self._wall)
        app.router.add_get("/lab/state", self._state)

    def described(self) -> Json:
        """Return what a program needs to begin: addresses, tokens, a person, a channel and a DM."""
        person = self.add_user("Noa", admin=True)
        return {
            "api_url": self.api_url,
            "lab_url": f"{self.workspace.url}lab/",
            "bot_token": self.bot_token,
            "app_token": self.app_token,
            "bot_user": self.bot_user,
            "team_id": self.team_id,
            "user": person.id,
            "channel": self.add_channel("general", [person]).id,
            "dm": self.dm(person).id,
        }

    async def _user(self, request: web.Request) -> web.StreamResponse:
        """`{name, locale?, admin?}` → `{user, dm}`."""
        user = self.add_user(**await request.json())
        return web.json_response({"user": user.id, "dm": self.dm(user).id})

    async def _channel(self, request: web.Request) -> web.StreamResponse:
        """`{name}` → `{channel}`."""
        return web.json_response({"channel": self.add_channel((await request.json())["name"]).id})

    async def _say(self, request: web.Request) -> web.StreamResponse:
        """`{channel, user, text, mention?, thread?}` → `{ts, event_ids, at}`."""
        body = await request.json()
        channel, user = self.workspace.channels[body.pop("channel")], self.workspace.users[body.pop("user")]
        said = await self.say(channel, user, body.pop("text"), **body)
        ids = [event.event_id for event in said.events]
        return web.json_response({"ts": said.ts, "event_ids": ids, "at": said.message.history[0].at})

    async def _slash(self, request: web.Request) -> web.StreamResponse:
        """`{channel, user, command, text?}` → `{acked, responses}`, once it was acknowledged."""
        body = await request.json()
        channel, user = self.workspace.channels[body.pop("channel")], self.workspace.users[body.pop("user")]
        call = await self.slash(channel, user, **body)
        return web.json_response({"acked": call.acked, "responses": [_described(one) for one in call.responses]})

    async def _recycle(self, _: web.Request) -> web.StreamResponse:
        """Ask the sockets to come back."""
        await self.socket.recycle()
        return web.json_response({"connections": self.socket.connections})

    async def _fail(self, request: web.Request) -> web.StreamResponse:
        """`{method, times?, error? | http_status? | retry_after_s? | drop?}`, as in `SlackLab.fail_next`."""
        body = await request.json()
        method, times = body.pop("method"), body.pop("times", 1)
        self._web_api.faults.add(method, Fault(**body), times)
        return web.json_response({})

    async def _wall(self, request: web.Request) -> web.StreamResponse:
        """`?channel=…&thread=…` → the messages, with the time of every step; all of the bot's without `thread`."""
        channel, thread = self.workspace.channels[request.query["channel"]], request.query.get("thread")
        messages = self.wall(channel, thread) if thread else self.posts(channel)
        return web.json_response({"messages": [_described(message) for message in messages]})

    async def _state(self, _: web.Request) -> web.StreamResponse:
        """Return the number of open connections, the calls by method and outcome, and the violations."""
        counted: dict[str, int] = {}
        for call in self.calls:
            name = f"{call.method} {call.error}".strip()
            counted[name] = counted.get(name, 0) + 1
        broken = [f"{one.method} {one.rule} {one.detail}" for one in self.violations]
        return web.json_response({"connections": self.socket.connections, "calls": counted, "violations": broken})


def _described(message: Message) -> Json:
    return {
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "author": message.author,
        "shown": message.shown,
        "streaming": message.streaming,
        "metadata": message.metadata,
        "history": [{"what": one.what, "at": one.at, "chars": len(one.text)} for one in message.history],
    }
