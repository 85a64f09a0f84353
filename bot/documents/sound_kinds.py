"""What a recording is, by its first bytes: what it is called, or said to be, may be wrong. Pure."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

PACKAGE = "soundfile"
"""The package that reads what is `SoundKind.PLAIN`."""


class SoundKind(StrEnum):
    """What reads a recording; the value is how the reading process is told."""

    PLAIN = "sound"  # Ogg (Discord's voice messages), FLAC, WAV and MP3, by the package
    MP4 = "mp4"  # Slack's clips, m4a among them; this and the rest by ffmpeg alone
    MATROSKA = "matroska"  # WebM
    AAC = "aac"


def _is_mp3(content: bytes) -> bool:
    return content.startswith(b"ID3") or (_is_framed(content) and bool(content[1] & 0x06))


def _is_aac(content: bytes) -> bool:
    return _is_framed(content) and not content[1] & 0x06


def _is_framed(content: bytes) -> bool:
    """Whether it begins with the eleven set bits that begin each frame of MPEG audio."""
    return len(content) > 1 and content[0] == 0xFF and content[1] & 0xE0 == 0xE0  # noqa: PLR2004 - the bits themselves


_TOLD_BY: tuple[tuple[SoundKind, Callable[[bytes], bool]], ...] = (
    (SoundKind.PLAIN, lambda content: content.startswith((b"OggS", b"fLaC"))),
    (SoundKind.PLAIN, lambda content: content.startswith(b"RIFF") and content[8:12] == b"WAVE"),
    (SoundKind.PLAIN, _is_mp3),
    (SoundKind.AAC, _is_aac),
    (SoundKind.MP4, lambda content: content[4:8] == b"ftyp"),
    (SoundKind.MATROSKA, lambda content: content.startswith(b"\x1aE\xdf\xa3")),
)


def sound_kind(content: bytes) -> SoundKind | None:
    """Return what a recording is; None for what is none that is read."""
    return next((kind for kind, is_it in _TOLD_BY if is_it(content)), None)
