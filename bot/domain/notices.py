"""A sentence of the bot's own, before it is put into anybody's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence of the bot's own: a key of the text catalogue and what fills its placeholders.

    `language` is the tag of the language it is said in where the catalogue has it; "" for the reader's own.
    """

    key: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    language: str = ""


Say: TypeAlias = Callable[[Notice], None]
"""What tells whoever started the bot a sentence of its own."""
