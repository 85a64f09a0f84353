"""The Slack adapter: who we are, one Bolt app per run, and the socket or the port it listens on."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.announcing import CLOCKS_APART, announced
from adapters.base import Announcement
from adapters.call_counting import counted
from adapters.closed_places import ClosedPlaces
from adapters.delivery.layout import Rules
from adapters.dispatch import Dispatcher
from adapters.downloads import Downloads
from adapters.sent_files import FileLimits, SentFiles
from adapters.slack.calls import Web, open_web
from adapters.slack.homes import Homes
from adapters.slack.http_handler import HttpDoor, listening
from adapters.slack.listeners import Listeners
from adapters.slack.members import WorkspaceMembers
from adapters.slack.payload import PLATFORM
from adapters.slack.people import People
from adapters.slack.place import Identity
from adapters.slack.posters import Posters
from adapters.slack.rates import call_name, governor
from adapters.slack.refusals import CALL_ERRORS, TOKEN_ENDED, refusal
from adapters.slack.seals import Seals
from adapters.slack.socket_listening import WATCH_INTERVAL_S, listen_on_socket
from adapters.slack.workspace import Workspace
from adapters.tasks import Tasks
from bot import ports
from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, Person, Turn
from bot.engine.engine import Engine
from bot.errors import ConfigurationError, Unavailable

# Where Slack keeps what people send along; the bot's token goes there, and nowhere else.
FILE_HOSTS = frozenset({"files.slack.com"})
BOT_TOKEN = "LYCEUM_SLACK__BOT_TOKEN"  # noqa: S105 - the setting's name
APP_TOKEN = "LYCEUM_SLACK__APP_TOKEN"  # noqa: S105 - the setting's name
# With these the start is in vain until somebody mends the app or its tokens.
TOKEN_ERRORS = TOKEN_ENDED | {
    "forbidden_team",
    "missing_scope",
    "no_permission",
    "not_allowed_token_type",
    "team_access_not_granted",
}
REQUEST_TIMEOUT_S = 30.0
log = structlog.get_logger(__name__)


class SlackAdapter:
    """Answers in one workspace. `ready` is set while events can arrive; `api_url` None is Slack itself.

    They arrive over Socket Mode, by `app_token`, or as requests through the door `http`, at `port`.

    Longer answers than `file_chars` characters become a file (0: never). `file_limits` bounds what is read of the files
    that people send along, `documents` and `sounds` read those that are no text. `notes` keep which of an
    organisation's workspaces a channel is in; None: only while it runs.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        bot_token: str,
        app_token: str = "",
        http: HttpDoor | None = None,
        api_url: str | None = None,
        clock: Clock = SYSTEM_CLOCK,
        file_chars: int = 0,
        file_limits: FileLimits | None = None,
        documents: ports.Documents | None = None,
        sounds: ports.Sounds | None = None,
        notes: ports.Notes | None = None,
    ) -> None:
        self.ready = asyncio.Event()
        self._engine = engine
        self._bot_token = bot_token
        self._app_token = app_token
        self._http = http
        self.port = 0
        self._api_url = api_url
        self._clock = clock
        self._file_chars = file_chars
        headers = {"Authorization": f"Bearer {bot_token}"}
        self._files = SentFiles(
            downloads=Downloads(hosts=FILE_HOSTS, origin=api_url, headers=headers),
            limits=file_limits or FileLimits(),
            documents=documents,
            sounds=sounds,
        )
        self._notes = notes
        self._dispatcher: Dispatcher | None = None
        self._posters: Posters | None = None
        self._members = WorkspaceMembers()
        engine.authority.ask(PLATFORM, self._members)

    @property
    def platform(self) -> str:
        """See `base.Adapter.platform`."""
        return PLATFORM

    async def announce(self, announcement: Announcement) -> bool:
        """See `base.Adapter.announce`."""
        posters = self._posters
        if posters is None:
            return False
        home = await posters.workspace.homes.of({"channel_id": announcement.channel})
        where, since = Address(PLATFORM, home, announcement.channel), announcement.begun_at - CLOCKS_APART
        nobody = Person("", "", locale=announcement.language)
        poster = posters.call_poster(where, nobody, thread="", asked=f"{since.timestamp():.6f}")
        return await announced(announcement, where, poster, rules=posters.workspace.rules, clock=self._clock)

    def resume(self, turn: Turn) -> None:
        """See `base.Adapter.resume`."""
        if self._dispatcher is not None:
            self._dispatcher.resume(turn)

    async def run(self) -> None:
        """Listen and answer until cancelled; may be called again after it has raised.

        Raises:
            ConfigurationError: Slack refuses a token, or takes it no more; the error names the setting.
            Unavailable: Slack cannot be reached, or the connection was lost and did not come back.
        """
        try:
            async with AsyncExitStack() as stack:
                timeout = aiohttp.ClientTimeout(total=REQUEST_TIMEOUT_S)
                trace = counted(aiohttp.TraceConfig(), self._engine.meter, PLATFORM, call_name)
                session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout, trace_configs=[trace]))
                web = open_web(
                    session,
                    token=self._bot_token,
                    api_url=self._api_url,
                    governor=governor(self._clock),
                    clock=self._clock,
                )
                identity = await self._identify(web.without_retries)
                tasks = await stack.enter_async_context(Tasks())
                people = People(client=web.without_retries, clock=self._clock, identity=identity)
                self._members.people = people
                workspace = Workspace(
                    engine=self._engine,
                    web=web,
                    people=people,
                    identity=identity,
                    homes=Homes(identity, self._notes),
                    seals=Seals(self._bot_token),
                    tasks=tasks,
                    clock=self._clock,
                    files=self._files,
                    rules=Rules(governor=web.governor, file_chars=self._file_chars, has_footer=True),
                )
                posters = self._posters = Posters(workspace)
                self._dispatcher = Dispatcher(
                    engine=self._engine,
                    tasks=tasks,
                    rules=workspace.rules,
                    answering=posters.answering,
                    closed=ClosedPlaces(tell=workspace.tell_elsewhere, note=workspace.note_closed, clock=self._clock),
                    clock=self._clock,
                )
                await self._listen(self._app(workspace, Listeners(self._dispatcher, posters)), web)
        finally:
            self.ready.clear()
            self._dispatcher = self._members.people = self._posters = None

    async def _identify(self, client: AsyncWebClient) -> Identity:
        try:
            answer = await client.auth_test()
        except CALL_ERRORS as error:
            raise _start_error(error, BOT_TOKEN) from error
        if not answer.get("bot_id"):
            raise ConfigurationError("slack.token_refused", variable=BOT_TOKEN, reason="not_a_bot_token")
        organisation = str(answer.get("enterprise_id") or "") if answer.get("is_enterprise_install") is True else ""
        return Identity(
            workspace="" if organisation else str(answer["team_id"]),
            bot_user=str(answer["user_id"]),
            bot_id=str(answer["bot_id"]),
            organisation=organisation,
            name=str(answer.get("user") or "bot"),
        )

    def _app(self, workspace: Workspace, listeners: Listeners) -> AsyncApp:
        """Make the Bolt app. Whatever brings it payloads (the socket, or HTTP) is not its business."""

        async def authorize() -> AuthorizeResult:
            # The token was checked at the start. Bolt's own way would ask Slack again, and acknowledge events it could
            # not authorize: they would be lost.
            me = workspace.identity
            return AuthorizeResult(
                enterprise_id=me.organisation or None,
                team_id=me.workspace or None,
                bot_id=me.bot_id,
                bot_user_id=me.bot_user,
                bot_token=self._bot_token,
            )

        app = AsyncApp(
            name="lyceum",
            client=AsyncWebClient(
                base_url=workspace.web.with_retries.base_url, session=workspace.web.session, retry_handlers=[]
            ),
            authorize=authorize,
            # An event is acknowledged when its listener has returned, and not at all when it has raised.
            process_before_response=True,
            request_verification_enabled=False,
            ssl_check_enabled=False,
        )
        listeners.register(app)
        return app

    async def _listen(self, app: AsyncApp, web: Web) -> None:
        """Return never; raise when nothing comes any more, or a token is taken no more."""
        if self._http is None:
            await listen_on_socket(
                app,
                web,
                app_token=self._app_token,
                socket_url=lambda: self._socket_url(web.without_retries),
                check_tokens=lambda within_s: self._check_tokens(web, within_s=within_s),
                ready=self.ready,
                clock=self._clock,
            )
            return
        try:
            async with listening(app, self._http, clock=self._clock) as self.port:
                self.ready.set()
                log.info("slack.listening", port=self.port)
                while True:
                    await self._check_tokens(web, within_s=WATCH_INTERVAL_S)
        finally:
            self.ready.clear()

    async def _check_tokens(self, web: Web, *, within_s: float) -> None:
        """Wait; when a call is refused for its token meanwhile, ask about both, since one refusal may be a slip."""
        try:
            async with asyncio.timeout(within_s):
                await web.token_refused.wait()
        except TimeoutError:
            return
        web.token_refused.clear()
        await self._identify(web.without_retries)
        if self._http is None:
            await self._socket_url(web.without_retries)

    async def _socket_url(self, client: AsyncWebClient) -> str:
        try:
            answer = await client.apps_connections_open(app_token=self._app_token)
        except CALL_ERRORS as error:
            raise _start_error(error, APP_TOKEN) from error
        return str(answer["url"])


def _start_error(error: Exception, variable: str) -> ConfigurationError | Unavailable:
    code = refusal(error) if isinstance(error, SlackApiError) else ""
    if code in TOKEN_ERRORS:
        return ConfigurationError("slack.token_refused", variable=variable, reason=code)
    log.warning("slack.unreachable", error=code or type(error).__name__)
    return Unavailable("slack.unreachable")
