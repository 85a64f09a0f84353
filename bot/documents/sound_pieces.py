"""A recording in pieces that a model hears at once: cut where it is quiet, silence left out. In the reading process."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator

import numpy as np

from bot.documents.sound_decoding import FULL, RATE, SAMPLE_BYTES, Samples

# Models hear about 30 s of one file, whatever is behind that is lost in silence.
MOST_PIECE_S = 28.0
# A piece ends at the quietest place within so many seconds before its longest.
LOOKED_BACK_S = 8.0
FRAME = RATE // 20
# Speech is louder than that; of silence models make up words that nobody said. -50 dB of the loudest there can be.
SILENT = 0.003
# Kept before the first and behind the last sound: words begin and end softly.
MARGIN_FRAMES = 6


def pieces_of(sound: Samples) -> Iterator[bytes]:
    """Yield the pieces in which something is heard, each a WAV file."""
    sound = trimmed(sound)
    while len(sound):
        end = cut_at(sound)
        if loudness(sound[:end]).max(initial=0.0) >= SILENT:
            yield as_wav(sound[:end])
        sound = sound[end:]


def loudness(sound: Samples) -> Samples:
    """Return how loud a sound is, frame by frame: 20 of them a second."""
    padded = np.pad(sound, (0, -len(sound) % FRAME))
    powers = np.mean(padded.reshape(-1, FRAME) ** 2, axis=1)
    loud: Samples = np.sqrt(powers).astype(np.float32)
    return loud


def trimmed(sound: Samples) -> Samples:
    """Return a sound without the silence at its ends; nothing where all of it is silence."""
    loud = np.flatnonzero(loudness(sound) >= SILENT)
    if not len(loud):
        return sound[:0]
    return sound[max(0, loud[0] - MARGIN_FRAMES) * FRAME : (loud[-1] + 1 + MARGIN_FRAMES) * FRAME]


def cut_at(sound: Samples) -> int:
    """Return where the first piece ends: at the quietest place of its last seconds, of several the last."""
    most, looked_back = int(MOST_PIECE_S * RATE), int(LOOKED_BACK_S * RATE)
    if len(sound) <= most:
        return len(sound)
    begin = most - looked_back
    # Over a quarter of a second, so that it falls between words and not into one.
    smooth = np.convolve(loudness(sound[begin:most]), np.full(5, 0.2), mode="same")
    quietest = len(smooth) - 1 - int(np.argmin(smooth[::-1]))
    return begin + quietest * FRAME + FRAME // 2


def as_wav(sound: Samples) -> bytes:
    """Write samples as a WAV file of 16 bits."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE_BYTES)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * FULL).astype("<i2").tobytes())
    return written.getvalue()
