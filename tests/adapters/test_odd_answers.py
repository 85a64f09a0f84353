"""Answers that are not as documented, or no answers of the platform: pages of proxies, limits without a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.slack.calls import MOST_WAIT_S, asked_wait_s
from tests.adapters import discord_scene, slack_scene
from tests.adapters.discord_scene import COMMANDS, MESSAGE, MESSAGES
from tests.engine.talk import until
from tests.fakes import Speech
from tests.lab.discord import DiscordLab
from tests.lab.hurry import hurrying
from tests.lab.slack import SlackLab

CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
HOOK = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
POST, PATCH = f"POST {MESSAGES}", f"PATCH {MESSAGE}"
OWLS = "One owl, two owls."
PAGE = "<!DOCTYPE html><title>Access denied | discord.com used Cloudflare to restrict access</title>"
# What a call of Discord's is answered with, once, in the place of what it should be.
ODD: list[dict[str, Any]] = [
    {"status": 429, "page": PAGE},
    {"status": 429, "page": "error code: 1015"},
    {"status": 429, "left_out": ("retry_after",)},
    {"status": 429, "left_out": ("retry_after", "global", "code")},
    {"status": 429, "left_out": ("global",), "retry_after": 0.01},
    {"status": 429, "is_global": True, "retry_after": 0.01},
    {"status": 429, "retry_after": 0},
    {"status": 403, "page": PAGE},
    {"status": 404, "page": "<h1>404 Not Found</h1>"},
    {"status": 502, "page": "<h1>502 Bad Gateway</h1>"},
    {"status": 503, "page": ""},
    {"status": 520, "page": "error code: 520"},
    {"page": "<h1>Log in to this network</h1>", "status": None},
    {"status": 200, "page": "<h1>Log in to this network</h1>"},
    {"status": 302, "page": "<h1>Moved</h1>"},
    {"status": 400, "page": "<h1>400 Bad Request</h1>"},
    {"status": 503, "left_out": ("message", "code")},
    {"status": 500, "left_out": ("message", "code")},
]
SLACK_ODD: list[dict[str, Any]] = [
    {"http_status": 429, "header": None},
    {"http_status": 429, "header": "0.5"},
    {"http_status": 429, "header": ".5"},
    {"http_status": 429, "header": "1"},
    {"http_status": 429, "header": "Wed, 21 Oct 2037 07:28:00 GMT"},
    {"http_status": 429, "header": "-1"},
    {"http_status": 429, "header": "nan"},
    {"http_status": 429, "page": PAGE},
    {"http_status": 200, "page": "<h1>Log in to this network</h1>"},
    {"http_status": 401, "page": "<h1>Unauthorized</h1>"},
    {"http_status": 403, "page": PAGE},
    {"http_status": 404, "page": "<h1>404 Not Found</h1>"},
    {"http_status": 502, "page": "<h1>502 Bad Gateway</h1>"},
    {"http_status": 504, "page": ""},
]


@pytest.fixture
async def scene() -> AsyncIterator[discord_scene.Scene]:
    async with discord_scene.set_up() as scene:
        yield scene


@pytest.fixture
async def hurried(scene: discord_scene.Scene) -> AsyncIterator[None]:
    async with hurrying(scene.lab.clock):
        yield


@pytest.fixture
async def slack() -> AsyncIterator[slack_scene.Scene]:
    async with slack_scene.set_up(SlackLab(rates=slack_scene.unlimited())) as scene, hurrying(scene.lab.clock):
        yield scene


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("odd", ODD, ids=str)
@pytest.mark.parametrize("route", [POST, PATCH])
async def test_an_odd_answer_of_discords_costs_no_word(
    scene: discord_scene.Scene, route: str, odd: dict[str, Any]
) -> None:
    scene.backend.say(Speech(OWLS, holds=True, after=2))
    if route == POST:
        scene.lab.fail_next(route, **odd)
    await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
    await scene.reads("One owl")
    if route == PATCH:
        scene.lab.fail_next(route, **odd)
    with capture_logs() as logs:
        scene.backend.release()
        await scene.reads(OWLS)
        await until(lambda: not scene.turns.turns[1].is_open)

    assert [each.text.startswith(OWLS) for each in scene.lab.wall(scene.channel) if each.author is scene.lab.bot] == [
        True
    ]
    assert not any(each.get("exc_info") for each in logs)


@pytest.mark.parametrize("left_out", ["id", "author", "timestamp", "channel_id", "content", "embeds"])
async def test_an_answer_of_discords_without_what_each_has_costs_no_word(
    scene: discord_scene.Scene, left_out: str
) -> None:
    scene.backend.say(Speech(OWLS, holds=True, after=2))
    scene.lab.troubles.left_out.add(left_out)
    await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
    await scene.reads("One owl")
    scene.lab.troubles.left_out.clear()
    scene.backend.release()
    await scene.reads(OWLS)
    await until(lambda: not scene.turns.turns[1].is_open)

    assert [each.text.startswith(OWLS) for each in scene.lab.wall(scene.channel) if each.author is scene.lab.bot] == [
        True
    ]


async def test_a_call_that_is_given_up_within_a_limit_on_all_holds_up_no_other(scene: discord_scene.Scene) -> None:
    """discord.py holds all calls back meanwhile, and lets them go only where the call itself lives to see its end."""
    await scene.registered()
    said = await scene.lab.say(scene.channel, scene.ben, "owls hoot")
    form = await scene.lab.context_menu(said, scene.ada, "Ask about this message")
    await form.acknowledged()
    scene.lab.fail_next(f"GET {MESSAGE}", status=429, is_global=True, retry_after=30)
    scene.lab.clock.advance(901)  # the message is kept no more: it is read anew, and not for long
    await scene.lab.submit(form, {"question": "do they?"})
    await scene.lab.until(lambda: scene.lab.faults_met)
    await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)

    assert await scene.reads("You said: Ada: hello")


@pytest.mark.parametrize("odd", ODD, ids=str)
@pytest.mark.parametrize("route", [f"POST {CALLBACK}", f"PATCH {HOOK}"])
async def test_an_odd_answer_of_discords_to_other_calls_ends_nothing(
    scene: discord_scene.Scene, route: str, odd: dict[str, Any]
) -> None:
    await scene.registered()
    with capture_logs() as logs:
        scene.lab.fail_next(route, **odd)
        await scene.lab.slash(scene.channel, scene.ada, "help")
        await scene.lab.until(lambda: scene.lab.faults_met)
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
        await scene.reads("You said: Ada: hello")

    assert not any(each.get("exc_info") for each in logs)


@pytest.mark.parametrize("odd", ODD, ids=str)
@pytest.mark.parametrize(
    "route", ["GET /users/@me", "GET /oauth2/applications/@me", "GET /gateway/bot", f"PUT {COMMANDS}"]
)
async def test_an_odd_answer_of_discords_at_the_start_is_tried_again(route: str, odd: dict[str, Any]) -> None:
    async with DiscordLab() as lab:
        scene = discord_scene.make_scene(lab)
        lab.fail_next(route, **odd)
        # It cannot be reached for now, which is tried again; or discord.py tries again itself.
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await scene.adapter.run()
        lab.clock.advance(lab.gateway.identify_interval_s)  # nobody may identify themselves again before
        async with discord_scene.running(scene, scene.adapter):
            await lab.say(scene.channel, scene.ada, "hello", mention=True)

            assert await scene.reads("You said: Ada: hello")


@pytest.mark.parametrize("odd", SLACK_ODD, ids=str)
@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream"])
async def test_an_odd_answer_of_slacks_in_a_stream_costs_no_word(
    slack: slack_scene.Scene, method: str, odd: dict[str, Any]
) -> None:
    await costs_no_word(slack, method, odd)


@pytest.mark.parametrize("odd", SLACK_ODD, ids=str)
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_an_odd_answer_of_slacks_costs_no_word(
    slack: slack_scene.Scene, method: str, odd: dict[str, Any]
) -> None:
    slack.lab.fail_next("agents.sessions.setStatus", error="missing_scope", times=5)
    await costs_no_word(slack, method, odd)


async def costs_no_word(scene: slack_scene.Scene, method: str, odd: dict[str, Any]) -> None:
    """Give one odd answer in mid-answer, and see that the whole of it stands there once."""
    begins = method in ("chat.startStream", "chat.postMessage")
    scene.backend.say(Speech(OWLS, holds=True, after=2))
    if begins:
        scene.lab.fail_next(method, **odd)
    await scene.lab.say(scene.channel, scene.ada, "count")
    await scene.shown("One owl")
    if not begins:
        scene.lab.fail_next(method, **odd)
    scene.backend.release()
    await scene.answered(OWLS)
    await until(lambda: not scene.turns.turns[1].is_open)

    posts = [post for post in scene.lab.posts(scene.channel) if not post.deleted]
    assert [post.shown.startswith(OWLS) for post in posts] == [True]


@pytest.mark.parametrize("odd", SLACK_ODD, ids=str)
@pytest.mark.parametrize("method", ["users.info", "chat.postEphemeral", "agents.sessions.setStatus"])
async def test_an_odd_answer_of_slacks_to_other_calls_costs_no_answer(
    slack: slack_scene.Scene, method: str, odd: dict[str, Any]
) -> None:
    slack.lab.fail_next(method, **odd)
    await slack.lab.say(slack.channel, slack.ada, "ask hello private yes")
    await slack.lab.private_reads(slack.channel, slack.ada, "You said")
    await slack.lab.say(slack.channel, slack.ada, "hello")

    assert await slack.answered("You said")


@pytest.mark.parametrize(("method", "streams"), [("chat.postMessage", False), ("chat.startStream", True)])
async def test_an_answer_of_slacks_without_the_message_it_made_costs_no_word(
    slack: slack_scene.Scene, method: str, *, streams: bool
) -> None:
    if not streams:
        slack.lab.fail_next("agents.sessions.setStatus", error="missing_scope", times=5)
    await costs_no_word(slack, method, {"left_out": ("ts", "message")})


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [(None, 1), ("", 1), ("30", 30), ("0.25", 0.25), ("-3", 1), ("nan", 1), ("inf", MOST_WAIT_S), ("soon", 1)],
)
def test_how_long_slack_asks_to_wait_is_read_whatever_it_says(header: str | None, wait_s: float) -> None:
    assert asked_wait_s({} if header is None else {"retry-after": header}) == wait_s


async def test_a_wait_of_many_seconds_is_kept(slack: slack_scene.Scene) -> None:
    slack.lab.fail_next("chat.postEphemeral", retry_after_s=12)
    await slack.lab.say(slack.channel, slack.ada, "ask hello private yes")
    calls = slack.lab.workspace.calls
    await slack.lab.until(lambda: any(call.method == "chat.postEphemeral" for call in calls))
    slack.lab.clock.advance(11)
    await slack.lab.until(lambda: slack.lab.clock.now() > 0)
    assert not slack.lab.private(slack.channel, slack.ada)
    slack.lab.clock.advance(2)

    assert await slack.lab.private_reads(slack.channel, slack.ada, "You said")
