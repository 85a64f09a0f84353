"""Many answers at once under the platforms' rate limits, through the real SDKs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from adapters.delivery.deliver import deliver
from adapters.delivery.layout import Rules
from adapters.slack.calls import Web, open_web
from adapters.slack.place import Identity, Place
from adapters.slack.poster import SlackPoster
from adapters.slack.rates import governor
from tests.adapters.discord_scene import MESSAGES
from tests.adapters.pile import Answer, pile
from tests.adapters.slack_scene import Scene, beginnings, make_scene
from tests.lab.slack import SlackLab
from tests.lab.slack.events import SUBSCRIPTIONS

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


NO_STOP = SUBSCRIPTIONS - {"agent_session_stopped"}


@asynccontextmanager
async def workspace(subscriptions: frozenset[str]) -> AsyncIterator[tuple[Scene, Web]]:
    """Open a Slack with its real rates, and a client for it."""
    async with SlackLab(subscriptions=subscriptions) as lab, aiohttp.ClientSession() as session:
        yield make_scene(lab), open_web(session, token=lab.bot_token, api_url=lab.api_url, governor=governor(lab.clock))
        assert lab.violations == []


async def answered(scene: Scene, web: Web, answer: Answer, *, within_s: float) -> str:
    """Let an answer be said in a thread of its own; return what stands there then, without footnotes."""
    lab = scene.lab
    asked = await lab.say(scene.channel, scene.ada, f"question {answer.person}")
    place = Place(channel=scene.channel.id, thread=asked.ts, asked=asked.ts, user=scene.ada.id, workspace=lab.team_id)
    me = Identity(workspace=lab.team_id, bot_user=lab.bot_user, bot_id=lab.bot_id)
    turn_id = answer.person + 1
    poster = SlackPoster(
        web=web,
        place=place,
        identity=me,
        clock=lab.clock,
        locale="en",
        turn_id=turn_id,
        beginnings=beginnings(scene, place, turn_id),
    )
    rules = Rules(governor=web.governor)
    await deliver(answer.speak(within_s), poster, key=f"turn-{turn_id}", locale="en", rules=rules)
    await poster.close()
    posts = [post for post in lab.posts(scene.channel) if post.thread_ts == asked.ts]
    assert not any(post.streaming or "stop" in post.action_ids for post in posts)
    return " ".join(post.shown for post in posts)


class TestSlack:
    @pytest.mark.parametrize("subscriptions", [SUBSCRIPTIONS, NO_STOP], ids=["streams", "updates"])
    async def test_eight_answers_at_once_in_one_channel_are_whole_and_none_is_refused(
        self, subscriptions: frozenset[str]
    ) -> None:
        answers = [Answer(person, words=800) for person in range(8)]
        async with workspace(subscriptions) as (scene, web):
            read = await asyncio.gather(*(answered(scene, web, answer, within_s=8.0) for answer in answers))

            assert [call.method for call in scene.lab.calls if call.error == "ratelimited"] == []
        assert [text.split() for text in read] == [answer.said for answer in answers]

    async def test_a_refusal_by_another_use_of_the_app_is_waited_out(self) -> None:
        answer = Answer(0, words=40)
        async with workspace(NO_STOP) as (scene, web):
            scene.lab.fail_next("chat.update", retry_after_s=2)
            read = await answered(scene, web, answer, within_s=2.0)

            assert [call.method for call in scene.lab.calls if call.error == "ratelimited"] == ["chat.update"]
        assert read.split() == answer.said

    async def test_an_answer_goes_on_in_a_new_message_when_somebody_deletes_it_in_mid_stream(self) -> None:
        answer = Answer(0, words=80)
        async with workspace(NO_STOP) as (scene, web):
            answering = asyncio.create_task(answered(scene, web, answer, within_s=4.0))
            await scene.lab.until(lambda: bool(scene.lab.posts(scene.channel)))
            await scene.lab.delete(scene.lab.posts(scene.channel)[0])
            read = await answering

        assert read.split() == answer.said
