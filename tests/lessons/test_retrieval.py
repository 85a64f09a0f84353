"""What is found for a question, through the retriever's door."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.domain import LessonQuestion, Passage
from bot.errors import Unavailable
from bot.lessons.search.retrieval import HybridRetriever
from tests.lessons.harbour import KNOTS, TIDES, harbour, headings, put
from tests.memory import FakeEmbedder, FakeLessons

DOWN = Unavailable("error.storage_failed")


async def first(retriever: HybridRetriever, text: str, *, previous: str = "", lesson: str = "") -> str:
    found = await retriever.find(LessonQuestion(text=text, previous=previous, lesson=lesson))
    return found[0].chunk.heading


@pytest.fixture
async def retriever() -> HybridRetriever:
    return HybridRetriever(lessons=await harbour())


async def test_where_nothing_is_indexed_nothing_is_found() -> None:
    assert list(await HybridRetriever(lessons=FakeLessons()).find(LessonQuestion(text="What is a tide?"))) == []


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("How do I read a tide table?", "Reading a tide table"),
        ("which knot has a loop that cannot slip", "Bowline"),
        ("whats a bowlnie", "Bowline"),
        ("איך קוראים בלוח הגאות?", "קריאת לוח גאות"),
        ("למה הירח מושך את הים?", "למה יש גאות"),
        ("潮汐表はどうやって読みますか？", "潮汐表の読み方"),
    ],
)
async def test_a_question_finds_the_section_that_answers_it(
    retriever: HybridRetriever, question: str, heading: str
) -> None:
    assert await first(retriever, question) == heading


async def test_as_many_are_found_as_are_asked_for(retriever: HybridRetriever) -> None:
    assert len(await retriever.find(LessonQuestion(text="tides and knots"), count=3)) == 3


async def test_the_best_comes_first(retriever: HybridRetriever) -> None:
    found = await retriever.find(LessonQuestion(text="spring tide and moon"))

    assert [passage.score for passage in found] == sorted((passage.score for passage in found), reverse=True)


async def test_a_heading_that_every_lesson_has_announces_nothing() -> None:
    more = {f"0{number}-more": {"en": (("Boats", "Boats float."), ("Learning goals", "Boats."))} for number in (4, 5)}
    lessons = await harbour(courses={"01-tides": TIDES, "02-knots": KNOTS, **more})
    await put(lessons, "06-goals", "en", (("Piers", "Piers stand."), ("Learning goals", "Why the moon pulls the sea.")))

    assert await first(HybridRetriever(lessons=lessons), "why does the moon pull the sea") == "Why there are tides"


async def test_a_question_about_one_lesson_is_answered_from_it(retriever: HybridRetriever) -> None:
    found = await retriever.find(LessonQuestion(text="spring tide", lesson="harbour/03-signals"))

    assert {passage.document.lesson for passage in found} == {"03-signals"}


@pytest.mark.parametrize(
    ("within", "lessons"),
    [
        (("harbour",), {"01-tides", "02-knots", "03-signals"}),
        (("harbour/02-knots", "harbour/03-signals"), {"02-knots", "03-signals"}),
        (("harb", "harbour/0"), set()),
    ],
)
async def test_what_is_bounded_is_answered_from_those_courses_and_lessons(
    retriever: HybridRetriever, within: tuple[str, ...], lessons: set[str]
) -> None:
    found = await retriever.find(LessonQuestion(text="knots, tides and signals", within=within), count=20)

    assert {passage.document.lesson for passage in found} == lessons


async def test_a_name_in_other_letters_finds_what_only_english_lessons_say(retriever: HybridRetriever) -> None:
    assert await first(retriever, "מה זו שיטת פלקון?") == "Sheet bend"


async def test_a_word_is_translated_as_the_lessons_themselves_translate_it() -> None:
    rust = {"en": (("Rust", "Rust eats chains."),), "he": (("חלודה", "חלודה אוכלת שרשראות."),)}
    more = {"en": (("Chains", "Wash rust off them."),), "he": (("שרשראות", "שטפו מהן את החלודה."),)}
    fish = {f"0{number}": {"en": (("Fish", "Fish swim."),), "he": (("דגים", "דגים שוחים."),)} for number in (6, 7, 8)}
    only = {"en": (("Engines", "Oil every bolt."), ("Winter", "Keep rust away from the engine."))}
    lessons = await harbour(courses={"03-rust": rust, "04-chains": more, **fish, "05-engines": only})
    found = await HybridRetriever(lessons=lessons).find(LessonQuestion(text="מה עושים נגד חלודה?"))

    assert headings(found)[:3] == ["חלודה", "שרשראות", "Winter"]


async def test_what_was_found_in_english_is_shown_in_the_language_of_the_question(retriever: HybridRetriever) -> None:
    found = await retriever.find(LessonQuestion(text="מה זה chart datum?"))

    assert found[0].chunk.heading == "קריאת לוח גאות"
    assert headings(found).count("Reading a tide table") == 0


async def test_passages_come_in_the_language_that_was_asked_for(retriever: HybridRetriever) -> None:
    found = await retriever.find(LessonQuestion(text="why does the moon pull the sea", language="he"))

    assert found[0].chunk.heading == "למה יש גאות"


async def test_a_question_in_a_language_without_lessons_is_looked_for_in_english() -> None:
    lessons = await harbour(courses={"01-tides": {"en": TIDES["en"]}, "02-knots": KNOTS})

    assert await first(HybridRetriever(lessons=lessons), "מה זה bowline?") == "Bowline"


async def test_without_english_the_lessons_there_are_are_searched() -> None:
    lessons = await harbour(courses={"01-tides": {"he": TIDES["he"]}})

    assert await first(HybridRetriever(lessons=lessons), "why is there גאות") == "למה יש גאות"


async def test_a_question_that_goes_on_is_read_with_the_one_before(retriever: HybridRetriever) -> None:
    assert await first(retriever, "and the other one?", previous="how do I tie a sheet bend") == "Sheet bend"


async def test_a_question_that_says_what_it_asks_is_not_drawn_to_the_one_before(retriever: HybridRetriever) -> None:
    previous = "how do I tie a bowline that does not slip"

    assert await first(retriever, "What do heights in a tide table mean?", previous=previous) == "Reading a tide table"


async def test_meaning_finds_what_no_word_says() -> None:
    embedder = FakeEmbedder({"moon", "tide", "tides", "sea", "ocean", "celestial"}, {"rope", "knot", "slip"})
    retriever = HybridRetriever(lessons=await harbour(embedder=embedder), embedder=embedder)

    assert await first(retriever, "celestial ocean") == "Why there are tides"


async def test_without_its_embedder_it_finds_by_words() -> None:
    embedder = FakeEmbedder({"moon"})
    retriever = HybridRetriever(lessons=await harbour(embedder=embedder), embedder=embedder)
    embedder.broken = Unavailable("error.host_down")

    assert await first(retriever, "which knot has a loop that cannot slip") == "Bowline"


async def test_lessons_without_vectors_are_found_beside_those_that_have_some() -> None:
    embedder = FakeEmbedder({"moon", "tide", "tides"}, {"flag", "flags"})
    lessons = await harbour(courses={"01-tides": TIDES}, embedder=embedder)
    await put(lessons, "02-knots", "en", KNOTS["en"])

    assert await first(HybridRetriever(lessons=lessons, embedder=embedder), "how do I tie a bowline") == "Bowline"


async def test_vectors_of_another_model_are_left_alone() -> None:
    lessons = await harbour(embedder=FakeEmbedder({"moon"}))
    other = FakeEmbedder({"moon"}, {"sun"}, {"sea"})
    other.name = "other"

    assert await first(HybridRetriever(lessons=lessons, embedder=other), "how do I tie a bowline") == "Bowline"


async def test_an_index_that_does_not_answer_is_said() -> None:
    lessons = await harbour()
    lessons.broken = DOWN

    with pytest.raises(Unavailable):
        await HybridRetriever(lessons=lessons).find(LessonQuestion(text="tides"))


async def test_what_is_taken_in_later_is_found_by_the_next_question(retriever: HybridRetriever) -> None:
    lessons = await harbour(courses={"01-tides": TIDES})
    retriever = HybridRetriever(lessons=lessons)
    await first(retriever, "bowline")
    await put(lessons, "02-knots", "en", KNOTS["en"])

    assert await first(retriever, "bowline") == "Bowline"


async def test_what_is_taken_out_is_not_found(retriever: HybridRetriever) -> None:
    lessons = await harbour()
    retriever = HybridRetriever(lessons=lessons)
    await first(retriever, "bowline")
    await lessons.remove("docs", ["en/02-knots/README.md"])

    assert "Bowline" not in headings(await retriever.find(LessonQuestion(text="bowline")))


async def test_neighbouring_chunks_of_a_section_are_one_passage() -> None:
    long = (("Ropes", "\n\n".join(f"Rope {number} is {'very ' * 90}long." for number in range(6))),)
    lessons = await harbour(courses={"01-ropes": {"en": long}})
    found = await HybridRetriever(lessons=lessons).find(LessonQuestion(text="rope"))

    assert [passage.chunk.text.count("Rope ") for passage in found] == [4, 2]
    assert all(len(passage.chunk.text) <= 1_900 for passage in found)


async def test_a_passage_is_known_by_the_id_of_its_first_chunk() -> None:
    lessons = await harbour()
    (found, *_) = await HybridRetriever(lessons=lessons).find(LessonQuestion(text="tide table"))
    (stored,) = await lessons.passages([found.id])

    assert stored.chunk == found.chunk


async def test_what_the_lessons_answer_is_surer_than_what_they_do_not(retriever: HybridRetriever) -> None:
    answered = await retriever.find(LessonQuestion(text="which knot makes a loop that does not slip"))
    unanswered = await retriever.find(LessonQuestion(text="what does the canteen charge for coffee on Fridays"))

    assert answered[0].certainty > 0.6
    assert max(passage.certainty for passage in unanswered) < 0.35


class BetweenLessons(FakeLessons):
    """Replaces a lesson while its passages are about to be read, so many times."""

    times = 0

    async def passages(self, ids: Sequence[int]) -> Sequence[Passage]:
        if self.times:
            self.times -= 1
            await put(self, "01-tides", "en", (("Tides", f"Water rises and falls {self.times + 2} times a day."),))
        return await super().passages(ids)


@pytest.mark.parametrize("times", [1, 2, 9, 99])
async def test_what_is_replaced_between_finding_and_reading_is_searched_again(times: int) -> None:
    lessons = BetweenLessons()
    await put(lessons, "01-tides", "en", (("Tides", "Water rises and falls twice a day."),))
    lessons.times = times
    found = await HybridRetriever(lessons=lessons).find(LessonQuestion(text="How often does water rise?"))

    last_seen = lessons.times + 3 if lessons.times else 2
    assert [passage.chunk.text for passage in found] == [f"Water rises and falls {last_seen} times a day."]


class Vanishing(FakeLessons):
    """Loses its lesson for good while its passages are about to be read."""

    async def passages(self, ids: Sequence[int]) -> Sequence[Passage]:
        await self.remove("docs", ["en/01-tides/README.md"])
        return await super().passages(ids)


async def test_what_is_gone_for_good_is_left_out() -> None:
    lessons = Vanishing()
    await put(lessons, "01-tides", "en", (("Tides", "Water rises and falls twice a day."),))

    assert not await HybridRetriever(lessons=lessons).find(LessonQuestion(text="How often does water rise?"))


@pytest.mark.parametrize(
    ("lessons", "kept"),
    [
        (("01-tides", "02-again"), "01-tides"),
        (("01-tides-2023", "02-tides-2025", "03-tides-2024"), "02-tides-2025"),
    ],
)
async def test_what_several_lessons_say_alike_is_found_once(lessons: Sequence[str], kept: str) -> None:
    same = (("Tides", "The moon pulls the sea."),)
    index = await harbour(courses={name: {"en": same} for name in lessons} | {"09-knots": KNOTS})
    found = await HybridRetriever(lessons=index).find(LessonQuestion(text="What does the moon pull?"))
    said = [passage.document.lesson for passage in found if passage.chunk.text == "The moon pulls the sea."]

    assert said == [kept]
    assert "Bowline" in headings(found)


@pytest.mark.parametrize("heading", ["Knowledge check", "Challenge", "Assignment"])
async def test_an_explanation_comes_before_a_quiz_about_it(heading: str) -> None:
    quizzed = (
        "Why does the moon pull the sea?\n\n- A) The moon pulls the sea for fun\n- B) The moon does not",
        heading,
    )
    tides = (("Tides", "Water rises."), quizzed[::-1], ("Why", "The moon pulls the sea by its weight."))
    index = await harbour(courses={"01-tides": {"en": tides}, "02-knots": KNOTS})

    assert await first(HybridRetriever(lessons=index), "Why does the moon pull the sea?") == "Why"
