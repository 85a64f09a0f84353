"""What was found in a run of Markdown text, and cutting the text there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from adapters.rendering.pieces import Kind, Piece, with_names

_TEXT = Kind.TEXT
# Takes half as long as the constructor, and there is one for every piece.
_new = tuple.__new__


class FoundSpan(NamedTuple):
    """What stands from one place to another; `inner` is where its words do, `target` where it leads."""

    kind: Kind
    start: int
    end: int
    inner: tuple[int, int] = (0, 0)
    target: str = ""


class _Queue:
    """Spans in order, the outer before the inner."""

    def __init__(self, spans: Sequence[FoundSpan]) -> None:
        self._spans = spans
        self._next = 0

    def within(self, start: int, end: int) -> FoundSpan | None:
        """Take the next span that lies between two places; those before, and torn ones, are passed over."""
        while self._next < len(self._spans):
            span = self._spans[self._next]
            if span.start >= end:
                return None
            self._next += 1
            if span.start >= start and span.end <= end:
                return span
        return None


def cut_at(text: str, spans: Sequence[FoundSpan]) -> Iterator[Piece]:
    """Yield a text in pieces, cut where spans begin and end; they are in order, the outer before the inner."""
    yield from _cut(text, 0, len(text), _Queue(spans))


def _cut(text: str, start: int, end: int, spans: _Queue) -> Iterator[Piece]:
    at = start
    while (span := spans.within(at, end)) is not None:
        if span.start > at:
            yield _new(Piece, (_TEXT, text[at : span.start], (), ""))
        inner = tuple(with_names(_cut(text, *span.inner, spans))) if span.inner[1] else ()
        yield _new(Piece, (span.kind, text[span.start : span.end], inner, span.target))
        at = span.end
    if at < end:
        yield Piece(Kind.TEXT, text[at:end])
