"""PDF, PowerPoint, Word and reStructuredText as lessons: what each place is called, and where a citation leads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.documents.lesson_reader import LessonReader
from bot.domain import Passage
from bot.lessons.course_layout import Skip
from bot.lessons.ingestion import Ingestion, IngestReport, NoLessons
from bot.lessons.reading.sorting import FileSelection, by_suffix
from tests.documents.samples import docx, paragraph, pdf, pptx, printed
from tests.lessons.courses import BEES, source
from tests.memory.lessons import FakeLessons

DANCE = "The bees of the hive dance to tell the others where flowers are and how far away from home they all bloom."
WAX = "Wax melts at sixty two degrees, and candles that are made of it burn for a long time with a quiet flame."
HEBREW = (
    "הדבורים רוקדות כדי לספר לאחיותיהן היכן נמצאים כל הפרחים של האביב",
    "וכמה רחוק הם מן הכוורת. הן יודעות לספור עד ארבע, ולא יותר מזה כלל.",
)
RST = "Honey\n=====\n\n.. note::\n\n   It keeps for long.\n\n.. _colour:\n\nColour\n------\n\nIt is gold.\n"


async def taken(
    folder: Path,
    files: Mapping[str, str | bytes],
    *,
    base_url: str = "",
    selection: FileSelection | None = None,
) -> tuple[IngestReport, list[Passage]]:
    """Take a course in; return the report and the passages of all its documents, in order."""
    lessons = FakeLessons()
    ingestion = Ingestion(lessons=lessons, documents=LessonReader())
    report = await ingestion.run(source(folder, files, base_url=base_url), selection=selection or FileSelection())
    return report, [passage for each in await lessons.documents() for passage in await lessons.chunks(each)]


def left(report: IngestReport) -> dict[str, str]:
    return {each.path: each.reason.value for each in report.skipped}


async def test_a_citation_names_the_page_and_leads_to_it(tmp_path: Path) -> None:
    _, passages = await taken(tmp_path, {"03-bees.pdf": pdf(DANCE, WAX)}, base_url="https://course.example/files")

    assert [(passage.chunk.heading, passage.url) for passage in passages] == [
        ("Page 1", "https://course.example/files/03-bees.pdf#page=1"),
        ("Page 2", "https://course.example/files/03-bees.pdf#page=2"),
    ]
    assert {(passage.document.number, passage.document.title) for passage in passages} == {((3,), "bees")}


async def test_github_shows_a_pdf_without_pages_so_the_page_is_only_named(tmp_path: Path) -> None:
    url = "https://github.com/o/r/blob/main"
    _, (passage,) = await taken(tmp_path, {"bees.pdf": pdf(DANCE)}, base_url=url)

    assert (passage.chunk.heading, passage.url) == ("Page 1", f"{url}/bees.pdf")


async def test_a_hebrew_pdf_is_told_by_its_words_and_its_pages_are_called_in_hebrew(tmp_path: Path) -> None:
    report, (passage,) = await taken(tmp_path, {"bees.pdf": printed(HEBREW)})

    assert (passage.chunk.heading, passage.document.language, dict(report.languages)) == ("עמוד 1", "he", {"he": 1})


async def test_a_language_that_was_asked_for_is_found_in_documents_too(tmp_path: Path) -> None:
    files = {"bees.pdf": printed(HEBREW), "wax.pdf": pdf(DANCE + " " + WAX)}
    report, _ = await taken(tmp_path, files, selection=FileSelection(languages=frozenset({"he"})))

    assert set(report.paths) == {"bees.pdf"}
    assert left(report) == {"wax.pdf": "other_language"}


async def test_a_slide_is_called_by_its_number_and_title(tmp_path: Path) -> None:
    _, passages = await taken(tmp_path, {"04-wax.pptx": pptx(("Wax *and* all", WAX), ("Bees", DANCE))})

    assert [(passage.chunk.heading, passage.chunk.text) for passage in passages] == [
        ("Slide 1: Wax *and* all", WAX),
        ("Slide 2: Bees", DANCE),
    ]


async def test_a_word_file_has_its_headings_and_the_first_is_its_title(tmp_path: Path) -> None:
    body = paragraph("Honey", "Heading1") + paragraph(DANCE) + paragraph("Colour", "Heading2") + paragraph("Gold.")
    _, passages = await taken(tmp_path, {"honey.docx": docx(body)})

    assert [(p.document.title, p.chunk.heading_path, p.chunk.text) for p in passages] == [
        ("Honey", ("Honey",), DANCE),
        ("Honey", ("Honey", "Colour"), "Gold."),
    ]


async def test_restructured_text_has_the_anchors_of_its_headings(tmp_path: Path) -> None:
    _, passages = await taken(tmp_path, {"02-honey.rst": RST}, base_url="https://course.example")

    assert [(passage.chunk.heading, passage.chunk.text, passage.url) for passage in passages] == [
        ("Honey", "It keeps for long.", "https://course.example/02-honey.rst#honey"),
        ("Colour", "It is gold.", "https://course.example/02-honey.rst#colour"),
    ]


async def test_what_cannot_be_read_is_left_out_with_the_reason(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "README.md": BEES,
        "locked.pdf": pdf(DANCE, password="owl"),
        "scan.pdf": pdf("", ""),
        "broken.pdf": b"%PDF-1.4",
        "torn.pptx": b"PK\x03\x04 and nothing",
        "pointer.pdf": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        "img/hive.pdf": pdf(DANCE),
        "plot_files/figure-pdf/a.pdf": pdf(DANCE),
        "README.pdf": pdf(DANCE),
        "talk.pptx": pptx(("Wax", WAX)),
        "talk.pdf": pdf(WAX),
    }
    report, _ = await taken(tmp_path, files)

    assert report.paths == {"README.md", "talk.pptx"}
    assert left(report) == {
        "locked.pdf": "locked",
        "scan.pdf": "pictures",
        "broken.pdf": "damaged",
        "torn.pptx": "damaged",
        "pointer.pdf": "pointer",
        "img/hive.pdf": "figure",
        "plot_files/figure-pdf/a.pdf": "figure",
        "README.pdf": "twice",
        "talk.pdf": "twice",
    }


async def test_without_their_reader_documents_are_left_out_by_suffix(tmp_path: Path) -> None:
    files: Mapping[str, str | bytes] = {"a.pdf": pdf(DANCE), "b.pdf": pdf(WAX), "c.rst": RST}
    report = await Ingestion(lessons=FakeLessons()).run(source(tmp_path, {**files, "d.md": BEES}))

    assert report.paths == {"d.md"}
    assert by_suffix(report.skipped, Skip.NO_READER) == [(".pdf", 2), (".rst", 1)]


async def test_documents_that_did_not_change_are_known_the_second_time(tmp_path: Path) -> None:
    ingestion = Ingestion(lessons=FakeLessons(), documents=LessonReader())
    files: Mapping[str, str | bytes] = {"a.pdf": pdf(DANCE), "b.rst": RST, "c.docx": docx(paragraph(DANCE))}
    await ingestion.run(source(tmp_path, files))
    report = await ingestion.run(source(tmp_path, {"b.rst": f"{RST}\nMore.\n"}))

    assert {outcome.value: sorted(paths) for outcome, paths in report.taken.items() if paths} == {
        "unchanged": ["a.pdf", "c.docx"],
        "changed": ["b.rst"],
    }


async def test_a_course_of_nothing_but_scans_says_so(tmp_path: Path) -> None:
    ingestion = Ingestion(lessons=FakeLessons(), documents=LessonReader())

    with pytest.raises(NoLessons):
        await ingestion.run(source(tmp_path, {"img/a.pdf": pdf(DANCE)}))
    with pytest.raises(NoLessons) as told:
        await ingestion.run(source(tmp_path, {"a.pdf": pdf("")}))

    assert {each.path: each.reason for each in told.value.skipped}["a.pdf"] is Skip.PICTURES
