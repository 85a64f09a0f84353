"""Quizzes that somebody wrote for a lesson: a YAML file beside it, each question checked against the lesson's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain import Chunk, QuizQuestion
from bot.lessons.files import CourseSource, is_quiz, quizzes_of
from bot.lessons.language.words import lesson_words
from bot.lessons.reading.lesson_text import decoded

MOST_BYTES = 200_000
MOST_QUESTIONS = 200
WRONG = range(2, 6)
# A platform's button holds 80 characters, the option's number included.
OPTION_CHARS = 75
QUESTION_CHARS = 300
PROOF_CHARS = 500
# A passage of fewer words stands in many a lesson.
FEWEST_WORDS = 3


class QuizFault(StrEnum):
    """Why a quiz question was left out, or a whole file. Each has a sentence, `ingest.quiz_…`."""

    NO_QUIZ = "no_quiz"
    ALONE = "alone"
    FORM = "form"
    OPTIONS = "options"
    LONG = "long"
    PASSAGE = "passage"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A question that was left out, by its place in the file from 1; 0 is the whole file."""

    path: str
    number: int
    fault: QuizFault


@dataclass(frozen=True, slots=True)
class QuizFile:
    """The file beside a lesson that holds its quiz; `text` is "" where it is no text, or too long."""

    path: str
    text: str


class Quizzes:
    """The quizzes of a source."""

    def __init__(self, source: CourseSource) -> None:
        self._read = source.read
        self._paths = frozenset(file.path for file in source.files if is_quiz(file.path))

    def beside(self, lesson: str) -> QuizFile | None:
        """Return the quiz beside a lesson; None where there is none, or none that can be read now."""
        path = next((path for path in quizzes_of(lesson) if path in self._paths), "")
        try:
            raw = self._read(path) if path else b""
        except OSError:
            return None
        text = decoded(raw) if len(raw) <= MOST_BYTES else ""
        return QuizFile(path, text or "") if path else None

    def lonely(self, lessons: Iterable[str]) -> list[LeftOut]:
        """Return those that lie beside none of the lessons."""
        beside = {path for lesson in lessons for path in quizzes_of(lesson)}
        return [LeftOut(path, 0, QuizFault.ALONE) for path in sorted(self._paths - beside)]


def read_quiz(path: str, text: str, chunks: Sequence[Chunk]) -> tuple[list[QuizQuestion], list[LeftOut]]:
    """Return the questions of a quiz that hold for the lesson with these chunks, and those that do not."""
    rows = _rows(text)
    if rows is None:
        return [], [LeftOut(path, 0, QuizFault.NO_QUIZ)]
    kept: list[QuizQuestion] = []
    left: list[LeftOut] = []
    for number, row in enumerate(rows[:MOST_QUESTIONS], 1):
        question = _question(row)
        fault = QuizFault.FORM if question is None else fault_of(question, [chunk.text for chunk in chunks])
        if question is None or fault:
            left.append(LeftOut(path, number, fault or QuizFault.FORM))
        else:
            kept.append(question)
    return kept, left


def fault_of(question: QuizQuestion, texts: Sequence[str]) -> QuizFault | None:
    """Return why a question is not asked, whoever wrote it; None where it holds for a lesson of these texts."""
    options = (question.right, *question.wrong)
    if len(question.wrong) not in WRONG or len({option.casefold() for option in options}) < len(options):
        return QuizFault.OPTIONS
    if any(len(option) > OPTION_CHARS for option in options):
        return QuizFault.LONG
    if len(question.question) > QUESTION_CHARS or len(question.proof) > PROOF_CHARS:
        return QuizFault.LONG
    return None if place_of(question.proof, texts) is not None else QuizFault.PASSAGE


def place_of(proof: str, texts: Sequence[str]) -> int | None:
    """Return which of the texts has a passage word for word, marks and punctuation aside; None where none has."""
    said = lesson_words(proof)
    if len(said) < FEWEST_WORDS:
        return None
    passage = f" {' '.join(said)} "
    return next((at for at, text in enumerate(texts) if passage in f" {' '.join(lesson_words(text))} "), None)


def _rows(text: str) -> list[object] | None:
    """Read the file; None where it is no list of questions."""
    import yaml

    try:
        # It makes texts alone: a right answer may be a number, a date or "no".
        told = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    if not isinstance(told, list) or not any(isinstance(row, dict) and "question" in row for row in told):
        return None
    return told


def _question(row: object) -> QuizQuestion | None:
    """Return a question in the form that is read, None for any other."""
    if not isinstance(row, dict) or set(row) != {"question", "right", "wrong", "passage"}:
        return None
    wrong = row["wrong"]
    texts = [row["question"], row["right"], row["passage"], *(wrong if isinstance(wrong, list) else [None])]
    said = list(_said(texts))
    if len(said) < len(texts):
        return None
    question, right, proof, *others = said
    return QuizQuestion(question=question, right=right, wrong=tuple(others), proof=proof)


def _said(texts: Sequence[object]) -> Iterator[str]:
    for text in texts:
        if isinstance(text, str) and text.strip():
            yield " ".join(text.split())
