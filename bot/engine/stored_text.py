"""The text of a message as it is stored, and as every prompt reads it: its words, with what it brings along. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import ChatMessage, QuotedMessage
from bot.engine.prompt import as_quote, clean_text, label

# What a message quotes is there to be understood, not to fill the window.
QUOTED_CHARS = 2_000
MOST_QUOTES = 5


def as_stored(message: ChatMessage) -> ChatMessage:
    """Return the message cleaned, with what it quotes in front of its text, cut where that is long."""
    blocks, quotes = [], []
    for quote in message.quotes[:MOST_QUOTES]:
        if words := _cut(clean_text(quote.text)):
            author = f"{label(quote.author)}: " if quote.author else ""
            blocks.append(f"{as_quote(author + words)}\n\n")
            quotes.append(QuotedMessage("", author_id=quote.author_id, chars=len(blocks[-1])))
    whole = "".join([*blocks, clean_text(message.text)]).rstrip("\n")
    return replace(message, text=whole, quotes=tuple(quotes))


def may_quote(text: str) -> bool:
    """Whether others' words may stand in front of a stored text."""
    return text.startswith(">")


def _cut(text: str) -> str:
    return f"{text[:QUOTED_CHARS].rstrip()} …" if len(text) > QUOTED_CHARS else text
