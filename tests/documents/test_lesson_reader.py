"""Lessons that are no plain text are read in one process, whatever one of them does to it."""

from __future__ import annotations

import sys
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.documents import lesson_process
from bot.documents.document_kinds import PACKAGES, DocumentKind
from bot.documents.lesson_reader import ChildReader, LessonReader
from bot.documents.steady_child import SteadyChild
from bot.domain import LessonParts, PartKind, WhyUnread
from bot.ports import PartsReader
from tests.clocks import SetClock
from tests.documents.samples import archive, docx, paragraph, pdf, pptx, printed, table

BEES = "The bees of the hive dance to tell the others where flowers are and how far away from home they all bloom."
WAX = "Wax melts at sixty two degrees, and candles that are made of it burn for a long time with a quiet flame."


@pytest.fixture
async def reader() -> AsyncIterator[PartsReader]:
    async with LessonReader().reading() as opened:
        yield opened


class Hurrying(SetClock):
    """A clock on which every look takes a quarter of the time that there is for reading."""

    def now(self) -> float:
        self.advance(lesson_process.BEGINNING_S / 4)
        return super().now()


async def parts_of(reader: PartsReader, content: bytes, suffix: str = ".pdf") -> LessonParts:
    read = await reader.read(content, suffix=suffix)
    assert isinstance(read, LessonParts), read
    return read


async def test_the_pages_of_a_pdf_keep_their_numbers(reader: PartsReader) -> None:
    read = await parts_of(reader, pdf(BEES, "", WAX))

    assert [(part.kind, part.number, part.text) for part in read.parts] == [
        (PartKind.PAGE, 1, BEES),
        (PartKind.PAGE, 3, WAX),
    ]


async def test_hebrew_comes_in_the_order_in_which_it_is_read(reader: PartsReader) -> None:
    lines = ("שיעור שלישי: הדבורים", "הדבורים רוקדות כדי לספר לאחיותיהן היכן נמצאים כל הפרחים",
             "של האביב, וכמה רחוק הם מן הכוורת. הן יודעות לספור עד ארבע.")  # fmt: skip
    read = await parts_of(reader, printed(lines, ("הכוורת היא ביתן: בה הן אוגרות דבש.",)))

    assert read.title == lines[0]
    assert read.parts[0].text == f"{lines[0]}\n\n{lines[1]} {lines[2]}"
    assert read.parts[1].text == "הכוורת היא ביתן: בה הן אוגרות דבש."


async def test_a_slide_is_called_after_its_first_line_and_shown_once_though_it_grows(reader: PartsReader) -> None:
    first, second = "The bees dance in the hive", "They tell where all the flowers of the meadow are and how far away"
    read = await parts_of(
        reader, printed(("Bees", first), ("Bees", first, second), ("Wax", "It melts in the sun of May"), wide=True)
    )

    assert [(part.number, part.title, part.text) for part in read.parts] == [
        (2, "Bees", f"{first}\n\n{second}"),
        (3, "Wax", "It melts in the sun of May"),
    ]


async def test_the_slides_of_a_presentation_have_titles_notes_and_numbers(reader: PartsReader) -> None:
    read = await parts_of(reader, pptx(("Wax", WAX), ("Bees", BEES), ("gone",), notes="Say *it* slowly.", hidden=3))

    assert [(part.kind, part.number, part.title, part.text) for part in read.parts] == [
        (PartKind.SLIDE, 1, "Wax", f"{WAX}\n\nSay \\*it\\* slowly."),
        (PartKind.SLIDE, 2, "Bees", BEES),
    ]


async def test_a_word_file_is_one_part_with_its_headings(reader: PartsReader) -> None:
    content = docx(paragraph("Honey", "Heading1") + paragraph(BEES) + table(("kind", "age"), ("lime", "3")))
    read = await parts_of(reader, content, ".docx")

    assert [part.kind for part in read.parts] == [PartKind.HTML]
    assert read.parts[0].text.startswith("<h1>Honey</h1>")


async def test_restructured_text_is_one_part_in_markdown(reader: PartsReader) -> None:
    read = await parts_of(reader, b"Bees\n====\n\nThey ``dance``.\n", ".rst")

    assert [(part.kind, part.text) for part in read.parts] == [
        (PartKind.MARKDOWN, "# Bees {#bees}\n\nThey `dance`."),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (pdf(BEES, password="owl"), WhyUnread.LOCKED),
        (pdf("", ""), WhyUnread.EMPTY),
        (pdf("epoch loss 0.1 0.2"), WhyUnread.EMPTY),
        (b"%PDF-1.4 and nothing else", WhyUnread.DAMAGED),
        (b"no document at all", WhyUnread.DAMAGED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 locked by Office", WhyUnread.LOCKED),
        (archive({"word/document.xml": "<w:p/>" * 4_000_000}), WhyUnread.COSTLY),
    ],
)  # fmt: skip
async def test_what_cannot_be_read_says_why_and_the_next_file_is_read(
    reader: PartsReader, content: bytes, why: WhyUnread
) -> None:
    assert (await reader.read(content, suffix=".pdf")) is why
    assert (await parts_of(reader, pdf(BEES))).parts


def test_a_file_that_takes_long_is_cut_to_its_beginning() -> None:
    read = lesson_process.read_lesson("pdf", pdf(*[BEES] * 9), clock=Hurrying())

    assert read["is_cut"]
    assert isinstance(read["parts"], list)
    assert 0 < len(read["parts"]) < 9


async def test_a_page_that_unpacks_to_no_end_is_costly(reader: PartsReader) -> None:
    bomb = zlib.compress(b"0" * 300_000_000, 9)

    assert (await reader.read(pdf(stream=bomb), suffix=".pdf")) is WhyUnread.COSTLY


async def test_what_reads_a_kind_may_be_missing(reader: PartsReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PACKAGES, DocumentKind.PDF, "no_such_package")
    monkeypatch.setattr("bot.documents.lesson_reader.RST_PACKAGE", "no_such_package")

    assert await reader.read(pdf(BEES), suffix=".pdf") is WhyUnread.NO_READER
    assert await reader.read(b"Bees", suffix=".rst") is WhyUnread.NO_READER


def child_by(script: str, *arguments: str, wall_s: float = 10.0) -> SteadyChild:
    """Return a child that is a script."""
    return SteadyChild(command=(sys.executable, "-c", script, *arguments), wall_s=wall_s)


ECHOES = """
import json, os, sys
line = sys.stdin.buffer.readline()
while line:
    told = json.loads(line)
    content = sys.stdin.buffer.read(told["bytes"])
    if content == b"die":
        sys.exit(1)
    if content == b"weary" and os.path.exists(sys.argv[1]):
        os.remove(sys.argv[1])
        os.abort()
    if content == b"sleep":
        import time
        time.sleep(30)
    sys.stdout.write(json.dumps({"parts": [], "pid": os.getpid()}) + "\\n")
    sys.stdout.flush()
    line = sys.stdin.buffer.readline()
"""


async def test_one_process_reads_file_after_file(tmp_path: Path) -> None:
    child = child_by(ECHOES, str(tmp_path / "weary"))
    first, second = await child.read(b"a", "rst"), await child.read(b"b", "rst")
    await child.close()

    assert first == second
    assert not isinstance(first, WhyUnread)


async def test_a_file_that_ends_the_process_is_asked_of_a_fresh_one_before_it_is_blamed(tmp_path: Path) -> None:
    (tmp_path / "weary").touch()
    child = child_by(ECHOES, str(tmp_path / "weary"))
    await child.read(b"a", "rst")
    weary, dead, alive = [await child.read(content, "rst") for content in (b"weary", b"die", b"c")]
    await child.close()

    assert (isinstance(weary, WhyUnread), dead, isinstance(alive, WhyUnread)) == (False, WhyUnread.DAMAGED, False)


async def test_a_file_that_takes_too_long_is_costly(tmp_path: Path) -> None:
    child = child_by(ECHOES, str(tmp_path / "weary"), wall_s=1.0)

    assert await ChildReader(child).read(b"sleep", suffix=".rst") is WhyUnread.COSTLY
    await child.close()
