from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lessons.reading.subtitles import clock, subtitles_markdown
from tests.lessons.courses import loaded

VTT = """WEBVTT - Bees

NOTE
00:00:00.000 --> 00:00:01.000
never said

1
00:00:01.000 --> 00:00:04.000 align:start
<v Ann>Bees <b>dance</b>
all &amp; every day.

00:01:10.500 --> 00:01:12.000
Wax melts.
"""
SRT = """1
00:00:01,000 --> 00:00:04,000
{\\an8}Bees dance
all & every day.

2
00:01:10,500 --> 00:01:12,000
Wax melts.
"""
SBV = """0:00:01.000,0:00:04.000
Bees dance
all & every day.

0:01:10.500,0:01:12.000
Wax melts.
"""


@pytest.mark.parametrize(
    ("name", "text", "first"),
    [
        ("01-bees.vtt", VTT, "Ann: Bees dance all & every day."),
        ("01-bees.srt", SRT, "Bees dance all & every day."),
        ("01-bees.sbv", SBV, "Bees dance all & every day."),
        ("01-bees.srt", f"\ufeff{SRT}".replace("\n", "\r\n"), "Bees dance all & every day."),
    ],
)
def test_what_is_said_stands_under_its_time(tmp_path: Path, name: str, text: str, first: str) -> None:
    ((document, chunks),) = loaded(tmp_path, {name: text}).values()

    assert (document.title, document.number) == ("bees", (1,))
    assert [(chunk.heading, chunk.text) for chunk in chunks] == [("0:01", first), ("1:10", "Wax melts.")]


def test_a_thought_is_not_cut_before_its_sentence_ends_nor_lasts_for_ever() -> None:
    cues = [f"00:{at // 60:02}:{at % 60:02}.000 --> 00:59:59.000\nand so on" for at in range(0, 200, 10)]
    written = subtitles_markdown("WEBVTT\n\n" + "\n\n".join(cues))

    assert [line for line in written.split("\n") if line.startswith("#")] == ["## 0:00", "## 2:00"]


def test_hours_are_shown_where_there_are_any() -> None:
    assert [clock(seconds) for seconds in (5, 65, 3723)] == ["0:05", "1:05", "1:02:03"]


@given(st.text(alphabet=st.sampled_from("0123:.,-> \nab<>{}\\"), max_size=120))
def test_any_text_can_be_read_as_subtitles(text: str) -> None:
    assert isinstance(subtitles_markdown(text), str)
