"""The buttons under an answer: which there are, who may press them, and what is answered again."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain import Completion, Failed, Offer, TurnState, private_thread
from bot.engine.answer_policy import AnswerPolicy
from bot.errors import Unavailable, UserError
from tests.clocks import SetClock
from tests.engine.talk import BOSS, DANA, NOAM, ROOM, THREAD, Heard, Talk, accepted, heard, until
from tests.fakes import Speech

SHORT = AnswerPolicy(answer_tokens=4)
MINE = replace(ROOM, thread=private_thread(DANA.id))
RATES = ["good", "bad"]


async def refused(talk: Talk, before: Heard, label: str, **how: object) -> str:
    """Press a button that is refused; return why."""
    with pytest.raises(UserError) as error:
        await talk.press_under(before, label, **how)  # type: ignore[arg-type]
    return error.value.key


async def test_an_answer_can_be_made_again_and_rated() -> None:
    answer = await Talk().say("Hi")

    assert answer.labels == ["again", "also", *RATES]
    assert isinstance(answer.parts[-2], Offer)
    assert isinstance(answer.parts[-1], Completion)


async def test_only_an_answer_cut_for_its_length_can_be_continued() -> None:
    talk = Talk(answer_policy=SHORT)
    talk.backend.say("one two three four five six seven")

    assert (await talk.say("Count.")).labels == ["again", "continue", "also", *RATES]


async def test_a_private_answer_can_be_shown_to_everyone() -> None:
    assert (await Talk().say("Hi", at=MINE, direct=True)).labels == ["again", "also", *RATES, "publish"]


async def test_only_the_button_that_says_not_good_asks_why() -> None:
    answer = await Talk().say("Hi")
    asks = {button.command: button.asks for button in answer.of(Offer)[-1].buttons if button.asks}

    assert asks == {"also": "name", "rate": "reason"}
    assert answer.button("good").asks == ""


async def test_trouble_that_may_pass_offers_another_try_and_the_question_is_answered() -> None:
    talk = Talk()
    talk.backend.say(Speech(error=Unavailable("error.host_silent", host="fake", model="m")))
    failed = Heard()
    with pytest.raises(Unavailable):
        await heard(talk.engine.reply(await talk.accept("Count to 3.")), failed)

    answer = await talk.press_under(failed, "try_again")

    assert failed.labels == ["try_again"]
    assert isinstance(failed.parts[-1], Failed)
    assert "Count to 3." in talk.prompts()[-1][-1]
    assert answer.labels == ["again", "also", *RATES]


async def test_trouble_the_person_must_mend_offers_nothing() -> None:
    talk, failed = Talk(), Heard()
    talk.backend.cards.clear()
    with pytest.raises(UserError):
        await heard(talk.engine.reply(await talk.accept("Hi")), failed)

    assert failed.labels == []


async def test_an_answer_stopped_before_its_first_word_offers_nothing() -> None:
    talk, got = Talk(), Heard()
    talk.backend.say(Speech(text="one", holds=True))
    hearing = asyncio.create_task(heard(talk.engine.reply(await talk.accept("Count.")), got))
    await until(lambda: talk.backend.running)
    await talk.command("stop")
    await asyncio.wait_for(hearing, timeout=5)

    assert got.labels == []


async def test_an_answer_stopped_in_the_middle_can_be_made_again() -> None:
    talk, got = Talk(), Heard()
    talk.backend.say(Speech(text="one two three", holds=True, after=2))
    hearing = asyncio.create_task(heard(talk.engine.reply(await talk.accept("Count.")), got))
    await until(lambda: got.text)
    await talk.command("stop")
    await asyncio.wait_for(hearing, timeout=5)
    talk.backend.say("one two three four")

    assert got.labels == ["again", "also", *RATES]
    assert (await talk.press_under(got, "again")).text == "one two three four"


async def test_made_again_a_question_is_read_as_it_was_the_first_time() -> None:
    talk = Talk()
    talk.backend.say("Noted.", "Blue.", "Later.", "Green.")
    await talk.say("My name is Dana.")
    answer = await talk.say("Name a colour.")
    await talk.say("Thanks.")

    again = await talk.press_under(answer, "again")

    assert again.text == "Green."
    assert talk.prompts()[-1] == talk.prompts()[1]


async def test_only_the_newest_answer_stays_in_the_conversation_and_in_its_place() -> None:
    talk = Talk()
    talk.backend.say("Blue.", "Welcome.", "Green.")
    answer = await talk.say("Name a colour.")
    await talk.say("Thanks.")
    again = await talk.press_under(answer, "again")
    talk.backend.say("Red.")
    await talk.press_under(again, "again")
    await talk.say("Which was it?")

    assert talk.prompts()[-1][1:] == [
        "Dana: Name a colour.", "Red.", "Dana: Thanks.", "Welcome.", "Dana: Which was it?"
    ]  # fmt: skip


async def test_another_try_that_fails_leaves_the_answer_that_was_there() -> None:
    talk = Talk()
    talk.backend.say("Blue.", Speech(error=Unavailable("error.host_silent", host="fake", model="m")))
    answer = await talk.say("Name a colour.")
    with pytest.raises(Unavailable):
        await talk.press_under(answer, "again")
    await talk.say("Which was it?")

    assert talk.prompts()[-1][1:3] == ["Dana: Name a colour.", "Blue."]


async def test_an_answer_goes_on_where_it_ended_and_is_one_answer_afterwards() -> None:
    talk = Talk(answer_policy=SHORT)
    talk.backend.say("one two three four five", "five six")
    answer = await talk.say("Count.")
    more = await talk.press_under(answer, "continue")
    asked = talk.prompts()[-1]
    await talk.say("And then?")

    assert asked[1:3] == ["Dana: Count.", answer.text]
    assert more.text == "five six"
    assert talk.prompts()[-1][1:3] == ["Dana: Count.", f"{answer.text.rstrip()} five six"]


async def test_a_continued_answer_is_made_again_as_a_whole() -> None:
    talk = Talk(answer_policy=SHORT)
    talk.backend.say("one two three four five", "five six", "All.")
    answer = await talk.say("Count.")
    more = await talk.press_under(answer, "continue")
    await talk.press_under(more, "again")
    await talk.say("And then?")

    assert talk.prompts()[-2] == talk.prompts()[0]
    assert talk.prompts()[-1][1:3] == ["Dana: Count.", "All."]


async def test_an_answer_that_was_replaced_is_not_continued() -> None:
    talk = Talk(answer_policy=SHORT)
    talk.backend.say("one two three four five", "Short.")
    answer = await talk.say("Count.")
    await talk.press_under(answer, "again")

    assert await refused(talk, answer, "continue") == "error.answer_replaced"


async def test_a_continuation_fits_the_window_however_long_the_answer_has_grown() -> None:
    talk = Talk(answer_policy=AnswerPolicy(context_tokens=400, answer_tokens=100))
    talk.backend.answer = lambda _: "word " * 300
    answer = await talk.say("Count.")
    for _ in range(8):
        answer = await talk.press_under(answer, "continue")

    assert "Count." in talk.prompts()[-1][1]
    assert talk.prompts()[-1][2].startswith("… word")


async def test_after_a_reset_an_answer_made_again_stays_outside_the_context() -> None:
    talk = Talk()
    talk.backend.say("Blue.", "Green.")
    await talk.say("My name is Dana.")
    answer = await talk.say("Name a colour.")
    await talk.command("reset")
    await talk.press_under(answer, "again")
    await talk.say("Which was it?")

    assert talk.prompts()[-2][1:] == ["Dana: Name a colour."]
    assert talk.prompts()[-1][1:] == ["Dana: Which was it?"]


async def test_a_redelivered_press_is_known_also_when_the_answer_is_there() -> None:
    talk = Talk()
    call = talk.call((await talk.say("Hi")).button("again"))
    turn = await accepted(talk.engine, call)
    copies = [await accepted(talk.engine, call), await accepted(talk.another_process("second"), call)]
    assert turn
    await heard(talk.engine.reply(turn))

    assert [*copies, await accepted(talk.engine, call)] == [None, None, None]


async def test_a_second_press_while_the_answer_is_made_makes_no_second_one() -> None:
    talk = Talk(clock=SetClock())
    answer = await talk.say("Hi")
    await accepted(talk.engine, talk.call(answer.button("again")))

    assert await refused(talk, answer, "again") == "error.answer_running"
    assert len(talk.store.open_turns()) == 1


async def test_a_press_before_the_answer_is_over_is_told_so() -> None:
    talk = Talk(clock=SetClock())
    answer = await talk.say("Hi")
    again = replace(answer.button("again"), arguments={"turn": str((await talk.accept("Ho")).id)})

    with pytest.raises(UserError) as told:
        await accepted(talk.engine, talk.call(again))

    assert told.value.key == "error.answer_running"


@pytest.mark.parametrize("label", ["again", *RATES])
async def test_a_press_as_soon_as_the_end_is_read_waits_until_it_is_stored(label: str) -> None:
    talk = Talk()
    button = (await talk.say("Hi")).button(label)
    turn = await talk.accept("Ho")
    press = talk.call(replace(button, arguments={**button.arguments, "turn": str(turn.id)}))
    pressing = asyncio.create_task(
        heard(talk.engine.execute(press)) if label in RATES else accepted(talk.engine, press)
    )
    await asyncio.sleep(0)
    await heard(talk.engine.reply(turn))

    assert await pressing


@pytest.mark.parametrize("label", ["again", "continue"])
async def test_only_the_asker_and_admins_have_it_answered_again(label: str) -> None:
    talk = Talk(answer_policy=SHORT)
    talk.backend.say("one two three four five")
    answer = await talk.say("Count.")

    assert await refused(talk, answer, label, person=NOAM) == "error.not_your_question"
    assert (await talk.press_under(answer, label, person=BOSS)).text


async def test_an_admin_has_the_askers_question_answered_in_the_askers_name() -> None:
    talk = Talk()
    await talk.command("model use", name="mistral:7b")
    answer = await talk.say("Hi")
    await talk.press_under(answer, "again", person=BOSS)

    assert talk.prompts()[-1] == talk.prompts()[0]
    assert talk.backend.requests[-1].model == "mistral:7b"


async def test_what_is_pressed_elsewhere_is_not_there() -> None:
    talk = Talk()
    answer = await talk.say("Hi", at=THREAD)
    elsewhere = [replace(ROOM, workspace="W2"), replace(ROOM, channel="C2"), replace(ROOM, platform="other")]

    assert {await refused(talk, answer, "again", at=at) for at in elsewhere} == {"error.answer_gone"}
    assert {await refused(talk, answer, "good", at=at) for at in elsewhere} == {"error.answer_gone"}


@pytest.mark.parametrize("turn", ["0", "999", "x", "-1", "١", "1" * 40])
async def test_a_button_of_an_answer_nobody_knows_says_so(turn: str) -> None:
    talk = Talk()
    answer = await talk.say("Hi")

    assert await refused(talk, answer, "again", turn=turn) == "error.answer_gone"


async def test_a_withdrawn_question_is_not_answered_again() -> None:
    talk = Talk()
    answer = await talk.say("Hi")
    await talk.engine.withdraw(ROOM, message_id="M1")

    assert await refused(talk, answer, "again") == "error.answer_gone"
    assert await refused(talk, answer, "good") == "error.answer_gone"


async def test_a_question_withdrawn_while_it_is_answered_again_stops_the_answer_and_leaves_nothing() -> None:
    talk, got = Talk(), Heard()
    answer = await talk.say("Count.")
    talk.backend.say(Speech(text="one two three", holds=True, after=2))
    turn = await accepted(talk.engine, talk.call(answer.button("again")))
    assert turn
    hearing = asyncio.create_task(heard(talk.engine.reply(turn), got))
    await until(lambda: got.text)
    await talk.engine.withdraw(ROOM, message_id="M1")
    await asyncio.wait_for(hearing, timeout=5)
    await talk.say("And then?")

    assert talk.prompts()[-1][1:] == ["Dana: And then?"]


async def test_a_turn_made_by_a_button_is_put_under_the_question() -> None:
    talk = Talk()
    message = replace(talk.message("Hi", direct=True), reply_to="M0", lessons_only=True)
    first = await accepted(talk.engine, message)
    assert first
    answer = await heard(talk.engine.reply(first))

    turn = await accepted(talk.engine, talk.call(answer.button("again"), event_id="P1"))

    assert turn
    assert turn.message == replace(message, event_id="P1")
    assert turn.conversation_id == first.conversation_id


async def test_another_process_than_the_one_that_answered_takes_presses() -> None:
    talk = Talk()
    second = talk.another_process("second")
    talk.backend.say("Blue.", "Green.")
    answer = await talk.say("Name a colour.")
    turn = await accepted(second, talk.call(answer.button("again")))
    assert turn
    again = await heard(second.reply(turn))
    await heard(second.execute(talk.call(again.button("good"))))
    await talk.say("Which was it?")

    assert talk.prompts()[-1][2] == "Green."
    assert len(await talk.answers.ratings()) == 1


async def test_another_process_takes_a_press_over_and_answers_it_once() -> None:
    talk = Talk()
    second = talk.another_process("second")
    talk.backend.say("Blue.", "Green.")
    await talk.say("My name is Dana.")
    answer = await talk.say("Name a colour.")
    turn = await accepted(talk.engine, talk.call(answer.button("again")))
    assert turn
    await talk.turns.release(turn.id, worker="first")

    adopted = await second.adopt("lab")
    again = await heard(second.reply(adopted[0]))

    assert adopted == [replace(turn, attempt=1)]
    assert talk.prompts()[-1] == talk.prompts()[1]
    assert again.notices == ["notice.continued"]
    assert talk.store.turns[turn.id].state is TurnState.ANSWERED


async def test_a_process_cancelled_in_the_middle_of_going_on_leaves_it_to_the_next() -> None:
    talk, got = Talk(answer_policy=SHORT), Heard()
    talk.backend.say("one two three four five", Speech(text="five six", holds=True, after=1), "five six")
    answer = await talk.say("Count.")
    turn = await accepted(talk.engine, talk.call(answer.button("continue")))
    assert turn
    answering = asyncio.create_task(heard(talk.engine.reply(turn), got))
    await until(lambda: got.text)
    answering.cancel()
    await asyncio.wait([answering])
    second = talk.another_process("second")
    talk.backend.release()
    (adopted,) = await second.adopt("lab")
    await heard(second.reply(adopted))
    await talk.say("And then?")

    assert talk.prompts()[-1][2] == f"{answer.text.rstrip()} five six"
