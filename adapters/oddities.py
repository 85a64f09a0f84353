"""Events that are not as the platform documents them: one of them is dropped, and the log names it in one line."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from traceback import walk_tb
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# What reading such an event raises, in an SDK or here: a field that is missing, null, of another kind, or out of range.
ODD_ERRORS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, AssertionError, RecursionError)


def told(error: BaseException) -> dict[str, str]:
    """Return what the log says of an error: its kind, and the line that raised it; nothing of what was read."""
    at = ""
    for frame, line in walk_tb(error.__traceback__):
        at = f"{Path(frame.f_code.co_filename).name}:{line}"
    return {"error": type(error).__name__, "at": at}


class Unread(Exception):
    """An event cannot be read; the text names the kind of error, and nothing of the event."""


def reading(read: Callable[P, T]) -> Callable[P, T]:
    """Make what reads an event raise `Unread` where the event is not as documented."""

    @wraps(read)
    def tolerant(*arguments: P.args, **named: P.kwargs) -> T:
        try:
            return read(*arguments, **named)
        except ODD_ERRORS as error:
            raise Unread(type(error).__name__) from error

    return tolerant
