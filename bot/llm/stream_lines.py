"""Streams of lines, as hosts write them: cut out of the pieces they come in, and bounded."""

from __future__ import annotations

from bot.llm.host_json import objects_of

MOST_LINE_BYTES = 2**20  # a line of a stream carries a token or two


class BrokenOff(Exception):
    """The stream ended before it said that the answer is done."""


class Lines:
    """Cuts the pieces of a stream into lines, without the blank ones."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._since_a_line_bytes = 0

    def cut(self, piece: bytes) -> list[bytes]:
        """Return the lines that end in this piece.

        Raises:
            ValueError: a line is longer than `MOST_LINE_BYTES`, or as many bytes of blank lines have come.
        """
        *ends, rest = piece.split(b"\n")
        lines = []
        if ends:
            ends[0] = bytes(self._rest) + ends[0]
            self._rest.clear()
            lines = [line for line in ends if line and not line.isspace()]
        self._rest += rest
        self._since_a_line_bytes = 0 if lines else self._since_a_line_bytes + len(piece)
        if self._since_a_line_bytes > MOST_LINE_BYTES:
            raise ValueError("no line of this length is an answer's")
        return lines

    def rest(self) -> list[bytes]:
        """Return the last line, where the stream ended without a line break; none where it is blank.

        Raises:
            BrokenOff: it is the beginning of an object, and no more of it came.
        """
        last = bytes(self._rest)
        if last.lstrip().startswith(b"{") and not _is_whole(last):
            raise BrokenOff
        return [last] if last.strip() else []


def _is_whole(line: bytes) -> bool:
    try:
        return bool([*objects_of(line)])
    except ValueError:
        return False
