from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain import Chunk, QuizQuestion
from bot.lessons.ingestion import Ingestion, Outcome
from bot.lessons.reading.quiz_files import LeftOut, QuizFault, read_quiz
from bot.lessons.sources.archives import unpacked
from bot.lessons.sources.repositories import cloned
from tests.lessons.courses import source
from tests.lessons.quizzes import HIVE, PROOF, QUIZ, entry
from tests.lessons.test_archives import zipped
from tests.lessons.test_repositories import repository
from tests.memory import FakeLessons

ASKED = QuizQuestion(question="Who lays the eggs?", right="The queen", wrong=("A worker", "A drone"), proof=PROOF)
CHUNKS = [Chunk(section=1, heading_path=("The hive",), anchor="the-hive", text=HIVE.split("\n\n")[1], language="en")]


async def asked_of(lessons: FakeLessons) -> dict[str, list[str]]:
    """Return the questions each document has, by its path."""
    return {
        document.path: [each.question for each in await lessons.questions(document)]
        for document in await lessons.documents()
    }


def test_a_question_whose_passage_stands_in_the_lesson_is_read() -> None:
    assert read_quiz("quiz.yml", QUIZ, CHUNKS) == ([ASKED], [])


@pytest.mark.parametrize(
    "passage",
    [
        "A **queen** lays all the eggs of a hive.",
        "a queen lays all the eggs of a hive",
        "Workers carry nectar, and drones carry nothing.",
        ">-\n    A queen lays all\n    the eggs of a hive.",
    ],
    ids=["marks", "case and dots", "a link", "lines"],
)
def test_marks_links_and_line_ends_make_no_other_passage(passage: str) -> None:
    questions, left = read_quiz("quiz.yml", entry(passage=passage), CHUNKS)

    assert (len(questions), left) == (1, [])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (entry(passage="A queen lays some eggs of a hive."), QuizFault.PASSAGE),
        (entry(passage="hive"), QuizFault.PASSAGE),
        (entry(wrong=("A worker",)), QuizFault.OPTIONS),
        (entry(wrong=("A worker", "the QUEEN")), QuizFault.OPTIONS),
        (entry(wrong=tuple("abcdef")), QuizFault.OPTIONS),
        (entry(right="x" * 76), QuizFault.LONG),
        (entry(question="x" * 301), QuizFault.LONG),
        (QUIZ.replace("right", "correct"), QuizFault.FORM),
        (QUIZ.replace("passage:", "why:"), QuizFault.FORM),
        (QUIZ.replace("The queen", "[a, b]"), QuizFault.FORM),
        (QUIZ.replace("right: The queen", 'right: ""'), QuizFault.FORM),
        (f"{QUIZ}  hint: she is large\n", QuizFault.FORM),
    ],
)
def test_a_question_that_does_not_hold_is_left_out_and_told(text: str, fault: QuizFault) -> None:
    questions, left = read_quiz("quiz.yml", f"{QUIZ}{text}", CHUNKS)

    assert questions == [ASKED]
    assert left == [LeftOut("quiz.yml", 2, fault)]


@pytest.mark.parametrize("text", ["", "a: b", "- just a text", "- [", "- name: other tool\n", "x: &a [*a]\n- y"])
def test_a_file_that_is_no_quiz_is_told_as_a_whole(text: str) -> None:
    assert read_quiz("quiz.yml", text, CHUNKS) == ([], [LeftOut("quiz.yml", 0, QuizFault.NO_QUIZ)])


def test_answers_are_texts_whatever_yaml_takes_them_for() -> None:
    (question,), _ = read_quiz("quiz.yml", entry(right="no", wrong=("10", "2023-09-01", "null")), CHUNKS)

    assert (question.right, question.wrong) == ("no", ("10", "2023-09-01", "null"))


@pytest.mark.parametrize(
    ("lesson", "quiz"),
    [
        ("01-hive/README.md", "01-hive/quiz.yml"),
        ("01-hive/README.md", "01-hive/README.quiz.yaml"),
        ("01-hive/index.md", "01-hive/quiz.yaml"),
        ("book/01-hive.md", "book/01-hive.quiz.yml"),
        ("translations/nl/01-hive/README.md", "translations/nl/01-hive/quiz.yml"),
    ],
)
async def test_a_quiz_lies_beside_its_lesson(tmp_path: Path, lesson: str, quiz: str) -> None:
    lessons = FakeLessons()
    report = await Ingestion(lessons=lessons).run(source(tmp_path, {lesson: HIVE, quiz: QUIZ}))

    assert await asked_of(lessons) == {lesson: ["Who lays the eggs?"]}
    assert (report.questions, report.left_out, report.skipped) == (1, [], [])


async def test_a_quiz_is_of_its_own_lesson_alone(tmp_path: Path) -> None:
    lessons = FakeLessons()
    files = {"01-hive/README.md": HIVE, "01-hive/SETUP.md": HIVE, "01-hive/quiz.yml": QUIZ}
    await Ingestion(lessons=lessons).run(source(tmp_path, files))

    assert await asked_of(lessons) == {"01-hive/README.md": ["Who lays the eggs?"], "01-hive/SETUP.md": []}


async def test_what_does_not_hold_is_told_by_the_run(tmp_path: Path) -> None:
    files = {"01-hive/README.md": HIVE, "01-hive/quiz.yml": entry(passage="Nobody lays eggs here."), "quiz.yml": QUIZ}
    report = await Ingestion(lessons=FakeLessons()).run(source(tmp_path, files))

    assert report.left_out == [
        LeftOut("quiz.yml", 0, QuizFault.ALONE),
        LeftOut("01-hive/quiz.yml", 1, QuizFault.PASSAGE),
    ]


async def test_a_changed_quiz_is_read_again_with_its_lesson(tmp_path: Path) -> None:
    lessons = FakeLessons()
    ingestion = Ingestion(lessons=lessons)
    await ingestion.run(source(tmp_path, {"01-hive/README.md": HIVE, "01-hive/quiz.yml": QUIZ}))
    same = await ingestion.run(source(tmp_path, {}))
    changed = await ingestion.run(source(tmp_path, {"01-hive/quiz.yml": entry(question="Who lays eggs?")}))

    assert same.taken[Outcome.UNCHANGED] == changed.taken[Outcome.CHANGED] == ["01-hive/README.md"]
    assert await asked_of(lessons) == {"01-hive/README.md": ["Who lays eggs?"]}


async def test_a_quiz_is_never_found_or_quoted_as_teaching(tmp_path: Path) -> None:
    lessons = FakeLessons()
    await Ingestion(lessons=lessons).run(source(tmp_path, {"01-hive/README.md": HIVE, "01-hive/quiz.yml": QUIZ}))
    (document,) = await lessons.documents()

    assert not any("A drone" in passage.chunk.text for passage in await lessons.chunks(document))


async def test_archives_and_repositories_bring_their_quizzes_along(tmp_path: Path) -> None:
    files = {"01-hive/README.md": HIVE, "01-hive/quiz.yml": QUIZ, "02-wax.md": HIVE, "02-wax.quiz.yml": QUIZ}
    lessons = FakeLessons()
    packed = {f"bees-main/{path}": text.encode() for path, text in files.items()}
    with unpacked(zipped(tmp_path / "bees.zip", packed)) as archive:
        await Ingestion(lessons=lessons).run(archive)
    from_archive = await asked_of(lessons)
    address, _ = repository(tmp_path / "bees", files)
    of_repository = FakeLessons()
    async with cloned(address) as whole:
        await Ingestion(lessons=of_repository).run(whole)
    from_repository = await asked_of(of_repository)
    async with cloned(address, paths=("01-hive/README.md",)) as one:
        report = await Ingestion(lessons=FakeLessons()).run(one)

    assert from_archive == from_repository == {path: ["Who lays the eggs?"] for path in files if path.endswith(".md")}
    assert report.questions == 1
