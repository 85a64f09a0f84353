"""Recordings are read in a process of their own: what models hear comes of them, or a reason."""

from __future__ import annotations

import os
import stat
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bot.documents import sound_reader
from bot.documents.children import Children
from bot.documents.sound_decoding import RATE, Resampler
from bot.documents.sound_kinds import SoundKind, sound_kind
from bot.documents.sound_pieces import MOST_PIECE_S, pieces_of
from bot.documents.sound_reader import SoundReader
from bot.domain import SoundPieces, WhyUnread
from tests.documents.sounds import heard, hertz_of, recording, spoken, tone

MOST_S = 60.0
WITHIN_S = 12.0
M4A = struct.pack(">I", 24) + b"ftypM4A " + bytes(40)
WEBM = b"\x1aE\xdf\xa3" + bytes(40)
AAC = b"\xff\xf1\x50\x80" + bytes(40)
# It writes half a second of a tone where it is told what the file is, is given no other protocol, and can read it.
FFMPEG = """#!{python}
import math, struct, sys
said = dict(zip(sys.argv, sys.argv[1:]))
whole = open(said["-i"], "rb").read()
assert said["-f"] in ("mov", "matroska", "aac") or sys.argv[-2] == "s16le", sys.argv
assert said["-protocol_whitelist"] == "file,pipe" and "-nostdin" in sys.argv
assert len(whole) > 40, "nothing was handed on"
samples = [int(9000 * math.sin(2 * math.pi * 220 * at / 16000)) for at in range(8000)]
sys.stdout.buffer.write(struct.pack(f"<{{len(samples)}}h", *samples))
"""


async def read(content: bytes, *, most_s: float = MOST_S) -> SoundPieces | WhyUnread:
    return await SoundReader().read(content, most_s=most_s)


async def pieces(content: bytes) -> SoundPieces:
    found = await read(content)
    assert isinstance(found, SoundPieces), found
    return found


@pytest.fixture
def ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an ffmpeg that knows one tone where the bot finds it."""
    program = tmp_path / "ffmpeg"
    program.write_text(FFMPEG.format(python=sys.executable), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")


class TestGoodOnes:
    @pytest.mark.parametrize("kind", ["ogg", "wav", "flac", "mp3"])
    async def test_one_becomes_what_models_hear(self, kind: str) -> None:
        found = await pieces(recording(spoken(2.0), kind))

        assert [heard(each)[:3] for each in found.pieces] == [(1, 2, 16_000)]
        assert found.seconds == pytest.approx(2.0, abs=0.1)
        assert hertz_of(found.pieces) == pytest.approx(220.0, abs=2.0)

    async def test_two_channels_become_one(self) -> None:
        both = np.stack([tone(1.0), tone(1.0)], axis=1)

        assert heard((await pieces(recording(both, "wav"))).pieces[0])[0] == 1

    @pytest.mark.usefixtures("ffmpeg")
    @pytest.mark.parametrize("content", [M4A, WEBM, AAC], ids=["m4a", "webm", "aac"])
    async def test_what_the_package_does_not_read_ffmpeg_does(self, content: bytes) -> None:
        found = await pieces(content)

        assert heard(found.pieces[0]) == (1, 2, 16_000, 0.5)

    @pytest.mark.parametrize("content", [M4A, WEBM, AAC], ids=["m4a", "webm", "aac"])
    async def test_without_an_ffmpeg_it_is_said_that_one_is_missing(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))

        assert await read(content) is WhyUnread.NO_FFMPEG


class TestPieces:
    def test_a_long_one_is_cut_where_it_is_quiet(self) -> None:
        made = [heard(each)[3] for each in pieces_of(spoken(24.0, 0.6, 30.0, 0.4, 3.0, rate=RATE))]

        assert made[0] == pytest.approx(24.3, abs=0.4)
        assert all(each <= MOST_PIECE_S for each in made)
        assert sum(made) == pytest.approx(58.0, abs=0.2)

    def test_one_without_a_pause_is_cut_all_the_same(self) -> None:
        made = [heard(each)[3] for each in pieces_of(tone(70.0, rate=RATE))]

        assert all(each <= MOST_PIECE_S for each in made)
        assert sum(made) == pytest.approx(70.0, abs=0.2)

    def test_silence_at_the_ends_and_between_is_left_out(self) -> None:
        silence = np.zeros(40 * RATE, np.float32)
        made = [heard(each)[3] for each in pieces_of(np.concatenate([silence, tone(2.0, rate=RATE), silence]))]

        assert made == [pytest.approx(2.6, abs=0.2)]

    @pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
    @pytest.mark.parametrize("at_once", [1_000, 7, 100_000])
    def test_every_rate_comes_out_as_long_and_as_high(self, rate: int, at_once: int) -> None:
        sound, resampler = tone(1.0, hertz=1_000.0, rate=rate), Resampler(rate)
        made = [resampler.feed(sound[at : at + at_once]) for at in range(0, len(sound), at_once)]
        out = np.concatenate([*made, resampler.rest()])

        assert len(out) == pytest.approx(RATE, abs=20)
        assert np.argmax(np.abs(np.fft.rfft(out))) == pytest.approx(1_000, abs=2)

    def test_what_is_too_high_for_the_rate_is_not_heard_as_something_lower(self) -> None:
        resampler = Resampler(48_000)
        out = np.concatenate([resampler.feed(tone(1.0, hertz=11_000.0)), resampler.rest()])

        assert np.sqrt(np.mean(out[100:-100] ** 2)) < 0.003


class TestNotHeard:
    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"", WhyUnread.DAMAGED),
            (b"\x89PNG\r\n\x1a\n", WhyUnread.DAMAGED),
            (b"OggS" + bytes(60), WhyUnread.DAMAGED),
            (b"RIFF\0\0\0\0WAVEfmt ", WhyUnread.DAMAGED),
            (recording(np.zeros(48_000, np.float32)), WhyUnread.SILENT),
            (recording(tone(2.0, loud=0.001)), WhyUnread.SILENT),
            (recording(np.zeros(0, np.float32), "wav"), WhyUnread.SILENT),
        ],
        ids=["nothing", "picture", "damaged", "broken off", "silence", "a whisper of noise", "no sound"],
    )
    async def test_a_reason_is_given(self, content: bytes, why: WhyUnread) -> None:
        assert await read(content) is why

    async def test_one_that_is_longer_than_said_is_left_where_it_is_too_long(self) -> None:
        assert await read(recording(spoken(9.0), "wav"), most_s=8.0) is WhyUnread.LONG

    async def test_hours_in_a_small_file_are_not_unpacked(self) -> None:
        bomb = recording(np.zeros(3 * 3600 * 8_000, np.float32), "flac", rate=8_000)
        begun = time.monotonic()

        assert len(bomb) < 300_000
        assert await read(bomb) is WhyUnread.LONG
        assert time.monotonic() - begun < WITHIN_S

    async def test_many_channels_are_not_unpacked(self) -> None:
        sound = np.zeros((100, 64), np.float32)

        assert await read(recording(sound, "wav")) is WhyUnread.COSTLY

    async def test_without_the_package_a_sentence_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sound_reader, "PACKAGE", "no_such_package")

        assert await read(recording()) is WhyUnread.NO_SOUNDS

    @pytest.mark.parametrize(
        "said", ["", "[]", "{}", '{"pieces": "x", "seconds": 1}', '{"pieces": [], "seconds": "x"}']
    )
    async def test_what_the_process_says_amiss_is_no_sound(self, said: str) -> None:
        children = Children(command=(sys.executable, "-c", f"print({said!r})"))

        assert await SoundReader(children=children).read(recording(), most_s=MOST_S) is WhyUnread.DAMAGED


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: recording(kind="mp3"), SoundKind.PLAIN),
        (lambda: recording(kind="flac"), SoundKind.PLAIN),
        (lambda: M4A, SoundKind.MP4),
        (lambda: AAC, SoundKind.AAC),
        (lambda: b"#EXTM3U\nhttp://127.0.0.1/", None),
        (lambda: b"\xff", None),
    ],
    ids=["mp3", "flac", "m4a", "aac", "a list of files", "one byte"],
)
def test_what_a_recording_is_its_first_bytes_say(make: Callable[[], bytes], kind: SoundKind | None) -> None:
    assert sound_kind(make()) is kind
