"""Where in their lines the tags of a text stand: whether they are used there, or named. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from adapters.rendering.pieces import Kind, Piece

_OPENING = frozenset("([{\"'“‘«„:–—/,;&+")
_CLOSING = frozenset(".,;:!?)]}\"'”’»“/&+–—")
# Words, the marks around them, spaces.
_MOST_BEFORE = 6


class TagPlace(NamedTuple):
    """What stands beside a tag: the characters next to it, and whether its line has words before and behind it.

    `word` is the first character of a word that follows; `is_behind_end`: a sentence, or what is set in marks, ended,
    which is asked of a `<br>` alone.
    """

    before: str
    behind: str
    starts_line: bool
    ends_line: bool
    word: str
    is_behind_end: bool

    @property
    def is_named(self) -> bool:
        """Whether a sentence goes on around the tag as around a word."""
        return TagPlace.is_named_between(self, self)

    @staticmethod
    def is_named_between(first: TagPlace, last: TagPlace) -> bool:
        """Whether a sentence goes on around what stands from one tag to another."""
        opens = not first.starts_line and (first.before.isspace() or first.before in _OPENING)
        return opens and (not last.behind or last.behind in _CLOSING or (last.behind.isspace() and not last.ends_line))

    @property
    def ends_block(self) -> bool:
        """Whether the tag stands behind all of a block, and no sentence goes on to it."""
        return not self.behind and self.is_behind_end

    @property
    def is_glued(self) -> bool:
        """Whether the tag stands right behind a sentence's end or word, as a block's does, and no example's."""
        return not self.before.isspace() and self.before not in "([{\"'`=>,;/|" and bool(self.before)

    @property
    def begins_sentence(self) -> bool:
        """Whether a sentence begins with the tag: `<br> breaks a line`."""
        return self.starts_line and not self.ends_line and self.behind == " " and self.word.islower()

    @property
    def is_alone(self) -> bool:
        """Whether the line holds tags alone."""
        return self.starts_line and self.ends_line


def places_of(parts: Sequence[Piece]) -> dict[int, TagPlace]:
    """Return the place of each tag."""
    before, behind = _has_words(parts), _has_words(parts[::-1], is_reversed=True)[::-1]
    places = {}
    for index, part in enumerate(parts):
        if part.kind is Kind.TAG:
            following = parts[index + 1].raw if index + 1 < len(parts) else ""
            places[index] = TagPlace(
                before=parts[index - 1].raw[-1:] if index else "",
                behind=following[:1],
                starts_line=not before[index],
                ends_line=not behind[index],
                word=following.lstrip()[:1],
                is_behind_end=part.raw[:3].lower() == "<br" and _ends(parts[max(index - _MOST_BEFORE, 0) : index]),
            )
    return places


def _ends(before: Sequence[Piece]) -> bool:
    """Whether a sentence that announces nothing, or what is set in marks, ends with these pieces."""
    words = "".join(part.raw for part in before if part.kind is not Kind.MARK).rstrip()
    marks = [part for part in before[-2:] if part.raw.strip()][-1:]
    is_set = bool(marks) and marks[0].kind is Kind.MARK
    return words.endswith((".", "!", "?", "…")) or (is_set and not words.endswith(":"))


def _has_words(parts: Sequence[Piece], *, is_reversed: bool = False) -> list[bool]:
    """Return for each piece whether its line has words before it, in the order given; tags are none."""
    found, has_words = [], False
    for part in parts:
        found.append(has_words)
        if part.kind is not Kind.TAG:
            lines = part.raw.split("\n")
            nearest = lines[0] if is_reversed else lines[-1]
            has_words = bool(nearest.strip()) or (has_words and len(lines) == 1)
    return found
