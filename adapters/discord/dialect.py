"""Standard Markdown as Discord reads it. Pure.

Discord knows headings to the third level and fences of backticks; no tables, images, rules, HTML, footnotes or
character references; `__…__` underlines, and more signs are marks than in the standard.
"""

from __future__ import annotations

from secrets import token_hex

from adapters.discord import links
from adapters.discord.marks import guarded
from adapters.rendering.code_writing import with_short_fences
from adapters.rendering.dialect import Dialect
from adapters.rendering.text import render

_NOTE = "-# "
# A model that writes the platform's sign is shown with that sign: it cannot know this one.
_OWN_NOTE = f"-#{token_hex(8)} "
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
)


def to_discord(markdown: str) -> str:
    """Return the text in Discord's dialect, however long; code stays as it is."""
    return render(markdown, _DISCORD)


def footnote(text: str) -> str:
    """Return lines that `to_discord` makes small print of the bot's own."""
    return "\n".join(f"{_OWN_NOTE}{line}" for line in text.splitlines())
