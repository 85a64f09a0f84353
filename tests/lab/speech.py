"""Recordings as the stand-ins of hosts hear them: they tell how high a tone is and how long, and no words.

What models hear is WAV, RIFF to its first bytes, of one channel and 16 kHz, about 30 s of it at most; what is behind
that they lose in silence (ollama/ollama#15427).
"""

from __future__ import annotations

import io
import wave
from base64 import b64decode
from binascii import Error
from collections.abc import Callable

import numpy as np

from tests.lab.ollama.script import Say

RATE = 16_000
MOST_S = 30
Hears = Callable[[bytes], "str | Say"]


def is_sound(file: bytes) -> bool:
    """Whether a file in the place of pictures is taken for a recording: by its first bytes (ollama's llm/media.go)."""
    return (file[:4] == b"RIFF" and file[8:12] == b"WAVE") or file[:3] == b"ID3"


def told(sound: bytes) -> str:
    """Return what is heard in a recording."""
    with wave.open(io.BytesIO(sound)) as file:
        if (file.getnchannels(), file.getframerate(), file.getsampwidth()) != (1, RATE, 2):
            return "noise"
        samples = np.frombuffer(file.readframes(MOST_S * RATE), "<i2").astype(float)
    if not len(samples) or np.abs(samples).max() < 1:
        return ""
    height = int(np.argmax(np.abs(np.fft.rfft(samples)))) * RATE / len(samples)
    return f"a tone of {height:.0f} hertz for {len(samples) / RATE:.0f} seconds"


def files_of(values: object) -> list[bytes]:
    """Return the files of a message of Ollama's."""
    return [_file(str(each)) for each in values] if isinstance(values, list) else []


def sounds_in(content: object) -> list[bytes]:
    """Return the recordings among the parts of a message as OpenAI's API has them."""
    parts = [each for each in content if isinstance(each, dict)] if isinstance(content, list) else []
    heard = [each["input_audio"] for each in parts if each.get("type") == "input_audio"]
    return [_file(str(each["data"])) for each in heard if isinstance(each, dict) and each.get("format") == "wav"]


def _file(written: str) -> bytes:
    try:
        return b64decode(written, validate=True)
    except Error:
        return b""
