"""What changes among the models is noticed, told to admins once, and mended with one press."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain import Address, ModelCard, Notice
from bot.domain.model_news import HostModels, KnownModel, NewsKind, judge
from bot.domain.open_models import ModelFacts, OpenModel
from bot.engine.access import Access
from bot.engine.engine import Engine
from bot.engine.model_watch import GONE_AFTER_S
from bot.errors import Unavailable, UserError
from bot.i18n import LOCALES, sentence
from bot.ports import PairVote
from tests.clocks import NOON, SetClock
from tests.engine.talk import BOSS, DANA, NOAM, ROOM, Heard, Talk
from tests.fakes import card
from tests.memory import FakeMembers

ELSEWHERE = Address("lab", "W2", "C9")
CHIEF = Access(admins=frozenset({"lab:U9"}))


class Retiring:
    """A catalogue that knows when a model is retired."""

    def __init__(self, name: str, day: date) -> None:
        self.entry = OpenModel(id=name, name=name, family=name, tag=name, tasks=("chat",), retires=day)
        self.facts = ModelFacts(version=date.min, sources={}, models=(self.entry,))

    def find(self, name: str) -> OpenModel | None:
        return self.entry if name == self.entry.name else None

    def entry_of(self, card: ModelCard) -> OpenModel | None:
        return self.find(card.name)


def talk_with(**more: Any) -> Talk:
    talk = Talk(clock=SetClock(), **more)
    for name, each in talk.backend.cards.items():
        talk.backend.cards[name] = replace(each, digest=f"{name} 1", licence="mit")
    return talk


def clock_of(talk: Talk) -> SetClock:
    clock = talk.store.clock
    assert isinstance(clock, SetClock)
    return clock


async def look(engine: Engine) -> None:
    assert engine.upkeep is not None
    await engine.upkeep.watch.look()


def said(answer: Heard, locale: str = "en") -> list[str]:
    return [sentence(notice, locale) for notice in answer.of(Notice)]


def news_in(answer: Heard) -> list[str]:
    return [key for key in answer.notices if key.startswith("news.")]


async def leave(talk: Talk, *names: str) -> None:
    """Have models leave the host for good, as the watch sees it."""
    await look(talk.engine)
    for name in names:
        talk.backend.remove(name)
    await look(talk.engine)
    clock_of(talk).advance(GONE_AFTER_S + 1)
    await look(talk.engine)


async def test_an_admin_is_told_beside_their_next_command_and_nobody_else_is() -> None:
    talk = talk_with()
    await look(talk.engine)
    talk.backend.install(replace(talk.backend.cards["falcon:7b"], digest="falcon:7b 2"))
    await look(talk.engine)
    hers = await talk.command("model why")
    first = await talk.command("model why", person=BOSS)
    second = await talk.command("model why", person=BOSS)

    assert news_in(hers) == []
    assert news_in(first) == ["news.head", "news.moved"]
    assert news_in(second) == []


async def test_of_two_processes_one_tells_it() -> None:
    talk = talk_with()
    other = talk.another_process("second")
    for engine in (talk.engine, other):
        await look(engine)
    talk.backend.install(replace(talk.backend.cards["falcon:7b"], digest="falcon:7b 2"))
    for engine in (talk.engine, other):
        await look(engine)
    first = await talk.command("model why", person=BOSS)
    talk.engine = other
    second = await talk.command("model why", person=BOSS)
    third = await talk.command("model why", person=replace(BOSS, id="U8"))

    assert [news_in(each) for each in (first, second, third)] == [["news.head", "news.moved"], [], []]


async def test_after_a_restart_nothing_is_noticed_or_told_a_second_time() -> None:
    talk = talk_with()
    await look(talk.engine)
    talk.backend.install(replace(talk.backend.cards["falcon:7b"], digest="falcon:7b 2"))
    await look(talk.engine)
    await talk.command("model why", person=BOSS)
    talk.engine = talk.another_process("restarted")
    clock_of(talk).advance(3600)
    await look(talk.engine)

    assert news_in(await talk.command("model why", person=BOSS)) == []


async def test_each_workspace_is_told_once() -> None:
    talk = talk_with()
    await look(talk.engine)
    talk.backend.install(replace(talk.backend.cards["falcon:7b"], licence="llama"))
    await look(talk.engine)
    here, there = [await talk.command("model why", person=BOSS, at=at) for at in (ROOM, ELSEWHERE)]

    assert [news_in(each) for each in (here, there)] == [["news.head", "news.relicensed"]] * 2


async def test_ten_things_at_once_are_one_message_of_a_phones_length() -> None:
    talk = talk_with()
    talk.backend.install(*(replace(card(f"m{number}:1b"), digest="1") for number in range(12)))
    await look(talk.engine)
    talk.backend.install(*(replace(card(f"m{number}:1b"), digest="2") for number in range(12)))
    await look(talk.engine)
    told = await talk.command("model why", person=BOSS)

    assert news_in(told) == ["news.head", *["news.moved"] * 8, "news.more"]
    assert news_in(await talk.command("model why", person=BOSS)) == []
    assert len(news_in(await talk.command("model news"))) == 13


@pytest.mark.parametrize("locale", LOCALES)
async def test_whatever_models_are_called_the_message_is_one_on_every_platform(locale: str) -> None:
    talk = talk_with()
    names = [f"hf.co/some-long-organisation/some-long-model-{number}-instruct-gguf:q4_k_m" for number in range(12)]
    talk.backend.install(*(replace(card(name), digest="1") for name in (*names, names[0].replace("0", "x"))))
    for name in names:
        await talk.command("model use", name=name, person=replace(NOAM, id=name[-30:-18]))
    await leave(talk, *names)
    told = await talk.command("model why", person=BOSS)
    lines = [sentence(notice, locale) for notice in told.of(Notice) if notice.key.startswith("news.")]

    assert len("\n".join(lines)) < 1_900
    assert told.notices[-1] == "news.more"


async def test_a_demonstration_model_that_steps_aside_is_no_news() -> None:
    talk = talk_with()
    talk.backend.install(replace(card("demo"), is_demonstration=True))
    await leave(talk, "demo")

    assert talk.news.noted == []


async def test_a_host_that_is_down_for_an_hour_and_comes_back_took_no_model_away() -> None:
    talk = talk_with()
    await look(talk.engine)
    talk.backend.down = Unavailable("error.host_unreachable")
    for _ in range(60):
        clock_of(talk).advance(60)
        await look(talk.engine)
    talk.backend.down = None
    await look(talk.engine)

    assert talk.news.noted == []


async def test_a_model_that_is_pulled_anew_has_not_left() -> None:
    talk = talk_with()
    await look(talk.engine)
    gone = talk.backend.cards.pop("falcon:7b")
    await look(talk.engine)
    clock_of(talk).advance(GONE_AFTER_S - 60)
    talk.backend.install(gone)
    await look(talk.engine)
    clock_of(talk).advance(3600)
    await look(talk.engine)

    assert talk.news.noted == []


async def test_a_model_that_left_is_told_with_what_can_take_its_place_and_a_press_moves_every_choice() -> None:
    talk = talk_with()
    members = FakeMembers()
    members.admins.add(("U9", "W1"))
    talk.engine.authority.ask("lab", members)
    for level, person in (("me", NOAM), ("channel", BOSS), ("workspace", BOSS)):
        await talk.command("model use", name="falcon:7b", for_=level, person=person)
    await talk.command("model use", name="falcon:7b", for_="me", person=NOAM, at=ELSEWHERE)
    await leave(talk, "falcon:7b")
    told = await talk.command("model why", person=BOSS)
    done = await talk.press_under(told, "replace", person=BOSS)

    assert news_in(told) == ["news.head", "news.left", "news.stand_in"]
    assert "Choices that name it: 3." in said(told)[-1]
    assert "Choices moved: 3." in said(done)[0]
    assert {choice.model for choice in await talk.choices.chain(ROOM, NOAM.id)} == {"mistral:7b"}
    assert {choice.model for choice in await talk.choices.chain(ELSEWHERE, NOAM.id)} == {"falcon:7b"}


async def test_it_is_undone_by_a_press_once_and_what_was_chosen_since_stays() -> None:
    talk = talk_with()
    await talk.command("model use", name="falcon:7b", person=NOAM)
    await talk.command("model use", name="falcon:7b", for_="workspace", person=BOSS)
    done = await talk.command("model replace", old="falcon:7b", new="mistral:7b", person=BOSS)
    await talk.command("model use", name="olmo2:7b", person=NOAM)
    undone = await talk.press_under(done, "undo", person=BOSS)
    with pytest.raises(UserError) as again:
        await talk.press_under(done, "undo", person=BOSS)

    assert "Choices moved back: 1." in said(undone)[0]
    assert again.value.key == "error.nothing_to_undo"
    assert [choice.model for choice in await talk.choices.chain(ROOM, NOAM.id)] == ["olmo2:7b", "falcon:7b"]


@pytest.mark.parametrize(("command", "given"), [("model replace", {"old": "a", "new": "b"}), ("model undo", {})])
async def test_who_is_no_admin_moves_nothing(command: str, given: dict[str, str]) -> None:
    more: Any = given
    with pytest.raises(UserError) as refused:
        await talk_with().command(command, **more)
    assert refused.value.key == "error.admin_only"


async def test_a_press_by_who_is_no_admin_moves_nothing() -> None:
    talk = talk_with()
    await talk.command("model use", name="falcon:7b", person=NOAM)
    await leave(talk, "falcon:7b")
    told = await talk.command("model why", person=BOSS)

    with pytest.raises(UserError) as refused:
        await talk.press_under(told, "replace", person=DANA)
    assert refused.value.key == "error.admin_only"


async def test_the_operators_admin_moves_the_choices_of_every_workspace() -> None:
    talk = talk_with(access=CHIEF)
    for at in (ROOM, ELSEWHERE):
        await talk.command("model use", name="falcon:7b", person=NOAM, at=at)
    done = await talk.command("model replace", old="FALCON:7B", new="mistral:7b", person=BOSS)

    assert "Choices moved: 2." in said(done)[0]


async def test_what_was_to_take_its_place_and_left_as_well_is_said_at_the_press() -> None:
    talk = talk_with()
    await talk.command("model use", name="falcon:7b", for_="channel", person=BOSS)
    await leave(talk, "falcon:7b")
    told = await talk.command("model why", person=BOSS)
    talk.backend.remove("mistral:7b")
    talk.backend.remove("olmo2:7b")
    clock_of(talk).advance(1.0)
    with pytest.raises(UserError) as refused:
        await talk.press_under(told, "replace", person=BOSS)

    assert refused.value.key == "error.stand_in_gone"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("mistral:7b", "falcon:7b", "error.nothing_to_replace"),
        ("falcon:7b", "Falcon:7B", "error.same_model"),
        ("falcon:7b", "unknown", "error.model_unknown"),
    ],
)
async def test_what_cannot_be_replaced_is_said(old: str, new: str, key: str) -> None:
    talk = talk_with()
    await talk.command("model use", name="falcon:7b", person=NOAM)

    with pytest.raises(UserError) as refused:
        await talk.command("model replace", old=old, new=new, person=BOSS)
    assert refused.value.key == key


async def test_what_the_team_votes_better_takes_the_place() -> None:
    talk = talk_with()
    votes = [
        PairVote(person_id=f"U{number}", first="olmo2:7b", second="mistral:7b", outcome=1.0, first_digest="olmo2:7b 1")
        for number in range(40)
    ]
    for number, vote in enumerate(votes):
        talk.store.votes.append((number, ("lab", "W1"), vote))
    await talk.command("model use", name="falcon:7b", person=NOAM)
    await leave(talk, "falcon:7b")
    told = said(await talk.command("model why", person=BOSS))

    assert "`olmo2:7b` can take its place" in told[-1]
    assert "votes for it 40, against 0" in told[-1]


async def test_a_retirement_is_told_when_it_is_near_and_on_its_day() -> None:
    talk = talk_with(catalogue=Retiring("falcon:7b", date(2026, 12, 20)))
    keys = []
    for _ in range(40):
        await look(talk.engine)
        keys += news_in(await talk.command("model why", person=BOSS))
        clock_of(talk).advance(86_400)

    assert [key for key in keys if key in {"news.retires", "news.retired"}] == ["news.retires", "news.retired"]


async def test_what_is_as_it_was_again_is_not_told() -> None:
    talk = talk_with()
    await look(talk.engine)
    for digest in ("2", "1"):
        talk.backend.install(replace(talk.backend.cards["falcon:7b"], digest=f"falcon:7b {digest}"))
        await look(talk.engine)

    assert news_in(await talk.command("model why", person=BOSS)) == []


async def test_what_moved_twice_untold_is_told_from_the_first_to_the_last() -> None:
    talk = talk_with()
    await look(talk.engine)
    for digest in ("2", "3"):
        talk.backend.install(replace(talk.backend.cards["falcon:7b"], digest=digest))
        await look(talk.engine)
    (line,) = [line for line in said(await talk.command("model why", person=BOSS)) if "another model" in line]

    assert "`falcon:7b 1` → `3`" in line


@pytest.mark.parametrize("locale", LOCALES)
async def test_every_change_reads_in_every_language(locale: str) -> None:
    talk = talk_with(catalogue=Retiring("olmo2:7b", date(2026, 11, 30)))
    await talk.command("model use", name="falcon:7b", person=NOAM)
    await look(talk.engine)
    talk.backend.install(replace(talk.backend.cards["mistral:7b"], digest="2", licence="llama"))
    await leave(talk, "falcon:7b")
    told = await talk.command("model news")
    lines = said(told, locale)

    assert {key for key in told.notices if key.startswith("news.")} >= {
        "news.moved", "news.relicensed", "news.left", "news.retires", "news.stand_in",
    }  # fmt: skip
    assert all("{" not in line for line in lines)


async def test_where_nothing_changed_that_is_said() -> None:
    assert (await talk_with().command("model news")).notices == ["news.none"]


async def test_news_stand_beside_no_answer_with_buttons_of_its_own() -> None:
    talk = talk_with()
    await talk.command("model use", name="falcon:7b", person=NOAM)
    await leave(talk, "olmo2:7b")
    done = await talk.command("model replace", old="falcon:7b", new="mistral:7b", person=BOSS)

    assert done.labels == ["undo"]
    assert news_in(await talk.command("model why", person=BOSS)) != []


def seen(host: str, *cards: ModelCard) -> HostModels:
    return HostModels(host, cards)


def known(model: str, host: str, digest: str = "1") -> KnownModel:
    return KnownModel(model, host, digest, "mit", NOON)


def kinds(before: list[KnownModel], *now: HostModels) -> list[NewsKind]:
    """Return what is news when the hosts answer so twice, a day apart."""
    first = judge(before, now, now=NOON, gone_after=timedelta(hours=1))
    second = judge(first.known, now, now=NOON + timedelta(days=1), gone_after=timedelta(hours=1))
    return [change.kind for change in (*first.changes, *second.changes)]


def test_a_model_of_a_host_that_is_down_is_waited_for_though_others_answer() -> None:
    before = [known("a", "one"), known("b", "two")]

    assert kinds(before, HostModels("one", None), seen("two", card("b"))) == []


def test_a_model_that_one_host_lost_and_another_has_is_not_gone() -> None:
    before = [known("a", "one"), known("a", "two")]

    assert kinds(before, seen("one"), seen("two", card("a"))) == []


def test_a_model_that_no_host_has_and_one_that_is_down_had_is_waited_for() -> None:
    before = [known("a", "one"), known("a", "two")]

    assert kinds(before, seen("one"), HostModels("two", None)) == []


def test_a_model_that_was_missed_for_a_moment_before_its_host_went_down_is_waited_for() -> None:
    gone_after = timedelta(minutes=10)
    missed = judge([known("a", "one")], [seen("one")], now=NOON, gone_after=gone_after)
    later = NOON + timedelta(days=1)
    down = judge(missed.known, [HostModels("one", None)], now=later, gone_after=gone_after)
    back = judge(down.known, [seen("one")], now=later + timedelta(minutes=1), gone_after=gone_after)

    assert [*missed.changes, *down.changes] == []
    assert [change.kind for change in back.changes] == [NewsKind.LEFT]


def test_a_model_whose_host_is_asked_no_more_has_left() -> None:
    assert kinds([known("a", "one")], seen("two")) == [NewsKind.LEFT]


def test_a_host_that_follows_another_to_its_version_is_no_news() -> None:
    before = [known("a", "one", "1"), known("a", "two", "2")]
    moved = replace(card("a"), digest="2")

    assert kinds(before, seen("one", moved), seen("two", moved)) == []


def test_a_tag_that_moves_on_two_hosts_at_once_moved_once() -> None:
    moved = replace(card("a"), digest="2")

    assert kinds([known("a", "one"), known("a", "two")], seen("one", moved), seen("two", moved)) == [NewsKind.MOVED]


def test_a_card_that_tells_no_digest_and_no_licence_is_no_change() -> None:
    assert kinds([known("a", "one")], seen("one", card("a"))) == []
