"""Discord's refusals by their codes: each ends in the whole answer, or in one sentence about what is at fault."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.discord_scene import MESSAGE, MESSAGES, Scene, set_up
from tests.engine.talk import until
from tests.fakes import Speech
from tests.lab.discord import Message
from tests.lab.hurry import hurrying

POST, PATCH = f"POST {MESSAGES}", f"PATCH {MESSAGE}"
HOOK = "/webhooks/{webhook_id}/{webhook_token}"
CLOSED = "I may not write in"
OWLS = "One owl, two owls."
# Refusals of the place, or of the bot in it, with the status that Discord gives them.
OF_THE_PLACE = [
    (403, 50001),
    (403, 50013),
    (404, 10003),
    (404, 10004),
    (400, 50008),
    (403, 50008),
    (403, 50009),
    (400, 40058),
    (400, 40067),
    (400, 160005),
    (403, 160005),
    (403, 40007),
    (403, 40002),
    (403, 50178),
    (403, 60003),
    (403, 20024),
    (403, 50095),
    (400, 50024),
    (400, 50055),
    (403, 50003),
    (403, 160099),
    (404, 10099),
    (400, 50083),
    (403, 20012),
]
# What passes by itself: trouble in between, or of Discord's own.
PASSING = [
    (403, 0),
    (404, 0),
    (403, 40333),
    (403, 40004),
    (403, 40006),
    (400, 110000),
    (400, 130000),
    (503, 130000),
    (429, 20028),
    (429, 20029),
    (429, 40062),
    (408, 0),
    (409, 0),
    (425, 0),
    (520, 0),
    (522, 0),
    (524, 0),
    (530, 0),
]
# A reply is refused, and a message that is none would be taken.
OF_THE_REFERENCE = [(400, 160002), (403, 160002), (400, 160009), (403, 160009), (400, 160010), (403, 160010)]
# A message can be changed no more; another may be posted.
OF_THE_MESSAGE = [
    (400, 30046),
    (429, 30046),
    (400, 50083),
    (403, 50005),
    (403, 50021),
    (400, 50021),
    (400, 50068),
    (429, 20022),
    (400, 50162),
    (403, 50013),
]
OF_THE_WORDS = [200000, 240000, 20009, 200001]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene, hurrying(scene.lab.clock):
        yield scene


def spoken(scene: Scene) -> list[Message]:
    """Return what the bot said in the channel."""
    return [message for message in scene.lab.wall(scene.channel) if message.author is scene.lab.bot]


async def growing(scene: Scene) -> Message:
    """Let an answer begin, and hold it."""
    scene.backend.say(Speech(OWLS, holds=True, after=2))
    await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
    return await scene.reads("One owl")


async def is_whole_once(scene: Scene) -> None:
    await scene.reads(OWLS)
    await until(lambda: not scene.turns.turns[1].is_open)
    walls = [message for message in spoken(scene) if message.text]

    assert [message.text.startswith(OWLS) for message in walls] == [True]


@pytest.mark.parametrize(("status", "code"), OF_THE_PLACE)
async def test_who_asks_in_a_place_that_is_refused_is_told_directly(scene: Scene, status: int, code: int) -> None:
    scene.channel.refuses = (status, code)
    await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
    await scene.reads(CLOSED, scene.lab.dm(scene.ada))

    assert spoken(scene) == []


@pytest.mark.parametrize(("status", "code"), PASSING)
@pytest.mark.parametrize("route", [POST, PATCH])
async def test_what_passes_costs_no_word(scene: Scene, route: str, status: int, code: int) -> None:
    if route == POST:
        scene.lab.fail_next(route, status=status, code=code, times=2)
    await growing(scene)
    if route == PATCH:
        scene.lab.fail_next(route, status=status, code=code, times=2)
    scene.backend.release()

    await is_whole_once(scene)


@pytest.mark.parametrize(("status", "code"), OF_THE_REFERENCE)
async def test_where_a_reply_is_refused_the_answer_is_none(scene: Scene, status: int, code: int) -> None:
    scene.lab.fail_next(POST, status=status, code=code)
    scene.backend.say(OWLS)
    await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
    await is_whole_once(scene)

    assert spoken(scene)[0].reply_to is None


async def test_where_the_form_of_a_reply_is_refused_the_answer_is_none(scene: Scene) -> None:
    wrong = {"_errors": [{"code": "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", "message": "as ordered"}]}
    scene.lab.fail_next(POST, status=400, code=50035, errors={"message_reference": wrong})
    scene.backend.say(OWLS)
    await scene.lab.say(scene.channel, scene.ada, "count", mention=True)

    await is_whole_once(scene)


@pytest.mark.parametrize(("status", "code"), OF_THE_MESSAGE)
async def test_where_a_message_can_be_changed_no_more_another_is_posted(scene: Scene, status: int, code: int) -> None:
    first = await growing(scene)
    scene.lab.fail_next(PATCH, status=status, code=code, times=8, retry_after=0.01)
    scene.backend.release()
    await is_whole_once(scene)

    assert spoken(scene)[0] is not first


@pytest.mark.parametrize("code", OF_THE_WORDS)
async def test_refused_words_are_told_of_as_refused(scene: Scene, code: int) -> None:
    scene.lab.troubles.moderated["owl"] = code
    scene.backend.say("An owl.")
    await scene.lab.say(scene.channel, scene.ada, "who?", mention=True)

    assert (await scene.answer()).text.startswith("The moderation of this place")


@pytest.mark.parametrize("code", [50035, 50006, 99999, 40005, 0])
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("An owl.", "This place does not take what I would say"),
        ("One fox.\nAn owl.\nTwo foxes.", "because this place does not take it, in any form"),
    ],
)
async def test_what_no_moderation_refuses_is_not_told_of_as_moderated(
    scene: Scene, code: int, answer: str, said: str
) -> None:
    scene.lab.troubles.moderated["owl"] = code
    scene.backend.say(answer)
    await scene.lab.say(scene.channel, scene.ada, "who?", mention=True)
    told = (await scene.answer()).text

    assert "oderation" not in told
    assert said in told


@pytest.mark.parametrize(("status", "code"), [(404, 10015), (401, 50027), (404, 10062), (404, 10008), (403, 50013)])
async def test_an_answer_whose_token_has_ended_goes_on_by_letter(scene: Scene, status: int, code: int) -> None:
    await scene.registered()
    scene.backend.say(Speech(OWLS, holds=True, after=2))
    await scene.lab.slash(scene.channel, scene.ada, "ask", options={"question": "count", "private": "yes"})
    await scene.lab.wall_reads(scene.channel, lambda wall: "One owl" in wall[-1].text, reader=scene.ada)
    for route in (f"PATCH {HOOK}/messages/{{message_id}}", f"POST {HOOK}"):
        scene.lab.fail_next(route, status=status, code=code, times=9)
    scene.backend.release()

    assert await scene.reads(OWLS, scene.lab.dm(scene.ada))


async def test_where_no_sentence_is_taken_who_asked_is_told_directly(scene: Scene) -> None:
    scene.channel.refuses = (400, 200000)
    await scene.lab.say(scene.channel, scene.ada, "who?", mention=True)

    assert await scene.reads("Nothing of what I would say is taken in", scene.lab.dm(scene.ada))
