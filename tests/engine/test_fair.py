"""One person's haste is no other's delay: bounds for one in line and within a minute, and quotas for a day."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, Completion, Doing, Failed, Notice, Person, State, Turn, TurnState
from bot.engine.access import Access
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.engine import Engine
from bot.engine.quotas import AskingLimits, DayLimit
from bot.errors import BotError, Unavailable, UserError
from bot.i18n import sentence
from bot.ports import Usage
from bot.storage.database.open_database import open_database
from bot.storage.usage_store import SqlUsage
from tests.clocks import SetClock
from tests.engine.talk import DANA, NOAM, ROOM, THREAD, Heard, Talk, accepted, heard, until
from tests.fakes import Speech
from tests.lab import postgres
from tests.lab.sqlite import make_file
from tests.memory import FakeUsage


class FairTalk(Talk):
    """A conversation with limits."""

    def __init__(
        self, limits: AskingLimits, *, parallel: int = 1, waiting: int = 100, usage: Usage | None = None
    ) -> None:
        super().__init__(answer_policy=AnswerPolicy(parallel=parallel, waiting=waiting, default_model="falcon:7b"))
        self.limits, self.usage = limits, usage or FakeUsage()
        self.clock = SetClock()
        self.engine = self.open()

    def open(self, *, clock: Clock = SYSTEM_CLOCK) -> Engine:
        return Engine(
            turns=self.turns,
            history=self.history,
            answers=self.answers,
            choices=self.choices,
            backend=self.backend,
            access=Access(),
            answer_policy=self._answer_policy,
            usage=self.usage,
            limits=self.limits,
            clock=clock,
        )

    async def refused(self, text: str, *, person: Person = DANA, at: Address = ROOM) -> BotError:
        """Say something, and return why it is not answered."""
        turn = await self.accept(text, person=person, at=at)
        got = Heard()
        with pytest.raises(BotError) as error:
            await heard(self.engine.reply(turn), got)
        assert got.of(Failed)[0].notice.key == error.value.key
        assert self.store.turns[turn.id].state is TurnState.FAILED
        return error.value


def room(number: int) -> Address:
    return Address("lab", "W1", f"C{number}")


def told(error: BotError, locale: str = "en") -> str:
    return sentence(Notice(error.key, error.parameters), locale)


@pytest.mark.parametrize(("waiting", "of_one"), [(4, 10), (100, 3), (2, 10)])
async def test_a_burst_of_one_person_leaves_room_for_another(waiting: int, of_one: int) -> None:
    talk = FairTalk(AskingLimits(waiting=of_one), waiting=waiting)
    talk.backend.say(*[Speech(text="Done.", holds=True)])
    burst = [await talk.accept("Burst", at=room(number)) for number in range(15)]
    got = [Heard() for _ in burst]
    running = [asyncio.create_task(_listened(talk.engine, turn, each)) for turn, each in zip(burst, got, strict=True)]
    late = await talk.accept("Only this", person=NOAM, at=THREAD)
    theirs = Heard()
    running.append(asyncio.create_task(_listened(talk.engine, late, theirs)))
    bound = min(of_one, waiting // 2)
    await until(lambda: sum(bool(each.of(Failed)) for each in got) == 14 - bound)
    await until(lambda: theirs.of(State))
    place = theirs.of(State)[0]
    talk.backend.release()
    await asyncio.gather(*running)

    assert place == State(Doing.QUEUED, {"position": bound + 1, "total": bound + 1})
    assert "Only this" in theirs.text
    keys = {each.of(Failed)[0].notice.key for each in got if each.of(Failed)}
    assert keys == {"error.person_queue_full"}


async def test_who_is_refused_in_line_reads_when_to_try_again_and_may() -> None:
    talk = FairTalk(AskingLimits(waiting=1))
    talk.backend.say(Speech(text="Done.", holds=True))
    first, second = await talk.accept("One", at=room(1)), await talk.accept("Two", at=room(2))
    running = [asyncio.create_task(heard(talk.engine.reply(turn))) for turn in (first, second)]
    await until(lambda: talk.backend.running)
    error = await talk.refused("Three", at=room(3))
    talk.backend.release()
    await asyncio.gather(*running)
    again = await talk.say("Three", at=room(3))

    assert error.key == "error.person_queue_full"
    assert "send it again when one of them is answered" in told(error)
    assert "Three" in again.text


async def test_many_questions_at_once_that_all_have_a_place_are_all_answered() -> None:
    talk = FairTalk(AskingLimits(waiting=1), parallel=30)
    answers = await asyncio.gather(*(talk.say(f"Question {number}", at=room(number)) for number in range(30)))

    assert all(answer.text for answer in answers)


async def test_a_person_may_ask_so_often_within_a_minute_and_reads_when_again() -> None:
    talk = FairTalk(AskingLimits(a_minute=2))
    for _ in range(2):
        await talk.say("Hi")
    error = await talk.refused("And now?", at=room(7))
    other = await talk.say("And I?", person=NOAM)

    assert error.key == "error.too_fast"
    assert 0 < int(str(error.parameters["seconds"])) <= 60
    assert "send it again in" in told(error)
    assert other.text


async def test_a_minute_passes() -> None:
    talk = FairTalk(AskingLimits(a_minute=2))
    talk.engine = talk.open(clock=talk.clock)
    for _ in range(2):
        await talk.say("Hi")
    talk.clock.advance(60)

    assert (await talk.say("And now?")).text


DAYS = {
    "person": AskingLimits(a_day={"person": DayLimit(questions=4)}),
    "channel": AskingLimits(a_day={"channel": DayLimit(questions=4)}),
    "workspace": AskingLimits(a_day={"workspace": DayLimit(questions=4)}),
}


@pytest.mark.parametrize("whose", DAYS)
async def test_a_quota_is_told_at_three_quarters_and_at_its_end_and_then_refuses(whose: str) -> None:
    talk = FairTalk(DAYS[whose])
    notices = [(await talk.say(f"Question {number}")).notices for number in range(4)]
    error = await talk.refused("One more?")

    assert [[each for each in keys if "quota" in each] for keys in notices] == [
        [],
        [],
        ["notice.quota_near"],
        ["notice.quota_last"],
    ]
    assert error.key == "error.quota_used"
    assert f"questions for {'you' if whose == 'person' else f'this {whose}'} are used up" in told(error)
    assert "midnight UTC" in told(error)
    assert "ה" in told(error, "he")


async def test_quotas_are_of_one_person_one_channel_one_workspace() -> None:
    one_each = {"person": 2, "channel": 3, "workspace": 4}
    talk = FairTalk(AskingLimits(a_day={whose: DayLimit(questions=most) for whose, most in one_each.items()}))
    await talk.say("1", person=DANA, at=ROOM)
    await talk.say("2", person=DANA, at=THREAD)
    dana = await talk.refused("3", person=DANA, at=room(2))
    await talk.say("3", person=NOAM, at=ROOM)
    in_room = await talk.refused("4", person=NOAM, at=THREAD)
    await talk.say("4", person=NOAM, at=room(2))
    in_workspace = await talk.refused("5", person=Person("U5", "Third"), at=room(3))
    elsewhere = await talk.say("6", person=Person("U5", "Third"), at=Address("lab", "W2", "C1"))

    whats = [str(error.parameters["what"]) for error in (dana, in_room, in_workspace)]
    assert ["person" in whats[0], "channel" in whats[1], "workspace" in whats[2]] == [True] * 3
    assert elsewhere.text


async def test_tokens_are_counted_of_prompt_and_answer() -> None:
    talk = FairTalk(AskingLimits(a_day={"person": DayLimit(tokens=10_000)}))
    first = await talk.say("Hi")
    spent = first.of(Completion)[0]
    limit = spent.prompt_tokens + spent.answer_tokens
    talk = FairTalk(AskingLimits(a_day={"person": DayLimit(tokens=limit)}))
    await talk.say("Hi")
    error = await talk.refused("And now?")

    assert error.key == "error.quota_used"
    assert "tokens for you" in told(error)


async def test_a_new_day_begins_anew() -> None:
    talk = FairTalk(DAYS["person"])
    talk.clock.date = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    talk.engine = talk.open(clock=talk.clock)
    for _ in range(4):
        await talk.say("Hi")
    error = await talk.refused("And now?")
    talk.clock.advance(30 * 60)

    assert "in 0 h 2" in told(error)
    assert (await talk.say("And now?")).text


async def test_a_question_that_is_taken_over_counts_once_and_a_redelivery_not_at_all() -> None:
    talk = FairTalk(AskingLimits(a_day={"person": DayLimit(questions=2)}))
    message = talk.message("Hi")
    turn = await accepted(talk.engine, message)
    assert turn is not None
    await heard(talk.engine.reply(turn))
    again = await accepted(talk.engine, replace(message))
    retried = await talk.accept("Hi again")
    await heard(talk.engine.reply(replace(retried, attempt=1)))
    third = await talk.say("And now?")

    assert again is None
    assert "notice.quota_last" in third.notices


async def test_what_cannot_be_counted_is_answered_all_the_same() -> None:
    usage = FakeUsage(broken=Unavailable("error.storage_busy"))
    talk = FairTalk(DAYS["person"], usage=usage)

    assert (await talk.say("Hi")).text


async def test_without_quotas_nothing_is_counted() -> None:
    usage = FakeUsage(broken=Unavailable("error.storage_busy"))
    talk = FairTalk(AskingLimits(), usage=usage)
    usage.broken = None
    await talk.say("Hi")

    assert usage == FakeUsage()


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_neither_a_restart_nor_another_process_forgets_a_quota(database: str, tmp_path: Path) -> None:
    keys: list[list[str]] = []
    async with AsyncExitStack() as stack:
        where = str(await make_file(tmp_path / "lyceum.db"))
        if database == "postgres":
            where = await stack.enter_async_context(postgres.shared().database())
        for _ in range(4):
            async with await open_database(where) as opened, await open_database(where) as another:
                for each in (opened, another):
                    talk = FairTalk(AskingLimits(a_day={"person": DayLimit(questions=8)}), usage=SqlUsage(each))
                    keys.append([key for key in (await talk.say("Hi")).notices if "quota" in key])
        async with await open_database(where) as opened:
            talk = FairTalk(AskingLimits(a_day={"person": DayLimit(questions=8)}), usage=SqlUsage(opened))
            error = await talk.refused("And now?")

    assert keys == [[]] * 5 + [["notice.quota_near"], [], ["notice.quota_last"]]
    assert error.key == "error.quota_used"


async def _listened(engine: Engine, turn: Turn, into: Heard) -> None:
    """Listen to a reply that may be refused."""
    with suppress(UserError):
        await heard(engine.reply(turn), into)
