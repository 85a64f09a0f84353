"""Values of a course: lessons, their parts, and the passages found in them. No I/O, no library types."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote

from bot.domain.citable import citable


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file of a lesson in one language.

    `lesson` is the same in every language ("16-open-source-models"), unique in its `course`. `number` is () where none
    was found; nested numbers keep their order ((2, 3) is lesson 3 of part 2). `language` is a BCP 47 tag. `path` is the
    file's path in its source. `url` is the file's canonical address, "" where it has none. `content_hash`
    changes whenever the document, its chunks or their vectors would: with the file's bytes, and with the way they are
    read. `is_stale`: a translation of another version of its English file than the one that is there.
    """

    course: str
    lesson: str
    number: tuple[int, ...] = ()
    title: str
    language: str
    path: str
    url: str = ""
    content_hash: str
    is_stale: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", citable(self.url))

    @property
    def key(self) -> str:
        """The lesson's name over all courses: "generative-ai-for-beginners/16-open-source-models"."""
        return f"{self.course}/{self.lesson}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A part of one section of a document, small enough to be quoted.

    `section` counts the document's headings from 1, 0 before the first. `heading_path` goes from the title to the
    heading itself, as GitHub renders them; () in section 0. `anchor` is that of GitHub or of the course's own site,
    without "#", or "page=3" in a PDF. `text` is Markdown as in the lesson, tables squeezed, code fenced; `language`
    that of the chunk itself, which may differ from its document's.
    """

    section: int
    heading_path: tuple[str, ...]
    anchor: str
    text: str
    language: str

    @property
    def heading(self) -> str:
        """The section's own heading, "" before the first."""
        return self.heading_path[-1] if self.heading_path else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A chunk that was found: `id` is the chunk's in the index; a higher `score` is better, comparable in one search.

    `certainty` is between 0 and 1 and comparable over searches: how sure it is that the passage bears on the question.
    `near` is how near it is in meaning, up to 1, and `ahead` by how many standard deviations nearer than the lessons of
    its language are; None and 0 where that cannot be told.
    """

    id: int
    document: Document
    chunk: Chunk
    score: float
    certainty: float = 0.0
    near: float | None = None
    ahead: float = 0.0

    @property
    def url(self) -> str:
        """Where the passage can be read: the file's address with the section's anchor."""
        anchor = quote(self.chunk.anchor, safe="=")
        return f"{self.document.url}#{anchor}" if self.document.url and anchor else self.document.url


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonQuestion:
    """A question to the lessons. `previous` is what the person asked before it, "" at the start of a conversation.

    `lesson` is the key of the one lesson, or course, to look in, "" for all; `within` names the courses, parts of them
    or lessons to look in, empty for all; `language` is the language to answer in, "" for the question's own.
    """

    text: str
    previous: str = ""
    lesson: str = ""
    language: str = ""
    within: tuple[str, ...] = ()

    @property
    def is_bounded(self) -> bool:
        """Whether some lessons are not to be looked in."""
        return bool(self.lesson or self.within)

    def looks_in(self, lesson: str) -> bool:
        """Whether a lesson is to be looked in, by its key."""
        return is_within(lesson, (self.lesson,) if self.lesson else ()) and is_within(lesson, self.within)


def is_within(lesson: str, within: Collection[str]) -> bool:
    """Whether a lesson's key is one of these, or in a course or a part that is; none of them are all."""
    return not within or any(lesson == each or lesson.startswith(f"{each}/") for each in within)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found for a question: passages, best first, and whether the lessons answer it.

    `is_covered`: the passages answer the question as far as can be told without a model; `is_likely`: they may, which
    is worth showing where no model understands the question. `is_sure`: sure enough to answer from the lessons where
    nobody asked them in particular. `is_vague`: the question tells too little to be taken for one to the lessons where
    nobody asked them. `is_small_talk`: it asks nothing at all.
    """

    question: LessonQuestion
    passages: tuple[Passage, ...] = ()
    is_covered: bool = False
    is_likely: bool = False
    is_sure: bool = False
    is_vague: bool = False
    is_small_talk: bool = False


@dataclass(frozen=True, slots=True)
class Cited:
    """A piece of an answer whose citations hold, and the passages it cites, each the first time it is cited."""

    text: str
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizQuestion:
    """A quiz question as it is written: the right answer, wrong ones, and the words of the lesson that prove it."""

    question: str
    right: str
    wrong: tuple[str, ...]
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizItem:
    """A quiz question as it is asked. `answer` is the index of the right one of `options`.

    `id` finds it again in the same document. `passage` is where the answer stands, `proof` its words. Of a written one
    `clue` is ""; else `question` is "", and asked is which of the options belongs into the gap of `clue`.
    """

    id: str
    question: str = ""
    clue: str = ""
    options: tuple[str, ...]
    answer: int
    passage: Passage
    proof: str
