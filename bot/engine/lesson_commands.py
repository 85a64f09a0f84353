"""What `/lesson` does: the map of the lessons, a card of one, a quiz. Questions in one lesson are turns, not here."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Mapping, Sequence

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, Button, CommandCall, Document, Notice, Offer, Passage, QuizItem, ReplyPart, is_within
from bot.domain.place_courses import PlacedCourse
from bot.engine.citations import placed
from bot.engine.commands import CommandRun
from bot.engine.courses_in_use import CoursesInUse
from bot.engine.lesson_map import mapped
from bot.engine.lesson_names import (
    LessonNames,
    Meant,
    SuggestedName,
    arranged,
    folded,
    in_language,
    linked,
    names_of,
    numbered,
)
from bot.engine.numbers import number_in
from bot.errors import BotError, UserError
from bot.ports import CourseChoices, CourseSources, Lessons, Teacher

MOST_SUGGESTIONS = 25
REFRESH_S = 60.0
QUIZ_LENGTH = 3
# A card names so many sections.
MOST_SECTIONS = 25
# Of a course so many lessons are looked at for one that gives a quiz.
MOST_TRIED = 12
log = structlog.get_logger(__name__)


class LessonCommands:
    """Runs the commands that begin with `lesson`."""

    def __init__(
        self,
        *,
        lessons: Lessons,
        teacher: Teacher,
        choices: CourseChoices | None = None,
        sources: CourseSources | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._clock = clock
        self._lessons = lessons
        self._teacher = teacher
        self.courses = CoursesInUse(lessons, choices, sources)
        self.others: Mapping[str, CommandRun] = {}
        self._known: list[SuggestedName] = []
        self._placed: Sequence[PlacedCourse] = ()

    @property
    def runs(self) -> Mapping[str, CommandRun]:
        """What runs each command, by its name in the table."""
        return {
            "lesson list": self.listed,
            "lesson show": self.shown,
            "lesson quiz": self.quiz,
            "lesson answer": self.answered,
            **self.others,
        }

    async def keep_fresh(self) -> None:
        """Keep the names that are suggested as they are, until cancelled."""
        while True:
            try:
                await self.look()
            except BotError as error:
                log.warning("lessons.not_listed", error=error.key)
            await self._clock.sleep(REFRESH_S)

    async def look(self) -> None:
        """Look once which names there are. Raises `Unavailable`."""
        self._known = names_of(await self._lessons.documents())
        self._placed = await self.courses.choices.all() if self.courses.choices else ()

    def suggest(self, typed: str, address: Address | None = None) -> list[str]:
        """Complete a lesson's name from its number, or words of its name or a title, at most 25. Never does I/O.

        In course order, those of that very number first; only those of the course a place goes by.
        """
        said = typed.strip().casefold()
        found = [name for name in self._known_at(address) if said in name.words]
        return [name.key for name in sorted(found, key=lambda name: name.number != said)][:MOST_SUGGESTIONS]

    def suggest_courses(self, typed: str) -> list[str]:
        """Complete a course's name, at most 25. Never does I/O."""
        names = dict.fromkeys(name.key.partition("/")[0] for name in self._known)
        return [name for name in names if folded(typed) in folded(name)][:MOST_SUGGESTIONS]

    def _known_at(self, address: Address | None) -> Sequence[SuggestedName]:
        here = [each for each in self._placed if address and each.is_at(address)]
        course = next((each.course for each in sorted(here, key=lambda each: not each.channel)), "")
        return [name for name in self._known if is_within(name.key, (course,))] if course else self._known

    async def listed(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Tell which lessons there are, course by course, in the language asked for; or those of one course."""
        await self.look()
        place = await self.courses.at(call.address)
        names = await self.courses.names(call.address)
        if place.choice and place.is_gone:
            yield Notice("lesson.course.gone", {"course": place.choice.course})
        said, language = call.arguments.get("course", ""), call.arguments.get("language", "")
        if not said and language and names.course(language):
            # Typed without the option's name, it stands where a language does.
            said, language = language, ""
        if said:
            key = (await self.courses.meant(said, call.address)).key
            names = LessonNames([one for editions in names.of(key) for one in editions])
        for notice in mapped(names, language or call.person.locale):
            yield notice

    async def shown(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Tell what one lesson is about: its first sentences, its sections, its languages. Of a course, its map."""
        meant = await self.courses.meant(call.arguments["lesson"], call.address)
        language = call.arguments.get("language") or call.person.locale
        if meant.lesson is None:
            for notice in mapped(LessonNames([one for each in meant.lessons for one in each]), language):
                yield notice
            return
        names = await self.courses.names(call.address)
        document = in_language(meant.lesson, language)
        passages = await self._lessons.chunks(document)
        yield Notice("lesson.show.head", {"named": numbered(document, linked(document))})
        if len(names.courses) > 1:
            yield Notice("lesson.show.course", {"course": document.course})
        if document.is_stale:
            yield Notice("sources.stale")
        if said := self._teacher.summary(passages):
            yield Notice("lesson.show.summary", {"text": said})
        for heading in sections_of(passages)[:MOST_SECTIONS]:
            yield Notice("lesson.show.section", {"heading": heading})
        others = ", ".join(sorted(each.language for each in meant.lesson))
        yield Notice("lesson.show.languages", {"languages": others})
        yield Notice("lesson.show.tail", {"lesson": names.call(meant.lesson)})

    async def quiz(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Ask the first question of a quiz, chosen by the call's own id; of a course, about one of its lessons."""
        meant = await self.courses.meant(call.arguments["lesson"], call.address)
        seed = hashlib.sha256(call.event_id.encode()).hexdigest()[:6]
        language = call.arguments.get("language") or call.person.locale
        document, passages, items = await self._drawn(meant, seed, language)
        if not items:
            raise UserError("error.lesson_no_quiz", lesson=document.title)
        yield Notice("quiz.head", {"title": linked(document), "count": len(items)})
        for part in asked(items, 0, right=0, quiz=f"{passages[0].id}-{seed}"):
            yield part

    async def _drawn(
        self, meant: Meant, seed: str, language: str
    ) -> tuple[Document, Sequence[Passage], Sequence[QuizItem]]:
        """Return the lesson a quiz is about, all it says, and the questions."""
        lessons = sorted(meant.lessons, key=lambda one: hashlib.sha256(f"{seed}{one[0].key}".encode()).digest())
        for editions in lessons[:MOST_TRIED]:
            document = in_language(editions, language)
            passages = await self._lessons.chunks(document)
            if items := drawn(self._teacher.quiz(passages, await self._lessons.questions(document)), seed):
                break
        return document, passages, items

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

    async def keys(self) -> list[str]:
        """Return the keys of all lessons, in their order; empty where there are none."""
        return [editions[0].key for editions in arranged(await self._lessons.documents())]


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
