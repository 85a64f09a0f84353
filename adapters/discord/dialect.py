"""Standard Markdown as Discord reads it. Pure.

Discord knows headings to the third level and fences of backticks; no tables, images, rules, HTML, footnotes or
character references; and `__…__` underlines.
"""

from __future__ import annotations

import re

from adapters import fences
from adapters.rendering.code_writing import with_short_fences
from adapters.rendering.text import render
from adapters.rendering.writing import Dialect

# Quotes all that follows, to the end of the message.
_ENDLESS_QUOTE = re.compile(r"^([ \t]*)(?=>>> )", re.MULTILINE)


def to_discord(markdown: str) -> str:
    """Return the text in Discord's dialect, however long; code stays as it is."""
    return render(markdown, _DISCORD)


def _without_endless_quotes(text: str) -> str:
    """Let a line that begins as the prompt of a shell does be one, and no quote of all that follows."""
    if ">>> " not in text:
        return text
    lines = fences.lines(text, longest=len(text))
    return "\n".join(_ENDLESS_QUOTE.sub(r"\1\\", line.text) if line.is_text else line.text for line in lines)


# Between angle brackets, which Discord does not show, an address ends where it should.
_DISCORD = Dialect(
    address="<{}>".format,
    decodes=True,
    has_angle_addresses=True,
    code=with_short_fences,
    finish=_without_endless_quotes,
)
