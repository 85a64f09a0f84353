"""What a message brings along of others' words, which stay their authors'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuotedMessage:
    """What another message says, brought along as it was written; it stays its author's.

    `author` is a display name, `author_id` the platform's id; "" where the platform does not say. Once it stands in
    front of the text of the message that brought it, it is `chars` characters of that, and `text` and `author` are "";
    a recording that nobody has heard yet is none.
    `file` is the name of the text file whose words these are, "" for those of a message; `is_document` and `is_cut` are
    those of `TextFile`.
    """

    text: str
    author: str = ""
    author_id: str = ""
    chars: int = 0
    file: str = ""
    is_document: bool = False
    is_cut: bool = False


OWN_WORDS = "@self"
"""The author's id of what the bot itself wrote, which may repeat what people told it; no platform has such an id."""


REPLIED = "\u21a9"
"""Stands among the names of unseen files for the message that was replied to, where the platform keeps it back."""


def with_quotes_behind(text: str, before: int, quotes: Sequence[QuotedMessage]) -> str:
    """Return a stored text with more quotes, written out, behind the first `before` characters of it."""
    return "".join([text[:before], *(quote.text for quote in quotes), text[before:]])


def words_of_quotes(author_id: str, text: str, quotes: Sequence[QuotedMessage]) -> list[str]:
    """Return the words of one person that stand in front of a stored text, each quote by itself."""
    found, at = [], 0
    for quote in quotes:
        if quote.author_id == author_id and quote.chars:
            lines = text[at : at + quote.chars].strip("\n").split("\n")
            found.append("\n".join(line.removeprefix(">").removeprefix(" ") for line in lines))
        at += quote.chars
    return found


def without_quotes_of(author_id: str, text: str, quotes: Sequence[QuotedMessage]) -> tuple[str, list[QuotedMessage]]:
    """Return a stored text without the words of one person that stand in front of it, and the quotes that are left."""
    kept, left, at = "", [], 0
    for quote in quotes:
        if quote.author_id != author_id:
            kept += text[at : at + quote.chars]
            left.append(quote)
        at += quote.chars
    return kept + text[at:], left
