"""A text with something below it that is not read as part of it, such as sources and notices. Pure."""

from __future__ import annotations

from adapters import fences


def with_below(text: str, below: str, *, is_raw: bool = False) -> str:
    """Return the text to the character, and below it, set apart by a blank line, what is not to be read as part of it.

    A fence that is open at the text's end is closed in between. One that `is_raw` is Markdown as the standard has it.
    """
    fence = fences.open_at_end(text, by_standard=is_raw)
    above = _ended(text) + fence.closing if fence else text
    blank = "" if above.endswith("\n\n") else "\n"
    return f"{_ended(above)}{blank}{below}"


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
