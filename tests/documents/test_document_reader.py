"""Documents are read in a process of their own: good ones whole, and those that are made to do harm do none."""

from __future__ import annotations

import asyncio
import os
import sys
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from bot.documents import reading_process
from bot.documents.children import Children
from bot.documents.document_kinds import PACKAGES, DocumentKind
from bot.documents.document_reader import DocumentReader
from bot.documents.word_text import WordBlocks
from bot.domain import DocumentText, WhyUnread
from tests.clocks import SetClock
from tests.documents.samples import archive, docx, paragraph, pdf, pptx, table

WITHIN_S = 12.0


async def text_of(content: bytes) -> str:
    read = await DocumentReader().read(content)
    assert isinstance(read, DocumentText), read
    return read.text


def reader_by(script: str, *arguments: str, wall_s: float = 10.0) -> DocumentReader:
    """Return a reader whose reading process is a script."""
    command = (sys.executable, "-c", script, *arguments)
    return DocumentReader(children=Children(command=command, wall_s=wall_s))


class Hurrying(SetClock):
    """A clock on which every look takes half the time that there is for reading."""

    def now(self) -> float:
        self.advance(reading_process.BEGINNING_S / 2 + 0.1)
        return super().now()


class TestGoodOnes:
    async def test_the_pages_of_a_pdf_keep_their_numbers(self) -> None:
        text = await text_of(pdf("The owl is OWL-4711.", "", "It sleeps by day."))

        assert text == "[page 1]\nThe owl is OWL-4711.\n\n[page 3]\nIt sleeps by day."

    async def test_a_pdf_that_only_its_owner_may_change_is_read(self) -> None:
        assert await text_of(pdf("The owl", owner="owl")) == "[page 1]\nThe owl"

    def test_lists_keep_their_marks_and_numbers(self) -> None:
        blocks = WordBlocks()
        blocks.feed(
            "<p>Owls:<br>two</p><ul><li>barn<ol><li>one</li><li>two</li></ol></li><li>snowy</li></ul>"
            "<table><tr><td><p>a</p><p>b</p></td><td><ul><li>c</li></ul></td></tr>"
            "<tr><td><table><tr><td>d</td><td>e</td></tr></table></td><td><b>f</b>g</td></tr></table><p>end</p>"
        )

        assert blocks.whole() == [
            "Owls:\ntwo",
            "- barn",
            "  1. one",
            "  2. two",
            "- snowy",
            "a b | - c\nd e | fg",
            "end",
        ]

    async def test_a_word_file_keeps_its_headings_paragraphs_and_tables(self) -> None:
        body = paragraph("Owls", "Heading1") + paragraph("הינשוף הוא OWL-4711") + table(("name", "age"), ("Ada", "3"))
        text = await text_of(docx(body))

        assert text == "# Owls\n\nהינשוף הוא OWL-4711\n\nname | age\nAda | 3"

    async def test_slides_are_read_from_top_to_bottom_with_their_notes(self) -> None:
        text = await text_of(pptx(["Owls", "OWL-4711"], ["Secret"], notes="speak slowly", hidden=2))

        assert text == "[slide 1]\nOwls\nOWL-4711\nNotes:\nspeak slowly\n\n[slide 2, hidden]\nSecret"

    async def test_a_long_one_is_cut(self) -> None:
        read = await DocumentReader().read(docx("".join(paragraph("owl " * 250) for _ in range(600))))

        assert isinstance(read, DocumentText)
        assert read.is_cut
        assert len(read.text.encode()) <= 600 * 1024


def test_of_one_that_takes_long_the_beginning_is_what_there_is() -> None:
    reading = reading_process.taken_from(DocumentKind.PDF, pdf("One", "Two", "Three"), clock=Hurrying())

    assert reading == {"text": "[page 1]\nOne\n\n[page 2]\nTwo", "is_cut": True}


class TestWhatCannotBeRead:
    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (pdf(""), WhyUnread.EMPTY),
            (docx(""), WhyUnread.EMPTY),
            (pptx([]), WhyUnread.EMPTY),
            (pdf("secret", password="owl"), WhyUnread.LOCKED),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), WhyUnread.LOCKED),
            (b"%PDF-1.7\nrubbish", WhyUnread.DAMAGED),
            (pdf("The owl")[:200], WhyUnread.DAMAGED),
            (docx(paragraph("owl"))[:-40], WhyUnread.DAMAGED),
            (docx("<w:p><w:r>"), WhyUnread.DAMAGED),
            (archive({"word/document.xml": "no XML"}), WhyUnread.DAMAGED),
            (archive({"ppt/presentation.xml": "no XML"}), WhyUnread.DAMAGED),
            (b"\x89PNG\r\n\x1a\n", WhyUnread.DAMAGED),
            (b"", WhyUnread.DAMAGED),
        ],
    )
    async def test_it_is_said_why(self, content: bytes, why: WhyUnread) -> None:
        assert await DocumentReader().read(content) is why

    async def test_without_its_package_that_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(PACKAGES, DocumentKind.PDF, "no_such_package")

        assert await DocumentReader().read(pdf("owl")) is WhyUnread.NO_READER


def unpacking_pdf() -> bytes:
    packer = zlib.compressobj(9)
    blanks = b" " * 1024**2
    return pdf(stream=b"".join(packer.compress(blanks) for _ in range(290)) + packer.flush())


BOMBS: dict[str, Callable[[], bytes]] = {
    "a pdf that unpacks to 290 MB": unpacking_pdf,
    "a pdf of 3 million commands": lambda: pdf(
        stream=zlib.compress(b"BT /F1 12 Tf " + b"(a) Tj " * 3_000_000 + b"ET", 9)
    ),
    "a word file of 4 million paragraphs": lambda: docx("<w:p/>" * 4_000_000),
    "a word file of 2 million paragraphs": lambda: docx("<w:p/>" * 2_000_000),
    "a word file of deep tables": lambda: docx("<w:tbl><w:tr><w:tc>" * 5_000 + "</w:tc></w:tr></w:tbl>" * 5_000),
    "an archive of 20,000 entries": lambda: archive(
        {"word/document.xml": "", **{f"{n}.xml": "" for n in range(20_000)}}
    ),
    "entities that grow": lambda: archive(
        {
            "ppt/presentation.xml": '<!DOCTYPE a [<!ENTITY a "owl">'
            + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">' for n in range(1, 12))
            + "]><a>&a11;</a>"
        }
    ),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
async def test_one_that_is_made_to_do_harm_ends_with_a_reason(bomb: Callable[[], bytes]) -> None:
    content = bomb()
    begun = time.monotonic()
    read = await DocumentReader().read(content)

    assert read in (WhyUnread.COSTLY, WhyUnread.DAMAGED)
    assert time.monotonic() - begun < WITHIN_S


SCRIPT = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"

# It has another process hold a pipe, as it has ffmpeg read some recordings.
HOLDER = "import sys, time; held = open(sys.argv[1], 'w'); held.write('x'); held.flush(); time.sleep(60)"
STARTER = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDER!r}, sys.argv[1]])"


async def until_read(held: int, wanted: bytes) -> None:
    """Wait until a pipe says something; nothing once nobody holds its other end."""
    async with asyncio.timeout(5.0):
        while True:
            with suppress(BlockingIOError):
                if os.read(held, 1) == wanted:
                    return
            await asyncio.sleep(0.01)


class TestTheProcess:
    async def test_one_that_says_nothing_is_ended(self) -> None:
        reader = reader_by("import time; time.sleep(60)", wall_s=0.2)
        async with asyncio.timeout(5.0):
            read = await reader.read(pdf("owl"))

        assert read is WhyUnread.COSTLY

    async def test_one_that_nobody_waits_for_any_more_is_ended(self, tmp_path: Path) -> None:
        noted = tmp_path / "pid"
        noted.touch()
        reader = reader_by(SCRIPT, str(noted))
        reading = asyncio.create_task(reader.read(pdf("owl")))
        while not noted.read_text():  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.01)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)

        with pytest.raises(ProcessLookupError):
            os.kill(int(noted.read_text()), 0)

    async def test_what_it_has_started_ends_with_it(self, tmp_path: Path) -> None:
        fifo = tmp_path / "held"
        os.mkfifo(fifo)
        held = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        reading = asyncio.create_task(reader_by(STARTER, str(fifo)).read(pdf("owl")))
        await until_read(held, b"x")
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)

        await until_read(held, b"")
        os.close(held)

    async def test_it_knows_nothing_of_the_bots_surroundings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LYCEUM_DISCORD__TOKEN", "secret")
        script = "import json, os; print(json.dumps({'text': ' '.join(os.environ), 'is_cut': False}))"
        read = await reader_by(script).read(pdf("owl"))

        assert isinstance(read, DocumentText)
        assert "LYCEUM" not in read.text

    @pytest.mark.parametrize("said", ["", "owl", "[]", "{}", '{"unread": "tired"}', '{"text": 1}'])
    async def test_what_it_says_amiss_is_no_text(self, said: str) -> None:
        reader = reader_by(f"print({said!r})")

        assert await reader.read(pdf("owl")) is WhyUnread.DAMAGED
