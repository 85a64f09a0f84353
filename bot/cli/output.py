"""How a command of the command line speaks: results on standard output, failures on standard error."""

from __future__ import annotations

import sys

from bot.domain import Notice
from bot.i18n import sentence


def complain(notice: Notice) -> None:
    """Say on standard error why there is no result."""
    print(tell(Notice("cli.failed", {"reason": notice})), file=sys.stderr, flush=True)


def tell(notice: Notice) -> str:
    """Return a notice as it reads in a terminal, in its language."""
    from adapters.console import locale_of_console, unmarked

    return unmarked(sentence(notice, locale_of_console()))


def say(notice: Notice) -> None:
    """Print a notice at once."""
    print(tell(notice), flush=True)
