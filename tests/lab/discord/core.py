"""What the REST handlers share: the world, the record of requests and violations, and Discord's way of refusing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.lab.discord import permissions
from tests.lab.discord.bell import Bell
from tests.lab.discord.clock import LabClock
from tests.lab.discord.state import Attachment, Channel, Json, Message
from tests.lab.discord.world import World

if TYPE_CHECKING:
    from tests.lab.discord.gateway import Gateway
    from tests.lab.discord.interactions import Interaction
    from tests.lab.discord.troubles import Troubles


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it arrived: `route` as published (`/channels/{channel_id}/messages`), `at` in lab seconds."""

    method: str
    route: str
    path: str
    body: Any
    status: int
    at: float


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule of the platform: which, in what request, at what place of the body."""

    rule: str
    route: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a body: where (keys and indices), Discord's error code and sentence."""

    path: tuple[str | int, ...]
    code: str
    text: str


class ApiError(Exception):
    """An answer that is not a success."""

    def __init__(self, status: int, code: int, text: str, errors: Json | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.body: Json = {"message": text, "code": code, **({"errors": errors} if errors else {})}


@dataclass(eq=False)
class Core:
    """The server's one state. `commands` are the registered ones by guild id, the global ones under 0."""

    world: World
    clock: LabClock
    bell: Bell
    gateway: Gateway
    hebrew: bool
    old_edits_allowed: int
    commands: dict[int, list[Json]] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    nonces: dict[tuple[int, str], Message] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)
    requests: list[Seen] = field(default_factory=list)
    troubles: Troubles = field(init=False)
    old_edits: int = 0
    # What the application's pages of the portal say besides its intents.
    interactions_endpoint: str = ""
    requires_code_grant: bool = False
    commands_made: dict[int, int] = field(default_factory=dict)

    def note(self, call: Call, rule: str, detail: str) -> None:
        """Record a violation."""
        self.violations.append(Violation(rule, f"{call.method} {call.route}", detail))

    def refuse_if(self, call: Call, problems: Sequence[Problem]) -> None:
        """Record problems and refuse the request with them.

        Raises:
            ApiError: there are problems.
        """
        for problem in problems:
            self.note(call, problem.code, f"{'.'.join(map(str, problem.path))}: {problem.text}")
        if problems:
            raise ApiError(400, 50035, "Invalid Form Body", error_tree(problems))


@dataclass(eq=False)
class Call:
    """One request on its way through: `route` as published, `ids` its path parameters, `body` the parsed JSON."""

    method: str
    route: str
    ids: dict[str, str]
    query: dict[str, str]
    body: Any
    files: list[Attachment]

    def id(self, name: str) -> int:
        """Return a path parameter as a snowflake; 0 when it is none."""
        value = self.ids[name]
        return int(value) if value.isdecimal() else 0


Handler = Callable[[Core, Call], Any]


def error_tree(problems: Sequence[Problem]) -> Json:
    """Write problems down as Discord nests them."""
    tree: Json = {}
    for problem in problems:
        node = tree
        for key in problem.path:
            node = node.setdefault(str(key), {})
        node.setdefault("_errors", []).append({"code": problem.code, "message": problem.text})
    return tree


def channel_of(core: Core, call: Call) -> Channel:
    """Return the channel a request names.

    Raises:
        ApiError: it does not exist, or the bot may not see it.
    """
    channel = core.world.channels.get(call.id("channel_id"))
    if channel is None:
        raise ApiError(404, 10003, "Unknown Channel")
    if not permissions.of_bot(channel) & permissions.BITS["view_channel"]:
        raise ApiError(403, 50001, "Missing Access")
    return channel


def message_of(channel: Channel, message_id: int) -> Message:
    """Return a message of a channel that everybody sees.

    Raises:
        ApiError: there is none, or it is ephemeral.
    """
    message = channel.messages.get(message_id)
    if message is None or message.deleted or message.seen_only_by:
        raise ApiError(404, 10008, "Unknown Message")
    return message


def need(channel: Channel, *names: str) -> None:
    """Make sure that the bot has these permissions in a channel.

    Raises:
        ApiError: it lacks one.
    """
    wanted = permissions.bits(*names)
    if permissions.of_bot(channel) & wanted != wanted:
        raise ApiError(403, 50013, "Missing Permissions")
