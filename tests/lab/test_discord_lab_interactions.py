"""Interactions of the loopback Discord against the real discord.py."""

from __future__ import annotations

import asyncio
from pathlib import Path

import discord
import pytest
from discord import app_commands

from tests.lab.discord.commands import LOCALES, NEW_LOCALES, problems_of
from tests.lab.discord.core import Problem
from tests.lab.discord.limits import message_problems
from tests.lab.discord.schema import Schemas
from tests.lab.discord_bot import World, lab, world

__all__ = ["lab", "world"]

CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"


class Confirm(discord.ui.View):
    """A question with one button."""

    @discord.ui.button(label="Yes", custom_id="confirm:yes")
    async def yes(self, interaction: discord.Interaction, _: discord.ui.Button[Confirm]) -> None:
        await interaction.response.edit_message(content="Done.", view=None)


class Feedback(discord.ui.Modal, title="Feedback"):
    """One field."""

    words: discord.ui.TextInput[Feedback] = discord.ui.TextInput(label="Words", custom_id="words")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Thanks: {self.words.value}", ephemeral=True)


class Model(app_commands.Group):
    """/model use, list, feedback and locale."""

    def __init__(self, models: list[str]) -> None:
        super().__init__(name="model", description="Models")
        self.models = models

    @app_commands.command(description="Use a model")
    async def use(self, interaction: discord.Interaction, name: str) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send(f"From now on {name}.")
        await interaction.followup.send("And more.", ephemeral=True)

    @use.autocomplete("name")
    async def names(self, _: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=model, value=model) for model in self.models if typed in model]

    @app_commands.command(description="List the models")
    async def list(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Sure?", view=Confirm())

    @app_commands.command(description="Tell us")
    async def feedback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Feedback())

    @app_commands.command(description="Locale")
    async def locale(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"{interaction.locale.value} {interaction.guild_locale}")


@pytest.fixture
def models() -> list[str]:
    return ["llama3.2:3b", "qwen3:4b"]


@pytest.fixture
async def up(world: World, models: list[str]) -> World:
    await world.start()
    world.bot.tree.add_command(Model(models))
    world.bot.tree.context_menu(name="Explain")(explain)
    await world.bot.tree.sync()
    return world


async def explain(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"It says {message.content}")


async def test_commands_are_registered_as_they_were_sent(up: World) -> None:
    assert [command["name"] for command in up.lab.core.commands[0]] == ["model", "Explain"]
    assert up.lab.violations == []


async def test_a_deferred_command_thinks_and_its_follow_up_takes_that_place(up: World) -> None:
    called = await up.lab.slash(up.channel, up.ada, "model", "use", options={"name": "qwen3:4b"})
    await up.lab.until(lambda: len(called.wall) == 2)

    assert [message.text for message in called.wall] == ["From now on qwen3:4b.", "And more."]
    assert called.is_ephemeral
    assert up.lab.wall(up.channel) == []
    assert up.lab.wall(up.channel, up.ada) == called.wall
    assert up.lab.violations == []


async def test_autocomplete_offers_choices(up: World) -> None:
    offered = await up.lab.autocomplete(up.channel, up.ada, "model", "use", option="name", typed="qw")

    assert offered == [{"name": "qwen3:4b", "value": "qwen3:4b"}]


async def test_more_than_25_choices_are_refused(up: World, models: list[str]) -> None:
    models.extend(f"model{number}" for number in range(24))
    with pytest.raises(TimeoutError):
        await up.lab.autocomplete(up.channel, up.ada, "model", "use", option="name", typed="", timeout_s=0.5)

    assert up.lab.requested(CALLBACK)[0].status == 400
    assert {violation.rule for violation in up.lab.violations} == {"BASE_TYPE_MAX_LENGTH"}


async def test_a_button_updates_its_message(up: World) -> None:
    called = await up.lab.slash(up.channel, up.ada, "model", "list")
    asked = await called.answered()
    pressed = await up.lab.press(asked, "Yes", up.ada)
    await pressed.answered()

    assert [message.text for message in up.lab.wall(up.channel)] == ["Done."]
    assert asked.buttons == []
    assert up.lab.violations == []


async def test_a_modal_is_filled_in(up: World) -> None:
    called = await up.lab.slash(up.channel, up.ada, "model", "feedback")
    await called.acknowledged()
    submitted = await up.lab.submit(called, {"words": "good"})

    assert (await submitted.answered()).text == "Thanks: good"
    assert up.lab.violations == []


async def test_a_message_command_reads_its_message(up: World) -> None:
    said = await up.lab.say(up.channel, up.ada, "the moon")
    called = await up.lab.context_menu(said, up.ada, "Explain")

    assert (await called.answered()).text == "It says the moon"


async def test_hebrew_is_a_locale_like_another(up: World) -> None:
    called = await up.lab.slash(up.channel, up.ada, "model", "locale")

    assert (await called.answered()).text.startswith("he ")


async def test_a_command_works_in_a_dm(up: World) -> None:
    called = await up.lab.slash(up.lab.dm(up.ada), up.ada, "model", "use", options={"name": "x"})

    assert (await called.answered()).text == "From now on x."


async def test_a_late_answer_finds_an_unknown_interaction(up: World) -> None:
    await up.lab.slash(up.channel, up.ada, "model", "list", age_s=3.1)
    await up.lab.until(lambda: up.lab.requested(CALLBACK))

    assert up.lab.requested(CALLBACK)[0].status == 404
    assert [violation.rule for violation in up.lab.violations] == ["INTERACTION_ANSWERED_LATE"]


async def test_a_token_dies_after_fifteen_minutes(up: World) -> None:
    heard = asyncio.create_task(up.bot.wait_for("interaction", timeout=5))
    called = await up.lab.slash(up.channel, up.ada, "model", "list")
    await called.answered()
    up.lab.clock.advance(15 * 60)
    interaction = await heard
    with pytest.raises(discord.HTTPException) as refused:
        await interaction.followup.send("too late")

    assert (refused.value.status, refused.value.code) == (401, 50027)


async def test_what_is_not_registered_cannot_be_called(up: World) -> None:
    with pytest.raises(LookupError):
        await up.lab.slash(up.channel, up.ada, "nothing")


async def test_hebrew_translations_are_refused_where_discord_does_not_know_them() -> None:
    command = {"name": "model", "description": "Models", "description_localizations": {"he": "מודלים"}}

    assert problems_of([command], LOCALES | NEW_LOCALES) == []
    assert _codes(problems_of([command], LOCALES)) == ["BASE_TYPE_CHOICES"]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"name": "Model", "description": "upper case"}, "APPLICATION_COMMAND_INVALID_NAME"),
        ({"name": "model"}, "BASE_TYPE_MIN_LENGTH"),
        (
            {
                "name": "m",
                "description": "d",
                "options": [
                    {"type": 3, "name": "o", "description": "d", "choices": [{"name": "n", "value": "v" * 101}]}
                ],
            },
            "BASE_TYPE_MAX_LENGTH",
        ),
    ],
)
async def test_a_command_that_breaks_a_rule_is_refused(command: dict[str, object], code: str) -> None:
    assert _codes(problems_of([command], LOCALES)) == [code]


async def test_the_hundred_and_first_command_is_refused() -> None:
    commands = [{"name": f"c{number}", "description": "d"} for number in range(101)]

    assert _codes(problems_of(commands, LOCALES)) == ["APPLICATION_COMMANDS_MAX"]


def _button(custom_id: str) -> dict[str, object]:
    return {"type": 2, "style": 1, "label": "b", "custom_id": custom_id}


def _row(*parts: dict[str, object]) -> dict[str, object]:
    return {"type": 1, "components": list(parts)}


TEXT = {"type": 10, "content": "x"}
V2 = 1 << 15


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"content": "x" * 2001}, "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]}, "MAX_EMBED_SIZE_EXCEEDED"),
        ({"components": [_row(_button(str(number))) for number in range(6)]}, "BASE_TYPE_MAX_LENGTH"),
        ({"components": [_row(_button("a"), _button("a"))]}, "COMPONENT_CUSTOM_ID_DUPLICATED"),
        ({"components": [TEXT]}, "UNION_TYPE_CHOICES"),
        ({"components": [TEXT], "content": "c", "flags": V2}, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"),
        ({"components": [TEXT] * 41, "flags": V2}, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"),
        (
            {"components": [{"type": 10, "content": "x" * 2001}] * 2, "flags": V2},
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
        ),
        ({"content": "x", "flags": 64}, "MESSAGE_FLAGS_EPHEMERAL"),
        ({"content": "x", "flags": 1 << 1}, "MESSAGE_FLAGS_INVALID"),
        ({"allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"),
    ],
)
async def test_a_message_that_breaks_a_rule_is_refused(body: dict[str, object], code: str) -> None:
    assert _codes(message_problems(body)) == [code]


def _codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


async def test_a_body_that_is_not_as_published_is_refused(up: World) -> None:
    if reason := up.lab.schema_skip_reason:
        pytest.skip(reason)
    route = discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=up.channel.id)
    with pytest.raises(discord.HTTPException) as refused:
        await up.bot.http.request(route, json={"content": "x", "contents": "y", "allowed_mentions": {"parse": []}})

    assert refused.value.code == 50035
    assert [violation.rule for violation in up.lab.violations] == ["SCHEMA"]


async def test_in_continuous_integration_the_schema_must_be_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr("tests.lab.discord.schema.SCHEMA_FILE", Path("/nowhere/discord.json"))
    with pytest.raises(FileNotFoundError):
        Schemas()


async def test_an_app_of_a_person_s_own_may_send_five_follow_ups(up: World) -> None:
    heard = asyncio.create_task(up.bot.wait_for("interaction", timeout=5))
    up.lab.rate_limits.set("POST /webhooks/{webhook_id}/{webhook_token}", 100, 1.0)
    called = await up.lab.slash(up.channel, up.ada, "model", "list", user_install=True)
    await called.answered()
    interaction = await heard
    for number in range(5):
        await interaction.followup.send(str(number))
    with pytest.raises(discord.HTTPException):
        await interaction.followup.send("six")

    assert len(called.followups) == 5


async def test_the_original_answer_is_edited_and_deleted(up: World) -> None:
    heard = asyncio.create_task(up.bot.wait_for("interaction", timeout=5))
    called = await up.lab.slash(up.channel, up.ada, "model", "locale")
    await called.answered()
    interaction = await heard
    await interaction.edit_original_response(content="changed")
    text = called.wall[0].text
    await interaction.delete_original_response()

    assert text == "changed"
    assert up.lab.wall(up.channel) == []


@pytest.fixture
async def everywhere(world: World, models: list[str]) -> World:
    """A bot whose commands people may install for themselves."""
    await world.start()
    world.bot.tree.allowed_installs = app_commands.AppInstallationType(guild=True, user=True)
    world.bot.tree.allowed_contexts = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
    world.bot.tree.add_command(Model(models))
    await world.bot.tree.sync()
    return world


async def test_a_command_that_is_for_guilds_alone_is_not_offered_elsewhere(up: World) -> None:
    group = up.lab.group_dm(up.ada, up.lab.add_user("Ben"))

    with pytest.raises(PermissionError, match="not offered"):
        await up.lab.slash(group, up.ada, "model", "locale")


async def test_a_personal_app_answers_where_the_bot_is_not(everywhere: World) -> None:
    lab, ada = everywhere.lab, everywhere.ada
    elsewhere = lab.add_guild("Elsewhere", has_bot=False)
    elsewhere.add_member(ada)
    room = elsewhere.add_channel("foreign")
    called = await lab.slash(room, ada, "model", "locale")
    answer = await called.answered()

    assert answer.text == "he en-US"
    assert not called.is_ephemeral
    with pytest.raises(discord.Forbidden):
        await everywhere.bot.get_partial_messageable(room.id).send("Hello?")


async def test_a_guild_may_make_a_personal_app_speak_to_its_owner_alone(everywhere: World) -> None:
    lab, ada = everywhere.lab, everywhere.ada
    elsewhere = lab.add_guild("Elsewhere", has_bot=False)
    elsewhere.add_member(ada)
    elsewhere.external_apps = False
    called = await lab.slash(elsewhere.add_channel("foreign"), ada, "model", "locale")
    answer = await called.answered()

    assert answer.seen_only_by is ada
    assert called.is_ephemeral


async def test_a_group_dm_tells_of_itself_and_of_nothing_said_there(everywhere: World) -> None:
    lab, ada = everywhere.lab, everywhere.ada
    group = lab.group_dm(ada, lab.add_user("Ben"))
    await lab.say(group, ada, "between us", mention=True)
    called = await lab.slash(group, ada, "model", "locale")
    await called.answered()

    assert everywhere.bot.heard == []
    assert lab.violations == []


def field(default: str, most: int) -> discord.ui.TextInput[discord.ui.Modal]:
    return discord.ui.TextInput(default=default, max_length=most)


@pytest.mark.parametrize(
    ("part", "rule"),
    [
        (discord.ui.TextDisplay("x" * 4001), "BASE_TYPE_MAX_LENGTH"),
        (discord.ui.TextDisplay(""), "BASE_TYPE_MIN_LENGTH"),
        (discord.ui.Separator(), "UNION_TYPE_CHOICES"),
        (discord.ui.Label(text="x" * 46, component=field("", 1)), "BASE_TYPE_MAX_LENGTH"),
        (discord.ui.Label(text="x", component=field("xx", 1)), "BASE_TYPE_MAX_LENGTH"),
    ],
    ids=["a long text", "an empty text", "a separator", "a long label", "more than its field takes"],
)
async def test_a_form_that_discord_does_not_take_is_refused(
    up: World, part: discord.ui.Item[discord.ui.Modal], rule: str
) -> None:
    async def form(interaction: discord.Interaction, _: discord.Message) -> None:
        await interaction.response.send_modal(discord.ui.Modal(title="Form").add_item(part))

    up.bot.tree.context_menu(name="Form")(form)
    await up.bot.tree.sync()
    called = await up.lab.context_menu(await up.lab.say(up.channel, up.ada, "the moon"), up.ada, "Form")
    await up.lab.until(lambda: up.lab.violations)

    # Where the published schema is built, that one speaks first.
    assert {violation.rule for violation in up.lab.violations} <= {rule, "SCHEMA"}
    assert called.modal == {}
