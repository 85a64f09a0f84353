"""How passages are cited: as the sources of an answer, and as the places that come closest where there is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from bot.domain import Finding, Notice, Passage, Source, Sources

# What comes closest is named where nothing answers: so many places at most.
CLOSEST = 3
# What else bears on a question is named beside the answer: so many places, of which each is so certain and has so much
# of the best score.
ELSE, CERTAIN, NEARLY = 3, 0.3, 0.6
# A passage less certain than this was found by chance.
CLOSE = 0.05


def sources(passages: Sequence[Passage]) -> Sources:
    """Return passages as the sources of an answer, in their order; equal titles say which lesson or course they are."""
    return Sources(
        tuple(
            Source(title, passage.url, is_stale=passage.document.is_stale)
            for title, passage in zip(titles_of(passages), passages, strict=True)
        )
    )


def titles_of(passages: Sequence[Passage]) -> list[str]:
    """Return what the places of passages are called, those of the same name told apart."""
    titles = [title_of(passage) for passage in passages]
    places: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for title, passage in zip(titles, passages, strict=True):
        places[title].add((passage.document.course, passage.document.lesson))
    return [
        f"{title} ({_told_apart(passage, places[title])})" if len(places[title]) > 1 else title
        for title, passage in zip(titles, passages, strict=True)
    ]


def _told_apart(passage: Passage, others: Collection[tuple[str, str]]) -> str:
    """Return the course, or what of the lesson's name the others have not, or all of it."""
    course, lesson = passage.document.course, passage.document.lesson
    if len({other for other, _ in others}) == len(others):
        return course
    parts = lesson.split("/")
    own = [part for part in parts if all(part not in other.split("/") for _, other in others if other != lesson)]
    told = "/".join(own) or lesson
    return told if len({other for other, _ in others}) == 1 else f"{course}: {told}"


def title_of(passage: Passage) -> str:
    """Return what a passage's place is called: the lesson's title and the section's heading."""
    title, heading = passage.document.title, passage.chunk.heading
    return f"{title} › {heading}" if heading and heading != title else title


def placed(passage: Passage) -> str:
    """Return a passage's place by its title, as a link where it has an address."""
    title = title_of(passage)
    return f"[{title}]({passage.url})" if passage.url else title


def refusal(finding: Finding, *, is_of_one: bool = False) -> list[Notice]:
    """Return what is said where the lessons, or the one that was asked, have no answer: so, and what comes closest."""
    if not finding.passages:
        return [Notice("lessons.none")]
    if finding.is_small_talk:
        return [Notice("lessons.small_talk")]
    refused = Notice("lessons.refused_by_one" if is_of_one else "lessons.refused")
    return [refused, *closest(finding.passages)]


def closest(passages: Sequence[Passage]) -> list[Notice]:
    """Name the places, one of each lesson, that come closest to a question; nothing where none is close."""
    places: dict[str, str] = {}
    for passage in passages:
        if passage.certainty >= CLOSE:
            places.setdefault(passage.document.key, placed(passage))
    return [Notice("lessons.closest", {"places": ", ".join([*places.values()][:CLOSEST])})] if places else []


def see_also(found: Sequence[Passage], quoted: Sequence[Passage]) -> list[Notice]:
    """Name the places that bear on a question and are not quoted; nothing where there is none."""
    best = max((passage.score for passage in found), default=0.0)
    near = [passage for passage in found if passage.certainty >= CERTAIN and passage.score >= NEARLY * best]
    known = {_section(passage) for passage in quoted}
    others = {_section(passage): passage for passage in reversed(near) if _section(passage) not in known}
    places = [placed(passage) for passage in [*others.values()][::-1]]
    return [Notice("lessons.see_also", {"places": ", ".join([*dict.fromkeys(places)][:ELSE])})] if places else []


def _section(passage: Passage) -> tuple[str, str, int]:
    return passage.document.course, passage.document.path, passage.chunk.section
