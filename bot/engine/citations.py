"""How passages are cited: as the sources of an answer, and as the places that come closest where there is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from bot.domain import Finding, LessonQuestion, Notice, Passage, Source, Sources

# What comes closest is named where nothing answers: so many places at most.
CLOSEST = 3
# What else bears on a question is named beside the answer: so many places, of which each is so certain and has so much
# of the best score.
ELSE, CERTAIN, NEARLY = 3, 0.3, 0.6
# A passage less certain than this was found by chance.
CLOSE = 0.05


def sources(passages: Sequence[Passage], *, is_of_many: bool = False) -> Sources:
    """Return passages as the sources of an answer, in their order; equal titles say which lesson or course they are.

    `is_of_many`: they may be of several courses, and each says of which it is.
    """
    return Sources(
        tuple(
            Source(title, passage.url, is_stale=passage.document.is_stale)
            for title, passage in zip(titles_of(passages, is_of_many=is_of_many), passages, strict=True)
        )
    )


def titles_of(passages: Sequence[Passage], *, is_of_many: bool = False) -> list[str]:
    """Return what the places of passages are called, those of the same name told apart."""
    titles = [title_of(passage) for passage in passages]
    places: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for title, passage in zip(titles, passages, strict=True):
        places[title].add((passage.document.course, passage.document.lesson))
    told = [
        _told_apart(passage, places[title], is_of_many=is_of_many)
        for title, passage in zip(titles, passages, strict=True)
    ]
    return [f"{title} ({apart})" if apart else title for title, apart in zip(titles, told, strict=True)]


def _told_apart(passage: Passage, others: Collection[tuple[str, str]], *, is_of_many: bool) -> str:
    """Return the course, or what of the lesson's name the others have not, or all of it; "" where nothing is needed."""
    course, lesson = passage.document.course, passage.document.lesson
    if len(others) == 1:
        return course if is_of_many else ""
    if len({other for other, _ in others}) == len(others):
        return course
    parts = lesson.split("/")
    own = [part for part in parts if all(part not in other.split("/") for _, other in others if other != lesson)]
    told = "/".join(own) or lesson
    is_of_one = not is_of_many and len({other for other, _ in others}) == 1
    return told if is_of_one else f"{course}: {told}"


def title_of(passage: Passage) -> str:
    """Return what a passage's place is called: the lesson's title and the section's heading."""
    title, heading = passage.document.title, passage.chunk.heading
    return f"{title} › {heading}" if heading and heading != title else title


def placed(passage: Passage, title: str = "") -> str:
    """Return a passage's place by its title, as a link where it has an address; `title` is what it is called here."""
    title = title or title_of(passage)
    return f"[{title}]({passage.url})" if passage.url else title


def refusal(finding: Finding, *, is_of_many: bool = False) -> list[Notice]:
    """Return what is said where the lessons, or the one that was asked, have no answer: so, and what comes closest."""
    if not finding.passages:
        return [Notice("lessons.none")]
    if finding.is_small_talk:
        return [Notice("lessons.small_talk")]
    return [_refused(finding.question), *closest(finding.passages, is_of_many=is_of_many)]


def _refused(question: LessonQuestion) -> Notice:
    """Say that there is no answer in what was looked in: a lesson, a course, what counts here, or all lessons."""
    if question.lesson:
        key = "lessons.refused_by_one" if "/" in question.lesson else "lessons.refused_by_course"
        return Notice(key, {"course": question.lesson})
    if question.within:
        return Notice("lessons.refused_within", {"courses": ", ".join(question.within)})
    return Notice("lessons.refused")


def closest(passages: Sequence[Passage], *, is_of_many: bool = False) -> list[Notice]:
    """Name the places, one of each lesson, that come closest to a question; nothing where none is close."""
    places: dict[str, str] = {}
    close = [passage for passage in passages if passage.certainty >= CLOSE]
    first = {passage.document.key: passage for passage in reversed(close)}
    shown = [passage for passage in close if first[passage.document.key] is passage][:CLOSEST]
    for passage, title in zip(shown, titles_of(shown, is_of_many=is_of_many), strict=True):
        places[passage.document.key] = placed(passage, title)
    return [Notice("lessons.closest", {"places": ", ".join(places.values())})] if places else []


def see_also(found: Sequence[Passage], quoted: Sequence[Passage], *, is_of_many: bool = False) -> list[Notice]:
    """Name the places that bear on a question and are not quoted; nothing where there is none."""
    best = max((passage.score for passage in found), default=0.0)
    near = [passage for passage in found if passage.certainty >= CERTAIN and passage.score >= NEARLY * best]
    known = {_section(passage) for passage in quoted}
    others = {_section(passage): passage for passage in reversed(near) if _section(passage) not in known}
    shown = [*others.values()][::-1]
    titles = titles_of(shown, is_of_many=is_of_many)
    places = [placed(passage, title) for passage, title in zip(shown, titles, strict=True)]
    return [Notice("lessons.see_also", {"places": ", ".join([*dict.fromkeys(places)][:ELSE])})] if places else []


def _section(passage: Passage) -> tuple[str, str, int]:
    return passage.document.course, passage.document.path, passage.chunk.section
