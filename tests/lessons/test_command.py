"""`lyceum ingest` as its user meets it: a process of its own, a database on disk, real folders."""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.console import Screen
from bot.cli.ingest import LINE_EACH_S, MOVES_EACH_S, ProgressLine, fitted
from bot.i18n import LOCALES, sentences
from bot.lessons.course_layout import Skip
from bot.lessons.ingestion import Progress
from bot.lessons.reading.quiz_files import QuizFault
from tests.cli_process import Lyceum
from tests.clocks import SetClock
from tests.lessons.courses import BEES, BEES_HE, write
from tests.lessons.quizzes import entry

FILES: dict[str, str | bytes] = {
    "03-bees/README.md": BEES,
    "translations/he/03-bees/README.md": BEES_HE,
    "AGENTS.md": "# Orders\n",
}


@pytest.fixture
def lyceum(tmp_path: Path) -> Lyceum:
    write(tmp_path / "course", FILES)
    return Lyceum(tmp_path, {"MODEL__EMBEDDED": "never"})


async def test_a_run_says_what_it_took_and_what_it_skipped(lyceum: Lyceum) -> None:
    done = await lyceum("ingest", "course", "--verbose")

    assert (done.code, done.err) == (0, "")
    assert "2 files of lessons are in the index (2 new, 0 changed, 0 as before, 0 removed); 2 passages" in done.out
    assert "Languages: en (1), he (1)" in done.out
    assert "1 × about the repository, or instructions to coding agents\n    AGENTS.md\n" in done.out
    assert "--base-url" in done.out


async def test_a_second_run_finds_nothing_new_and_does_not_list_files(lyceum: Lyceum) -> None:
    await lyceum("ingest", "course")
    done = await lyceum("ingest", "course", "--base-url", "https://school.test/files")
    again = await lyceum("ingest", "./course/", "--base-url", "https://school.test/files")

    assert "(0 new, 2 changed, 0 as before, 0 removed)" in done.out
    assert "(0 new, 0 changed, 2 as before, 0 removed)" in again.out
    assert "AGENTS.md" not in again.out


async def test_one_source_that_fails_does_not_stop_the_next(lyceum: Lyceum) -> None:
    done = await lyceum("ingest", "nowhere", "course")

    assert done.code == 1
    assert "lyceum: nowhere is no folder" in done.err
    assert "2 files of lessons are in the index" in done.out
    assert done.is_plain


async def test_a_folder_without_lessons_says_why(lyceum: Lyceum) -> None:
    done = await lyceum("ingest", "course", "--path", "AGENTS.md")

    assert done.code == 1
    assert "No lessons were found" in done.err
    assert "2 × outside of --path" in done.out


async def test_a_run_warns_where_more_texts_were_left_out_than_taken(lyceum: Lyceum) -> None:
    write(lyceum.folder / "course", {f"part/{number}.tex": "x" for number in range(3)} | {"part/a.png": "x"})
    done = await lyceum("ingest", "course")
    (lyceum.folder / "course/part/2.tex").unlink()
    fewer = await lyceum("ingest", "course")

    assert "4 × in no format that lessons are read from\n    3 × .tex, 1 × .png\n" in done.out
    assert "left out than taken (3 against 2): 3 × .tex" in done.out
    assert "left out than taken" not in fewer.out


async def test_a_course_is_asked_by_the_name_it_was_given(lyceum: Lyceum) -> None:
    write(lyceum.folder / "wax", {"03-bees/README.md": "# Bees\n\nBees make wax in summer.\n"})
    await lyceum("ingest", "course", "--name", "Keeping bees")
    await lyceum("ingest", "wax")
    asked = await lyceum("ask", "What do bees dance to tell?", "--lesson", "keeping bees")
    elsewhere = await lyceum("ask", "What do bees dance to tell?", "--lesson", "wax")

    assert "Bees dance to tell where flowers are." in asked.out
    assert "dance" not in elsewhere.out


@pytest.mark.parametrize("arguments", [("--name", "x", "a", "b"), ("--name", " / ", "a")])
async def test_a_name_is_for_one_source_and_has_words(lyceum: Lyceum, arguments: tuple[str, ...]) -> None:
    done = await lyceum("ingest", *arguments)

    assert done.code == 1
    assert "nothing was taken" in done.err


async def test_a_run_says_which_quiz_questions_were_left_out_and_why(lyceum: Lyceum) -> None:
    quiz = entry(passage="Bees dance to tell where flowers are.") + entry()
    write(lyceum.folder / "course", {"03-bees/quiz.yml": quiz, "quiz.yml": quiz})
    done = await lyceum("ingest", "course")

    assert "Quiz questions written for the lessons: 1\n" in done.out
    assert "Quiz questions that were left out: 2\n    quiz.yml: there is no lesson beside it\n" in done.out
    assert "    03-bees/quiz.yml, question 2: its passage does not stand in the lesson word for word\n" in done.out
    assert ".yml, " not in done.out.partition("Skipped:")[2].partition("Quiz")[0]


async def test_a_source_can_be_removed_though_it_is_gone(lyceum: Lyceum) -> None:
    await lyceum("ingest", "course")
    (lyceum.folder / "course").rename(lyceum.folder / "elsewhere")
    done = await lyceum("ingest", "--remove", "course")

    assert done.code == 0
    assert "2 files were taken out of the index" in done.out


@pytest.mark.parametrize("arguments", [("--language", "klingon", "course"), ("--ref", "main", "course")])
async def test_wrong_words_are_told(lyceum: Lyceum, arguments: tuple[str, ...]) -> None:
    done = await lyceum("ingest", *arguments)

    assert done.code == 1
    assert "nothing was taken" in done.err
    assert done.is_plain


async def test_it_speaks_the_language_of_the_terminal(lyceum: Lyceum) -> None:
    done = await Lyceum(lyceum.folder, lyceum.variables, "he_IL.UTF-8")("ingest", "course")

    assert "קובצי שיעורים" in done.out


@pytest.mark.parametrize("locale", LOCALES)
def test_every_reason_to_skip_a_file_has_a_sentence(locale: str) -> None:
    assert {f"ingest.skip_{reason}" for reason in Skip} <= set(sentences(locale))


@pytest.mark.parametrize("locale", LOCALES)
def test_every_reason_to_leave_a_quiz_question_out_has_a_sentence(locale: str) -> None:
    assert {f"ingest.quiz_{fault}" for fault in QuizFault} <= set(sentences(locale))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class SteppingClock(SetClock):
    """A clock whose third sleep does not end."""

    def __init__(self) -> None:
        super().__init__()
        self.third = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        if len(self.waits) == 2:
            self.third.set()
            await asyncio.Event().wait()
        await super().sleep(seconds)


async def test_what_cannot_say_how_far_it_is_says_how_long_it_takes() -> None:
    stream, clock = Terminal(), SteppingClock()

    async with ProgressLine(Screen(stream), "en", clock=clock).waiting():
        await clock.third.wait()

    line = "\r\x1b[KStill at it after {} s …"
    assert stream.getvalue() == f"{line.format(1)}{line.format(2)}\r\x1b[K"


@dataclass
class Shown:
    """A ticker and what it wrote."""

    stream: io.StringIO
    clock: SetClock = field(default_factory=SetClock)

    def after(self, *moments: float) -> str:
        ticker = ProgressLine(Screen(self.stream), "en", clock=self.clock)
        for moment in moments:
            self.clock.passed_s = moment
            ticker(Progress(1, 4, 7, "03-bees/\x1b[2Jx.md"))
        ticker.clear()
        return self.stream.getvalue()


def test_on_a_terminal_one_line_moves() -> None:
    line = "\r\x1b[K25 % · 1 of 4 files · 7 passages · 03-bees/[2Jx.md"

    assert Shown(Terminal()).after(0.0, MOVES_EACH_S, MOVES_EACH_S * 1.5, 1.0) == f"{line}{line}\r\x1b[K"


def test_elsewhere_a_line_comes_every_few_seconds() -> None:
    line = "25 % · 1 of 4 files · 7 passages · 03-bees/[2Jx.md\n"

    assert Shown(io.StringIO()).after(0.0, LINE_EACH_S, LINE_EACH_S * 1.5, LINE_EACH_S * 2) == line * 2


@pytest.mark.parametrize(
    ("line", "shown"), [("bees", "bees"), ("bees and wax", "bees and"), ("第一章开始", "第一章开")]
)
def test_a_line_is_no_longer_than_the_terminal(line: str, shown: str) -> None:
    assert fitted(line, 8) == shown
