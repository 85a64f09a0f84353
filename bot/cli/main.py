"""The command line: arguments in, exit codes out. 0 done, 1 failed, 2 wrong settings or usage, 130 interrupted."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.cli.backup import add_backup_commands
from bot.cli.lesson_subcommands import FAILED, OK, Handler, add_lesson_commands
from bot.cli.output import complain, say
from bot.domain import Notice
from bot.errors import BotError, ConfigurationError
from bot.settings import Settings, SettingsError, load

WRONG, INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; what is expected to go wrong is said in a sentence."""
    _stand_in_for_closed_streams()
    parser = build_parser()
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.handler(chosen))
    except SettingsError as error:
        for problem in (*error.problems, Notice(error.key, error.parameters)):
            complain(problem)
        return WRONG
    except BotError as error:
        complain(Notice(error.key, error.parameters))
        return WRONG if isinstance(error, ConfigurationError) else FAILED
    except BrokenPipeError:
        return OK
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        _flush()


def build_parser() -> argparse.ArgumentParser:
    """Return the parser; docs/reference/cli.md is made from it."""
    parser = argparse.ArgumentParser(
        prog="lyceum",
        description="The open models your team hosts, in your Discord and Slack channels.",
        epilog="Settings are read from the environment and from .env; `lyceum settings` lists them.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    add = _adder(commands)
    add("run", _run, "answer on every platform whose tokens are set, until a signal comes")
    add("chat", _chat, "talk to the bot here, in the terminal or through a pipe")
    add_lesson_commands(add)
    ratings = add("ratings", _ratings, "show what people think of the answers, by model")
    ratings.add_argument("--reasons", action="store_true", help="list why answers were not good, newest first")
    migrate = add("migrate", _migrate, "bring the database to this version, after a copy of it")
    migrate.add_argument("action", nargs="?", choices=["status"], help="only say how the database stands")
    migrate.add_argument(
        "--to", metavar="REV", help="go to this revision instead, back too; `base` is before the first"
    )
    add_backup_commands(add)
    erase = add("erase", _erase, "force what was erased out of the database's files, to the last byte")
    erase.add_argument("--now", action="store_true", help="do it; without it, only say what would be done")
    erase.add_argument("--copies", action="store_true", help="delete the copies of the database as well")
    doctor = add("doctor", _doctor, "ask all that the settings name, and say of each fault how it shows and what to do")
    doctor.add_argument(
        "--channel", default="", metavar="ID", help="a channel to look at, too: discord:123, slack:C0123"
    )
    doctor.add_argument("--json", action="store_true", help="print the findings as JSON, for machines")
    add("setup", _setup, "ask for what is needed, check each token, write .env, and end with doctor")
    manifest = add("manifest", _manifest, "print the manifest to create the Slack app from")
    manifest.add_argument("platform", choices=["slack"], help="the platform the manifest is for")
    manifest.add_argument(
        "--url", default="", metavar="ADDRESS", help="where Slack reaches the bot by https; without it, Socket Mode"
    )
    add("settings", _settings, "list every setting, its value and its meaning; secrets are not shown")
    return parser


def _run(_: argparse.Namespace) -> int:
    settings = load()
    from bot.observe import logs
    from bot.observe.log_writer import LogWriter
    from bot.runtime import serve

    writer = LogWriter(sys.stderr.fileno())
    logs.configure(level=settings.log.level, form=settings.log.format, secrets=settings.secrets(), stream=writer)
    return asyncio.run(serve.run(settings, say=say))


def _chat(_: argparse.Namespace) -> int:
    settings = load()
    from adapters.console import Screen, locale_of_console
    from bot.observe import logs
    from bot.runtime import serve

    level = "error" if settings.log.level == "error" else "warning"
    logs.configure(level=level, form="plain", secrets=settings.secrets())
    asyncio.run(serve.chat(settings, screen=Screen(sys.stdout), locale=locale_of_console()))
    return OK


def _migrate(chosen: argparse.Namespace) -> int:
    location = load().storage.location
    from bot.storage.database import migration, revisions
    from bot.storage.database.location import place

    path = place(location)
    if chosen.action:
        found = migration.look(location)
        say(
            Notice(f"migrate.{found.state.value}", {"path": path, "revision": found.revision, "newest": revisions.HEAD})
        )
        return OK if found.state in {revisions.SchemaState.NEW, *revisions.FIT} else FAILED
    to = chosen.to or revisions.HEAD
    done = migration.upgrade(location) if to == revisions.HEAD else migration.downgrade(location, to)
    if done.before == done.after:
        say(Notice("migrate.nothing", {"path": path, "revision": done.after or "base"}))
        return OK
    say(Notice("migrate.done", {"path": path, "before": done.before or "base", "after": done.after or "base"}))
    if done.backup:
        say(Notice("migrate.backup", {"path": done.backup}))
    return OK


def _erase(chosen: argparse.Namespace) -> int:
    location = load().storage.location
    from bot.cli import erase
    from bot.storage.database.location import place

    erase.check(location)
    if not chosen.now:
        say(Notice("erase.ask", {"place": place(location)}))
        return OK
    asyncio.run(erase.erase(location, copies=chosen.copies))
    return OK


def _ratings(chosen: argparse.Namespace) -> int:
    location = load().storage.location
    from adapters.console import locale_of_console
    from bot.cli.ratings import reasons, stored_ratings, table
    from bot.i18n import text

    def words(key: str) -> str:
        return text(key, locale_of_console())

    given = stored_ratings(location)
    lines = reasons(given, words) if chosen.reasons else table(given, words)
    if not lines:
        say(Notice("ratings.no_reasons" if given else "ratings.none"))
    for line in lines:
        print(line, flush=True)
    return OK


def _doctor(chosen: argparse.Namespace) -> int:
    from bot.cli import findings

    return FAILED if findings.report(channel=chosen.channel, as_json=chosen.json) else OK


def _setup(_: argparse.Namespace) -> int:
    from bot.cli.setup import set_up

    return FAILED if set_up() else OK


def _manifest(chosen: argparse.Namespace) -> int:
    from adapters.slack.manifest import manifest_yaml

    print(manifest_yaml(chosen.url), end="")
    return OK


def _settings(_: argparse.Namespace) -> int:
    """List the settings, also when they are wrong: that is when somebody looks."""
    try:
        settings, refused = load(), None
    except SettingsError as error:
        settings, refused = Settings.model_construct(), error
    for name, value, field in settings.values():
        print(f"{name}={shown(value)}\n    {field.description}")
    if refused:
        raise refused
    return OK


def shown(value: object) -> str:
    """Return a setting's value as it is written in the environment, in one line; a secret as stars.

    What steers a terminal, or shows nothing, is written by its number: somebody looks for what is wrong.
    """
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in _written(value))


def _written(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case tuple():
            return ",".join(map(str, value))
        case _:
            return str(value)


class _Version(argparse.Action):
    """Print the version; looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from bot.runtime.version import version

        print(f"lyceum {version()}")
        parser.exit()


def _adder(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> Callable[[str, Handler, str], argparse.ArgumentParser]:
    def add(name: str, handler: Handler, summary: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        command.set_defaults(handler=handler)
        return command

    return add


def _stand_in_for_closed_streams() -> None:
    """Write into nothing where whoever started us closed the output: Python has None there."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - it lives as long as the process


def _flush() -> None:
    """Write out what is left; where nobody reads it any more, keep the interpreter from complaining at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
