"""Which addresses people are given to read on: they come with courses, from whoever wrote them. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.domain.visible import is_seen

MOST_CHARS = 2000
_WEB = frozenset({"https", "http"})
# No URL holds them as they are, and some end a link's address in Markdown; then controls behind a percent sign.
_NEVER = re.compile(r"[\s<>\"`\\^{}|]|%(?:[01][0-9a-f]|7f)", re.IGNORECASE)
_HOST = re.compile(r"[^%@\s]+")


def citable(address: str) -> str:
    """Return an address of the web as it is cited; "" for any other, and for one that leads elsewhere than it looks."""
    return address.replace("(", "%28").replace(")", "%29") if _is_of_the_web(address) else ""


def _is_of_the_web(address: str) -> bool:
    if len(address) > MOST_CHARS or _NEVER.search(address) or not all(map(is_seen, address)):
        return False
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in _WEB and bool(parts.hostname) and _HOST.fullmatch(parts.netloc) is not None
