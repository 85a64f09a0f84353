"""One row that holds what nobody wrote: the others are answered, and the damaged one costs no more than itself."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Address, Chunk, Document, Level, QuizQuestion, Source, StoredAnswer, TurnState
from bot.engine.beginnings import Beginnings
from bot.engine.load_times import LoadTimes
from bot.engine.reasoning_habits import ReasoningHabits
from bot.lessons.search.index import indexed
from bot.ports import Vectors, Verdict
from bot.storage.census import SqlCensus
from bot.storage.database.open_database import open_database
from tests.contracts.stores import HERE, ME, PIA, Stores, accepted, answered, in_sqlite, said
from tests.engine.talk import accepted as taken
from tests.engine.talk import engine_over, heard
from tests.fakes import FakeBackend, card
from tests.memory import FakeNotes

THERE = replace(HERE, channel="another", thread="")
NO_JSON = ["{", "null", "7", '"text"', "[7]", "[[]]", '[["a"]]', '{"a": 1}', "[" * 100_000]
NO_DATES = ["yesterday", "2026-13-40 99:99:99", "", "0", 7, b"\xff\xfe"]
NO_TEXT = "CAST(x'66fffe6f' AS TEXT)"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lyceum.db"


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with in_sqlite(tmp_path) as stores:
        yield stores


def damage(file: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        assert connection.execute(statement, values).rowcount == 1


async def asked(stores: Stores, text: str, *, at: Address = HERE) -> str:
    """Ask something and return what is answered."""
    engine = engine_over(stores)
    turn = await taken(engine, said(text, address=at))
    assert turn is not None
    got = await heard(engine.reply(turn))
    assert got.notices == []
    return got.text


@pytest.mark.parametrize("stored", NO_JSON)
async def test_an_answer_whose_sources_cannot_be_read_is_found_without_them(
    stores: Stores, file: Path, stored: str
) -> None:
    turn = await accepted(stores, said("What is AI?"))
    answer = StoredAnswer(TurnState.ANSWERED, "A field.", sources=(Source("Intro", "https://example.org"),))
    await stores.turns.finish(turn.id, answer, worker=ME)
    damage(file, "UPDATE messages SET sources = ? WHERE role = 'assistant'", stored)
    found = await stores.answers.find(turn.id)

    assert found is not None
    assert (found.text, found.sources) == ("A field.", ())


@pytest.mark.parametrize("role", ["", "tool", "ASSISTANT", "user "])
async def test_a_message_of_nobody_is_left_out_of_the_context_and_the_conversation_goes_on(
    stores: Stores, file: Path, role: str
) -> None:
    await answered(stores, "one", "first")
    await answered(stores, "two", "second")
    damage(file, "UPDATE messages SET role = ? WHERE text = 'second'", role)

    assert await asked(stores, "three")
    assert await asked(stores, "elsewhere", at=THERE)


@pytest.mark.parametrize("column", ["accepted_at", "started_at", "finished_at", "stop_requested_at"])
@pytest.mark.parametrize("date", NO_DATES)
async def test_an_open_turn_with_a_date_that_is_none_holds_up_no_other(
    stores: Stores, file: Path, column: str, date: object
) -> None:
    first = await accepted(stores, said("one"), worker="gone")
    second = await accepted(stores, said("two", address=THERE), worker="gone")
    for turn in first, second:
        await stores.turns.release(turn.id, worker="gone")
    damage(file, f"UPDATE turns SET {column} = ? WHERE id = ?", date, first.id)
    adopted = await stores.turns.adopt(ME, platform=HERE.platform)

    assert {turn.message.text for turn in adopted} == {"one", "two"}


@pytest.mark.parametrize("lease", [*NO_DATES, 1e300])
async def test_a_lease_that_is_no_date_keeps_nobody_from_being_answered(
    stores: Stores, file: Path, lease: object
) -> None:
    turn = await accepted(stores, said("one"), worker="gone")
    damage(file, "UPDATE turns SET lease_until = ? WHERE id = ?", lease, turn.id)

    assert await asked(stores, "two", at=THERE)


@pytest.mark.parametrize("state", ["", "runing", "ACCEPTED", "7"])
async def test_a_turn_in_a_state_that_is_none_is_passed_over(stores: Stores, file: Path, state: str) -> None:
    turn = await accepted(stores, said("one"), worker="gone")
    damage(file, "UPDATE turns SET state = ? WHERE id = ?", state, turn.id)

    assert await asked(stores, "two")
    assert await asked(stores, "three", at=THERE)
    assert await stores.turns.adopt(ME, platform=HERE.platform) == []


@pytest.mark.parametrize("attempt", ["many", 2**62, -5])
async def test_a_count_of_attempts_that_is_none_holds_up_no_other(stores: Stores, file: Path, attempt: object) -> None:
    first = await accepted(stores, said("one"), worker="gone")
    second = await accepted(stores, said("two", address=THERE), worker="gone")
    for turn in first, second:
        await stores.turns.release(turn.id, worker="gone")
    damage(file, "UPDATE turns SET attempt = ? WHERE id = ?", attempt, first.id)
    adopted = await stores.turns.adopt(ME, platform=HERE.platform)

    assert len(adopted) == 2


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("messages", "text"),
        ("messages", "person_name"),
        ("turns", "person_id"),
        ("turns", "person_name"),
        ("turns", "worker"),
        ("turns", "hint"),
        ("turns", "unseen"),
        ("turns", "lease_until"),
        ("turns", "event_id"),
    ],
)
async def test_bytes_that_are_no_text_hold_up_no_other(stores: Stores, file: Path, table: str, column: str) -> None:
    turn = await accepted(stores, said("one"), worker="gone")
    await accepted(stores, said("two", address=THERE), worker="gone")
    damage(file, f"UPDATE {table} SET {column} = {NO_TEXT} WHERE rowid = ?", turn.id)
    await stores.turns.look(ME)
    for _ in range(8):
        stores.clock.advance(2.0)
        if adopted := await stores.turns.adopt(ME, platform=HERE.platform):
            break

    assert "two" in {each.message.text for each in adopted}
    assert await asked(stores, "three", at=replace(HERE, channel="third"))


async def test_words_that_are_no_text_are_read_as_far_as_they_are(stores: Stores, file: Path) -> None:
    turn = await answered(stores, "one", "first")
    damage(file, f"UPDATE messages SET text = {NO_TEXT} WHERE role = 'assistant'")
    found = await stores.answers.find(turn.id)

    assert found is not None
    assert found.text == "f\ufffd\ufffdo"
    assert await asked(stores, "two")


@pytest.mark.parametrize("model", ["", "\x01", "no such model", "a" * 5000])
async def test_a_choice_that_names_no_model_is_no_reason_for_silence(stores: Stores, file: Path, model: str) -> None:
    engine = engine_over(stores)
    await stores.choices.choose(Level.CHANNEL, HERE, PIA.id, model="falcon:7b")
    damage(file, "UPDATE choices SET model = ?", model)
    turn = await taken(engine, said("one"))
    assert turn is not None
    got = await heard(engine.reply(turn))

    assert got.text
    assert await asked(stores, "two", at=THERE)


@pytest.mark.parametrize("level", ["", "planet", "ME"])
async def test_a_choice_at_a_level_that_is_none_counts_nowhere(stores: Stores, file: Path, level: str) -> None:
    await stores.choices.choose(Level.CHANNEL, HERE, PIA.id, model="mistral:7b")
    damage(file, "UPDATE choices SET level = ?", level)

    assert await stores.choices.chain(HERE, PIA.id) == []
    assert await asked(stores, "one")


@pytest.mark.parametrize("verdict", ["", "GOOD", "7"])
async def test_a_rating_that_is_none_is_left_out_of_the_list(stores: Stores, file: Path, verdict: str) -> None:
    for text in "one", "two":
        turn = await answered(stores, text, "first")
        await stores.answers.rate(turn.id, PIA.id, Verdict.BAD, reason=text)
    damage(file, "UPDATE ratings SET verdict = ? WHERE reason = 'one'", verdict)

    assert [rating.reason for rating in await stores.answers.ratings()] == ["two"]


@pytest.mark.parametrize("date", NO_DATES)
async def test_open_turns_are_counted_though_one_has_no_date(stores: Stores, file: Path, date: object) -> None:
    turn = await accepted(stores, said("one"))
    damage(file, "UPDATE turns SET accepted_at = ? WHERE id = ?", date, turn.id)
    async with await open_database(file) as database:
        counted = await SqlCensus(database, clock=stores.clock)()

    assert counted.waiting == 1


@pytest.mark.parametrize("noted", ["inf", "nan", "-3", "1e400", "soon", "", "\ufffd"])
async def test_a_note_of_a_load_that_took_no_time_gives_no_estimate(noted: str) -> None:
    notes = FakeNotes()
    loads = LoadTimes(host="here", notes=notes)
    await notes.write("load_s:here:falcon:7b", noted)
    backend = FakeBackend(card("falcon:7b"))
    state = await Beginnings(backend=backend, loads=loads).state(card("falcon:7b", is_loaded=False))

    assert state.parameters.get("estimate", "") == ""


@pytest.mark.parametrize("noted", ["9" * 5000, "-1", "many", "\ufffd", "²"])
async def test_a_note_of_a_habit_that_is_none_holds_no_answer_up(noted: str) -> None:
    notes = FakeNotes()
    await notes.write("reasoning:here:falcon:7b", noted)

    assert await ReasoningHabits(host="here", notes=notes).hold_for(card("falcon:7b")) is not None


DOCUMENT = Document(
    course="ai", lesson="intro", number=(1,), title="Intro", language="en", path="intro.md", content_hash="x"
)
CHUNKS = [
    Chunk(section=number, heading_path=("Intro", name), anchor="", text=f"About {name}.", language="en")
    for number, name in enumerate(("nets", "trees", "rules"))
]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("heading_path", stored) for stored in NO_JSON),
        ("vector", b"\x00"),
        ("vector", b"\x00" * 3),
        ("vector", b"\x00" * 40),
        ("vector", "text"),
        ("anchor", b"\xff"),
    ],
)
async def test_a_damaged_passage_of_a_lesson_leaves_the_others_to_be_found(
    stores: Stores, file: Path, column: str, value: object
) -> None:
    await stores.lessons.put("course", DOCUMENT, CHUNKS, Vectors("m", [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]))
    damage(file, f"UPDATE lesson_chunks SET {column} = ? WHERE section = 0", value)
    read = await stores.lessons.language_index("en", model="m")

    assert [passage.chunk.section for passage in read.passages] == [0, 1, 2]
    assert indexed("en", read).has_vectors


@pytest.mark.parametrize("stored", ["{", "null", "7", '"text"', '{"a": 1}', "[" * 100_000])
async def test_a_quiz_question_whose_wrong_answers_are_damaged_has_none(
    stores: Stores, file: Path, stored: object
) -> None:
    asked = QuizQuestion(question="Who?", right="The owl", wrong=("The bee", "The ant"), proof="The owl hoots.")
    await stores.lessons.put("course", DOCUMENT, CHUNKS, None, questions=[asked, asked])
    damage(file, "UPDATE lesson_quizzes SET wrong = ? WHERE position = 0", stored)

    assert [each.wrong for each in await stores.lessons.questions(DOCUMENT)] == [(), ("The bee", "The ant")]


@pytest.mark.parametrize("number", ["one", "1..2", "-1", "9" * 5000, "1."])
async def test_a_lesson_whose_number_is_none_is_read_without_it(stores: Stores, file: Path, number: str) -> None:
    await stores.lessons.put("course", DOCUMENT, CHUNKS, None)
    damage(file, "UPDATE lesson_documents SET number = ?", number)

    assert [document.number for document in await stores.lessons.documents()] == [()]
