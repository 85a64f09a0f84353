"""Recordings made for the tests: words are tones with quiet between them."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import soundfile

RATE = 48_000
Samples = npt.NDArray[np.float32]


def tone(seconds: float, *, hertz: float = 220.0, loud: float = 0.3, rate: int = RATE) -> Samples:
    """Return a tone."""
    at = np.arange(int(seconds * rate)) / rate
    return (loud * np.sin(2 * np.pi * hertz * at)).astype(np.float32)


def spoken(*parts: float, rate: int = RATE) -> Samples:
    """Return what is said for so many seconds, then quiet for so many, and so on."""
    return np.concatenate([tone(each, loud=0.0 if index % 2 else 0.3, rate=rate) for index, each in enumerate(parts)])


def recording(sound: Samples | None = None, kind: str = "ogg", *, rate: int = RATE) -> bytes:
    """Return sound as a file; without any, that of one second. Ogg is Opus, as Discord's voice messages are."""
    subtypes = {"ogg": "OPUS", "wav": "PCM_16", "flac": "PCM_16", "mp3": "MPEG_LAYER_III"}
    written = io.BytesIO()
    soundfile.write(
        written, spoken(1.0, rate=rate) if sound is None else sound, rate, format=kind, subtype=subtypes[kind]
    )
    return written.getvalue()


def heard(wav: bytes) -> tuple[int, int, int, float]:
    """Return a piece's channels, bytes a sample, rate and seconds."""
    with wave.open(io.BytesIO(wav)) as file:
        seconds = file.getnframes() / file.getframerate()
        return file.getnchannels(), file.getsampwidth(), file.getframerate(), round(seconds, 1)


def hertz_of(wavs: Sequence[bytes]) -> float:
    """Return how high the loudest tone of some pieces is."""
    sound = np.concatenate([soundfile.read(io.BytesIO(each))[0] for each in wavs])
    strength = np.abs(np.fft.rfft(sound))
    return float(np.argmax(strength) * 16_000 / len(sound))
