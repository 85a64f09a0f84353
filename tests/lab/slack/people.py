"""How people write: what their client makes of the text they type."""

from __future__ import annotations

import re

MENTION = r"<(?:@[UW][A-Z0-9]+|#C[A-Z0-9]+|!\w+|!subteam\^[A-Z0-9]+)(?:\|[^<>]*)?>"
TYPED = re.compile(rf"({MENTION})|(https?://[^\s<>]+)|([&<>])")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def encoded(text: str) -> str:
    """Return typed text as events carry it: entities escaped, addresses in angle brackets, mentions as they are."""
    return TYPED.sub(lambda found: found[1] or (f"<{found[2]}>" if found[2] else ENTITIES[found[3]]), text)
