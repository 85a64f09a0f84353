"""What every platform promises who asked a process of the bot that has ended."""

from __future__ import annotations

import pytest

from bot.i18n import text
from tests.contracts.scenes import ADA, Stage, on_every
from tests.contracts.scenes.acts import AGAIN, GOOD, OWLS, answered

CONTINUED = text("notice.continued", "en")


class TestTurnsOfEndedProcesses:
    @on_every("idle", "takeover")
    @pytest.mark.parametrize("noted", [True, False], ids=["noted", "not noted"])
    async def test_an_answer_goes_on_in_its_message(self, idle: Stage, *, noted: bool) -> None:
        asked = await idle.say(ADA, "count owls")
        async with idle.ended(asked) as ended:
            growing = await ended.posts("One owl", noted=noted)
        idle.backend.say(OWLS)
        async with idle.running():
            await idle.take_over()
            answer = await idle.reads(CONTINUED)

        assert answer.handle is growing
        assert answer.text == f"{OWLS}\n\n{idle.footnote.format(CONTINUED)}"
        assert (len(idle.wall()), answer.rung) == (1, idle.rung_by(ADA))

    @on_every("idle", "takeover")
    async def test_where_nothing_was_posted_it_is_answered_as_if_new(self, idle: Stage) -> None:
        asked = await idle.say(ADA, "count owls")
        async with idle.ended(asked):
            pass
        idle.backend.say(OWLS)
        async with idle.running():
            await idle.take_over()

            assert (await idle.reads(OWLS)).text.startswith(OWLS)
        assert len(idle.wall()) == 1

    @on_every("idle", "takeover")
    async def test_a_shorter_answer_leaves_no_rest_of_a_longer_one(self, idle: Stage) -> None:
        asked = await idle.say(ADA, "count owls")
        async with idle.ended(asked) as ended:
            first = await ended.posts("word 1")
            await ended.posts("word 2", index=1)
        idle.backend.say(OWLS)
        async with idle.running():
            await idle.take_over()
            await idle.reads(CONTINUED)
            await idle.until(lambda: len(idle.wall()) == 1)

        assert idle.wall()[0].handle is first

    @on_every("idle", "takeover")
    async def test_a_message_that_somebody_deleted_is_posted_anew(self, idle: Stage) -> None:
        asked = await idle.say(ADA, "count owls")
        async with idle.ended(asked) as ended:
            await idle.delete(await ended.posts("One owl"))
        idle.backend.say(OWLS)
        async with idle.running():
            await idle.take_over()
            await idle.reads(CONTINUED)

        assert len(idle.wall()) == 1


@on_every("idle", "takeover", "buttons under answers")
async def test_the_buttons_of_old_answers_work_after_a_restart(idle: Stage) -> None:
    async with idle.running():
        answer = await answered(idle)
        await idle.until(lambda: not idle.turns.turns[1].is_open)
    idle.backend.say("In old trees.")
    async with idle.restarted():
        await idle.press(ADA, answer, AGAIN)
        await idle.reads("In old trees.")
        await idle.press(ADA, answer, GOOD)
        await idle.reads_alone(ADA, "Thank you")
