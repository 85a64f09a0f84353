"""Question sets and predictions, as the files of `lyceum evaluate` hold them: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypedDict

from bot.domain import Passage, PromptMessage, Role
from bot.engine.lesson_questions import OutsideAnswer, OutsideQuestion
from bot.errors import UserError

ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}


class Retrieved(TypedDict):
    """A passage that was found, best first in its list."""

    lesson: str
    heading: str
    text: str
    lang: str


class Prediction(TypedDict):
    """What was answered to one question of a question set; citations are canonical URLs."""

    id: str
    retrieved: list[Retrieved]
    answer: str
    citations: list[str]
    refused: bool


def prediction(question_id: str, answer: OutsideAnswer) -> Prediction:
    """Return an answer as a line of a predictions file says it."""
    return Prediction(
        id=question_id,
        retrieved=[_retrieved(passage) for passage in answer.found],
        answer=answer.text,
        citations=[source.url for source in answer.sources],
        refused=not answer.text,
    )


def as_line(predicted: Prediction) -> str:
    """Return a prediction as a line of its file."""
    return json.dumps(predicted, ensure_ascii=False)


def write_predictions(output: Path, mode: Literal["w", "a"], *predicted: Prediction) -> None:
    """Write predictions behind each other; what is written stays when a later question fails.

    Raises:
        UserError: the file cannot be written.
    """
    try:
        with output.open(mode, encoding="utf-8") as file:
            file.writelines(f"{as_line(each)}\n" for each in predicted)
    except OSError as error:
        raise UserError("error.evaluate_output", path=output, reason=error.strerror or type(error).__name__) from error


def read_questions(path: Path) -> list[tuple[str, OutsideQuestion]]:
    """Read a question set: an id and a question of each line that is not empty.

    Raises:
        UserError: it cannot be read, or a line is none of a question set's.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError("error.evaluate_questions", path=path) from error
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            rows.append((str(row["id"]), to_question(row)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UserError("error.evaluate_line", path=path, number=number) from error
    return rows


def to_question(row: Mapping[str, object]) -> OutsideQuestion:
    """Read a line of a question set: `question`, and `history` as the chat messages before it.

    Raises:
        ValueError: it is no such line.
    """
    text, history = row.get("question"), row.get("history") or []
    if not isinstance(text, str) or not isinstance(history, list):
        raise ValueError("a question set's line needs a question, and its history is a list of messages")  # noqa: TRY004
    said = [
        PromptMessage(ROLES[one["role"]], str(one["content"]))
        for one in history
        if isinstance(one, dict) and one.get("role") in ROLES and one.get("content")
    ]
    return OutsideQuestion(text=text, history=tuple(said))


def _retrieved(passage: Passage) -> Retrieved:
    return Retrieved(
        lesson=passage.document.key,
        heading=passage.chunk.heading,
        text=passage.chunk.text,
        lang=passage.document.language,
    )
