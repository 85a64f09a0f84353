"""What `/lesson` does: the map of the lessons, a card of one, a quiz. Questions in one lesson are turns, not here."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from typing import NamedTuple

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Button, CommandCall, Document, Notice, Offer, Passage, QuizItem, ReplyPart
from bot.engine.citations import placed
from bot.engine.commands import CommandRun
from bot.engine.numbers import MOST_DIGITS, number_in
from bot.errors import BotError, UserError
from bot.ports import Lessons, Teacher

MOST_SUGGESTIONS = 25
REFRESH_S = 60.0
QUIZ_LENGTH = 3
# A map of more lessons names them without their addresses, which take most of it; a card names so many sections.
MOST_LINKED = 25
MOST_SECTIONS = 25
# Where a name fits several lessons, so many are named.
MOST_CANDIDATES = 8
DEFAULT_LANGUAGE = "en"
log = structlog.get_logger(__name__)


class LessonCommands:
    """Runs the commands that begin with `lesson`."""

    def __init__(self, *, lessons: Lessons, teacher: Teacher, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock
        self._lessons = lessons
        self._teacher = teacher
        self._known: list[_Name] = []

    @property
    def runs(self) -> Mapping[str, CommandRun]:
        """What runs each command, by its name in the table."""
        return {
            "lesson list": self.listed,
            "lesson show": self.shown,
            "lesson quiz": self.quiz,
            "lesson answer": self.answered,
        }

    async def keep_fresh(self) -> None:
        """Keep the names that are suggested as they are, until cancelled."""
        while True:
            try:
                self._known = names_of(await self._lessons.documents())
            except BotError as error:
                log.warning("lessons.not_listed", error=error.key)
            await self._clock.sleep(REFRESH_S)

    def suggest(self, typed: str) -> list[str]:
        """Complete a lesson's name from its number, or words of its name or a title, at most 25. Never does I/O.

        In course order, those of that very number first.
        """
        said = typed.strip().casefold()
        found = [name for name in self._known if said in name.words]
        return [name.key for name in sorted(found, key=lambda name: name.number != said)][:MOST_SUGGESTIONS]

    async def listed(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Tell which lessons there are, course by course, in the language asked for."""
        documents = await self._documents()
        language = call.arguments.get("language") or call.person.locale
        best = [in_language(editions, language) for editions in lessons_of(documents)]
        languages = sorted({document.language for document in documents})
        yield Notice("lesson.list.head", {"count": len(best), "languages": ", ".join(languages)})
        course = ""
        for document in best:
            if document.course != course:
                course = document.course
                yield Notice("lesson.list.course", {"course": course})
            title = linked(document) if len(best) <= MOST_LINKED else document.title
            yield Notice("lesson.list.row", {"named": numbered(document, title)})
        yield Notice("lesson.list.tail")

    async def shown(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Tell what one lesson is about: its first sentences, its sections, its languages."""
        editions = await self.lesson(call.arguments["lesson"])
        document = in_language(editions, call.arguments.get("language") or call.person.locale)
        passages = await self._lessons.chunks(document)
        yield Notice("lesson.show.head", {"named": numbered(document, linked(document))})
        if document.is_stale:
            yield Notice("sources.stale")
        if said := self._teacher.summary(passages):
            yield Notice("lesson.show.summary", {"text": said})
        for heading in sections_of(passages)[:MOST_SECTIONS]:
            yield Notice("lesson.show.section", {"heading": heading})
        others = ", ".join(sorted(each.language for each in editions))
        yield Notice("lesson.show.languages", {"languages": others})
        yield Notice("lesson.show.tail", {"lesson": name_of(document)})

    async def quiz(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Ask the first question of a quiz, chosen by the call's own id."""
        editions = await self.lesson(call.arguments["lesson"])
        document = in_language(editions, call.arguments.get("language") or call.person.locale)
        passages = await self._lessons.chunks(document)
        seed = hashlib.sha256(call.event_id.encode()).hexdigest()[:6]
        items = drawn(self._teacher.quiz(passages, await self._lessons.questions(document)), seed)
        if not items:
            raise UserError("error.lesson_no_quiz", lesson=document.title)
        yield Notice("quiz.head", {"title": linked(document), "count": len(items)})
        for part in asked(items, 0, right=0, quiz=f"{passages[0].id}-{seed}"):
            yield part

    async def answered(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Say whether the pressed answer is right and where that stands; ask the next question, or tell the result."""
        first, _, seed = call.arguments["quiz"].partition("-")
        passage = number_in(first)
        found = await self._lessons.passages([] if passage is None else [passage])
        passages = await self._lessons.chunks(found[0].document) if found else ()
        written = await self._lessons.questions(found[0].document) if found else ()
        items = drawn(self._teacher.quiz(passages, written), seed)
        at, choice, right = (_number(call, name) for name in ("at", "choice", "right"))
        if at >= len(items) or choice >= len(items[at].options) or right > at:
            raise UserError("error.quiz_gone")
        item = items[at]
        is_right = choice == item.answer
        yield Notice("quiz.right" if is_right else "quiz.wrong", {"answer": item.options[item.answer]})
        yield quoted(item.proof)
        yield Notice("quiz.where", {"place": placed(item.passage)})
        right += is_right
        if at + 1 < len(items):
            for part in asked(items, at + 1, right=right, quiz=call.arguments["quiz"]):
                yield part
        else:
            yield Notice("quiz.result", {"right": right, "count": len(items)})

    async def lesson(self, name: str) -> Sequence[Document]:
        """Return the editions of the one lesson a person means by its number, or by words of its name or title.

        Raises:
            UserError: there is none, or more than one.
        """
        lessons = lessons_of(await self._documents())
        found = [editions for editions in lessons if means(name, editions)]
        exact = [editions for editions in found if name in {name_of(editions[0]), editions[0].lesson, editions[0].key}]
        if len(exact) == 1:
            return exact[0]
        if not found:
            raise UserError("error.lesson_unknown", lesson=name)
        if len(found) > 1:
            names = ", ".join(f"`{editions[0].key}`" for editions in found[:MOST_CANDIDATES])
            raise UserError("error.lesson_unclear", lesson=name, names=names)
        return found[0]

    async def keys(self) -> list[str]:
        """Return the keys of all lessons, in their order; empty where there are none."""
        return [editions[0].key for editions in lessons_of(await self._lessons.documents())]

    async def _documents(self) -> Sequence[Document]:
        documents = await self._lessons.documents()
        self._known = names_of(documents)
        if not documents:
            raise UserError("error.lessons_none")
        return documents


class _Name(NamedTuple):
    """A lesson as it is suggested: `words` are all that people may call it by, case folded."""

    key: str
    number: str
    words: str


def names_of(documents: Iterable[Document]) -> list[_Name]:
    """Return what each lesson can be called by, in their order."""
    return [
        _Name(
            editions[0].key,
            number_of(editions[0]),
            "\n".join([number_of(editions[0]), editions[0].key, *(each.title for each in editions)]).casefold(),
        )
        for editions in lessons_of(documents)
    ]


def lessons_of(documents: Iterable[Document]) -> list[list[Document]]:
    """Group documents by lesson, in their order; a lesson's editions are its languages."""
    lessons: dict[str, list[Document]] = {}
    for document in documents:
        lessons.setdefault(document.key, []).append(document)
    return list(lessons.values())


def in_language(editions: Sequence[Document], language: str) -> Document:
    """Return the edition in this language, else the nearest to it, else English, else the first."""
    base = language.replace("_", "-").split("-")[0].lower()
    wanted = (language.lower(), base, DEFAULT_LANGUAGE)
    for each in wanted:
        for document in editions:
            if document.language.lower() == each or document.language.lower().split("-")[0] == each:
                return document
    return editions[0]


def means(name: str, editions: Sequence[Document]) -> bool:
    """Whether a person may mean this lesson: its number, its name, or words of its name or a title."""
    said = name.strip().casefold()
    if said == number_of(editions[0]) and said:
        return True
    if said.isdecimal():
        return len(said) <= MOST_DIGITS and editions[0].number == (int(said),)
    return any(said in text.casefold() for each in editions for text in (each.key, each.title))


def number_of(document: Document) -> str:
    """Return a lesson's number as people write it: "2.3"; "" without one."""
    return ".".join(map(str, document.number))


def numbered(document: Document, title: str) -> str:
    """Return a lesson's title behind its number, where it has one."""
    return f"{number_of(document)} {title}".lstrip()


def name_of(document: Document) -> str:
    """Return the shortest name a lesson can be called by."""
    return number_of(document) or document.lesson


def linked(document: Document) -> str:
    """Return a lesson's title, as a link where it has an address."""
    return f"[{document.title}]({document.url})" if document.url else document.title


def sections_of(passages: Sequence[Passage]) -> list[str]:
    """Return the headings of a document below its title, as links where they have addresses, in reading order."""
    headings: dict[int, str] = {}
    for passage in passages:
        heading = passage.chunk.heading
        if heading and heading != passage.document.title:
            headings.setdefault(passage.chunk.section, f"[{heading}]({passage.url})" if passage.url else heading)
    return list(headings.values())


def drawn(items: Sequence[QuizItem], seed: str) -> list[QuizItem]:
    """Return the questions of one quiz: those that were written come first, then as many passages as can be."""
    order = sorted(items, key=lambda item: hashlib.sha256(f"{seed}{item.id}".encode()).digest())
    first_of = {item.passage.id: item for item in reversed(order)}
    order.sort(key=lambda item: (not item.question, first_of[item.passage.id] is not item))
    return order[:QUIZ_LENGTH]


def asked(items: Sequence[QuizItem], at: int, *, right: int, quiz: str) -> list[ReplyPart]:
    """Return a question, what may be answered, and the buttons for it: they carry the numbers of what stands above.

    The quotation has a line of its own: it may be in another language than the question.
    """
    item = items[at]
    places = {"number": at + 1, "count": len(items)}
    question = (
        Notice("quiz.question", {**places, "question": item.question}) if item.question else Notice("quiz.gap", places)
    )
    arguments = {"quiz": quiz, "at": str(at), "right": str(right)}
    options = [
        Notice("quiz.option", {"number": number, "option": option}) for number, option in enumerate(item.options, 1)
    ]
    buttons = tuple(
        Button(option, "lesson answer", {**arguments, "choice": str(choice)}) for choice, option in enumerate(options)
    )
    return [question, *([quoted(item.clue)] if item.clue else []), *options, Offer(buttons, is_told=True)]


def quoted(words: str) -> Notice:
    """Return words of a lesson as a quotation on one line."""
    return Notice("quiz.clue", {"clue": " ".join(words.split())})


def _number(call: CommandCall, name: str) -> int:
    number = number_in(call.arguments[name])
    if number is None:
        raise UserError("error.quiz_gone")
    return number
