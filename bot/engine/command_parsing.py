"""The one parser of commands typed as text: behind a slash, and in a mention."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.engine.commands import ASK, LISTED, PRIVATE, Command, check_arguments, usages
from bot.errors import UserError

MOST_MORE = 2
"""A command's name has so many words behind its first at most."""
_TYPED: Mapping[str, Command] = {command.name: command for command in LISTED}


def parse_slash(name: str, text: str) -> tuple[str, dict[str, str]]:
    """Read a slash command typed as text: `name` without its slash, `text` what follows it.

    Returns the command's name in the table and its arguments by option name.

    Raises:
        UserError: no such command, an option is missing, or a word is too many; the sentence says how it is typed.
    """
    words = text.split()
    command = _named_by(name, words)
    rest = words[command.name.count(" ") :] if command else words
    if command is None:
        raise UserError("error.unknown_command", usages=usages(name))
    arguments = _with_rest(command, _behind(command, text)) if _takes_rest(command) else _arguments(command, rest)
    check_arguments(command, arguments)
    return command.name, arguments


def parse_mention(text: str) -> tuple[str, dict[str, str]] | None:
    """Read a command said to the bot in words, with or without a slash; None when it is something else.

    Lenient where `parse_slash` is strict: "model trains are loud" is a message for the model, not a wrong command. A
    command that takes free text keeps its slash: "ask me a riddle" is no command, "/ask me a riddle" is, and so is what
    ends in "private yes": the person wants to be answered alone.
    """
    said = text.strip()
    name, *rest = said.removeprefix("/").split(maxsplit=1) or [""]
    if name.lower() == "model" and not rest:
        return "model why", {}
    command = _named_by(name.lower(), "".join(rest).split())
    is_free = command is not None and _takes_rest(command)
    needs_slash = "\n" in said or name.lower() == ASK
    if needs_slash and not is_free:
        return None
    try:
        called, arguments = parse_slash(name.lower(), "".join(rest))
    except UserError:
        return None
    is_meant = not needs_slash or said.startswith("/") or PRIVATE.name in arguments
    return (called, arguments) if is_meant else None


def _named_by(name: str, words: Sequence[str]) -> Command | None:
    """Return the command whose name is this word with as many of the next as can be."""
    called = [" ".join([name, *words[:more]]).lower() for more in range(min(MOST_MORE, len(words)), -1, -1)]
    return next((_TYPED[each] for each in called if each in _TYPED), None)


def _arguments(command: Command, words: list[str]) -> dict[str, str]:
    arguments, rest = _by_kind(command, *_named(command, words))
    for option in command.options:
        if option.name in arguments or option.is_named:
            continue
        if option.choices:
            if rest and rest[0].lower() == option.name:
                rest.pop(0)
            if rest:
                # "for:thread", as Discord shows an option, is typed elsewhere, too.
                arguments[option.name] = rest.pop(0).lower().removeprefix(f"{option.name}:")
        elif rest:
            arguments[option.name] = rest.pop(0)
    if rest:
        raise UserError("error.too_many_words", extra=" ".join(rest), usages=usages(command.name.split()[0]))
    return arguments


def _by_kind(command: Command, arguments: Mapping[str, str], words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Give words to the options they are values of, in any order, where every option has only some values.

    `/usage 30` names no place, and `/usage 30 channel` is `/usage channel 30`.
    """
    found, rest = dict(arguments), []
    is_picky = all(option.choices or option.most for option in command.options)
    for word in words:
        free = [option for option in command.options if option.name not in found]
        option = next((each for each in free if is_picky and each.is_meant_by(word)), None)
        if option:
            found[option.name] = word.lower()
        else:
            rest.append(word)
    return found, rest


def _named(command: Command, words: list[str]) -> tuple[dict[str, str], list[str]]:
    """Take out the options that are typed with their names, "task:code" or "task code"; return the other words, too."""
    options = {option.name: option for option in command.options}
    arguments: dict[str, str] = {}
    rest, left = [], list(words)
    while left:
        word = left.pop(0)
        name, _, value = word.partition(":")
        option = options.get(name.lower())
        if option and not value and left and (option.is_named or option.is_meant_by(left[0])):
            value = left.pop(0)
        if option and value and option.name not in arguments:
            arguments[option.name] = value.lower() if option.choices else value
        else:
            rest.append(word)
    return arguments, rest


def _takes_rest(command: Command) -> bool:
    return any(option.is_rest for option in command.options)


def _behind(command: Command, text: str) -> str:
    """Return what is typed behind a command's name, of which `text` still has all but the first word."""
    more = command.name.count(" ")
    return "".join(text.split(maxsplit=more)[more:]) if more else text


def _with_rest(command: Command, text: str) -> dict[str, str]:
    """Read free text: words before it are other options, options behind it have their names.

    "what is love private yes language:he" is a question with two options; only choices stand there without a colon.
    """
    at = next(index for index, option in enumerate(command.options) if option.is_rest)
    before, free, behind = command.options[:at], command.options[at], command.options[at + 1 :]
    *words, left = [*text.strip().split(maxsplit=len(before)), *[""] * (len(before) + 1)][: len(before) + 1]
    arguments = {option.name: word for option, word in zip(before, words, strict=True) if word}
    named = True
    while named:
        named = False
        for option in behind:
            value = rf"(?:\s+|:)({'|'.join(option.choices)})" if option.choices else r":(\S+)"
            found = re.search(rf"(?:^|\s){option.name}{value}$", left, re.IGNORECASE)
            if found and option.name not in arguments:
                arguments[option.name] = found[1].lower()
                left = left[: found.start()].rstrip()
                named = True
    return {free.name: left, **arguments} if left else arguments
