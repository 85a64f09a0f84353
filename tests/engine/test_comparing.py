from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import count

import pytest

from bot.clock import SYSTEM_CLOCK
from bot.domain import ChatRequest, CommandCall, Completion, Delta, Figures, Notice, Offer, State
from bot.engine.command_parsing import parse_slash
from bot.engine.comparing import shuffled
from bot.engine.intake import TakenTurn
from bot.errors import Unavailable, UserError
from bot.i18n import sentence
from tests.engine.talk import BOSS, DANA, NOAM, ROOM, Heard, Talk, heard, until
from tests.fakes import FakeBackend, Speech, card

MODELS = ("falcon:7b", "mistral:7b", "olmo2:7b")


EVENTS = count(1)


async def compare(talk: Talk, *names: str, prompt: str = "What is an owl?") -> Heard:
    """Call /model compare with these models and hear the answer."""
    labels = dict(zip(("first", "second", "third"), names, strict=False))
    call = CommandCall(
        event_id=f"compare {next(EVENTS)}",
        address=ROOM,
        person=DANA,
        command="model compare",
        arguments={**labels, "question": prompt},
    )
    taken = await talk.engine.take(call)
    assert isinstance(taken, TakenTurn)
    return await heard(talk.engine.reply(taken.turn))


async def pressed(talk: Talk, call: CommandCall) -> Heard:
    """Press a button and hear what is said to whoever did."""
    return await heard(talk.engine.execute(call))


def fails(talk: Talk, *models: str) -> None:
    """Let these models break off before their first word."""

    def answer(request: ChatRequest) -> str | Speech:
        trouble = Unavailable("error.host_failed", model=request.model, status=500)
        return Speech(text="", error=trouble) if request.model in models else "An owl is a bird."

    talk.backend.answer = answer


def shown(answer: Heard) -> str:
    """All that a person reads of a reply, in words."""
    return "\n".join(
        part.text if isinstance(part, Delta) else sentence(part, "en") if isinstance(part, Notice) else repr(part)
        for part in answer.parts
    )


def said(answer: Heard) -> str:
    told = [line for figures in answer.of(Figures) for line in figures.told]
    return "\n".join(sentence(notice, "en") for notice in [*told, *answer.of(Notice)])


async def test_two_models_answer_side_by_side_and_nobody_sees_whose_answer_is_whose() -> None:
    talk = Talk()
    talk.backend.say("Owls are birds.")
    talk.backend.say("An owl hunts at night.")

    answer = await compare(talk, "falcon:7b", "mistral:7b")

    assert "Owls are birds." in answer.text
    assert "An owl hunts at night." in answer.text
    assert answer.text.startswith("**A**")
    assert "**B**" in answer.text
    assert {request.model for request in talk.backend.requests} == {"falcon:7b", "mistral:7b"}
    assert not any(name in shown(answer) for name in MODELS)
    assert answer.of(Completion)[-1].model == ""
    assert [button.arguments["ballot"] for button in answer.of(Offer)[-1].buttons] == ["a", "b", "tie", "bad"]


async def test_words_come_all_at_once_as_speed_would_tell_whose_they_are() -> None:
    answer = await compare(Talk(), "falcon:7b", "mistral:7b", "olmo2:7b")

    assert len(answer.of(Delta)) == 1
    assert [part.parameters["number"] for part in answer.of(State) if part.doing == "comparing"] == [1, 2, 3]


async def test_every_model_reads_the_same_prompt() -> None:
    talk = Talk()
    await talk.say("My owl is called Mia.")

    await compare(talk, "falcon:7b", "mistral:7b", prompt="What is it called?")

    first, second = talk.backend.requests[-2:]
    assert first.prompt == second.prompt
    assert any("Mia" in message.content for message in first.prompt)


async def test_a_vote_shows_its_voter_whose_the_answers_were_and_counts_once() -> None:
    talk = Talk()
    answer = await compare(talk, "falcon:7b", "mistral:7b")
    button = answer.of(Offer)[-1].buttons[0]

    first = await pressed(talk, talk.call(button))
    again = await pressed(talk, talk.call(answer.of(Offer)[-1].buttons[1]))
    others = await pressed(talk, talk.call(button, person=NOAM))

    assert "vote.done" in first.notices
    assert "falcon:7b" in said(first)
    assert "mistral:7b" in said(first)
    assert "vote.already" in again.notices
    assert "vote.done" in others.notices
    votes = await talk.comparisons.votes("lab", "W1")
    assert [(vote.person_id, vote.outcome) for vote in votes] == [(DANA.id, 1.0), (NOAM.id, 1.0)]
    compared = await talk.comparisons.answers(int(button.arguments["turn"]))
    assert votes[0].first == compared[0].model


@pytest.mark.parametrize(("ballot", "outcomes"), [("b", {0.0, 1.0}), ("tie", {0.5}), ("bad", {0.5})])
async def test_a_vote_on_three_says_something_of_each_pair_it_is_about(ballot: str, outcomes: set[float]) -> None:
    talk = Talk()
    answer = await compare(talk, *MODELS)
    button = next(each for each in answer.of(Offer)[-1].buttons if each.arguments["ballot"] == ballot)

    await pressed(talk, talk.call(button, reason="Both rambled."))
    votes = await talk.comparisons.votes("lab", "W1")

    assert len(votes) == (2 if ballot == "b" else 3)
    assert {vote.outcome for vote in votes} == outcomes
    assert {vote.reason for vote in votes} == {"Both rambled."}


async def test_a_stranger_to_the_channel_can_neither_vote_nor_see() -> None:
    talk = Talk()
    answer = await compare(talk, "falcon:7b", "mistral:7b")
    elsewhere = ROOM.__class__("lab", "W1", "C9")

    with pytest.raises(UserError) as refused:
        await pressed(talk, talk.call(answer.of(Offer)[-1].buttons[0], person=NOAM, at=elsewhere))

    assert refused.value.key == "error.answer_gone"
    assert await talk.comparisons.votes("lab", "W1") == []


@pytest.mark.parametrize("ballot", ["c", "z", ""])
async def test_a_forged_ballot_is_none(ballot: str) -> None:
    talk = Talk()
    answer = await compare(talk, "falcon:7b", "mistral:7b")
    call = talk.call(answer.of(Offer)[-1].buttons[0])

    with pytest.raises(UserError):
        await talk.command("vote", turn=call.arguments["turn"], ballot=ballot)

    assert await talk.comparisons.votes("lab", "W1") == []


async def test_an_ordinary_answer_cannot_be_voted_on() -> None:
    talk = Talk()
    answer = await talk.say("Hi")

    with pytest.raises(UserError) as refused:
        await talk.command("vote", turn=answer.button("good").arguments["turn"], ballot="a")

    assert refused.value.key == "error.answer_gone"


async def test_one_model_that_fails_leaves_the_others_answer_and_no_ballot() -> None:
    talk = Talk()
    fails(talk, "falcon:7b")

    answer = await compare(talk, "falcon:7b", "mistral:7b")

    assert "gave no answer" in answer.text
    assert answer.of(Offer) == []


async def test_where_all_fail_the_reason_is_told() -> None:
    talk = Talk()
    fails(talk, "falcon:7b", "mistral:7b")

    with pytest.raises(Unavailable) as failed:
        await compare(talk, "falcon:7b", "mistral:7b")

    assert failed.value.key == "error.host_failed"


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("falcon:7b", "mistral:8b"), "error.model_unknown_near"),
        (("falcon:7b", "nosuch"), "error.model_unknown"),
        (("falcon:7b", "FALCON:7b"), "error.compare_one"),
    ],
)
async def test_models_that_cannot_be_compared_are_named(names: tuple[str, ...], key: str) -> None:
    with pytest.raises(UserError) as refused:
        await compare(Talk(), *names)

    assert refused.value.key == key


async def test_the_loaded_model_is_asked_first_whatever_its_label() -> None:
    for seed in range(6):
        talk = Talk()
        talk.backend = FakeBackend(card("falcon:7b"), card("mistral:7b", is_loaded=True))
        talk.engine = talk.another_process(f"process {seed}")
        await compare(talk, "falcon:7b", "mistral:7b", prompt=f"Question {seed}")

        assert [request.model for request in talk.backend.requests] == ["mistral:7b", "falcon:7b"]


def test_each_model_is_as_often_the_first() -> None:
    cards = [card(name) for name in MODELS]
    firsts = [shuffled(cards, seed=f"event {number}")[0].name for number in range(600)]

    assert all(150 < firsts.count(name) < 250 for name in MODELS)
    assert shuffled(cards, seed="x") == shuffled(list(reversed(cards)), seed="x")


async def test_an_answer_from_elsewhere_is_marked_though_not_whose_it_is() -> None:
    talk = Talk()
    talk.backend.install(replace(card("falcon:7b"), is_remote=True))

    answer = await compare(talk, "falcon:7b", "mistral:7b")

    assert "compare.remote" in answer.notices
    assert not any(name in shown(answer) for name in MODELS)


async def test_stop_ends_a_comparison_with_what_there_is() -> None:
    talk = Talk()
    talk.backend.say("First answer.")
    talk.backend.say(Speech(text="never ends", holds=True, after=0))
    asking = asyncio.create_task(compare(talk, "falcon:7b", "mistral:7b"))
    await until(lambda: len(talk.backend.requests) == 2 and talk.backend.running)

    await talk.engine.stop_here(person=DANA, address=ROOM)
    answer = await asking

    assert "First answer." in answer.text
    assert answer.of(Offer) == []


async def test_votes_make_a_leaderboard_of_the_workspace() -> None:
    talk = Talk()
    for number in range(12):
        answer = await compare(talk, "falcon:7b", "mistral:7b", prompt=f"Question {number}")
        turn = int(answer.of(Offer)[-1].buttons[0].arguments["turn"])
        compared = await talk.comparisons.answers(turn)
        better = next(each.label for each in compared if each.model == "mistral:7b")
        for person in (DANA, NOAM, BOSS):
            await talk.command("vote", person=person, turn=str(turn), ballot=better)

    board = said(await talk.command("model leaderboard"))
    elsewhere = await talk.command("model leaderboard", at=ROOM.__class__("lab", "W2", "C1"))

    assert board.index("1. **`mistral:7b`**") < board.index("2. **`falcon:7b`**")
    assert "36 won, 0 lost" in board
    assert "leaderboard.none" in elsewhere.notices


async def test_votes_on_few_answers_tell_nobody_apart() -> None:
    talk = Talk()
    answer = await compare(talk, "falcon:7b", "mistral:7b")
    await pressed(talk, talk.call(answer.of(Offer)[-1].buttons[0]))

    board = said(await talk.command("model leaderboard"))

    assert board.count("1. **`") == 2
    assert "not told apart yet" in board


def test_a_comparison_is_typed_with_its_models_first() -> None:
    assert parse_slash("model", "compare falcon:7b mistral:7b what is an owl?") == (
        "model compare",
        {"first": "falcon:7b", "second": "mistral:7b", "question": "what is an owl?"},
    )
    assert parse_slash("model", "compare a b what is it third:c")[1]["third"] == "c"


async def test_times_are_those_of_the_answers() -> None:
    talk = Talk(clock=SYSTEM_CLOCK)
    answer = await compare(talk, "falcon:7b", "mistral:7b")
    compared = await talk.comparisons.answers(int(answer.of(Offer)[-1].buttons[0].arguments["turn"]))

    assert [each.label for each in compared] == ["a", "b"]
    assert all(each.chars > 0 for each in compared)
