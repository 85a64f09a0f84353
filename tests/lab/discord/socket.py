"""One gateway connection: HELLO, IDENTIFY or RESUME, heartbeats, limits and close codes."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.lab.discord import payloads
from tests.lab.discord.events import KNOWN_INTENTS, Intents
from tests.lab.discord.state import Json

if TYPE_CHECKING:
    from tests.lab.discord.gateway import Gateway, Session

ACK_DELAY_S = 0.05  # an instant ACK makes discord.py report absurd latencies
EVENTS_PER_MINUTE = 120
PAYLOAD_BYTES = 4096


class Connection:
    """What happens on one WebSocket. Frames leave in the order they were sent."""

    def __init__(self, websocket: web.WebSocketResponse, request: web.Request, gateway: Gateway) -> None:
        self._websocket = websocket
        self._request = request
        self._gateway = gateway
        self._outgoing: asyncio.Queue[str | int] = asyncio.Queue()
        self._received_at: deque[float] = deque()
        self._beat_at = asyncio.get_running_loop().time()
        self.session: Session | None = None

    def send(self, frame: Json) -> None:
        """Send a frame."""
        self.send_text(json.dumps({"s": None, "t": None, **frame}))

    def send_text(self, frame: str) -> None:
        """Send a frame that is written already."""
        self._outgoing.put_nowait(frame)

    def close(self, code: int) -> None:
        """Close with a code, after what was sent before."""
        self.leave()
        self._outgoing.put_nowait(code)

    def tear(self) -> None:
        """Break the connection off; what was not yet read is lost on the way."""
        self.leave()
        if self._request.transport:
            self._request.transport.abort()

    async def run(self) -> None:
        """Talk until either side ends it."""
        self.send({"op": 10, "d": {"heartbeat_interval": int(self._gateway.heartbeat_interval_s * 1000)}})
        writer = asyncio.create_task(self._write())
        try:
            await self._read()
        finally:
            self.leave()
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    def leave(self) -> None:
        """Send the session no more here; its events are kept for RESUME."""
        if self.session and self.session.connection is self:
            self.session.connection = None

    async def _write(self) -> None:
        while True:
            frame = await self._outgoing.get()
            if isinstance(frame, int):
                await self._websocket.close(code=frame)
                return
            try:
                await self._websocket.send_str(frame)
            except ConnectionError:
                return

    async def _read(self) -> None:
        while not self._websocket.closed:
            try:
                received = await self._websocket.receive(timeout=self._patience_s())
            except TimeoutError:
                await self._websocket.close(code=4009)  # no heartbeat: a zombie
                return
            if received.type is not WSMsgType.TEXT:
                return
            code = self._refusal(received.data) or self._take(json.loads(received.data))
            if code:
                self.close(code)

    def _patience_s(self) -> float:
        since_beat = asyncio.get_running_loop().time() - self._beat_at
        return max(0.01, 1.5 * self._gateway.heartbeat_interval_s - since_beat)

    def _refusal(self, text: str) -> int:
        now = self._gateway.clock.now()
        self._received_at.append(now)
        while self._received_at[0] < now - 60:
            self._received_at.popleft()
        if len(self._received_at) > EVENTS_PER_MINUTE:
            return 4008
        return 4002 if len(text.encode()) > PAYLOAD_BYTES else 0

    def _take(self, frame: Json) -> int:
        operation, data = frame.get("op"), frame.get("d") or {}
        if operation == 1:
            return self._beat()
        if operation == 2:
            return self._identify(data)
        if operation == 6:
            return self._resume(data)
        if self.session is None:
            return 4003
        if operation == 8:
            return self._send_members(data)
        return 0 if operation in (3, 4, 31, 43) else 4001

    def _beat(self) -> int:
        loop = asyncio.get_running_loop()
        self._beat_at = loop.time()
        loop.call_later(ACK_DELAY_S, self.send, {"op": 11, "d": None})
        return 0

    def _identify(self, data: Json) -> int:
        shard_id, shards = data.get("shard", (0, 1))
        if code := self._identify_refusal(data, shard_id, shards):
            return code
        if not self._gateway.may_identify(shard_id):
            self.send({"op": 9, "d": False})
            return 0
        self.session = self._gateway.start_session(self, data["intents"], (shard_id, shards))
        return 0

    def _identify_refusal(self, data: Json, shard_id: int, shards: int) -> int:
        intents = data.get("intents")
        checks: list[tuple[bool, int]] = [
            (self.session is not None, 4005),
            (data.get("token") != self._gateway.token, 4004),
            (not 0 <= shard_id < shards, 4010),
            (not isinstance(intents, int) or not 0 <= intents <= KNOWN_INTENTS, 4013),
            (isinstance(intents, int) and bool(intents & ~self._gateway.allowed_intents), 4014),
        ]
        return next((code for broken, code in checks if broken), 0)

    def _resume(self, data: Json) -> int:
        if data.get("token") != self._gateway.token:
            return 4004
        session = self._gateway.sessions.get(data["session_id"])
        if session is None:
            self.send({"op": 9, "d": False})
            return 0
        if data["seq"] > session.sequence:
            return 4007
        self._take_over(session, data["seq"])
        return 0

    def _take_over(self, session: Session, seen: int) -> None:
        if session.connection:
            session.connection.close(4000)
        for number, frame in session.sent:
            if number > seen:
                self.send_text(frame)
        self.session = session
        session.connection = self
        session.dispatch("RESUMED", {"_trace": []})
        self._gateway.resumed += 1
        self._gateway.bell.ring()

    def _send_members(self, data: Json) -> int:
        assert self.session is not None
        assert self._gateway.world is not None
        guild = self._gateway.world.guilds[int(data["guild_id"])]
        if not self.session.intents & Intents.GUILD_MEMBERS and not data.get("query") and "user_ids" not in data:
            return 4014
        wanted: list[Any] = [int(each) for each in data.get("user_ids", guild.members)]
        found = [payloads.member(guild.members[each]) for each in wanted if each in guild.members]
        chunk: Json = {"guild_id": str(guild.id), "members": found, "chunk_index": 0, "chunk_count": 1}
        self.session.dispatch("GUILD_MEMBERS_CHUNK", {**chunk, "nonce": data.get("nonce"), "not_found": []})
        return 0
