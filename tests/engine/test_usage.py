"""`/usage` as people read it: theirs, and for admins what was used in a channel and in the workspace."""

from __future__ import annotations

import asyncio
import csv
import threading
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest

from bot.catalogue.open_catalogue import OpenCatalogue
from bot.domain import (
    Attached,
    Bars,
    ChatRequest,
    Costs,
    Figures,
    HostCost,
    ModelWork,
    Notice,
    Offer,
    Person,
    Scatter,
    private_thread,
)
from bot.engine.access import Access
from bot.engine.command_parsing import parse_slash
from bot.engine.work_book import WorkBook
from bot.errors import Unavailable, UserError
from bot.i18n import sentence
from tests.clocks import NOON, SetClock
from tests.engine.talk import BOSS, DANA, NOAM, ROOM, Heard, Talk, until
from tests.engine.test_comparing import compare, pressed
from tests.fakes import Speech, card

EUROS = Costs(currency="€", hosts={"fake": HostCost(per_hour=3.60)}, dollar=0.5)
DIRECT = replace(ROOM, channel="D1")


class HandClock(SetClock):
    """A clock that only the test moves on: what waits meanwhile waits for real."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Timed(Talk):
    """A talk in which each answer takes `takes_s`, of which the host tells `told_s`."""

    def __init__(self, costs: Costs | None = EUROS, *, kept_days: int = 0, prices: bool = False) -> None:
        self.clock, self.takes_s, self.told_s = HandClock(), 36.0, 36.0
        super().__init__(
            costs=costs, clock=self.clock, kept_days=kept_days, catalogue=OpenCatalogue() if prices else None
        )
        self.backend.answer = self._answer

    def _answer(self, request: ChatRequest) -> Speech:  # noqa: ARG002 - as answers are made
        self.clock.advance(self.takes_s)
        return Speech(text="An owl is a bird.", worked_s=self.told_s)

    async def opened(self) -> Timed:
        """Begin to count, a minute before anything is asked."""
        await self.engine.usage.work_book.open()
        self.clock.advance(60)
        return self


def read(answer: Heard) -> str:
    """What a reply reads as, figures in words."""
    told = []
    for part in answer.parts:
        match part:
            case Notice():
                told.append(sentence(part, "en"))
            case Figures():
                told += [sentence(line, "en") for line in part.told]
    return "\n".join(told)


async def usage(talk: Talk, *, person: Person = DANA, **arguments: str) -> str:
    return read(await talk.command("usage", person=person, at=ROOM, direct=False, **arguments))


async def stored(talk: Talk) -> list[ModelWork]:
    """Have the book written, and return what is in it."""
    await talk.engine.usage.work_book.store()
    return talk.store.works


async def test_it_tells_turns_tokens_and_both_sums() -> None:
    talk = await Timed().opened()
    await talk.say("What is an owl?")
    tokens = (await stored(talk))[0].tokens

    told = await usage(talk)

    # 36 s of an hour for 3.60 are .036; 96 s were counted, which cost .096.
    assert f"1 turns, {tokens} tokens" in told
    assert "Together: 0.036 € at work, 0.096 € with idle time" in told
    assert f"A million: {0.036 / tokens * 1e6:,.0f} € at work, **{0.096 / tokens * 1e6:,.0f} €** with idle" in told


async def test_where_nothing_is_stated_costs_are_unknown_and_not_nothing() -> None:
    talk = await Timed(None).opened()
    await talk.say("What is an owl?")

    told = await usage(talk)

    assert "What they cost is unknown" in told
    assert "What 1 of 1 answers cost is unknown" in told
    assert "€" not in told


class Counted(str):
    """A model's name that tells which threads looked it up."""

    __slots__ = ()
    threads: ClassVar[set[threading.Thread]] = set()

    def __hash__(self) -> int:
        self.threads.add(threading.current_thread())
        return super().__hash__()


async def test_while_much_is_summed_up_others_are_answered() -> None:
    talk = await Timed().opened()
    await talk.say("What is an owl?")
    talk.store.works = [replace(work, model=Counted(work.model)) for work in await stored(talk)]
    Counted.threads.clear()
    await talk.command("usage", person=DANA, at=ROOM, direct=False, as_="csv")

    assert Counted.threads
    assert threading.current_thread() not in Counted.threads


async def test_of_whom_nothing_is_counted_is_told_so() -> None:
    talk = await Timed().opened()
    await talk.say("What is an owl?", person=NOAM)

    assert "Nothing is counted" in await usage(talk)


async def test_everybody_sees_their_own_and_nobody_elses() -> None:
    talk = await Timed().opened()
    await talk.say("What is an owl?")
    await talk.say("And a bat?")
    await talk.say("Hello", person=NOAM)

    assert "2 turns" in await usage(talk)
    assert "1 turns" in await usage(talk, person=NOAM)


@pytest.mark.parametrize("of", ["channel", "workspace"])
async def test_what_others_used_takes_an_admin(of: str) -> None:
    talk = await Timed().opened()
    await talk.say("What is an owl?")
    await talk.say("Hello", person=NOAM)

    with pytest.raises(UserError) as refused:
        await usage(talk, of=of)

    assert refused.value.key == "error.usage_admin_only"
    assert "2 turns" in await usage(talk, of=of, person=BOSS)


async def test_a_channel_is_a_part_of_the_workspace_and_another_workspace_is_not() -> None:
    talk = await Timed().opened()
    await talk.say("Here")
    await talk.say("There", at=replace(ROOM, channel="C2"))
    await talk.say("Hush", at=DIRECT, direct=True)
    await talk.say("Elsewhere", at=replace(ROOM, workspace="W2"))

    assert "1 turns" in await usage(talk, of="channel", person=BOSS)
    assert "3 turns" in await usage(talk, of="workspace", person=BOSS)


async def test_where_somebody_spoke_directly_is_not_kept() -> None:
    talk = await Timed().opened()
    await talk.say("Hush", at=DIRECT, direct=True)

    assert "D1" not in repr(await stored(talk))


async def test_a_button_under_words_for_one_alone_tells_of_their_channel() -> None:
    talk = await Timed().opened()
    await talk.say("Hi")
    alone = replace(ROOM, thread=private_thread(BOSS.id))
    told = await talk.command("usage", person=BOSS, at=alone, direct=True, of="channel", as_="dark")

    assert "1 turns" in read(told)


@pytest.mark.parametrize(("at", "of"), [(DIRECT, "channel"), (replace(DIRECT, workspace=""), "workspace")])
async def test_directly_there_is_no_channel_and_outside_no_workspace(at: object, of: str) -> None:
    talk = await Timed().opened()

    with pytest.raises(UserError) as refused:
        await talk.command("usage", of=of, at=at, direct=True, person=BOSS)  # type: ignore[arg-type]

    assert refused.value.key == "error.no_such_level"


async def test_days_are_calendar_days_where_the_operator_is() -> None:
    talk = Timed(replace(EUROS, zone=ZoneInfo("Asia/Jerusalem"), zone_name="Asia/Jerusalem"))
    await talk.opened()
    await talk.say("Today, at two in the afternoon")
    talk.clock.advance(9 * 3600)
    await talk.say("Still today: eleven at night")
    talk.clock.advance(2 * 3600)
    await talk.say("Tomorrow")

    assert "1 turns" in await usage(talk, days="1")
    told = await usage(talk, days="2")
    assert "3 turns" in told
    assert "2026-11-23 to 2026-11-24 (Asia/Jerusalem)" in told


async def test_no_day_before_counting_began_is_paid_for() -> None:
    talk = await Timed().opened()
    await talk.say("What is an owl?")

    told = await usage(talk, days="30")

    assert "Counted from 2026-11-23 12:00 on" in told
    assert "0.096 € with idle time" in told


async def test_what_is_erased_by_age_is_no_idle_time() -> None:
    talk = await Timed(kept_days=1).opened()
    talk.clock.advance(9 * 86_400)
    await talk.say("What is an owl?")

    # A day of 24 hours at 3.60, and not ten.
    assert "86.40 € with idle time" in await usage(talk, days="30")


async def test_a_stopped_answer_costs_its_time_and_is_in_no_price_of_a_token() -> None:
    talk = await Timed().opened()
    talk.backend.say(Speech(text="never ends", holds=True, after=1))
    asking = asyncio.create_task(talk.say("Go on"))
    await until(lambda: talk.backend.running)
    talk.clock.advance(50)
    await talk.engine.stop_here(person=DANA, address=ROOM)
    await asking

    told = await usage(talk)

    assert "Together: 0.050 € at work" in told
    assert "For 1 of 1 answers (stopped ones among them) their host told no tokens" in told


async def test_a_host_that_tells_no_times_is_timed_here_and_that_is_said() -> None:
    talk = await Timed().opened()
    talk.told_s, talk.takes_s = 0.0, 10.0
    await talk.say("What is an owl?")

    told = await usage(talk)

    assert "Together: 0.010 € at work" in told
    assert "For 1 of 1 answers their host tells no times" in told


async def test_nobody_worked_longer_than_they_were_waited_for() -> None:
    talk = await Timed().opened()
    talk.told_s, talk.takes_s = 5_000.0, 10.0
    await talk.say("What is an owl?")

    assert "Together: 0.010 € at work" in await usage(talk)


async def test_a_host_that_cannot_be_reached_did_nothing() -> None:
    talk = await Timed().opened()
    trouble = Unavailable("error.host_failed", model="falcon:7b", status=500)
    talk.backend.say(Speech(text="", error=trouble))

    with pytest.raises(Unavailable):
        await talk.say("What is an owl?")

    assert await stored(talk) == []


async def test_who_is_forgotten_has_used_nothing_and_the_sums_of_the_workspace_stay() -> None:
    talk = await Timed().opened()
    await talk.say("What is an owl?")
    await talk.command("forget", confirm="yes")

    assert "Nothing is counted" in await usage(talk)
    assert "1 turns" in await usage(talk, of="workspace", person=BOSS)
    assert DANA.id not in repr(talk.store.works)


async def test_export_has_what_ones_answers_took() -> None:
    talk = await Timed().opened()
    await talk.say("What is an owl?")
    await talk.engine.usage.work_book.store()

    exported = (await talk.command("export")).of(Attached)[0].text

    assert '"seconds": 36.0' in exported


async def test_hosted_models_stand_beside_it_mixed_as_ones_own_tokens_are() -> None:
    talk = await Timed(prices=True).opened()
    await talk.say("What is an owl?")
    (work,) = await stored(talk)
    share = work.prompt_tokens / work.tokens

    told = await usage(talk)

    # 2 and 10 dollars, at half a euro.
    assert f"({round(100 * share)} % read, {100 - round(100 * share)} % written)" in told
    assert f"• GPT-6.1 Sol: {share * 1 + (1 - share) * 5:.2f} € (1.00 read, 5.00 written)" in told
    assert "Price list of LiteLLM 1.110.2, 2026-11-01" in told


async def test_prices_in_another_currency_are_shown_and_not_compared() -> None:
    talk = await Timed(replace(EUROS, dollar=None), prices=True).opened()
    await talk.say("What is an owl?")
    answer = await talk.command("usage")

    assert "(2.00 read, 10.00 written)" in read(answer)
    assert "yours is €, so they are not compared" in read(answer)
    picture = answer.of(Figures)[0].picture
    assert isinstance(picture, Bars)
    assert [mark.name for mark in picture.marks] == ["falcon:7b, at work", "falcon:7b, with idle time"]


async def test_where_no_cost_is_known_the_picture_is_of_tokens() -> None:
    talk = await Timed(None, prices=True).opened()
    await talk.say("What is an owl?")
    picture = (await talk.command("usage")).of(Figures)[0].picture

    assert isinstance(picture, Bars)
    assert [mark.name for mark in picture.marks] == ["falcon:7b"]


async def test_admins_read_how_busy_each_host_was() -> None:
    talk = await Timed().opened()
    await talk.say("What is an owl?")

    assert "`fake` was busy 37 % of 0.027 h, which cost 0.096 € in all" in await usage(talk, of="channel", person=BOSS)
    assert "was busy" not in await usage(talk)


async def test_as_a_file_it_has_a_row_for_each_day_and_model_and_each_price() -> None:
    talk = await Timed(prices=True).opened()
    await talk.say("What is an owl?")
    talk.clock.advance(86_400)
    await talk.say("And a bat?")

    (file,) = (await talk.command("usage", as_="csv")).of(Attached)
    rows = list(csv.DictReader(StringIO(file.text.removeprefix("\ufeff"))))

    assert file.name == "usage.csv"
    assert [(row["Kind"], row["Day"], row["Model"]) for row in rows[:2]] == [
        ("own", "2026-11-23", "falcon:7b"),
        ("own", "2026-11-24", "falcon:7b"),
    ]
    assert [row["Cost at work"] for row in rows[:2]] == ["0.036000000", "0.036000000"]
    assert [row["Price of a million read"] for row in rows if row["Model"] == "GPT-6.1 Sol"] == ["1.000000000"]
    assert {row["As of"] for row in rows[2:]} == {"2026-11-01"}


async def test_figures_of_a_file_add_up_to_those_that_are_told() -> None:
    talk = await Timed().opened()
    for day in range(3):
        await talk.say(f"Question {day}")
        await talk.say(f"Hello {day}", person=NOAM)
        talk.clock.advance(86_400)

    (file,) = (await talk.command("usage", of="workspace", person=BOSS, as_="csv")).of(Attached)
    rows = list(csv.DictReader(StringIO(file.text.removeprefix("\ufeff"))))

    assert sum(int(row["Completions"]) for row in rows) == 6
    assert sum(float(row["Cost at work"]) for row in rows) == pytest.approx(6 * 0.036)


async def test_a_name_that_became_another_model_is_two_rows() -> None:
    talk = await Timed().opened()
    for digest in ("sha256:aaaaaaaaaa", "sha256:bbbbbbbbbb"):
        talk.backend.install(replace(talk.backend.cards["falcon:7b"], digest=digest))
        await talk.command("model list")
        await talk.say(f"Hello, {digest}")

    told = await usage(talk)

    assert "`falcon:7b @aaaaaa`" in told
    assert "`falcon:7b @bbbbbb`" in told


async def test_a_vote_shows_what_each_answer_cost() -> None:
    talk = await Timed().opened()
    answer = await compare(talk, "falcon:7b", "mistral:7b")

    told = read(await pressed(talk, talk.call(answer.of(Offer)[-1].buttons[0])))

    assert told.count("its host worked on it for 0.036 €") == 2


async def test_a_vote_on_answers_of_unknown_cost_tells_none() -> None:
    talk = await Timed(None).opened()
    answer = await compare(talk, "falcon:7b", "mistral:7b")

    assert "worked on it" not in read(await pressed(talk, talk.call(answer.of(Offer)[-1].buttons[0])))


async def voted_on(talk: Timed, *, times: int = 1) -> None:
    """Have two models compared and voted on, the slower one of which costs more."""
    for number in range(times):
        answer = await compare(talk, "falcon:7b", "mistral:7b", prompt=f"Question {number}")
        turn = answer.of(Offer)[-1].buttons[0].arguments["turn"]
        await talk.command("vote", turn=turn, ballot="a")


async def test_the_leaderboard_shows_what_tokens_of_each_model_cost() -> None:
    talk = await Timed().opened()
    await voted_on(talk)
    board = await talk.command("model leaderboard")
    figures = board.of(Figures)[0]
    prices = {work.model: 0.036 / work.tokens * 1e6 for work in await stored(talk)}

    assert "€ a million tokens, at work" in read(board)
    assert isinstance(figures.picture, Scatter)
    assert {mark.name: mark.x for mark in figures.picture.marks} == pytest.approx(prices)
    assert len(figures.table.titles) == len(figures.table.rows[0]) == 9


async def test_the_leaderboard_says_nothing_of_costs_that_nobody_knows() -> None:
    talk = await Timed(None).opened()
    await voted_on(talk)
    board = await talk.command("model leaderboard")

    assert "a million" not in read(board)
    assert isinstance(board.of(Figures)[0].picture, Bars)


async def test_what_the_store_did_not_take_is_stored_later() -> None:
    talk = await Timed().opened()
    await talk.say("What is an owl?")
    talk.store.broken = Unavailable("error.storage_busy")
    await talk.engine.usage.work_book.store_if_possible()
    talk.store.broken = None

    assert "1 turns" in await usage(talk)
    assert len(await stored(talk)) == 1


async def test_a_store_in_trouble_stops_no_start_and_counting_begins_once_it_is_over() -> None:
    talk = Timed()
    talk.notes.broken = Unavailable("error.storage_busy")
    book = talk.engine.usage.work_book
    await book.open_if_possible()
    talk.notes.broken = None
    talk.clock.advance(60)
    clock = SetClock()
    storing = asyncio.create_task(WorkBook(work_log=talk.work_log, notes=talk.notes, clock=clock).keep_storing())
    await until(lambda: len(clock.waits) > 2)
    storing.cancel()

    assert await book.since() == NOON + timedelta(seconds=2)


async def test_of_many_models_those_with_most_tokens_are_told_and_all_are_in_the_file() -> None:
    talk = await Timed().opened()
    for number in range(12):
        talk.backend.install(card(f"model{number}:7b"))
        await talk.command("model use", name=f"model{number}:7b")
        await talk.say("Hello " * (number + 1))
    told = await talk.command("usage")
    (file,) = (await talk.command("usage", as_="csv")).of(Attached)

    assert read(told).count("A million:") == 8
    assert "… and 4 more: the CSV file has all" in read(told)
    assert "`model11:7b`" in read(told)
    assert "`model0:7b`" not in read(told)
    assert "model0:7b" in file.text


async def test_a_summary_is_the_workspaces_and_nobodys() -> None:
    talk = await Timed().opened()
    await talk.say("What is an owl?")
    await stored(talk)
    work = talk.store.works[0]
    talk.store.works.append(
        replace(work, account=work.account.of_nobody, ended_at=work.ended_at + timedelta(seconds=1))
    )

    talk.clock.advance(2)

    assert f"1 turns, {work.tokens} tokens" in await usage(talk)
    told = await usage(talk, of="workspace", person=BOSS)
    assert f"1 turns, {2 * work.tokens} tokens" in told


async def test_the_operators_lists_hold_for_it_as_for_all() -> None:
    talk = Talk(access=Access(blocked=frozenset({f"lab:{DANA.id}"})))

    with pytest.raises(UserError) as refused:
        await talk.command("usage")

    assert refused.value.key == "error.blocked"


@pytest.mark.parametrize("days", ["0", "367", "-1", "many", "1e3", "٣"])
async def test_days_that_are_none_are_refused_with_what_can_be(days: str) -> None:
    with pytest.raises(UserError) as refused:
        await Talk().command("usage", days=days)

    assert (refused.value.key, refused.value.parameters["wanted"]) == ("error.option_wrong", "1–366")


@pytest.mark.parametrize(
    ("typed", "arguments"),
    [
        ("", {}),
        ("channel", {"of": "channel"}),
        ("30", {"days": "30"}),
        ("workspace 30", {"of": "workspace", "days": "30"}),
        ("30 Workspace", {"of": "workspace", "days": "30"}),
        ("days 30", {"days": "30"}),
        ("of:channel days:3 as:csv", {"of": "channel", "days": "3", "as": "csv"}),
        ("csv 3 me", {"of": "me", "days": "3", "as": "csv"}),
    ],
)
def test_it_is_typed_in_any_order(typed: str, arguments: dict[str, str]) -> None:
    assert parse_slash("usage", typed) == ("usage", arguments)


@pytest.mark.parametrize(
    ("typed", "key", "word"),
    [("0", "error.option_wrong", "days"), ("400", "error.option_wrong", "days"), ("all", "error.option_wrong", "of")],
)
def test_what_is_typed_wrong_is_told_of_the_option_that_was_meant(typed: str, key: str, word: str) -> None:
    with pytest.raises(UserError) as refused:
        parse_slash("usage", typed)

    assert (refused.value.key, refused.value.parameters["option"]) == (key, word)


async def test_it_is_told_in_the_readers_language() -> None:
    talk = await Timed().opened()
    dana = Person(DANA.id, "Dana", locale="he")
    await talk.say("מה זה ינשוף?", person=dana)
    answer = await talk.command("usage", person=dana)

    assert all("{" not in sentence(notice, "he") for notice in answer.of(Notice))
    picture = answer.of(Figures)[0].picture
    assert isinstance(picture, Bars)
    assert picture.marks[0].name == "falcon:7b, בעבודה"
