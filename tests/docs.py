"""The documents that are made from code: `python -m tests.docs` checks them, `--write` writes them anew."""

from __future__ import annotations

import argparse
import sys
import types
import typing
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from pydantic import SecretStr

from adapters.hearing import RULES, Made
from bot.cli.main import build_parser, shown
from bot.engine.commands import LISTED
from bot.i18n import text
from bot.reasoning import DIALECTS, MarkKind
from bot.settings import fields
from bot.settings.group import SettingsGroup

TABLE_BEGINS = "<!-- Made by `python -m tests.docs --write` from adapters/hearing.py: -->"
TABLE_ENDS = "<!-- end of what is made -->"
ROOT = Path(__file__).parents[1]
MADE = "<!-- Made by `python -m tests.docs --write`; edit the code, not this. -->\n"


def documents() -> dict[Path, str]:
    """Return what every made document should read, by its path."""
    reference = ROOT / "docs/reference"
    return {
        reference / "settings.md": settings_page(),
        reference / "cli.md": cli_page(),
        reference / "commands.md": commands_page(),
        reference / "reasoning.md": reasoning_page(),
        reference / "input.md": _with_table(reference / "input.md", hearing_table()),
    }


def hearing_table() -> str:
    """Return what becomes of a message by what it is made of."""
    head = "| made of | said to the bot | in a thread that is followed | elsewhere |\n|---|---|---|---|\n"
    rows = []
    for made, rule in RULES.items():
        file = "message.txt" if made is Made.TEXT_FILE else "owl.png"
        told = f"“{text(rule.hint, 'en', files=file)}”" if rule.hint else "answered"
        if rule.is_fetched:
            told = f"written down and answered; where that cannot be: {told}"
        followed = "the same" if rule.is_followed else "left alone"
        rows.append(f"| {made.value} | {_piped(told)} | {followed} | left alone |\n")
    return head + "".join(rows)


def _with_table(path: Path, table: str) -> str:
    """Return a page with the part between its marks made anew."""
    before, _, rest = path.read_text(encoding="utf-8").partition(TABLE_BEGINS)
    _, _, after = rest.partition(TABLE_ENDS)
    return f"{before}{TABLE_BEGINS}\n{table}{TABLE_ENDS}{after}"


def reasoning_page() -> str:
    """Return the reference of what is left out of models' answers."""
    head = (
        f"# What is left out of answers\n\n{MADE}\n"
        "Models write things that are no part of their answers: reasoning, calls of tools, the tokens of their\n"
        "own template, and what somebody else might say next. None of it is shown, stored or sent again,\n"
        "whichever of the ways below a model has. In code and in quotation marks a mark is a word like any other.\n"
        "Tags may carry blanks and attributes. `…` stands for a few characters, `{model}` and `{person}` for the\n"
        "names of a role, `{thinking}` for those of reasoning, `{name}` for any name, `{capital}` for what follows at\n"
        "once, `{blank}` for a blank, `{line}` for a line's end. A new model's way is one row of\n"
        "`bot/reasoning/dialects.py`, or of a table it gathers; the tests try every row, cut at every place.\n\n"
        "A line outside of code, lists and quotes that begins with the name of somebody who speaks there, and a\n"
        "colon, ends an answer that has come to a sentence's end, or that began with the bot's own name, which is\n"
        "left out. A list of people stays: one that stands first, or behind a colon, or has its names in bold. So it\n"
        "is with `User:`, `Human:` and `Assistant:`, unless a small letter follows, as where the word is explained. A\n"
        "token around which a sentence goes on, or that is an index (`a[EOS]`), is a word.\n\n"
        "An answer that is nothing but a call of a tool as bare JSON, or steps of thought and action, counts as\n"
        "none, and so does one in which nothing is seen. Controls and characters that turn the direction of others\n"
        "are taken out.\n"
    )
    return head + "".join(_dialects(kind) for kind in MarkKind)


def _dialects(kind: MarkKind) -> str:
    rows = [
        f"| `{_piped(each.opening)}` | {_piped(', '.join(f'`{mark}`' for mark in each.closings))} "
        f"| {each.models} | {each.source} |\n"
        for each in DIALECTS
        if each.kind is kind
    ]
    title = kind.name.capitalize()
    head = "| mark | closed by | models | known from |\n|---|---|---|---|\n"
    return f"\n## {title}\n\n{kind.value.capitalize()}.\n\n{head}{''.join(rows)}"


def commands_page() -> str:
    """Return the reference of the commands."""
    return (
        f"# Commands\n\n{MADE}\n"
        "Typed as slash commands, or said to the bot in words: `@bot model why`, with the slash where free text\n"
        "follows, `@bot /ask …`. In Slack's threads, where slash commands do not reach, words are the way. Choices\n"
        "for a channel or the workspace need an admin.\n\n"
        f"{command_table()}"
    )


def command_table() -> str:
    """Return the commands people type in a channel."""
    rows = [f"| `{_piped(command.usage)}` | {text(command.help_key, 'en')} |\n" for command in LISTED]
    return "| command | what it does |\n|---|---|\n" + "".join(rows)


def settings_page() -> str:
    """Return the reference of settings."""
    head = (
        f"# Settings\n\n{MADE}\n"
        "Settings are environment variables, or lines of a file `.env` in the folder the bot is started in; the\n"
        "environment wins, and an empty value counts as not set. A name that begins with `LYCEUM_` and is no setting\n"
        "is refused, so that a slip of the pen does not go unnoticed. All that is wrong is told at once, and the\n"
        "start stops with exit code 2.\n"
    )
    return head + "".join(_group(rows) for _, rows in groupby(fields(), key=lambda row: row[0]))


def _group(rows: Iterator[tuple[type[SettingsGroup], str, typing.Any]]) -> str:
    listed = list(rows)
    group = listed[0][0]
    table = "".join(
        f"| `{name}` | {_kind(field.annotation)} | {_default(field.default)} | {field.description} |\n"
        for _, name, field in listed
    )
    head = "| variable | type | default | meaning |\n|---|---|---|---|\n"
    return f"\n## {group.title()}\n\n{group.__doc__}\n\n{head}{table}"


def _kind(annotation: object) -> str:
    """Return a type in the words of somebody who writes a value."""
    inner = [each for each in typing.get_args(annotation) if each is not types.NoneType]
    if typing.get_origin(annotation) in {typing.Union, types.UnionType}:
        return _kind(inner[0])
    if typing.get_origin(annotation) is typing.Annotated:
        return _kind(inner[0])
    if typing.get_origin(annotation) is typing.Literal:
        return ", ".join(f"`{choice}`" for choice in inner)
    if typing.get_origin(annotation) is tuple:
        return "list"
    names = {str: "text", int: "whole number", float: "number", bool: "`true`, `false`", SecretStr: "secret"}
    return names[typing.cast(type, annotation)]


def _default(value: object) -> str:
    return f"`{shown(value)}`" if shown(value) else ""


def cli_page() -> str:
    """Return the reference of the command line."""
    parser = build_parser()
    page = f"# Command line\n\n{MADE}\n{parser.description} {parser.epilog}\n"
    for command in _commands(parser):
        page += f"\n## `{command.prog}`\n\n{command.description}\n"
        rows = [f"| `{_name(action)}` | {_piped(str(action.help))} |\n" for action in _arguments(command)]
        page += "\n| argument | meaning |\n|---|---|\n" + "".join(rows) if rows else ""
    return page + (
        "\n## Exit codes\n\n| code | meaning |\n|---|---|\n| 0 | done, or ended by a signal in order |\n"
        "| 1 | failed; the sentence says why |\n| 2 | wrong settings or wrong usage |\n| 130 | interrupted |\n"
    )


def subcommands() -> list[str]:
    """Return the names of the commands of the command line."""
    return [command.prog.split()[-1] for command in _commands(build_parser())]


def _commands(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001
    return list(groups[0].choices.values())


def _arguments(command: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in command._actions if not isinstance(action, argparse._HelpAction)]  # noqa: SLF001


def _name(action: argparse.Action) -> str:
    if action.option_strings:
        return f"{', '.join(action.option_strings)} {action.metavar or ''}".strip()
    return "|".join(map(str, action.choices or [action.dest]))


def _piped(cell: str) -> str:
    """Return text as a cell of a table takes it."""
    return cell.replace("|", "\\|")


def stale() -> list[str]:
    """Return the documents that are not what the code makes."""
    return [
        str(path.relative_to(ROOT))
        for path, wanted in documents().items()
        if not path.exists() or path.read_text(encoding="utf-8") != wanted
    ]


def main() -> int:
    """Check the documents, or write them."""
    parser = argparse.ArgumentParser(prog="python -m tests.docs", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write what is not current")
    if parser.parse_args().write:
        for path, wanted in documents().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted, encoding="utf-8")
    for name in stale():
        print(f"{name} is not current: python -m tests.docs --write")
    return 1 if stale() else 0


if __name__ == "__main__":
    sys.exit(main())
