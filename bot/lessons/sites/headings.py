"""A page's headings, as the programs that make sites of them see them: before each makes ids by its own rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

DASHES_AND_DOTS = re.compile(r"-{2,3}|\.{3}")
SMART = {"--": "–", "---": "—", "...": "…"}


@dataclass(frozen=True, slots=True)
class HeadingPiece:
    """Words of a heading, its code, or what a picture in it is called."""

    text: str
    is_code: bool = False
    is_picture: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHeading:
    """A heading, at any depth of a page: also those within quotes and boxes, as they count among repeats.

    `source` is its line without the marks of a heading, `line` the line's number from 0. `mark` is what stands in
    braces at its end and `told` the id named there; `above` and `below` are the ids named on the lines before and after
    it, by MyST's `(name)=` and by kramdown's `{: #name}`; each "" where there is none. `is_hashed`: it is written with
    `#`, not underlined. `is_nested`: it stands in a quote or a list.
    """

    level: int
    line: int = 0
    pieces: tuple[HeadingPiece, ...]
    source: str
    mark: str = ""
    told: str = ""
    above: str = ""
    below: str = ""
    is_hashed: bool = True
    is_nested: bool = False

    @property
    def read(self) -> list[HeadingPiece]:
        """What people read: words and code."""
        return [piece for piece in self.pieces if not piece.is_picture]

    @property
    def text(self) -> str:
        """The same as one text."""
        return "".join(piece.text for piece in self.read).strip()

    @property
    def text_with_pictures(self) -> str:
        """Words, code, and what pictures are called."""
        return "".join(piece.text for piece in self.pieces).strip()

    def smart(self, *, pictures: bool = False) -> str:
        """Return the same with dashes and dots of typographers outside of code, as some programs print them."""
        return "".join(
            piece.text if piece.is_code else DASHES_AND_DOTS.sub(lambda found: SMART[found[0]], piece.text)
            for piece in self.pieces
            if pictures or not piece.is_picture
        ).strip()


IdRule = Callable[[Sequence[SiteHeading]], "list[str]"]
"""Gives each heading of a page its id, in their order; "" where it cannot be told for certain, or there is none."""


def agreed(*rules: IdRule) -> IdRule:
    """Return the rule that says what all of these say: the versions of a program, one of which made the site."""

    def rule(headings: Sequence[SiteHeading]) -> list[str]:
        told = zip(*(each(headings) for each in rules), strict=True)
        return [ids[0] if len(set(ids)) == 1 else "" for ids in told]

    return rule


def no_ids(headings: Sequence[SiteHeading]) -> list[str]:
    """Give no heading an id: the rule of a course that has made one itself."""
    return [""] * len(headings)


@dataclass(slots=True)
class FreeIds:
    """The ids of one page: `used` ones are given no more; what repeats gets the first number that makes it new."""

    used: set[str] = field(default_factory=set)
    mark: str = "-"
    _numbers: dict[str, int] = field(default_factory=dict)

    def __call__(self, base: str) -> str:
        """Return an id that is new: the one that was wanted, or it with a mark and a number."""
        found, number = base, self._numbers.get(base, 0)
        while found in self.used:
            number += 1
            found = f"{base}{self.mark}{number}"
        self._numbers[base] = number
        self.used.add(found)
        return found
