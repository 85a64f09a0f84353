"""The commands of the command line that are about lessons: taking them in, asking them, evaluating their answers."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from bot.cli.output import complain, say, tell
from bot.domain import Notice
from bot.settings import load

Handler = Callable[[argparse.Namespace], int]
OK, FAILED = 0, 1


class Add(Protocol):
    """Adds a command to the parser."""

    def __call__(self, name: str, handler: Handler, summary: str, /) -> argparse.ArgumentParser:
        """Return the command's own parser."""
        ...


def add_lesson_commands(add: Add) -> None:
    """Add the commands with their arguments."""
    _add_ingest(add)
    ask = add("ask", _ask, "answer one question from the lessons")
    ask.add_argument("question", help="what you want to know")
    ask.add_argument(
        "--lesson",
        default="",
        metavar="NAME",
        help="look in this lesson or course alone: its number, its name, or COURSE/LESSON",
    )
    ask.add_argument("--language", default="", metavar="TAG", help="read the answer in this language, such as `he`")
    evaluate = add("evaluate", _evaluate, "answer a set of questions and write down how, to be scored")
    evaluate.add_argument("questions", type=Path, help="one JSON object a line: id, question, and maybe history")
    evaluate.add_argument("--output", type=Path, required=True, metavar="FILE", help="where the predictions go")
    for each in (ask, evaluate):
        each.add_argument(
            "--model", default="", help="let this model word the answers; without it, the lessons are quoted"
        )
    ask.add_argument("--json", action="store_true", help="print a prediction, as `evaluate` writes them")
    _add_probe(add)


def _add_ingest(add: Add) -> None:
    ingest = add("ingest", _ingest, "take in the lessons of courses, or what changed in them since the last time")
    ingest.add_argument(
        "source", nargs="+", help="a folder, a file, an archive (.zip, .tar.gz) or a git repository's address"
    )
    ingest.add_argument("--path", action="append", default=[], help="only this folder or file of it; may be repeated")
    ingest.add_argument(
        "--not",
        dest="without",
        action="append",
        default=[],
        metavar="PATH",
        help="not this folder or file of it; may be repeated",
    )
    ingest.add_argument("--ref", default="", help="the branch, tag or commit of a repository")
    ingest.add_argument(
        "--name", default="", help="what the course is called; without it, as its repository or folder is"
    )
    ingest.add_argument("--base-url", default="", metavar="URL", help="where the files can be read, before their paths")
    ingest.add_argument(
        "--site",
        default="",
        metavar="ADDRESS",
        help="where the course's own site is, if its settings do not tell; `none` lets citations lead to the source",
    )
    ingest.add_argument(
        "--language",
        action="append",
        default=[],
        metavar="TAG",
        help="only this language, such as `he`; may be repeated",
    )
    ingest.add_argument("--remove", action="store_true", help="take the lessons of these sources out instead")
    ingest.add_argument("--verbose", action="store_true", help="list the files that were skipped")


def _add_probe(add: Add) -> None:
    probe = add("probe", _probe, "measure what a model makes of lessons, in six languages, and keep what it earned")
    probe.add_argument("model", help="the model's name, as it is installed")
    probe.add_argument(
        "--host", default="", metavar="ADDRESS", help="ask this Ollama host in place of those that are set"
    )
    probe.add_argument("--json", action="store_true", help="print all that was counted as JSON, for machines")


def _ingest(chosen: argparse.Namespace) -> int:
    settings = load()
    from adapters.console import Screen, locale_of_console
    from bot.cli import ingest
    from bot.observe import logs

    logs.configure(level="error", form="plain", secrets=settings.secrets())
    request = ingest.to_request(
        chosen.source,
        paths=chosen.path,
        without=chosen.without,
        languages=chosen.language,
        ref=chosen.ref,
        base_url=chosen.base_url,
        site=chosen.site,
        name=chosen.name,
        removes=chosen.remove,
        is_verbose=chosen.verbose,
    )
    progress = ingest.ProgressLine(Screen(sys.stdout), locale_of_console())
    output = ingest.Output(say=say, complain=complain, progress=progress)
    return OK if asyncio.run(ingest.ingest(settings, request, output)) else FAILED


def _ask(chosen: argparse.Namespace) -> int:
    settings = load()
    from adapters.console import Screen
    from adapters.console.terminal import visible
    from bot.cli import ask
    from bot.engine.lesson_questions import OutsideQuestion
    from bot.observe import logs

    logs.configure(level="error", form="plain", secrets=settings.secrets())
    question = OutsideQuestion(text=chosen.question, lesson=chosen.lesson, language=chosen.language)
    lines = asyncio.run(ask.ask(settings, question, model=chosen.model, as_json=chosen.json))
    screen = Screen(sys.stdout)
    for line in lines:
        screen.write(f"{visible(line if isinstance(line, str) else tell(line))}\n")
    return OK


def _probe(chosen: argparse.Namespace) -> int:
    settings = load()
    from adapters.console import Screen, locale_of_console
    from bot.cli import probe
    from bot.cli.ingest import ProgressLine
    from bot.observe import logs

    logs.configure(level="error", form="plain", secrets=settings.secrets())
    line = ProgressLine(Screen(sys.stderr if chosen.json else sys.stdout), locale_of_console())

    def progress(done: int, total: int) -> None:
        line.tell(Notice("probe.progress", {"done": done, "total": total}))

    result = asyncio.run(probe.probe_model(settings, chosen.model, host=chosen.host, progress=progress))
    line.clear()
    if chosen.json:
        print(probe.as_json(result), flush=True)
    for notice in () if chosen.json else probe.told(result):
        say(notice)
    return OK


def _evaluate(chosen: argparse.Namespace) -> int:
    settings = load()
    from adapters.console import Screen, locale_of_console
    from bot.cli import ask
    from bot.cli.ingest import ProgressLine
    from bot.observe import logs

    logs.configure(level="error", form="plain", secrets=settings.secrets())
    progress_line = ProgressLine(Screen(sys.stdout), locale_of_console())
    count = asyncio.run(
        ask.evaluate(
            settings,
            chosen.questions,
            chosen.output,
            model=chosen.model,
            progress=lambda done, total: progress_line.tell(
                Notice("evaluate.progress", {"done": done, "total": total})
            ),
        )
    )
    progress_line.clear()
    say(Notice("evaluate.done", {"count": count, "path": chosen.output}))
    return OK
