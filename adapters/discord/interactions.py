"""Discord's interactions as values of the domain: commands, completions, presses and forms. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import discord

from adapters.discord.events import PLATFORM, is_hebrew, to_address
from adapters.oddities import reading
from adapters.offered_files import OfferedFile
from bot.domain import OWN_WORDS, Address, CommandCall, Person, QuotedMessage, brought_thread, private_thread

_COMMAND_OPTION_TYPES = (1, 2)  # a subcommand, a group of subcommands
_MESSAGE_COMMAND = 3
# What people read of an embed.
_TOLD = ("title", "description")
_MENTION = re.compile(r"<@!?\d{1,20}>")


@dataclass(frozen=True, slots=True)
class Typing:
    """What a person has typed into an option of a slash command so far."""

    command: str
    option: str
    typed: str


@dataclass(frozen=True, slots=True)
class Target:
    """The message a person asks about: its id, who wrote it, and its text, "" where it has none."""

    id: str
    author: str
    author_id: str
    text: str
    files: tuple[OfferedFile, ...] = ()

    def marked(self, bot_id: str) -> Target:
        """Return the same, known as the bot's own words where it wrote them."""
        if self.author_id != bot_id:
            return self
        files = tuple(replace(file, author_id=OWN_WORDS) if file.author_id == bot_id else file for file in self.files)
        return replace(self, author_id=OWN_WORDS, files=files)

    @property
    def quote(self) -> QuotedMessage:
        """The message as it is quoted."""
        return QuotedMessage(self.text, self.author, self.author_id)


@reading
def to_command_call(interaction: discord.Interaction[Any]) -> CommandCall:
    """Translate a slash command. A group's commands have more words than one: "model use"."""
    name, options = _command(interaction)
    arguments = {option["name"]: str(option["value"]) for option in options}
    person = to_user(interaction)
    return CommandCall(
        event_id=str(interaction.id),
        address=to_interaction_address(interaction),
        # Discord's clients do not speak Hebrew; who asks in it does.
        person=replace(person, locale="he") if is_hebrew(" ".join(arguments.values())) else person,
        command=name,
        arguments=arguments,
        direct=interaction.context.dm_channel,
    )


@reading
def to_press(interaction: discord.Interaction[Any], command: str, arguments: Mapping[str, str]) -> CommandCall:
    """Return the call a press, or the form it opened, stands for.

    A button of an ephemeral message belongs to the person's private conversation.
    """
    address = to_interaction_address(interaction)
    is_private = is_ephemeral(interaction) and not (interaction.context.dm_channel or address.is_brought)
    return CommandCall(
        event_id=str(interaction.id),
        address=replace(address, thread=private_thread(str(interaction.user.id))) if is_private else address,
        person=to_user(interaction),
        command=command,
        arguments=arguments,
        direct=interaction.context.dm_channel or is_private,
    )


@reading
def to_custom_id(interaction: discord.Interaction[Any]) -> str:
    """Return what the button or form carries, "" for nothing."""
    data: Mapping[str, Any] = interaction.data or {}
    return str(data.get("custom_id") or "")


@reading
def to_fields(interaction: discord.Interaction[Any]) -> dict[str, str]:
    """Return what was put into a form, by field; of a choice the first value."""
    return fields_of(interaction.data or {})


def fields_of(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the same of what Discord tells; what is no field is left out, and what is no text is empty."""
    return dict(_fields(data.get("components")))


@reading
def to_target(interaction: discord.Interaction[Any]) -> Target:
    """Translate the message a command of the message menu was called on; Discord always tells its text."""
    data: Mapping[str, Any] = interaction.data or {}
    return target_of(data.get("resolved", {}).get("messages", {}).get(data.get("target_id"), {}))


def target_of(message: Mapping[str, Any]) -> Target:
    """Translate a message as Discord writes it, with the names of those it mentions."""
    names = {f"<@{user.get('id')}>": f"@{_name(user)}" for user in _objects(message.get("mentions"))}
    snapshots = _objects([snapshot.get("message") for snapshot in _objects(message.get("message_snapshots"))])
    parts = [message, *snapshots]
    shown = "\n".join(filter(None, (words for part in parts for words in _shown(part))))
    text = _MENTION.sub(lambda found: names.get(found[0].replace("!", ""), found[0]), shown)
    author = next(_objects([message.get("author")]), {})
    return Target(
        id=str(message.get("id", "")),
        author=_name(author),
        author_id=str(author.get("id", "")),
        text=text.strip(),
        files=tuple(_file(file, author) for part in parts for file in _objects(part.get("attachments"))),
    )


def _shown(message: Mapping[str, Any]) -> Iterator[str]:
    """Give what people read of a message, or of a part of one that is forwarded."""
    yield _text(message.get("content"))
    yield from (_text(embed.get(part)) for embed in _objects(message.get("embeds")) for part in _TOLD)
    for poll in _objects([message.get("poll")]):
        yield from (_text(question.get("text")) for question in _objects([poll.get("question")]))
        media = (media for answer in _objects(poll.get("answers")) for media in _objects([answer.get("poll_media")]))
        yield from (f"- {words}" for each in media if (words := _text(each.get("text"))))


def _file(file: Mapping[str, Any], author: Mapping[str, Any]) -> OfferedFile:
    size = file.get("size")
    return OfferedFile(
        _text(file.get("filename")),
        _text(file.get("url")),
        size if isinstance(size, int) else 0,
        _text(file.get("content_type")),
        is_others=True,
        author=_name(author),
        author_id=str(author.get("id", "")),
    )


@reading
def is_message_command(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether a command was called from a message's menu."""
    data: Mapping[str, Any] = interaction.data or {}
    return data.get("type") == _MESSAGE_COMMAND


@reading
def is_ephemeral(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether the message that was pressed is seen by this person alone."""
    return interaction.message is not None and interaction.message.flags.ephemeral


@reading
def is_elsewhere(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether the person brought the app along to where the bot is not: another guild, somebody's DM, a group."""
    if interaction.guild_id is None:
        return interaction.context.private_channel
    return interaction.is_user_integration() and not interaction.is_guild_integration()


@reading
def may_write(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether the bot can post in the channel by itself, without the interaction."""
    if interaction.channel is None:
        return False
    if interaction.guild_id is None or is_elsewhere(interaction):
        return not is_elsewhere(interaction)
    may = interaction.app_permissions
    is_thread = isinstance(interaction.channel, discord.Thread)
    return may.view_channel and (may.send_messages_in_threads if is_thread else may.send_messages)


@reading
def to_typing(interaction: discord.Interaction[Any]) -> Typing:
    """Translate an autocompletion."""
    name, options = _command(interaction)
    focused = next((option for option in options if option.get("focused")), {"name": "", "value": ""})
    return Typing(command=name, option=focused["name"], typed=str(focused["value"]))


@reading
def to_interaction_address(interaction: discord.Interaction[Any]) -> Address:
    """Return where an interaction happened; the person's own id where Discord does not say, never a shared scope.

    Where the bot is not, each person who has it installed has a conversation of their own in each channel.
    """
    workspace, person = str(interaction.guild_id or ""), str(interaction.user.id)
    if interaction.channel is None:
        return Address(PLATFORM, workspace, person)
    if is_elsewhere(interaction):
        return Address(PLATFORM, workspace, str(interaction.channel.id), brought_thread(person))
    return to_address(interaction.channel, interaction.guild_id)


@reading
def to_user(interaction: discord.Interaction[Any]) -> Person:
    """Return who acts, in the language of their client. Where the bot is not, nobody is an admin of it."""
    user, may = interaction.user, interaction.permissions
    is_admin = not is_elsewhere(interaction) and (may.manage_guild or may.administrator)
    # An unknown language ("he" among them) is an unknown member of the enumeration with the text as its value.
    return Person(str(user.id), user.display_name, is_admin, str(interaction.locale.value))


def _command(interaction: discord.Interaction[Any]) -> tuple[str, Sequence[Mapping[str, Any]]]:
    data: Mapping[str, Any] = interaction.data or {}
    words, options = [data["name"]], data.get("options", [])
    while options and options[0]["type"] in _COMMAND_OPTION_TYPES:
        words.append(options[0]["name"])
        options = options[0].get("options", [])
    return " ".join(words), options


def _fields(parts: object) -> Iterator[tuple[str, str]]:
    for part in _objects(parts):
        if name := _text(part.get("custom_id")):
            values = part.get("values")
            yield name, _text(part.get("value")) or _text(next(iter(values), "") if isinstance(values, list) else "")
        yield from _fields(part.get("components"))
        yield from _fields([part.get("component")])


def _objects(values: object) -> Iterator[Mapping[str, Any]]:
    return (each for each in values if isinstance(each, Mapping)) if isinstance(values, list) else iter(())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _name(user: Mapping[str, Any]) -> str:
    return str(user.get("global_name") or user.get("username") or "?")
