"""What `ports.Lessons` promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Chunk, Document, QuizQuestion
from bot.ports import Lessons, NewDocument, Vectors
from tests.contracts.stores import IMPLEMENTATIONS

TIDES = Document(
    course="harbour",
    lesson="02-tides",
    number=(2,),
    title="Tides",
    language="en",
    path="02-tides/README.md",
    url="https://example.org/02-tides/README.md",
    content_hash="a1",
)
GEUT = replace(TIDES, language="he", path="translations/he/02-tides/README.md", title="גאות", is_stale=True)
KNOTS = replace(TIDES, lesson="10-knots", number=(10, 1), path="10-knots/README.md", title="Knots")
CHUNKS = (
    Chunk(section=0, heading_path=(), anchor="", text="Before any heading.", language="en"),
    Chunk(
        section=1, heading_path=("Tides", "גאות & שפל"), anchor="גאות--שפל", text="The moon\npulls. 🌊", language="he"
    ),
)
QUIZ = (
    QuizQuestion(question="What pulls?", right="The moon", wrong=("The wind", "גאות"), proof="The moon\npulls."),
    QuizQuestion(question="When?", right="no", wrong=("yes", "10"), proof="Before any heading."),
)
VECTORS = Vectors("small", [[1.0, 0.0], [0.6, -0.8]])


@pytest.fixture(params=IMPLEMENTATIONS)
async def lessons(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Lessons]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores.lessons


async def texts(lessons: Lessons, document: Document = TIDES) -> list[str]:
    return [passage.chunk.text for passage in await lessons.chunks(document)]


async def ids(lessons: Lessons, document: Document = TIDES) -> list[int]:
    return [passage.id for passage in await lessons.chunks(document)]


async def vectors(lessons: Lessons, *, model: str = "small") -> Sequence[Sequence[float] | None]:
    language_index = await lessons.language_index("en", model=model)
    return [vector if vector is None else [*vector] for vector in language_index.vectors]


async def test_a_quiz_comes_and_goes_with_its_document(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, None, questions=QUIZ)
    await lessons.put("docs", KNOTS, CHUNKS, None)
    kept, none = await lessons.questions(TIDES), await lessons.questions(KNOTS)
    await lessons.put("docs", TIDES, CHUNKS, None, questions=QUIZ[:1])
    fewer = await lessons.questions(TIDES)
    await lessons.remove("docs", [TIDES.path])

    assert (tuple(kept), tuple(none), tuple(fewer)) == (QUIZ, (), QUIZ[:1])
    assert tuple(await lessons.questions(TIDES)) == ()


async def test_of_two_sources_with_the_same_document_the_quiz_of_the_first_is_asked(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, None, questions=QUIZ)
    await lessons.put("mirror", TIDES, CHUNKS, None, questions=QUIZ[:1])

    assert tuple(await lessons.questions(TIDES)) == QUIZ


async def test_an_empty_index_has_nothing_to_tell(lessons: Lessons) -> None:
    assert await lessons.hashes("docs") == {}
    assert list(await lessons.documents()) == []
    assert list(await lessons.chunks(TIDES)) == []
    assert await lessons.generations() == {}
    assert list((await lessons.language_index("en", model="")).passages) == []
    assert list(await lessons.passages([1])) == []


async def test_what_is_put_comes_back_as_it_was_in_reading_order(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, None)

    passages = await lessons.chunks(TIDES)
    assert list(await lessons.documents()) == [TIDES]
    assert [(passage.document, passage.chunk, passage.score) for passage in passages] == [
        (TIDES, chunk, 0.0) for chunk in CHUNKS
    ]


async def test_documents_come_by_course_number_lesson_language_and_path(lessons: Lessons) -> None:
    in_order = [TIDES, GEUT, KNOTS, replace(TIDES, course="sails", number=())]
    for number, document in enumerate(reversed(in_order)):
        await lessons.put(f"source {number}", document, CHUNKS, None)

    assert list(await lessons.documents()) == in_order


async def test_a_document_takes_the_place_of_the_one_with_its_source_and_path(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, VECTORS)
    await lessons.put("docs", replace(TIDES, content_hash="a2"), CHUNKS[:1], None)

    assert await lessons.hashes("docs") == {TIDES.path: "a2"}
    assert await texts(lessons, replace(TIDES, content_hash="a2")) == ["Before any heading."]
    assert await vectors(lessons) == [None]


async def test_sources_do_not_touch_each_other(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, None)
    await lessons.put("mirror", TIDES, CHUNKS, None)
    await lessons.remove("mirror", [TIDES.path])

    assert await lessons.hashes("docs") == {TIDES.path: "a1"}
    assert await lessons.hashes("mirror") == {}


async def test_a_document_that_two_sources_have_is_told_once(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, None)
    await lessons.put("mirror", TIDES, CHUNKS, None)

    assert await texts(lessons) == [chunk.text for chunk in CHUNKS]


async def test_a_removed_document_is_gone_with_its_chunks(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, VECTORS)
    await lessons.put("docs", KNOTS, CHUNKS, None)
    gone = await ids(lessons)
    await lessons.remove("docs", [TIDES.path, "never/there.md"])

    assert list(await lessons.documents()) == [KNOTS]
    assert list(await lessons.passages(gone)) == []


async def test_many_documents_are_removed_at_once(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, None)
    await lessons.remove("docs", [*(f"{number}.md" for number in range(1200)), TIDES.path])

    assert list(await lessons.documents()) == []


async def test_an_id_is_never_given_to_another_chunk(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, None)
    before = await ids(lessons)
    await lessons.put("docs", TIDES, CHUNKS, None)

    assert set(before).isdisjoint(await ids(lessons))


async def test_passages_come_in_the_order_asked_for(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, None)
    await lessons.put("docs", GEUT, CHUNKS[:1], None)
    wanted = [*reversed(await ids(lessons)), *await ids(lessons, GEUT)]

    found = await lessons.passages([wanted[0], 10**6, *wanted[1:]])
    assert [passage.id for passage in found] == wanted
    assert [passage.document for passage in found] == [TIDES, TIDES, GEUT]


async def test_more_passages_than_a_statement_binds_can_be_asked_for(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS * 700, None)
    wanted = await ids(lessons)

    assert [passage.id for passage in await lessons.passages(wanted)] == wanted


async def test_an_index_holds_one_language_with_its_vectors(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, VECTORS)
    await lessons.put("docs", GEUT, CHUNKS, VECTORS)
    await lessons.put("docs", KNOTS, CHUNKS[:1], None)

    language_index = await lessons.language_index("en", model="small")
    assert [(passage.document.lesson, passage.chunk) for passage in language_index.passages] == [
        ("02-tides", CHUNKS[0]),
        ("02-tides", CHUNKS[1]),
        ("10-knots", CHUNKS[0]),
    ]
    assert [passage.id for passage in language_index.passages] == [*await ids(lessons), *await ids(lessons, KNOTS)]
    assert await vectors(lessons) == [[1.0, 0.0], pytest.approx([0.6, -0.8], abs=0.001), None]


async def test_vectors_of_another_model_are_not_given(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, VECTORS)

    assert await vectors(lessons, model="large") == [None, None]


async def test_each_change_is_another_generation_of_its_language_alone(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, None)
    await lessons.put("docs", GEUT, CHUNKS, None)
    first = await lessons.generations()
    await lessons.put("docs", TIDES, CHUNKS, None)
    second = await lessons.generations()
    await lessons.remove("docs", [TIDES.path])

    assert second["en"] > first["en"]
    assert second["he"] == first["he"]
    assert await lessons.generations() == {"he": first["he"]}


async def test_a_language_that_comes_back_is_not_taken_for_what_it_was(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, None)
    before = await lessons.generations()
    await lessons.remove("docs", [TIDES.path])
    await lessons.put("docs", TIDES, CHUNKS, None)

    assert (await lessons.generations())["en"] > before["en"]


async def test_a_document_that_changes_its_language_changes_both(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, None)
    await lessons.put("docs", KNOTS, CHUNKS, None)
    before = await lessons.generations()
    await lessons.put("docs", replace(TIDES, language="nl"), CHUNKS, None)

    after = await lessons.generations()
    assert after["en"] > before["en"]
    assert after["nl"] > 0


async def test_an_index_tells_its_generation(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, None)

    assert (await lessons.language_index("en", model="")).generation == (await lessons.generations())["en"]


async def test_a_vector_too_few_is_refused_and_nothing_stored(lessons: Lessons) -> None:
    with pytest.raises(ValueError, match="vector"):
        await lessons.put("docs", TIDES, CHUNKS, Vectors("small", [[1.0, 0.0]]))

    assert list(await lessons.documents()) == []


async def test_a_document_without_chunks_is_known_and_has_no_passages(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, (), Vectors("small", ()))

    assert await lessons.hashes("docs") == {TIDES.path: "a1"}
    assert list((await lessons.language_index("en", model="small")).passages) == []


async def test_documents_put_at_the_same_moment_are_all_there(lessons: Lessons) -> None:
    many = [replace(TIDES, path=f"{number}.md") for number in range(20)]
    await asyncio.gather(*(lessons.put("docs", document, CHUNKS, None) for document in many))

    assert set(await lessons.hashes("docs")) == {document.path for document in many}
    assert await lessons.generations() == {"en": 20}


async def test_documents_are_stored_and_others_taken_out_in_one_step(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, None)
    before = await lessons.generations()
    new = [NewDocument(GEUT, CHUNKS[:1], None), NewDocument(KNOTS, CHUNKS, VECTORS)]
    await lessons.put_all("docs", new, gone=[TIDES.path, "unknown"])
    after = await lessons.generations()

    assert [document.path for document in await lessons.documents()] == [GEUT.path, KNOTS.path]
    assert (before["en"] + 1, len(after)) == (after["en"], 2)
    assert all(vector is not None for vector in await vectors(lessons))


async def test_of_documents_one_of_which_cannot_be_stored_none_is(lessons: Lessons) -> None:
    wrong = NewDocument(KNOTS, CHUNKS[:1], VECTORS)
    with pytest.raises(ValueError, match="vector"):
        await lessons.put_all("docs", [NewDocument(TIDES, CHUNKS, None), wrong])

    assert list(await lessons.documents()) == []


async def test_courses_are_told_with_their_sources(lessons: Lessons) -> None:
    await lessons.put("docs", TIDES, CHUNKS, None)
    await lessons.put("mirror", TIDES, CHUNKS, None)
    await lessons.put("docs", replace(KNOTS, course="knots"), CHUNKS, None)
    told = await lessons.courses()

    assert {course: set(sources) for course, sources in told.items()} == {
        "harbour": {"docs", "mirror"},
        "knots": {"docs"},
    }
