"""Reads the PNG files that pictures become: size and pixels, enough to see where something is drawn."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def size_of(png: bytes) -> tuple[int, int]:
    """Return the width and the height."""
    assert png.startswith(SIGNATURE)
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def pixels_of(png: bytes, *, rows: int | None = None) -> npt.NDArray[np.uint8]:
    """Return the pixels of a PNG of eight bits a channel with transparency: rows, columns, four channels.

    `rows`: so many of them from the top, as all take a while.
    """
    (width, height), (depth, kind) = size_of(png), struct.unpack(">BB", png[24:26])
    assert (depth, kind) == (8, 6)
    raw, length = zlib.decompress(b"".join(_data(png))), 1 + width * 4
    lines, above = [], bytes(width * 4)
    for start in range(0, (rows or height) * length, length):
        above = _unfiltered(raw[start], raw[start + 1 : start + length], above)
        lines.append(above)
    return np.frombuffer(b"".join(lines), np.uint8).reshape(-1, width, 4)


def ink_of(png: bytes) -> tuple[int, int, int, int] | None:
    """Return the left, top, right and bottom of what differs from the upper left pixel."""
    pixels = pixels_of(png).astype(int)
    rows, columns = np.nonzero(np.abs(pixels - pixels[0, 0]).sum(axis=2) > 60)
    return (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) if len(rows) else None


def _data(png: bytes) -> list[bytes]:
    at, found = len(SIGNATURE), []
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        if name == b"IDAT":
            found.append(png[at + 8 : at + 8 + length])
        at += length + 12
    return found


def _unfiltered(kind: int, line: bytes, above: bytes) -> bytes:
    """Undo the filter of a row; four bytes a pixel (PNG, section 9)."""
    done = bytearray(len(line))
    for at, value in enumerate(line):
        left = done[at - 4] if at >= 4 else 0
        corner = above[at - 4] if at >= 4 else 0
        done[at] = (value + _guessed(kind, left, above[at], corner)) % 256
    return bytes(done)


def _guessed(kind: int, left: int, above: int, corner: int) -> int:
    if kind < 3:
        return (0, left, above)[kind]
    if kind == 3:
        return (left + above) // 2
    start = left + above - corner
    return min((left, above, corner), key=lambda near: abs(start - near))
