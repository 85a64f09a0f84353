"""Commands, presses and mentions as other clients send them: with fields left out, names with labels, links in them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable

import pytest

from adapters.hearing import command_in, said_to
from tests.adapters import slack_scene
from tests.adapters.discord_scene import Scene, set_up
from tests.fakes import Speech
from tests.lab.discord.state import SUPPRESS_EMBEDS, Json
from tests.lab.slack import SlackLab

LEFT_OUT = ["locale", "guild_locale", "app_permissions", "entitlements", "authorizing_integration_owners", "context",
            "attachment_size_limit", "version", "channel", "guild"]  # fmt: skip
LINK = "see https://evil.example/?q=secret"


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        await scene.registered()
        yield scene


@pytest.fixture
async def slack() -> AsyncIterator[slack_scene.Scene]:
    async with slack_scene.set_up(SlackLab(rates=slack_scene.unlimited())) as scene:
        yield scene


def leave_out(scene: Scene, field: str) -> None:
    """Let Discord tell of interactions without a field."""
    for session in scene.lab.gateway.sessions.values():
        dispatch = session.dispatch

        def without(event: str, data: Json, dispatch: Callable[..., None] = dispatch) -> None:
            is_one = event == "INTERACTION_CREATE"
            dispatch(event, {each: value for each, value in data.items() if not is_one or each != field})

        session.dispatch = without  # type: ignore[method-assign] # the lab tells all


@pytest.mark.parametrize("field", LEFT_OUT)
@pytest.mark.parametrize("command", ["help", "ask", "model list"])
async def test_an_interaction_without_a_field_is_answered(scene: Scene, field: str, command: str) -> None:
    leave_out(scene, field)
    options = {"question": "what hoots?"} if command == "ask" else {}
    await scene.lab.slash(scene.channel, scene.ada, *command.split(), options=options)
    wanted = {"ask": "You said", "help": "In threads", "model list": "Installed models"}[command]

    await scene.lab.wall_reads(scene.channel, lambda wall: wanted in wall[-1].text, reader=scene.ada)


@pytest.mark.parametrize(
    "said",
    ["<@1>: help", "<@1>, stop.", "<@1> - model list", "<@1>\u00a0help", "<@1>，help", "<@1>\nhelp", "<@1> /help",
     "<@1>\u200b help", "<@1> HELP!", "help <@1>", "<@1> <@1>: stop", "<@1>; model list", "<@1> — /stop.",
     "\u200f<@1> help", "**<@1>** help", "*<@1>* help", "<@1>: `help`", "<@1>! help", "<@1>. help", "<@1>… stop",
     "_<@1>_, stop", "hey <@1> help", "<@1>) help", "~<@1>~ help"],
    ids=repr,
)  # fmt: skip
def test_a_command_behind_the_name_is_one(said: str) -> None:
    mention = re.compile(r"<@1>")
    is_question = said.startswith(("hey", "<@1>)"))

    assert (command_in(said_to(said, mention)) is None) is is_question


@pytest.mark.parametrize(
    "said", ["is <@1> better than help?", "<@1> help me stop", "<@1> model trains", "tell <@1> stop it"]
)
def test_what_only_holds_a_commands_word_is_none(said: str) -> None:
    assert command_in(said_to(said, re.compile(r"<@1>"))) is None


@pytest.mark.parametrize("label", ["", "|lyceum", "|Lyceum Bot"])
@pytest.mark.parametrize("behind", [": help", ", help.", " — help", " help", " /help", "\nhelp"])
async def test_a_command_behind_a_labelled_name_on_slack_is_one(
    slack: slack_scene.Scene, label: str, behind: str
) -> None:
    said = await slack.lab.say(slack.channel, slack.ada, "ask", mention=False)
    ts = said.ts
    text = f"<@{slack.lab.bot_user}{label}>{behind}"
    event = {"type": "app_mention", "channel": slack.channel.id, "user": slack.ada.id, "ts": ts, "event_ts": ts}
    await slack.lab.send_event({**event, "text": text})

    assert await slack.answered("In threads")
    assert slack.backend.requests == []


@pytest.mark.parametrize("way", ["mention", "direct", "ask", "private", "stop", "again"])
async def test_no_message_of_the_bots_unfolds_a_preview(scene: Scene, way: str) -> None:
    scene.backend.say(Speech(LINK, holds=way == "stop", after=2), LINK)
    match way:
        case "mention" | "again" | "stop":
            await scene.lab.say(scene.channel, scene.ada, LINK, mention=True)
        case "direct":
            await scene.lab.say(scene.lab.dm(scene.ada), scene.ada, LINK)
        case "ask":
            await scene.lab.slash(scene.channel, scene.ada, "ask", options={"question": LINK})
        case _:
            await scene.lab.slash(scene.channel, scene.ada, "ask", options={"question": LINK, "private": "yes"})
    where = scene.lab.dm(scene.ada) if way == "direct" else scene.channel
    await scene.lab.wall_reads(where, lambda wall: "https" in wall[-1].text or way == "stop", reader=scene.ada)
    scene.backend.release()
    await scene.lab.until(lambda: scene.turns.turns and not scene.turns.turns[1].is_open)
    own = [message for message in scene.lab.wall(where, scene.ada) if message.author is scene.lab.bot and message.text]

    assert own
    assert all(message.flags & SUPPRESS_EMBEDS for message in own)
