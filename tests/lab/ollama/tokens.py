"""The stand-in's own tokens: short pieces of text that join to the text again. Deterministic, not any real model's."""

from __future__ import annotations

import re
from collections.abc import Iterable

PIECE = re.compile(r"\s*(?:\w{1,8}|[^\w\s])|\s+")
PER_MESSAGE = 5
PER_PROMPT = 4  # with these two the recorded prompt "Say hi." counts its recorded 12 tokens


def tokens(text: str) -> list[str]:
    """Cut a text into tokens; joined they are the text."""
    return PIECE.findall(text)


def prompt_tokens(contents: Iterable[str]) -> int:
    """Count the tokens of a prompt with these messages."""
    return PER_PROMPT + sum(PER_MESSAGE + len(tokens(content)) for content in contents)
