"""A course about a harbour, in three languages, as lessons in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain import Chunk, Document, Passage
from bot.ports import Embedder, Vectors
from tests.memory.lessons import FakeLessons

Sections = Sequence[tuple[str, str]]

TIDES: Mapping[str, Sections] = {
    "en": (
        ("Tides", "Water in the harbour rises and falls twice a day."),
        ("Why there are tides", "The moon pulls the sea; when the sun pulls along with it, there is a spring tide."),
        ("Reading a tide table", "Heights are given in metres above chart datum, times in winter time."),
        ("Learning goals", "You will know when to leave the harbour."),
    ),
    "he": (
        ("גאות ושפל", "המים בנמל עולים ויורדים פעמיים ביום."),
        ("למה יש גאות", "הירח מושך את הים; כשהשמש מושכת יחד איתו נוצרת גאות אביב."),
        ("קריאת לוח גאות", "הגבהים נמסרים במטרים מעל אפס המפה, והזמנים לפי שעון חורף."),
        ("מטרות למידה", "תדעו מתי לצאת מהנמל."),
    ),
    "ja": (
        ("潮の満ち引き", "港の水は一日に二度上がったり下がったりします。"),
        ("潮が生じる理由", "月が海を引き寄せます。太陽も同じ向きに引くと大潮になります。"),
        ("潮汐表の読み方", "高さは海図の基準面からのメートルで示されます。"),
        ("学習目標", "いつ港を出るかがわかります。"),
    ),
}
KNOTS: Mapping[str, Sections] = {
    "en": (
        ("Knots", "A knot holds two ropes together, or a rope to a post."),
        ("Bowline", "The bowline makes a loop that does not slip: over, under, and back through the eye."),
        ("Sheet bend", "Joins a thick rope to a thin one. The Falcon method ties it with one hand."),
        ("Learning goals", "You will tie four knots."),
    ),
}
GOALS: Mapping[str, Sections] = {
    "en": (
        ("Signals", "Flags say what the radio cannot."),
        ("Learning goals", "You will read flags in the harbour at every spring tide."),
    )
}
COURSE = {"01-tides": TIDES, "02-knots": KNOTS, "03-signals": GOALS}


async def harbour(
    *, embedder: Embedder | None = None, courses: Mapping[str, Mapping[str, Sections]] = COURSE
) -> FakeLessons:
    """Take the course in."""
    lessons = FakeLessons()
    for lesson, translations in courses.items():
        for language, sections in translations.items():
            await put(lessons, lesson, language, sections, embedder=embedder)
    return lessons


async def put(
    lessons: FakeLessons, lesson: str, language: str, sections: Sections, *, embedder: Embedder | None = None
) -> Document:
    """Put one lesson in one language."""
    document = Document(
        course="harbour",
        lesson=lesson,
        number=(int(lesson[:2]),),
        title=sections[0][0],
        language=language,
        path=f"{language}/{lesson}/README.md",
        url=f"https://example.org/{language}/{lesson}/README.md",
        content_hash=str(hash(sections)),
    )
    chunks = [
        Chunk(
            section=number,
            heading_path=tuple(dict.fromkeys((sections[0][0], heading))),
            anchor=heading.lower().replace(" ", "-"),
            text=part,
            language=language,
        )
        for number, (heading, text) in enumerate(sections, start=1)
        for part in text.split("\n\n")
    ]
    rows = await embedder.passages([chunk.text for chunk in chunks]) if embedder else None
    await lessons.put("docs", document, chunks, Vectors(embedder.name, rows) if embedder and rows is not None else None)
    return document


def headings(found: Sequence[Passage]) -> list[str]:
    """Return what was found by its headings."""
    return [passage.chunk.heading for passage in found]
