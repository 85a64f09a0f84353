"""Recordings of a question as its stored text has them: not heard yet, or written down. Pure.

While a turn is open they stay with it, in memory. The stored text says that they were not heard, until their words take
the place of that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain import QuotedMessage, Recording, TextFile

NOT_HEARD = (
    "[Sent along, but not written down for you: {files}. You have not heard it: say so, and guess nothing of what is "
    "said in it.]"
)
WRITTEN = "[Said in a recording, {files}, and written down by a model, which may have misheard.]"
HEARD_CHARS = 280
_NOT_HEARD = re.compile(re.escape(NOT_HEARD).replace(re.escape("{files}"), r"([^\n]+)"))


def as_not_heard(recordings: Sequence[Recording]) -> str:
    """Return what the stored text says of recordings that nobody has written down; "" where there are none."""
    return NOT_HEARD.format(files=names_of(recordings)) if recordings else ""


def as_written(recordings: Sequence[Recording]) -> str:
    """Return what the stored text says of recordings that were written down."""
    return WRITTEN.format(files=names_of(recordings))


def not_heard_in(text: str) -> str:
    """Return the names of the recordings that a stored text says nobody has heard; "" where it says nothing of that."""
    found = _NOT_HEARD.search(text)
    return found[1] if found else ""


def names_of(recordings: Sequence[Recording]) -> str:
    """Return names as a sentence holds them."""
    return ", ".join(each.name for each in recordings)


def words_of(said: Sequence[TextFile], *, is_alone: bool) -> str:
    """Return what was said: as a message's own words, or, beside others, under the name of its recording."""
    if is_alone and len(said) == 1:
        return said[0].text
    return "\n\n".join(f"{each.name}:\n{each.text}" for each in said)


def shown(said: Sequence[TextFile | QuotedMessage]) -> str:
    """Return what was heard in one line, as its asker reads it."""
    line = " ".join(" ".join(each.text for each in said).split())
    return line if len(line) <= HEARD_CHARS else f"{line[: HEARD_CHARS - 1].rstrip()}…"
