"""How a platform reads Markdown otherwise than others do: what its adapter says of it. Values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from adapters.rendering.code import Line
from adapters.rendering.direction import Bit


class Links(Protocol):
    """What a platform makes of links, where it shows some of them with their brackets."""

    def leads_somewhere(self, target: str) -> bool:
        """Whether it makes a link of an address."""

    def fits(self, words: str) -> bool:
        """Whether it takes these words for a link's."""

    def parted(self, words: str) -> tuple[str, str, str]:
        """Return words without what it does not take at their ends, and that."""

    def as_words(self, bits: Sequence[Bit]) -> list[Bit] | None:
        """Write words as it reads them in a link; None where it cannot."""


class Guard(Protocol):
    """Writes the lines of a block so that only what are marks are read as such; see `Dialect`."""

    def __call__(self, lines: Sequence[Sequence[Bit]], *, ends_text: bool, within: str = "") -> list[list[Bit]]:
        """Return the lines; with `ends_text` nothing follows them, and marks stand around them `within`."""


@dataclass(frozen=True, slots=True, eq=False)
class Dialect:
    """How a platform differs from the others in what it reads.

    `address` writes an address so that nothing behind it is taken for a part of it. `decodes`: character references
    have to be written as their characters, since the platform shows them as they are. `has_angle_addresses`: it reads
    `<address>`, a link's, too, and unfolds no preview of such a one. `code` writes the lines of code and their fences.
    `finish` is the last pass. `guard`, where the platform takes more signs for marks than the standard does, writes the
    lines of a block so that it does not. `own_note` is how the bot itself begins a line of small print, and nobody else
    can, `note` how the platform knows it. `links`: it shows some links raw. `has_flat_quotes`: it knows no quotes in
    quotes, and no headings in items. `verbatim` writes a line of text so that no sign in it is a mark.
    """

    address: Callable[[str], str]
    decodes: bool
    has_angle_addresses: bool
    code: Callable[[Sequence[Line]], Iterable[str]]
    finish: Callable[[str], str] = str
    guard: Guard | None = None
    own_note: str = ""
    note: str = ""
    links: Links | None = None
    has_flat_quotes: bool = False
    verbatim: Callable[[str], str] = str
