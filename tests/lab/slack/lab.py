"""The lab as a test holds it: people act here, and the wall shows what they would read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from tests.lab.slack.clock import LabClock
from tests.lab.slack.rates import Rates
from tests.lab.slack.socket import Delivery, SocketHub
from tests.lab.slack.state import Call, Channel, Json, Message, Status, User, Violation, Workspace


class Said:
    """Something a person did in the lab, and the events it made, in the order of their delivery."""

    def __init__(self, message: Message, events: Sequence[Delivery]) -> None:
        self.message = message
        self.events = list(events)

    @property
    def ts(self) -> str:
        """The message's timestamp."""
        return self.message.ts

    @property
    def event(self) -> Delivery:
        """The first event; `await lab.socket.redeliver(said.event)` delivers it once more."""
        return self.events[0]

    async def acked(self, timeout_s: float = 5) -> None:
        """Return when every event was acknowledged. Raises: TimeoutError."""
        for event in self.events:
            await event.wait_acked(timeout_s)


class Interaction:
    """A slash command, a press, a submission: what became of it.

    `acked` is False when nobody acknowledged within 3 s (the person reads an error then); `ack_payload` is what the
    acknowledgement carried; `responses` are the messages it led to by its acknowledgement and its response_url.
    """

    acked: bool
    ack_payload: Json
    responses: list[Message]
    trigger_id: str
    response_url: str
    event: Delivery

    async def responded(self, count: int = 1, timeout_s: float = 5) -> list[Message]:
        """Return the responses as soon as there are `count` of them. Raises: TimeoutError."""
        raise NotImplementedError


class SlackLab:
    """`async with SlackLab() as lab:` runs a workspace with one installed app on a loopback port.

    `subscriptions`: the event types the app has subscribed to ("app_mention", "message.im", "message.channels",
    "app_home_opened", "agent_session_stopped"). `rates`: the limits of the methods. `ack_s`: how long an
    acknowledgement may take before redelivery. Nothing is validated by schema where the schemas are not built:
    `schema_skip_reason` then says why.
    """

    api_url: str
    bot_token: str
    app_token: str
    bot_user: str
    bot_id: str
    team_id: str
    clock: LabClock
    socket: SocketHub
    rates: Rates
    workspace: Workspace
    schema_skip_reason: str | None

    def __init__(
        self,
        *,
        clock: LabClock | None = None,
        rates: Rates | None = None,
        subscriptions: frozenset[str] | None = None,
        ack_s: float = 3.0,
        port: int = 0,
    ) -> None:
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        raise NotImplementedError

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        raise NotImplementedError

    # --- the workspace

    def add_user(self, name: str, *, locale: str = "en-US", admin: bool = False) -> User:
        """Add a person to the workspace."""
        raise NotImplementedError

    def add_channel(
        self, name: str, members: Sequence[User] = (), *, private: bool = False, with_bot: bool = True
    ) -> Channel:
        """Add a channel with these people and, unless told not to, the bot."""
        raise NotImplementedError

    def dm(self, user: User) -> Channel:
        """Return this person's DM with the bot."""
        raise NotImplementedError

    # --- what people do

    async def say(
        self, channel: Channel, user: User, text: str, *, mention: bool | None = None, thread: str | None = None
    ) -> Said:
        """Post as a person. In a channel the bot is mentioned (`<@U…> text`) unless `mention=False`; in a DM not.

        `thread` is the root's ts. Returns at once; `await said.acked()` waits for the acknowledgement.
        """
        raise NotImplementedError

    async def edit(self, message: Message, text: str) -> Said:
        """Change a person's message (`message_changed`)."""
        raise NotImplementedError

    async def delete(self, message: Message) -> Said:
        """Delete a message as a person (`message_deleted`)."""
        raise NotImplementedError

    async def slash(self, channel: Channel, user: User, command: str, text: str = "") -> Interaction:
        """Call a slash command ("/model", "use llama3"); returns when it was acknowledged or 3 s are over."""
        raise NotImplementedError

    async def press(self, message: Message, action_id: str, user: User) -> Interaction:
        """Press a button of a message. Raises: LookupError: there is no such button."""
        raise NotImplementedError

    async def choose(self, message: Message, action_id: str, user: User, value: str) -> Interaction:
        """Choose an option of a message's select menu by its value. Raises: LookupError."""
        raise NotImplementedError

    async def suggest(self, where: Message | Json, action_id: str, user: User, typed: str = "") -> list[Json]:
        """Type into an external select of a message or view; returns the options it offers, [] without an answer."""
        raise NotImplementedError

    async def submit(self, user: User, values: dict[str, Json]) -> Interaction:
        """Submit the person's open view; `values` by action id, each as the element's state ({"value": "x"}, say)."""
        raise NotImplementedError

    async def stop(self, channel: Channel, thread: str, user: User) -> Delivery:
        """Press the platform's own Stop (`agent_session_stopped`). Raises: LookupError: no session is processing."""
        raise NotImplementedError

    async def open_home(self, user: User, tab: str = "messages") -> Delivery:
        """Open the app's tab "home" or "messages" (`app_home_opened`)."""
        raise NotImplementedError

    async def send_event(self, event: Json) -> Delivery:
        """Deliver any event as it stands, a malformed one, say."""
        raise NotImplementedError

    # --- what people see

    def wall(self, channel: Channel, thread: str | None = None) -> list[Message]:
        """Return a channel's messages without replies or, with `thread`, the root and its replies; oldest first."""
        raise NotImplementedError

    def posts(self, channel: Channel) -> list[Message]:
        """Return everything the bot has standing in a channel, in threads too; oldest first, no ephemerals."""
        raise NotImplementedError

    def private(self, channel: Channel, user: User) -> list[Message]:
        """Return the ephemeral messages this person was shown here, oldest first."""
        raise NotImplementedError

    def status(self, channel: Channel, thread: str) -> Status:
        """Return the status line and the agent session's state as they show now."""
        raise NotImplementedError

    def view(self, user: User) -> Json | None:
        """Return the modal this person has open, None without one."""
        raise NotImplementedError

    async def wall_reads(
        self,
        channel: Channel,
        predicate: Callable[[list[Message]], bool],
        *,
        thread: str | None = None,
        timeout_s: float = 10,
    ) -> list[Message]:
        """Return the wall as soon as it satisfies `predicate`. Raises: TimeoutError, with what it read."""
        raise NotImplementedError

    async def bot_says(
        self, channel: Channel, text: str, *, thread: str | None = None, timeout_s: float = 10
    ) -> Message:
        """Return the bot's first finished message here that shows `text` (any thread where `thread` is None)."""
        raise NotImplementedError

    async def private_reads(self, channel: Channel, user: User, text: str, *, timeout_s: float = 10) -> Message:
        """Return the first ephemeral message to this person that shows `text`. Raises: TimeoutError."""
        raise NotImplementedError

    async def until(self, condition: Callable[[], bool], *, timeout_s: float = 10) -> None:
        """Return as soon as `condition` holds; it is looked at after every change. Raises: TimeoutError."""
        raise NotImplementedError

    # --- the record, and what goes wrong

    @property
    def calls(self) -> list[Call]:
        """Every call of the Web API, oldest first."""
        raise NotImplementedError

    def called(self, method: str) -> list[Call]:
        """Return the calls of one method, oldest first."""
        raise NotImplementedError

    @property
    def violations(self) -> list[Violation]:
        """What the app did against the platform's rules or published types."""
        raise NotImplementedError

    def fail_next(
        self,
        method: str,
        *,
        times: int = 1,
        error: str = "",
        http_status: int = 0,
        retry_after_s: int = 0,
        drop: str = "",
    ) -> None:
        """Let the next calls of a method fail.

        Give one: `error` (an answer with ok false: "token_revoked", "account_inactive" …), `http_status` (500),
        `retry_after_s` (429 with that header), `drop` ("before": the connection closes with nothing done; "after":
        it is carried out, and the connection closes before the answer).
        """
        raise NotImplementedError

    def revoke(self, error: str = "token_revoked") -> None:
        """Answer every call with this error from now on."""
        raise NotImplementedError

    @staticmethod
    async def settle() -> None:
        """Let what is ready run once; never a way to wait for something."""
        await asyncio.sleep(0)
