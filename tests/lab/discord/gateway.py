"""The gateway's sessions: dispatch numbers, what is kept for RESUME, and what a test may do to the connections.

The wire protocol of one connection is in `socket.py`.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.lab.discord import payloads
from tests.lab.discord.bell import Bell
from tests.lab.discord.clock import LabClock
from tests.lab.discord.events import PRIVILEGED, Intents, dispatch, guild_create, shard_of
from tests.lab.discord.interactions import Interaction
from tests.lab.discord.socket import Connection
from tests.lab.discord.state import Json, Message
from tests.lab.discord.world import World
from tests.lab.patience import PATIENCE_S

SESSION_STARTS_PER_DAY = 1000


@dataclass(eq=False)
class Session:
    """One gateway session: what it listens for and everything it was sent, by number."""

    id: str
    intents: int
    shard: tuple[int, int]
    sequence: int = 0
    sent: list[tuple[int, str]] = field(default_factory=list)
    connection: Connection | None = None

    def dispatch(self, event: str, data: Json) -> None:
        """Number an event, keep it for RESUME and send it if somebody is connected."""
        self.sequence += 1
        frame = json.dumps({"op": 0, "s": self.sequence, "t": event, "d": data})
        self.sent.append((self.sequence, frame))
        if self.connection:
            self.connection.send_text(frame)


class Gateway:
    """All gateway sessions of the lab.

    `identified` and `resumed` count the successful ones; `refused` the IDENTIFYs that came too fast. While `is_down`
    nobody can connect.
    """

    def __init__(
        self,
        *,
        token: str,
        clock: LabClock,
        bell: Bell,
        privileged: Intents,
        shards: int,
        max_concurrency: int,
        heartbeat_interval_s: float,
        identify_interval_s: float,
    ) -> None:
        self.token = token
        self.clock = clock
        self.bell = bell
        self.allowed_intents = ~PRIVILEGED | privileged
        self.shards = shards
        self.max_concurrency = max_concurrency
        self.heartbeat_interval_s = heartbeat_interval_s
        self.identify_interval_s = identify_interval_s
        self.url = ""
        self.world: World | None = None
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.identified = 0
        self.resumed = 0
        self.refused = 0
        self.is_down = False
        self._identified_at: dict[int, float] = {}

    def tell(self, event: str, thing: Any) -> None:
        """See `state.Feed`: dispatch an event to every session that listens for it; "" only rings the bell."""
        said = dispatch(event, thing)
        for session in self.sessions.values():
            if event and said.reaches(session.intents, session.shard):
                session.dispatch(event, said.write(session.intents))
        self.bell.ring()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one WebSocket connection until it ends."""
        if self.is_down:
            return web.Response(status=503)
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        connection = Connection(websocket, request, self)
        self.connections.add(connection)
        try:
            await connection.run()
        finally:
            self.connections.discard(connection)
            self.bell.ring()
        return websocket

    def may_identify(self, shard_id: int) -> bool:
        """Whether an IDENTIFY comes slowly enough; it counts if so."""
        now, shard_id = self.clock.now(), shard_id % self.max_concurrency
        last = self._identified_at.get(shard_id)
        if last is not None and now - last < self.identify_interval_s:
            self.refused += 1
            return False
        self._identified_at[shard_id] = now
        self.identified += 1
        return True

    def start_session(self, connection: Connection, intents: int, shard: tuple[int, int]) -> Session:
        """Start a session and send READY and the guilds of its shard."""
        assert self.world is not None
        session = Session(secrets.token_hex(16), intents, shard, connection=connection)
        self.sessions[session.id] = session
        guilds = [guild for guild in self.world.guilds.values() if shard_of(guild, shard[1]) == shard[0]]
        session.dispatch("READY", self._ready(session, [str(guild.id) for guild in guilds]))
        if intents & Intents.GUILDS:
            for guild in guilds:
                session.dispatch("GUILD_CREATE", guild_create(guild, intents))
        self.bell.ring()
        return session

    def _ready(self, session: Session, guild_ids: list[str]) -> Json:
        assert self.world is not None
        return {
            "v": 10,
            "user": payloads.user(self.world.bot),
            "guilds": [{"id": guild_id, "unavailable": True} for guild_id in guild_ids],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            "application": {"id": str(self.world.application_id), "flags": self.application_flags},
        }

    @property
    def application_flags(self) -> int:
        """The application's flags: which privileged intents it may use below 100 guilds."""
        members = (1 << 15) if self.allowed_intents & Intents.GUILD_MEMBERS else 0
        content = (1 << 19) if self.allowed_intents & Intents.MESSAGE_CONTENT else 0
        return members | content

    @property
    def intents_in_use(self) -> int:
        """All intents the bot's sessions asked for; they decide what REST answers show of messages, too."""
        in_use = 0
        for session in self.sessions.values():
            in_use |= session.intents
        return in_use

    def limits(self) -> Json:
        """Return the session start limit, as GET /gateway/bot tells it."""
        left = SESSION_STARTS_PER_DAY - self.identified
        limits = {"total": SESSION_STARTS_PER_DAY, "remaining": left, "reset_after": 86_400_000}
        return {**limits, "max_concurrency": self.max_concurrency}

    @property
    def is_connected(self) -> bool:
        """Whether the bot has a connected session on every shard it speaks of."""
        connected = [session for session in self.sessions.values() if session.connection]
        return bool(connected) and {session.shard[0] for session in connected} == set(range(connected[0].shard[1]))

    async def connected(self, timeout_s: float = PATIENCE_S) -> None:
        """Wait until the bot has a session, new or resumed, on every shard it speaks of."""
        await self.bell.until(lambda: self.is_connected, timeout_s)

    async def disconnected(self, timeout_s: float = PATIENCE_S) -> None:
        """Wait until nobody is connected."""
        await self.bell.until(lambda: not self.connections, timeout_s)

    async def reconnect(self) -> None:
        """Send op 7 on every connection."""
        for connection in self.connections:
            connection.send({"op": 7, "d": None})
            connection.leave()

    async def invalidate(self, *, resumable: bool) -> None:
        """Send op 9 on every connection; unless resumable the sessions are forgotten."""
        for connection in self.connections:
            connection.send({"op": 9, "d": resumable})
            connection.leave()
        if not resumable:
            self.sessions.clear()

    async def cut(self) -> None:
        """Tear every connection down without a goodbye. Events are kept for RESUME."""
        for connection in list(self.connections):
            connection.tear()

    async def close(self, code: int = 4000) -> None:
        """Close every connection with a code, as Discord does when it restarts."""
        for connection in list(self.connections):
            connection.close(code)

    async def redeliver(self, thing: Message | Interaction) -> None:
        """Dispatch MESSAGE_CREATE or INTERACTION_CREATE for it once more, with a new sequence number."""
        self.tell("MESSAGE_CREATE" if isinstance(thing, Message) else "INTERACTION_CREATE", thing)
