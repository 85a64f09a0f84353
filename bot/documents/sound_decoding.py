"""The sound of a recording, as models hear it: one channel of 16,000 samples a second. In the reading process alone.

A small file may hold hours of silence: what is read is counted while it is read, and what is too long is left there.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from bot.documents.sound_kinds import SoundKind
from bot.documents.stopped import Stopped
from bot.domain.attachments import WhyUnread

RATE = 16_000
HIGHEST_RATE = 192_000
MOST_CHANNELS = 8
# Of the filter in front of the new rate, on each side: enough for speech.
TAPS_EACH_SIDE = 32
FULL = 32_767
SAMPLE_BYTES = 2
Samples = npt.NDArray[np.float32]
# The file names a container by its first bytes, and ffmpeg is told which: it looks for no other kind, least of all for
# a list that names further files. Nothing but what it is handed is opened.
DEMUXERS = {SoundKind.MP4: "mov", SoundKind.MATROSKA: "matroska", SoundKind.AAC: "aac"}


def decoded(kind: SoundKind, content: bytes, *, most_s: float) -> Samples:
    """Return the samples of a recording, from -1 to 1. Raises `Stopped`, and what soundfile does on damage."""
    most = int(most_s * RATE)
    if kind is SoundKind.PLAIN:
        sound = np.concatenate([*_resampled(content, most_s), np.zeros(0, np.float32)])
    else:
        sound = _by_ffmpeg(kind, content, most)
    if len(sound) > most:
        raise Stopped(WhyUnread.LONG)
    return sound


def _resampled(content: bytes, most_s: float) -> Iterator[Samples]:
    """Yield the sound second by second."""
    import soundfile

    with soundfile.SoundFile(io.BytesIO(content)) as file:
        rate = file.samplerate
        if not 0 < rate <= HIGHEST_RATE or file.channels > MOST_CHANNELS:
            raise Stopped(WhyUnread.COSTLY)
        resampler, left = Resampler(rate), int(most_s * rate)
        for block in file.blocks(blocksize=rate, dtype="float32", always_2d=True):
            if (left := left - len(block)) < 0:
                raise Stopped(WhyUnread.LONG)
            yield resampler.feed(block.mean(axis=1, dtype=np.float32))
        yield resampler.rest()


class Resampler:
    """Brings sound from one rate to `RATE`, piece by piece; what is too high for that is filtered out."""

    def __init__(self, rate: int) -> None:
        self._step = rate / RATE
        cutoff = min(1.0, RATE / rate) * 0.95
        at = np.arange(-TAPS_EACH_SIDE, TAPS_EACH_SIDE + 1)
        window = np.sinc(at * cutoff) * cutoff * np.hamming(len(at))
        self._taps = (window / window.sum()).astype(np.float32)
        self._is_same = rate == RATE
        # What was fed and is still needed, where it begins, and what comes next: in samples of the old rate.
        self._held: Samples = np.zeros(TAPS_EACH_SIDE, np.float32)
        self._begin = 0
        self._next = 0.0

    def feed(self, sound: Samples) -> Samples:
        """Take in sound, and return what is known by now."""
        if self._is_same:
            return sound
        held = self._held = np.concatenate([self._held, sound])
        if len(held) < len(self._taps):
            return np.zeros(0, np.float32)
        filtered = np.convolve(held, self._taps, mode="valid").astype(np.float32)
        end = self._begin + len(filtered)
        count = max(0, int(np.ceil((end - 1 - self._next) / self._step)))
        places = self._next + self._step * np.arange(count)
        made = np.interp(places, np.arange(self._begin, end), filtered) if count else np.zeros(0)
        self._next += self._step * count
        drop = max(0, min(int(self._next) - self._begin, len(held)))
        self._held, self._begin = held[drop:], self._begin + drop
        return made.astype(np.float32)

    def rest(self) -> Samples:
        """Return what is still to come."""
        return np.zeros(0, np.float32) if self._is_same else self.feed(np.zeros(TAPS_EACH_SIDE + 1, np.float32))


def _by_ffmpeg(kind: SoundKind, content: bytes, most: int) -> Samples:
    """Have the machine's own ffmpeg read it: from memory, where that can be, since some have their index last."""
    with _in_memory(content) as file:
        source = f"/proc/self/fd/{file.fileno()}" if file else "pipe:0"
        command = ("ffmpeg", "-nostdin", "-v", "quiet", "-threads", "1", "-protocol_whitelist", "file,pipe",
                   "-f", DEMUXERS[kind], "-i", source, "-map", "0:a:0",
                   "-ac", "1", "-ar", str(RATE), "-t", str(most / RATE + 1), "-f", "s16le", "pipe:1")  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603 - no word of it is anybody else's
                command,
                input=None if file else content,
                stdout=subprocess.PIPE,
                pass_fds=(file.fileno(),) if file else (),
                check=False,
            )
        except FileNotFoundError:
            raise Stopped(WhyUnread.NO_FFMPEG) from None
    whole = len(done.stdout) - len(done.stdout) % SAMPLE_BYTES
    if done.returncode or not whole:
        raise Stopped(WhyUnread.DAMAGED)
    samples: Samples = np.frombuffer(done.stdout[:whole], "<i2").astype(np.float32) / np.float32(FULL)
    return samples


@contextmanager
def _in_memory(content: bytes) -> Iterator[BinaryIO | None]:
    """Give a file in memory, which Linux has; None elsewhere."""
    if sys.platform != "linux":
        yield None
        return
    with os.fdopen(os.memfd_create("recording"), "wb") as file:
        file.write(content)
        file.flush()
        yield file
