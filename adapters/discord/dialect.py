"""Standard Markdown as Discord reads it. Pure.

Discord knows headings to the third level and fences of backticks; no tables, images, rules, HTML, footnotes or
character references; `__…__` underlines, and more signs are marks than in the standard.
"""

from __future__ import annotations

import re
from secrets import token_hex

from adapters.discord import links
from adapters.discord.marks import guarded
from adapters.rendering.code_writing import with_short_fences
from adapters.rendering.dialect import Dialect
from adapters.rendering.text import render

# What a line begins with and is known everywhere; what may be a mark in it.
_MARKERS = re.compile(r"(?:[ \t]|>(?!>)|(?:[-*]|\d{1,9}[.)])(?=[ \t]))*(?:#{1,3}(?= ))?")
_SIGNS = re.compile(r"(https?://[^\s<>\\]+)|[\\*_~|`<>\[#]|-(?=#)")
_NOTE = "-# "
# A model that writes the platform's sign is shown with that sign: it cannot know this one.
_OWN_NOTE = f"-#{token_hex(8)} "


def _verbatim(line: str) -> str:
    """Write a line of text so that Discord reads its signs."""
    if line.isalnum():
        return line
    markers = _MARKERS.match(line)
    at = markers.end() if markers else 0
    return line[:at] + _SIGNS.sub(lambda found: found[1] or f"\\{found[0]}", line[at:])


# Between angle brackets, which Discord does not show, an address ends where it should.
_DISCORD = Dialect(
    address="<{}>".format,
    decodes=True,
    has_angle_addresses=True,
    code=with_short_fences,
    guard=guarded,
    own_note=_OWN_NOTE,
    note=_NOTE,
    links=links,
    has_flat_quotes=True,
    verbatim=_verbatim,
)


def to_discord(markdown: str) -> str:
    """Return the text in Discord's dialect, however long; code stays as it is."""
    return render(markdown, _DISCORD)


def footnote(text: str) -> str:
    """Return lines that `to_discord` makes small print of the bot's own."""
    return "\n".join(f"{_OWN_NOTE}{line}" for line in text.splitlines())
