"""Answers through an interaction's token: its quarter of an hour, its end, and another process that goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.interaction_tokens import InteractionToken
from tests.adapters.discord_scene import MESSAGES, Scene, make_scene, running
from tests.fakes import Speech
from tests.lab.discord import DiscordLab, Interaction

QUARTER_S = 900
NEARLY_S = 845
LONG = " ".join(f"word{number}" for number in range(700))
MOVED = "Discord lets me write here no longer."


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """The school, with nobody connected as the bot."""
    async with DiscordLab() as lab:
        yield make_scene(lab)
        assert not lab.violations, lab.violations


async def ask(scene: Scene, text: str = "count owls", **options: str) -> Interaction:
    await scene.registered()
    return await scene.lab.slash(scene.channel, scene.ada, "ask", options={"question": text, **options})


async def growing(scene: Scene, call: Interaction, text: str) -> None:
    await scene.lab.until(lambda: any(text in message.text for message in call.wall))


class TestTheEnd:
    async def test_an_answer_that_outlives_its_place_goes_on_by_letter(self, scene: Scene) -> None:
        scene.backend.say(Speech(LONG, holds=True, after=600))
        async with running(scene, scene.adapter):
            call = await ask(scene, private="yes")
            await growing(scene, call, "word590")
            scene.lab.clock.advance(NEARLY_S)
            await growing(scene, call, MOVED)
            scene.backend.release()
            await scene.reads("word699", scene.lab.dm(scene.ada))
        letters = scene.lab.wall(scene.lab.dm(scene.ada))
        text = " ".join(message.text for message in (*call.wall, *letters))

        assert set(LONG.split()) <= set(text.split())
        assert "What you asked goes on here" in letters[0].text
        assert all(message.buttons == [] for message in letters)

    async def test_a_place_in_which_nothing_happens_is_told_of_its_end(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl", holds=True))
        async with running(scene, scene.adapter):
            call = await ask(scene, private="yes")
            await growing(scene, call, "Loading")
            scene.lab.clock.advance(NEARLY_S)
            await growing(scene, call, MOVED)
            scene.backend.release()
            await scene.reads("One owl", scene.lab.dm(scene.ada))

        assert call.wall[0].buttons == []

    async def test_who_takes_no_letters_is_told_where_it_ends(self, scene: Scene) -> None:
        scene.ada.accepts_dms = False
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        async with running(scene, scene.adapter):
            call = await ask(scene, private="yes")
            await growing(scene, call, "One owl")
            scene.lab.clock.advance(NEARLY_S)
            await growing(scene, call, MOVED)
            scene.backend.release()
            await scene.lab.until(lambda: not scene.backend.running)
            other = await ask(scene, "and ducks?", private="yes")
            await growing(scene, other, "You said: and ducks?")

        assert "if none comes, please ask me to go on" in call.wall[0].text
        assert "One owl" in "".join(message.content for message in scene.backend.requests[-1].prompt)


class TestTakingOver:
    async def test_a_private_answer_goes_on_in_its_place(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl", holds=True, after=1), "One owl, two owls.")
        async with running(scene, scene.adapter):
            call = await ask(scene, private="yes")
            await growing(scene, call, "One")
        scene.lab.clock.advance(60)
        async with running(scene, scene.adapter):
            await scene.take_over()
            await growing(scene, call, "One owl, two owls.")
            await growing(scene, call, "so it was made again")

        assert len(call.wall) == 1
        assert scene.lab.wall(scene.lab.dm(scene.ada)) == []
        assert scene.requests("POST", MESSAGES) == 0

    async def test_after_the_quarter_of_an_hour_it_comes_by_letter(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl", holds=True, after=1), "One owl, two owls.")
        async with running(scene, scene.adapter):
            call = await ask(scene, private="yes")
            await growing(scene, call, "One")
        scene.lab.clock.advance(QUARTER_S)
        async with running(scene, scene.adapter):
            await scene.take_over()
            letter = await scene.reads("One owl, two owls.", scene.lab.dm(scene.ada))

        assert letter.channel.recipient is scene.ada
        assert scene.lab.wall(scene.channel) == []

    async def test_a_long_private_answer_is_not_begun_anew(self, scene: Scene) -> None:
        scene.backend.say(Speech(LONG, holds=True, after=600), LONG)
        async with running(scene, scene.adapter):
            call = await ask(scene, private="yes")
            await growing(scene, call, "word590")
        scene.lab.clock.advance(60)
        async with running(scene, scene.adapter):
            await scene.take_over()
            await growing(scene, call, "so it was made again")
        words = " ".join(message.text for message in call.wall).split()

        assert [word for word in words if word.startswith("word")] == LONG.split()

    async def test_an_open_answer_goes_on_below_its_question(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl", holds=True, after=1), "One owl, two owls.")
        async with running(scene, scene.adapter):
            call = await ask(scene)
            await scene.reads("One")
        scene.lab.clock.advance(QUARTER_S)
        async with running(scene, scene.adapter):
            await scene.take_over()
            answer = await scene.reads("so it was made again")

        assert scene.lab.wall(scene.channel) == [call.original, answer]
        assert answer.reply_to is call.original

    async def test_its_token_is_in_no_log(self, scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
        scene.backend.say(Speech("One owl", holds=True, after=1))
        async with running(scene, scene.adapter):
            call = await ask(scene, private="yes")
            await growing(scene, call, "One")
        scene.lab.clock.advance(QUARTER_S)
        async with running(scene, scene.adapter):
            await scene.take_over()
            await scene.reads("You said", scene.lab.dm(scene.ada))
        logged = capsys.readouterr()

        assert "turn" in logged.out
        assert call.token not in logged.out + logged.err


IDS = st.integers(1, 2**63)


@given(
    ids=st.tuples(IDS, IDS, IDS), token=st.text("aZ09-_:+", min_size=1), flags=st.tuples(st.booleans(), st.booleans())
)
def test_a_grant_is_read_as_it_was_written(ids: tuple[int, int, int], token: str, flags: tuple[bool, bool]) -> None:
    interaction_token = InteractionToken(
        application_id=ids[0],
        interaction_id=ids[1],
        original_id=ids[2],
        token=token,
        is_private=flags[0],
        is_personal=flags[1],
    )

    assert InteractionToken.read(interaction_token.written()) == interaction_token
    assert f"token={token!r}" not in repr(interaction_token)


@pytest.mark.parametrize("text", ["", "1700000000.000100", "grant:1:2", "C0123:grant:1:2:3:private:t"])
def test_what_is_no_grant_is_none(text: str) -> None:
    assert InteractionToken.read(text) is None
