"""Standard Markdown as Discord reads it. Pure.

Discord knows headings to the third level and fences of backticks; no tables, images, rules, HTML, footnotes or
character references; and `__…__` underlines.
"""

from __future__ import annotations

from adapters.rendering.code import with_short_fences
from adapters.rendering.render import render
from adapters.rendering.writing import Dialect

# Between angle brackets, which Discord does not show, an address ends where it should.
_DISCORD = Dialect(address="<{}>".format, decodes=True, has_angle_addresses=True, code=with_short_fences)


def to_discord(markdown: str) -> str:
    """Return the text in Discord's dialect, however long; code stays as it is."""
    return render(markdown, _DISCORD)
