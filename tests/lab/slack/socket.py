"""Socket Mode: the connections of the app, what is delivered to them, and what becomes of it."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from aiohttp import WSMsgType, web

from tests.lab.patience import PATIENCE_S
from tests.lab.slack.http_delivery import HttpTarget
from tests.lab.slack.state import Json, Workspace

Kind = Literal["events_api", "slash_commands", "interactive"]
MOST_CONNECTIONS = 10
RETRY_PAUSES_S = (0.0, 60.0, 300.0)
CLOSING_S = 5.0


class Delivery:
    """One event, command or interaction on its way. `attempts` counts how often it was sent.

    `ack_payload` is what the acknowledgement carried; `given_up` says that nobody acknowledged any attempt in time.
    """

    def __init__(self, kind: Kind, payload: Json) -> None:
        self.kind = kind
        self.payload = payload
        self.attempts = 0
        self.given_up = False
        self.ack_payload: Json = {}
        self._acked = asyncio.Event()

    @property
    def event_id(self) -> str:
        """The event's id, the same in every delivery; "" where it is no event."""
        return str(self.payload.get("event_id", ""))

    @property
    def acked(self) -> bool:
        """Whether any attempt was acknowledged."""
        return self._acked.is_set()

    def acknowledge(self, payload: Json) -> None:
        """Note the acknowledgement."""
        self.ack_payload = payload
        self._acked.set()

    async def wait_acked(self, timeout_s: float = PATIENCE_S) -> Json:
        """Return the acknowledgement's payload. Raises: TimeoutError."""
        async with asyncio.timeout(timeout_s):
            await self._acked.wait()
        return self.ack_payload


@dataclass(slots=True, eq=False)
class Connection:
    """One open socket. `leaving` ones were asked to come back and get nothing more."""

    ws: web.WebSocketResponse
    request: web.Request
    leaving: bool = False


class SocketHub:
    """The platform's end of the sockets: every delivery goes to one of them, again when it is not acknowledged."""

    def __init__(self, workspace: Workspace, *, ack_s: float) -> None:
        self._workspace = workspace
        self._ack_s = ack_s
        self._open: list[Connection] = []
        self._tickets: set[str] = set()
        self._sent: dict[str, Delivery] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._random = random.Random(11)
        self.deliveries: list[Delivery] = []
        self.hellos = 0
        self.http: HttpTarget | None = None

    @property
    def connections(self) -> int:
        """How many connections are open and not on their way out."""
        return len(self._ready)

    @property
    def _ready(self) -> list[Connection]:
        return [one for one in self._open if not one.leaving and not one.ws.closed]

    async def connected(self, count: int = 1, timeout_s: float = PATIENCE_S) -> None:
        """Return as soon as `count` connections are open. Raises: TimeoutError."""
        await self._workspace.bell.until(lambda: self.connections >= count, timeout_s)

    def issue_ticket(self) -> str:
        """Return a ticket for one connection."""
        ticket = self._workspace.mint.uuid()
        self._tickets.add(ticket)
        return ticket

    # --- delivering

    def deliver(self, kind: Kind, payload: Json) -> Delivery:
        """Send to one connection, as soon as there is one; events are sent again until they are acknowledged."""
        delivery = Delivery(kind, payload)
        self.deliveries.append(delivery)
        task = asyncio.create_task(self._carry(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return delivery

    async def redeliver(self, delivery: Delivery, reason: str = "timeout") -> None:
        """Send an event once more, as Slack does when it has seen no acknowledgement, and wait for its acknowledgement.

        Raises: TimeoutError: it was not acknowledged in time.
        """
        envelope_id = await self._send(delivery, reason)
        await self._workspace.bell.until(lambda: envelope_id not in self._sent, CLOSING_S)

    async def _carry(self, delivery: Delivery) -> None:
        clock = self._workspace.clock
        await self._send(delivery, "")
        for pause_s in RETRY_PAUSES_S if delivery.kind == "events_api" else ():
            late = clock.now() + self._ack_s
            if await self._acked_by(delivery, late):
                return
            await clock.sleep_until(late + pause_s)
            await self._send(delivery, "timeout")
        delivery.given_up = not await self._acked_by(delivery, clock.now() + self._ack_s)
        self._workspace.bell.ring()

    async def _acked_by(self, delivery: Delivery, late: float) -> bool:
        acked = asyncio.ensure_future(delivery.wait_acked(3600))
        over = asyncio.ensure_future(self._workspace.clock.sleep_until(late))
        try:
            await asyncio.wait((acked, over), return_when=asyncio.FIRST_COMPLETED)
        finally:
            acked.cancel()
            over.cancel()
        return delivery.acked

    async def _send(self, delivery: Delivery, reason: str) -> str:
        if self.http is not None:
            return await self._request(self.http, delivery, reason)
        await self._workspace.bell.until(lambda: bool(self._ready), 3600)
        envelope: Json = {
            "envelope_id": self._workspace.mint.uuid(),
            "type": delivery.kind,
            "accepts_response_payload": delivery.kind != "events_api",
            "payload": delivery.payload,
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": delivery.attempts, "retry_reason": reason}
        delivery.attempts += 1
        self._sent[envelope["envelope_id"]] = delivery
        # One that is just breaking takes nothing any more: the envelope is lost, as on the real way.
        with suppress(ConnectionError):
            await self._random.choice(self._ready).ws.send_json(envelope)
        return str(envelope["envelope_id"])

    async def _request(self, target: HttpTarget, delivery: Delivery, reason: str) -> str:
        """Send it as a request; an answer of 200 in time acknowledges it."""
        retry = delivery.attempts if reason else 0
        delivery.attempts += 1
        answer = await target.send(delivery.kind, delivery.payload, retry=retry, reason=reason, within_s=self._ack_s)
        if answer is not None:
            delivery.acknowledge(answer)
            self._workspace.bell.ring()
        return ""

    # --- connections

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection for as long as it lives."""
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        is_known = self._workspace.socket_mode and request.query.get("ticket") in self._tickets
        if not is_known or len(self._open) >= MOST_CONNECTIONS:
            reason = "too_many_websockets" if len(self._open) >= MOST_CONNECTIONS else "link_disabled"
            await ws.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-lab"}})
            await ws.close()
            return ws
        self._tickets.discard(request.query["ticket"])
        connection = Connection(ws, request)
        self._open.append(connection)
        await ws.send_json(self._hello())
        self.hellos += 1
        self._workspace.bell.ring()
        try:
            await self._listen(connection)
        finally:
            self._open.remove(connection)
            self._workspace.bell.ring()
        return ws

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "debug_info": {"host": "applink-lab", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._workspace.app_id},
        }

    async def _listen(self, connection: Connection) -> None:
        async for frame in connection.ws:
            if frame.type is not WSMsgType.TEXT:
                continue
            answer = json.loads(frame.data)
            delivery = self._sent.pop(answer.get("envelope_id", ""), None)
            if delivery:
                delivery.acknowledge(answer.get("payload") or {})
                self._workspace.bell.ring()

    async def recycle(self, timeout_s: float = CLOSING_S) -> None:
        """Ask every connection to come back, as Slack does from time to time, and close what has not left by then.

        A warning first, then `refresh_requested`. Returns when the old connections are closed.
        """
        old = self._ready
        for connection in old:
            connection.leaving = True
            await connection.ws.send_json(self._goodbye("warning"))
        try:
            await self._workspace.bell.until(lambda: not any(one in self._open for one in old), timeout_s)
        except TimeoutError:
            for connection in old:
                await connection.ws.send_json(self._goodbye("refresh_requested"))
                await connection.ws.close()

    async def cut(self) -> None:
        """Break every connection without a word."""
        for connection in list(self._open):
            connection.leaving = True
            if connection.request.transport is not None:
                connection.request.transport.abort()
        await self._workspace.bell.until(lambda: not any(one.leaving for one in self._open), CLOSING_S)

    async def close(self) -> None:
        """Stop delivering and close all connections."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connection in list(self._open):
            await connection.ws.close()

    @staticmethod
    def _goodbye(reason: str) -> Json:
        return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-lab"}}
