"""The lab as a test holds it: people act here, and the wall shows what they would read."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self, Unpack

from aiohttp import web

from tests.lab.slack.acting import Acting
from tests.lab.slack.agents import Agents
from tests.lab.slack.chat import Chat
from tests.lab.slack.clock import LabClock
from tests.lab.slack.directory import Directory
from tests.lab.slack.events import SUBSCRIPTIONS, Events
from tests.lab.slack.faults import Drop, Fault, Odd
from tests.lab.slack.files import Files
from tests.lab.slack.rates import Rates
from tests.lab.slack.reading import Reading
from tests.lab.slack.responses import Responses
from tests.lab.slack.schema import Schemas, load_schemas
from tests.lab.slack.socket import SocketHub
from tests.lab.slack.state import Channel, User, Workspace
from tests.lab.slack.streams import Streams
from tests.lab.slack.uploads import Uploads
from tests.lab.slack.views import Views
from tests.lab.slack.web_api import WebApi


class SlackLab(Acting, Reading):
    """`async with SlackLab() as lab:` runs a workspace with one installed app on a loopback port.

    `subscriptions`: the event types the app has subscribed to ("app_mention", "message.im", "message.channels",
    "message.groups", "app_home_opened", "agent_session_stopped"). `rates`: the limits of the methods. `ack_s`: how
    long an acknowledgement may take before redelivery, and a trigger may be used. `validate=False` spares the check
    against Slack's types; where those are not built, `schema_skip_reason` says so and nothing is checked either.
    `organisation`: the app is installed for a whole organisation, whose only workspace this is.
    """

    def __init__(
        self,
        *,
        clock: LabClock | None = None,
        rates: Rates | None = None,
        subscriptions: frozenset[str] = SUBSCRIPTIONS,
        ack_s: float = 3.0,
        port: int = 0,
        validate: bool = True,
        organisation: bool = False,
    ) -> None:
        self.clock = clock or LabClock()
        self.rates = rates or Rates()
        self.workspace = Workspace(self.clock)
        self.workspace.enterprise_id = self.workspace.mint.id("E") if organisation else ""
        self.socket = SocketHub(self.workspace, ack_s=ack_s)
        self.bot_token = "xoxb-" + self.workspace.mint.uuid()
        self.app_token = f"xapp-1-{self.workspace.app_id}-{self.workspace.mint.uuid()}"
        self.files: Files
        self.uploads = self._uploads = Uploads(self.workspace, self.bot_token)
        self._port = port
        self._schemas = load_schemas() if validate else Schemas({})
        self._events = Events(self.workspace, self.socket, subscriptions)
        self._runner: web.AppRunner | None = None
        self._web_api = self._assembled(ack_s)

    def _assembled(self, ack_s: float) -> WebApi:
        workspace, events = self.workspace, self._events
        chat = Chat(workspace, events)
        self._views = Views(workspace, chat, trigger_s=ack_s)
        self._responses = Responses(workspace, events, chat, self._schemas)
        self.files = Files(workspace, events, chat)
        self.directory = Directory(workspace, chat, socket_url=self._socket_url)
        families = (
            chat,
            Streams(workspace, events, chat),
            Agents(workspace, events, chat),
            self._views,
            self.files,
            self.directory,
        )
        return WebApi(
            workspace=workspace,
            bot_token=self.bot_token,
            app_token=self.app_token,
            rates=self.rates,
            schemas=self._schemas,
            methods={name: method for family in families for name, method in family.methods().items()},
            app_methods=self.directory.app_methods(),
        )

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._web_api.handle)
        app.router.add_get("/link/", self.socket.handle)
        app.router.add_post("/upload/{file_id}", self.files.upload)
        app.router.add_get("/files/{file_id}/{name}", self.uploads.give)
        app.router.add_get("/login", self.uploads.login)
        app.router.add_post("/response/{token}", self._responses.handle)
        self._add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self.workspace.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.socket.close()
        if self._runner:
            await self._runner.cleanup()

    def _add_routes(self, app: web.Application) -> None:
        """Add what a lab in its own process offers more."""

    def _socket_url(self) -> str:
        query = f"ticket={self.socket.issue_ticket()}&app_id={self.workspace.app_id}"
        return f"{self.workspace.url.replace('http', 'ws', 1)}link/?{query}"

    # --- the workspace

    @property
    def api_url(self) -> str:
        """What to give to `AsyncWebClient(base_url=…)`."""
        return f"{self.workspace.url}api/"

    @property
    def bot_user(self) -> str:
        """The user id of the bot."""
        return self.workspace.bot.id

    @property
    def bot_id(self) -> str:
        """The bot id of the bot."""
        return self.workspace.bot_id

    @property
    def team_id(self) -> str:
        """The workspace's id."""
        return self.workspace.team_id

    def add_user(self, name: str, *, locale: str = "en-US", admin: bool = False, guest: str = "") -> User:
        """Add a person to the workspace, a `guest` of "single" or "multi" channels, say."""
        return self.workspace.add_user(name, locale=locale, admin=admin, guest=guest)

    def add_stranger(self, name: str, *, admin: bool = False, team_id: str = "", is_bot: bool = False) -> User:
        """Add a person of another organisation, perhaps an admin there."""
        team_id = team_id or self.workspace.mint.id("T")
        return self.workspace.add_user(name, admin=admin, team_id=team_id, is_bot=is_bot)

    def connect(self, channel: Channel, stranger: User) -> None:
        """Share a channel with a stranger's organisation by Slack Connect; the stranger comes in."""
        channel.connected_team = stranger.team_id
        channel.members.add(stranger.id)

    def add_channel(
        self, name: str, members: Sequence[User] = (), *, private: bool = False, with_bot: bool = True
    ) -> Channel:
        """Add a channel with these people and, unless told not to, the bot."""
        ids = {user.id for user in members} | ({self.bot_user} if with_bot else set())
        return self.workspace.add_channel(name, ids, private=private)

    def dm(self, user: User) -> Channel:
        """Return this person's DM with the bot."""
        return self.workspace.dm(user.id)

    # --- what goes wrong

    @property
    def schema_skip_reason(self) -> str | None:
        """Why requests are not checked against Slack's types, None when they are."""
        return self._schemas.skip_reason

    def fail_next(
        self,
        method: str,
        *,
        times: int = 1,
        error: str = "",
        http_status: int = 0,
        retry_after_s: int = 0,
        drop: Drop = "",
        **odd: Unpack[Odd],
    ) -> None:
        """Let the next calls of a method fail.

        Give one: `error` (an answer with ok false: "token_revoked", "account_inactive" …), `http_status` (500),
        `retry_after_s` (429 with that header), `drop` ("before": the connection closes with nothing done; "after":
        it is carried out, and the connection closes before the answer). What else may be `odd`, see `Fault`.
        """
        self._web_api.faults.add(method, Fault(error, http_status, retry_after_s, drop, **odd), times)

    def relent(self) -> None:
        """Take back the failures that were ordered and have not happened."""
        self._web_api.faults.relent()

    def revoke(self, error: str = "token_revoked") -> None:
        """Answer every call with this error from now on; "" ends it."""
        self._web_api.faults.revoked = error

    def outage(self, http_status: int) -> None:
        """Answer every call with this status from now on; 0 ends it."""
        self._web_api.faults.outage = http_status

    def refuse_history(self, error: str = "missing_scope") -> None:
        """Answer `conversations.history` and `conversations.replies` with this error from now on."""
        self.directory.history_refused = error
