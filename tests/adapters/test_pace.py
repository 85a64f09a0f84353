"""Many answers at once under the platforms' rate limits, through the real SDKs."""

from __future__ import annotations

from tests.adapters.discord_scene import MESSAGES
from tests.adapters.pile import Answer, pile

# A window of Discord in these tests; a finished answer waits for the next one, or the one after it, at worst.
WINDOW_S = 2.0


class TestDiscord:
    async def test_eight_long_answers_at_once_in_one_channel_are_whole_and_none_is_refused(self) -> None:
        answers = [Answer(person, words=800) for person in range(8)]
        async with pile(seconds=WINDOW_S) as channel:
            await channel.answered(*answers, within_s=9.0)

            assert channel.refused == 0
        assert [answer.read for answer in answers] == [answer.said for answer in answers]
        assert max(answer.late_s for answer in answers) < 2 * WINDOW_S
        assert not any(message.buttons for answer in answers for message in answer.messages)

    async def test_one_answer_alone_grows_often_and_is_whole_at_once(self) -> None:
        answer = Answer(0, words=200)
        async with pile() as channel:
            await channel.answered(answer, within_s=5.5)

            assert channel.refused == 0
        assert answer.read == answer.said
        assert len(answer.messages[0].history) >= 5
        assert answer.late_s < 0.3

    async def test_a_channel_with_a_tighter_limit_than_assumed_refuses_at_most_the_first_calls(self) -> None:
        answers = [Answer(person, words=60) for person in range(3)]
        async with pile(calls=2, seconds=1.0) as channel:
            await channel.answered(*answers, within_s=2.0)

        assert [answer.read for answer in answers] == [answer.said for answer in answers]

    async def test_words_go_on_while_a_call_waits_for_the_window(self) -> None:
        answer = Answer(0, words=100)
        async with pile(calls=1, seconds=2.0) as channel:
            await channel.answered(answer, within_s=1.0)

            assert channel.scene.requests("POST", MESSAGES) == 1
        assert answer.read == answer.said
        assert answer.ended_at < answer.messages[0].history[-1][0]
