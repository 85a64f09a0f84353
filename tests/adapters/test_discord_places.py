"""Whose place it is on Discord: direct messages, group messages, servers the bot was brought along to; and admins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.adapters.discord_scene import MESSAGES, Scene, set_up
from tests.lab.discord import Channel, Guild, User
from tests.lab.discord.state import Role

MEMBER = "GET /guilds/{guild_id}/members/{user_id}"
GUILD = "GET /guilds/{guild_id}"
DIRECT = "directly I answer only members"
CHOOSE = "model use qwen3:8b for channel"


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        await scene.registered()
        yield scene


def allow(scene: Scene, *guilds: Guild | str) -> None:
    """Put guilds on the operator's list of the only ones."""
    ids = [each if isinstance(each, str) else f"discord:{each.id}" for each in guilds]
    # Lists are frozen since they change with a restart only; for the engine this is one.
    object.__setattr__(scene.access, "workspaces", frozenset(ids))


def stranger(scene: Scene) -> User:
    return scene.lab.add_user("Sven")


class TestDirectMessages:
    """Where the operator lists servers, the bot's own conversation with a person is for their members."""

    async def test_a_member_is_answered_and_asked_about_once(self, scene: Scene) -> None:
        allow(scene, scene.guild)
        dm = scene.lab.dm(scene.ada)
        await scene.lab.say(dm, scene.ada, "hello")
        await scene.answers(dm, count=1)
        await scene.lab.say(dm, scene.ada, "and again")
        await scene.reads("You said: and again", dm)

        assert len(scene.lab.requested(MEMBER)) == 1

    async def test_who_left_is_refused_after_some_minutes(self, scene: Scene) -> None:
        allow(scene, scene.guild)
        dm = scene.lab.dm(scene.ada)
        await scene.lab.say(dm, scene.ada, "hello")
        await scene.answers(dm)
        del scene.guild.members[scene.ada.id]
        scene.lab.clock.advance(301)
        await scene.lab.say(dm, scene.ada, "and again")

        assert await scene.reads(DIRECT, dm)

    @pytest.mark.parametrize("text", ["hello", "model list", "/ask what is an owl?"])
    async def test_a_stranger_is_refused_and_nothing_is_stored(self, scene: Scene, text: str) -> None:
        allow(scene, scene.guild)
        sven = stranger(scene)
        dm = scene.lab.dm(sven)
        await scene.lab.say(dm, sven, text)

        assert await scene.reads(DIRECT, dm)
        assert scene.turns.turns == {}

    async def test_a_strangers_command_is_refused(self, scene: Scene) -> None:
        allow(scene, scene.guild)
        sven = stranger(scene)
        call = await scene.lab.slash(scene.lab.dm(sven), sven, "ask", options={"question": "What is an owl?"})

        assert DIRECT in (await call.answered()).text
        assert scene.turns.turns == {}

    async def test_a_member_of_a_server_that_is_not_listed_is_a_stranger(self, scene: Scene) -> None:
        other = scene.lab.add_guild("Other")
        sven = stranger(scene)
        other.add_member(sven)
        allow(scene, scene.guild, "slack:T1", "discord:nonsense")
        await scene.lab.say(scene.lab.dm(sven), sven, "hello")

        assert await scene.reads(DIRECT, scene.lab.dm(sven))

    async def test_where_discord_cannot_be_asked_the_person_is_told_so(self, scene: Scene) -> None:
        allow(scene, scene.guild)
        scene.lab.fail_next(MEMBER, status=500, times=9)
        dm = scene.lab.dm(scene.ada)
        await scene.lab.say(dm, scene.ada, "hello")

        assert await scene.reads("I cannot ask now whether you are a member", dm)
        assert scene.turns.turns == {}

    async def test_nothing_is_suggested_to_a_stranger(self, scene: Scene) -> None:
        allow(scene, scene.guild)
        await scene.engine.catalog.refresh()
        sven = stranger(scene)

        assert await scene.lab.autocomplete(scene.lab.dm(sven), sven, "model", "use", option="name") == []
        assert await scene.lab.autocomplete(scene.lab.dm(scene.ada), scene.ada, "model", "use", option="name")

    async def test_a_stranger_can_have_their_words_erased(self, scene: Scene) -> None:
        sven = stranger(scene)
        dm = scene.lab.dm(sven)
        await scene.lab.say(dm, sven, "the owl is OWL-4711")
        await scene.answers(dm)
        allow(scene, scene.guild)
        await scene.lab.say(dm, sven, "forget yes")

        assert await scene.reads("Erased", dm)

    async def test_without_a_list_nobody_is_asked_about(self, scene: Scene) -> None:
        sven = stranger(scene)
        await scene.lab.say(scene.lab.dm(sven), sven, "hello")
        await scene.answers(scene.lab.dm(sven))

        assert scene.lab.requested(MEMBER) == []


def group(scene: Scene) -> Channel:
    return scene.lab.group_dm(scene.ada, stranger(scene))


def elsewhere(scene: Scene) -> Channel:
    foreign = scene.lab.add_guild("Elsewhere", has_bot=False)
    foreign.add_member(scene.ada, admin=True)
    return foreign.add_channel("lobby")


@pytest.mark.parametrize("place", [group, elsewhere])
class TestBroughtAlong:
    """Where the bot is only because a person has it installed: not the bot's place, and nobody's to rule."""

    @pytest.mark.parametrize("options", [{}, {"private": "yes"}])
    async def test_a_list_shuts_it_out_for_members_too(self, scene: Scene, place: Any, options: dict[str, str]) -> None:
        allow(scene, scene.guild)
        question = {"question": "What is an owl?", **options}
        call = await scene.lab.slash(place(scene), scene.ada, "ask", options=question)
        told = await call.answered()

        assert "I am not set up for this place" in told.text
        assert told.seen_only_by is scene.ada
        assert scene.turns.turns == {}
        assert scene.requests("POST", MESSAGES) == 0

    async def test_nothing_is_suggested_there(self, scene: Scene, place: Any) -> None:
        allow(scene, scene.guild)
        await scene.engine.catalog.refresh()

        assert await scene.lab.autocomplete(place(scene), scene.ada, "model", "use", option="name") == []

    async def test_without_a_list_it_answers(self, scene: Scene, place: Any) -> None:
        call = await scene.lab.slash(place(scene), scene.ada, "ask", options={"question": "What is an owl?"})
        await scene.lab.until(lambda: any("You said" in message.text for message in call.wall))

    @pytest.mark.parametrize("level", ["channel", "workspace"])
    async def test_nobody_chooses_for_others_there(self, scene: Scene, place: Any, level: str) -> None:
        options = {"name": "qwen3:8b", "for": level}
        call = await scene.lab.slash(place(scene), scene.ada, "model", "use", options=options)
        told = (await call.answered()).text

        assert "nothing was changed" in told
        assert scene.lab.requested(MEMBER) == []


def manager(scene: Scene) -> tuple[User, Role]:
    """Let somebody in who may manage the guild, by a role."""
    rosa = scene.lab.add_user("Rosa")
    member = scene.guild.add_member(rosa, permissions_of_role=("manage_guild",))
    return rosa, member.roles[0]


class TestAdmins:
    """A choice for others is made on rights that are asked for at that moment."""

    async def test_who_may_manage_the_guild_chooses(self, scene: Scene) -> None:
        rosa, _ = manager(scene)
        await scene.lab.say(scene.channel, rosa, CHOOSE, mention=True)

        assert await scene.reads("qwen3:8b")
        assert len(scene.lab.requested(MEMBER)) == 1

    async def test_the_owner_and_an_administrator_choose(self, scene: Scene) -> None:
        boss = scene.lab.add_user("Boss")
        scene.guild.add_member(boss, admin=True)
        for user in (scene.guild.owner, boss):
            call = await scene.lab.slash(
                scene.channel, user, "model", "use", options={"name": "qwen3:8b", "for": "workspace"}
            )
            assert "needs an admin" not in (await call.answered()).text

    async def test_a_role_that_lost_its_rights_unheard_gives_none(self, scene: Scene) -> None:
        rosa, role = manager(scene)
        await scene.lab.say(scene.channel, rosa, "hello", mention=True)
        await scene.answers()
        role.permissions = 0
        await scene.lab.say(scene.channel, rosa, CHOOSE, mention=True)

        assert await scene.reads("needs an admin of this workspace")

    @pytest.mark.parametrize("route", [MEMBER, GUILD])
    async def test_where_discord_cannot_be_asked_nothing_is_changed(self, scene: Scene, route: str) -> None:
        rosa, _ = manager(scene)
        scene.lab.fail_next(route, status=401)
        await scene.lab.say(scene.channel, rosa, CHOOSE, mention=True)

        assert await scene.reads("I cannot ask now whether you are one")

    async def test_who_has_left_is_no_admin(self, scene: Scene) -> None:
        rosa, _ = manager(scene)
        scene.lab.fail_next(MEMBER, status=404, code=10007)
        await scene.lab.say(scene.channel, rosa, CHOOSE, mention=True)

        assert await scene.reads("needs an admin of this workspace")
