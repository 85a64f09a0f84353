"""A course about a boatyard and its tools, as lessons in memory: what it tells, what it only mentions, and code."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain import Finding, LessonQuestion
from bot.lessons.answers.teacher import CourseTeacher
from bot.lessons.search.retrieval import HybridRetriever
from tests.lessons.harbour import Sections, harbour

FERRY: Mapping[str, Sections] = {
    "en": (
        ("The ferry", "The ferry crosses the bay every hour. The ferry has exactly two decks, one for cars."),
        ("Tickets", "Tickets are sold on board. Children pay half. A dog travels free of charge on the lower deck."),
        ("Part 1: The engine", "The engine burns diesel oil. Check its belt each week; a worn belt squeals."),
        ("Part 2: The bridge", "From the bridge the captain steers. It has 3 radars and a compass by Halvorsen."),
        ("History", "The yard was founded in 1921 by Ida Holm. Its first boat was called the Puffin."),
        ("Error codes", "- E0098: the pump is dry.\n- E0099: the pump is blocked.\n- E0110: the belt is torn."),
    ),
    "he": (
        ("המעבורת", "המעבורת חוצה את המפרץ בכל שעה. למעבורת 2 סיפונים ו-40 מושבים."),
        ("כרטיסים", "הכרטיסים נמכרים על הסיפון. ילדים משלמים חצי מחיר."),
    ),
    "ja": (
        ("フェリー", "フェリーには2つのデッキと40の座席があります。"),
        ("錨と係留索", "錨は海底をつかみます。係留索は岸に結びます。錨と係留索の違いは、どこに固定するかです。"),
    ),
    "zh": (
        ("渡轮", "渡轮有2层甲板和40个座位。渡轮每小时出发一次。"),
        ("船票", "船票在船上出售。儿童半价。"),
    ),
}
TOOLS: Mapping[str, Sections] = {
    "en": (
        ("Caulking", "Caulking is the work of making seams tight with cotton and pitch. Caulk from the keel upwards."),
        ("Varnish", "Varnish protects wood from the sun. Put on five thin coats and sand between them."),
        ("The register", "```sql\nDROP TABLE IF EXISTS course;\nCREATE TABLE course (name TEXT, refund INT);\n```"),
        ("Publishing the log", "The log is kept in Git. Other yards run theirs on Kubernetes, which we do not treat."),
        ("Puffin and Razorbill", "The Puffin carries more sail than the Razorbill. The Razorbill is safer in ice."),
        ("Signing up", "Thanks for signing up for the course! Say hello to your tutor, and ask for help."),
    ),
}
COURSE = {"01-ferry": FERRY, "02-tools": TOOLS}


async def found(question: str, *, previous: str = "", lesson: str = "") -> Finding:
    """Return what the course has for a question."""
    teacher = CourseTeacher(retriever=HybridRetriever(lessons=await harbour(courses=COURSE)))
    return await teacher.look(LessonQuestion(text=question, previous=previous, lesson=lesson))
