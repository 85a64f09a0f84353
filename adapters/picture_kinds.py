"""Pictures by their first bytes: what they are, and how many pixels they would unpack to. Pure; nothing is unpacked."""

from __future__ import annotations

import struct
from collections.abc import Callable

# What a phone's camera takes is smaller; more would take a model host hundreds of megabytes to unpack.
MOST_PIXELS = 50_000_000
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
Size = tuple[int, int]


def picture_size(content: bytes) -> Size | None:
    """Return the width and height of a picture that models are shown (PNG, JPEG, WebP, GIF); None for what is none."""
    for is_kind, size in _KINDS:
        if is_kind(content):
            try:
                width, height = size(content)
            except (struct.error, IndexError, ValueError):
                return None
            return (width, height) if width > 0 and height > 0 else None
    return None


def is_shown(content: bytes) -> bool:
    """Whether a file is a picture that a model host can be given."""
    size = picture_size(content)
    return size is not None and size[0] * size[1] <= MOST_PIXELS


def _png(content: bytes) -> Size:
    if content[12:16] != b"IHDR":
        raise ValueError
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _gif(content: bytes) -> Size:
    width, height = struct.unpack_from("<HH", content, 6)
    return width, height


def _webp(content: bytes) -> Size:
    match content[12:16]:
        case b"VP8 " if content[23:26] == b"\x9d\x01\x2a":
            width, height = struct.unpack_from("<HH", content, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L" if content[20] == 0x2F:  # noqa: PLR2004 - the format's signature
            bits = int.from_bytes(content[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    raise ValueError


def _jpeg(content: bytes) -> Size:
    """Go from segment to segment to the one that begins the picture."""
    at = 2
    while content[at] == 0xFF:  # noqa: PLR2004 - begins each segment
        kind = content[at + 1]
        if kind in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        if kind == 0xFF or kind in _BARE:  # noqa: PLR2004 - as above: it may be repeated
            at += 1 if kind == 0xFF else 2  # noqa: PLR2004 - as above
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        at += 2 + max(length, 2)
    raise ValueError


_KINDS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Size]], ...] = (
    (lambda content: content.startswith(b"\x89PNG\r\n\x1a\n"), _png),
    (lambda content: content.startswith(b"\xff\xd8\xff"), _jpeg),
    (lambda content: content.startswith((b"GIF87a", b"GIF89a")), _gif),
    (lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP", _webp),
)
