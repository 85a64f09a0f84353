"""What people press, type after a slash, choose from a menu and submit becomes values. Pure, as `events` is."""

from __future__ import annotations

import json
from dataclasses import dataclass

from adapters.slack.forms import AUTHOR, PRIVATE, QUESTION, QUOTE
from adapters.slack.payload import PLATFORM, Json, Malformed, address_of, inner, is_direct, items, needed, text
from adapters.slack.place import EphemeralPlace
from adapters.slack.seals import Seals
from adapters.slack.shared import offered, written
from bot.domain import Address, CommandCall, Person, QuotedMessage, private_thread
from bot.engine.command_parsing import parse_slash
from bot.engine.commands import ASK, CommandKind, kind_of
from bot.errors import UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A person pressed a button of ours. `trigger_id` is the press's own, and opens a form for seconds.

    `ts` is the message's; `corner` is where the person alone is answered; `label` reads as the button does.
    """

    trigger_id: str
    ts: str
    value: str
    label: str
    address: Address
    corner: EphemeralPlace
    direct: bool

    @property
    def kept(self) -> dict[str, str]:
        """What the form that it opens keeps of it, see `restored`."""
        return {
            "button": self.value,
            "workspace": self.address.workspace,
            "ts": self.ts,
            "channel": self.corner.channel,
            "thread": self.corner.thread,
            "where": self.address.thread,
            "direct": "yes" if self.direct else "",
            "url": self.corner.url,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Slashed:
    """A slash command as it was typed: `name` without its slash, `text` what follows it."""

    event_id: str
    address: Address
    corner: EphemeralPlace
    name: str
    text: str
    direct: bool

    @property
    def user(self) -> str:
        """Who typed it."""
        return self.corner.user

    def pressed(self, value: str) -> Pressed:
        """Return the press of a button that would stand where the command was typed."""
        return Pressed(
            trigger_id=self.event_id,
            ts="",
            value=value,
            label="",
            address=self.address,
            corner=self.corner,
            direct=self.direct,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A person chose our entry in the menu of a message. `thread` is the thread the message stands in, "" for none."""

    trigger_id: str
    workspace: str
    channel: str
    ts: str
    thread: str
    text: str
    files: tuple[str, ...]
    author: str
    user: str
    response_url: str

    @property
    def kept(self) -> dict[str, str]:
        """What the form that it opens keeps of it, beside the message, see `to_question_about`."""
        return {
            "workspace": self.workspace,
            "channel": self.channel,
            "ts": self.ts,
            "thread": self.thread,
            "url": self.response_url,
            AUTHOR: self.author,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A person sent a form of ours off. `kept` is what we left in it, as its seal says.

    `values` are what was typed and ticked, by action id; what was left empty is not there.
    """

    view_id: str
    user: str
    kept: dict[str, str]
    values: dict[str, str]


def parse_press(body: Json, *, workspace: str) -> Pressed:
    """Read a press of a button; `workspace` is whose place it tells of.

    Raises:
        Malformed: no channel, no person, or nothing in the button.
    """
    action = next(iter(items(body, "actions")), {})
    container, message = inner(body, "container"), inner(body, "message")
    channel, user = needed(inner(body, "channel"), "id"), needed(inner(body, "user"), "id")
    thread = text(message, "thread_ts") or text(container, "thread_ts")
    is_alone = container.get("is_ephemeral") is True
    where = private_thread(user) if is_alone else thread
    return Pressed(
        trigger_id=needed(body, "trigger_id"),
        ts=text(container, "message_ts") or text(message, "ts"),
        value=needed(action, "value"),
        label=text(inner(action, "text"), "text"),
        address=address_of(workspace, channel, where),
        corner=EphemeralPlace(channel, user, thread, text(body, "response_url") if is_alone else ""),
        direct=is_alone or is_direct(channel),
    )


def parse_slashed(body: Json, *, workspace: str) -> Slashed:
    """Read a slash command. Slack has none in threads: the channel or the DM is the address.

    Raises:
        Malformed: a field that every such command has is missing.
    """
    channel = needed(body, "channel_id")
    return Slashed(
        event_id=needed(body, "trigger_id"),
        address=Address(PLATFORM, workspace, channel),
        corner=EphemeralPlace(channel, needed(body, "user_id"), url=text(body, "response_url")),
        name=needed(body, "command").removeprefix("/"),
        text=text(body, "text"),
        direct=is_direct(channel),
    )


def is_asked(slashed: Slashed) -> bool:
    """Whether the command is a question, to be answered as any message is; False for one typed wrong."""
    try:
        return kind_of(parse_slash(slashed.name, slashed.text)[0]) is CommandKind.QUESTION
    except UserError:
        return False


def to_call(slashed: Slashed, person: Person) -> CommandCall:
    """Make the call of a slash command.

    Raises:
        UserError: it is not typed as the command table says; the sentence says how it is.
    """
    command, arguments = parse_slash(slashed.name, slashed.text)
    return CommandCall(
        event_id=slashed.event_id,
        address=slashed.address,
        person=person,
        command=command,
        arguments=arguments,
        direct=slashed.direct,
    )


def parse_picked(body: Json, *, workspace: str) -> Picked:
    """Read the choice of our entry in a message's menu.

    Raises:
        Malformed: no message, no channel, no person, or no trigger.
    """
    message = inner(body, "message")
    return Picked(
        trigger_id=needed(body, "trigger_id"),
        workspace=workspace,
        channel=needed(inner(body, "channel"), "id"),
        ts=needed(message, "ts"),
        thread=text(message, "thread_ts"),
        text=written(message),
        files=tuple(file.name for file in offered(message)),
        author=text(message, "user"),
        user=needed(inner(body, "user"), "id"),
        response_url=text(body, "response_url"),
    )


def parse_submitted(body: Json, *, seals: Seals) -> Submitted:
    """Read a form that was sent off.

    Raises:
        Malformed: no form, no person, or what we left in it is not there as we left it.
    """
    view, user = inner(body, "view"), needed(inner(body, "user"), "id")
    kept = _kept(needed(view, "private_metadata"))
    if not seals.holds(kept, form=text(view, "callback_id"), user=user):
        raise Malformed("view.private_metadata.seal")
    return Submitted(
        view_id=needed(view, "id"),
        user=user,
        kept=kept,
        values=_values(inner(inner(view, "state"), "values")),
    )


def restored(submitted: Submitted) -> Pressed:
    """Return the press that opened a form; it is now known by the form's id, which is sent off once.

    Raises:
        Malformed: what we left in it is not all there.
    """
    kept = submitted.kept
    try:
        corner = EphemeralPlace(kept["channel"], submitted.user, kept["thread"], kept["url"])
        return Pressed(
            trigger_id=submitted.view_id,
            ts=kept["ts"],
            value=kept["button"],
            label="",
            address=address_of(kept["workspace"], kept["channel"], kept["where"]),
            corner=corner,
            direct=bool(kept["direct"]),
        )
    except KeyError as error:
        raise Malformed(f"view.private_metadata.{error.args[0]}") from error


def to_question_about(submitted: Submitted, person: Person) -> tuple[CommandCall, str]:
    """Return the question of a form about a message, known by the form's id, and the thread of that message.

    Raises:
        Malformed: what we left in it is not all there.
    """
    kept = submitted.kept
    try:
        channel, thread, quote = kept["channel"], kept["thread"], kept[QUOTE]
        address, root = address_of(kept["workspace"], channel, thread), thread or kept["ts"]
    except KeyError as error:
        raise Malformed(f"view.private_metadata.{error.args[0]}") from error
    private = {"private": "yes"} if PRIVATE in submitted.values else {}
    call = CommandCall(
        event_id=submitted.view_id,
        address=address,
        person=person,
        command=ASK,
        arguments={"question": submitted.values.get(QUESTION, "").strip(), **private},
        direct=is_direct(channel) and not private,
        reply_to=thread,
        quotes=(QuotedMessage(quote, author_id=kept.get(AUTHOR, "")),),
    )
    return call, root


def parse_corner(body: Json) -> EphemeralPlace | None:
    """Return where the person alone is answered, of whatever they pressed; None where it does not say."""
    channel, user = text(inner(body, "channel"), "id"), text(inner(body, "user"), "id")
    return EphemeralPlace(channel, user, text(inner(body, "message"), "thread_ts")) if channel and user else None


def _kept(written: str) -> dict[str, str]:
    """Read what we left in a form. RecursionError: lists in lists without end are nothing we left."""
    try:
        kept = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise Malformed("view.private_metadata") from error
    return {str(name): str(value) for name, value in kept.items()} if isinstance(kept, dict) else {}


def _values(state: Json) -> dict[str, str]:
    found: dict[str, str] = {}
    for block in state:
        for name in inner(state, block):
            element = inner(inner(state, block), name)
            ticked = [text(option, "value") for option in items(element, "selected_options")]
            if value := text(element, "value") or ",".join(ticked):
                found[name] = value
    return found
