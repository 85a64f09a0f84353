"""`lyceum erase`: the last bytes of what was erased, forced out of the database's files."""

from __future__ import annotations

from bot.cli.output import say
from bot.domain import Notice
from bot.errors import ConfigurationError
from bot.storage.database import migration, revisions
from bot.storage.database.location import is_postgres, place
from bot.storage.database.scrubbing import scrub


def check(location: str) -> None:
    """Let only a database of ours, at this version, be written anew.

    Raises:
        ConfigurationError: it is another one, or at another revision.
    """
    found = migration.look(location)
    if found.state not in revisions.FIT:
        raise ConfigurationError("error.erase_not_ours", place=place(location))


async def erase(location: str, *, copies: bool) -> None:
    """Do it, and say each step.

    Raises:
        BotError: not all of it could be done.
    """
    async for step in scrub(location, copies=copies):
        say(step)
    say(Notice("erase.done_server" if is_postgres(location) else "erase.done"))
