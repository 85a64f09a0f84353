"""Taking a course in, answering a question set and having it scored: three processes, each a command of its own.

Neither course nor questions nor scorer are part of the repository. The index is kept under .cache, so that a second run
takes in only what has changed.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bot.storage.database.revisions import HEAD
from tests.cli_process import ROOT

BESIDE = "shared/course"
CACHE = ROOT / ".cache/evaluation"
TOOK_S = 1400.0
ENGLISH = "en"
PRODUCT = "bot"
REMEMBERING = "tests.evaluation.recorded"

Scores = Mapping[str, float | None]


class CannotMeasureError(Exception):
    """Something needed is not there, or a command failed; the text says what, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What is measured with: the folder of lessons, the question set, and the program that scores predictions."""

    course: Path
    questions: Path
    scorer: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a run came to. `table` is the scorer's own; `scores` are its figures for all questions and by language.

    `ingest_s` is the processor time of taking in what had changed since the last run.
    """

    table: str
    scores: Mapping[str, Scores]
    ingest_s: float
    told: str


def material(*, course: str = "", questions: str = "", scorer: str = "") -> Material:
    """Return what to measure with; what is not named lies in `shared/course` beside the repository.

    Raises:
        CannotMeasureError: something is not there.
    """
    beside = next((parent / BESIDE for parent in ROOT.parents if (parent / BESIDE).is_dir()), ROOT.parent / BESIDE)
    found = Material(
        course=Path(course or beside / "data").resolve(),
        questions=Path(questions or beside / "eval/dev.jsonl").resolve(),
        scorer=Path(scorer or beside / "eval/score.py").resolve(),
    )
    for what, path in (("COURSE", found.course), ("QUESTIONS", found.questions), ("SCORER", found.scorer)):
        if not path.exists():
            raise CannotMeasureError(f"{path} is not there, so nothing was measured. Name another: make eval {what}=…")
    return found


def measured(using: Material, *, folder: Path = CACHE, program: str = PRODUCT) -> Measured:
    """Take the course in, answer the questions and score the answers; the index stays in `folder`. One run at a time.

    `program` is the module that takes the course in: the product, or `REMEMBERING`, which knows most vectors already.

    Raises:
        CannotMeasureError: one of the three failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / "lock"), tempfile.TemporaryDirectory() as scratch:
        database = _index(folder)
        ingest_s, told = ingested(using.course, database, languages=asked_in(using.questions), program=program)
        predictions, scores = Path(scratch, "predictions.jsonl"), Path(scratch, "scores.json")
        _lyceum(database, "evaluate", f"{using.questions}", "--output", f"{predictions}")
        table = _run([*_scoring(using, predictions), "--json", f"{scores}"])
        return Measured(table=table, scores=_figures(scores), ingest_s=ingest_s, told=told)


def ingested(course: Path, database: Path, *, languages: Sequence[str], program: str = PRODUCT) -> tuple[float, str]:
    """Take a course in; return the seconds of processor time that took, and what was said at the end."""
    wanted = [part for language in languages for part in ("--language", language)]
    before = os.times()
    said = _lyceum(database, "ingest", f"{course}", *wanted, program=program)
    after = os.times()
    took = after.children_user + after.children_system - before.children_user - before.children_system
    return took, next((line for line in said.splitlines() if "lessons are in the index" in line), said.strip())


def _index(folder: Path) -> Path:
    """Return the database of this schema; a checkout of another version must not meet it."""
    return folder / f"{HEAD}.db"


def asked_in(questions: Path) -> list[str]:
    """Return the languages a set is asked in, and English; none where it does not say, and so every language."""
    rows = [json.loads(line) for line in questions.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    languages = {row["lang"] for row in rows if "lang" in row}
    return sorted({ENGLISH, *languages}) if languages else []


def _scoring(using: Material, predictions: Path) -> list[str]:
    data = ["--data", f"{using.course}"] if (using.course / "manifest.json").exists() else []
    return [
        sys.executable,
        f"{using.scorer}",
        "--eval",
        f"{using.questions}",
        "--pred",
        f"{predictions}",
        *data,
    ]


def _figures(scores: Path) -> Mapping[str, Scores]:
    found = json.loads(scores.read_text(encoding="utf-8"))
    return {"all": found["all"], **found["by_lang"]}


def _lyceum(database: Path, *arguments: str, program: str = PRODUCT) -> str:
    return _run([sys.executable, "-m", program, *arguments], LYCEUM_STORAGE__PATH=f"{database}")


def _run(command: Sequence[str], **variables: str) -> str:
    """Run a program with no settings but these; return what it printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LYCEUM_", "LC_", "LANG"))}
    environment = kept | {"LANG": "en_US.UTF-8", "PYTHONPATH": f"{ROOT}"} | variables
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=TOOK_S, check=False
        )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise CannotMeasureError(f"`{' '.join(command[1:5])} …` ended with {done.returncode}: {last}")
    return done.stdout


@contextmanager
def _alone(lock: Path) -> Iterator[IO[str]]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield held
