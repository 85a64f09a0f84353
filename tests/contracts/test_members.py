"""What `ports.Members` promises."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest

from adapters.discord.members import GuildMembers
from adapters.slack.calls import open_web
from adapters.slack.members import WorkspaceMembers
from adapters.slack.people import People
from adapters.slack.place import Identity
from bot.clock import SYSTEM_CLOCK
from bot.errors import Unavailable
from bot.ports import Members
from tests.adapters.discord_process import logged_in
from tests.adapters.discord_scene import make_scene
from tests.lab.discord import DiscordLab
from tests.lab.slack import SlackLab
from tests.memory import FakeMembers

HERE = "W1"


@dataclass(frozen=True)
class Harness:
    """An implementation, the workspace, an admin of it, another member, a stranger; and what may happen."""

    members: Members
    here: str
    admin: str
    member: str
    stranger: str
    demote: Callable[[], None]
    go_away: Callable[[], None]


@asynccontextmanager
async def in_memory() -> AsyncIterator[Harness]:
    members = FakeMembers()
    members.admins = {("U9", HERE)}
    members.members = {("U9", HERE), ("U1", HERE)}

    def go_away() -> None:
        members.is_away = True

    yield Harness(members, HERE, "U9", "U1", "U2", members.admins.clear, go_away)


@asynccontextmanager
async def on_slack() -> AsyncIterator[Harness]:
    async with SlackLab() as lab, aiohttp.ClientSession() as session:
        web = open_web(session, token=lab.bot_token, api_url=lab.api_url)
        identity = Identity(workspace=lab.team_id, bot_user=lab.bot_user, bot_id=lab.bot_id)
        members = WorkspaceMembers()
        members.people = People(client=web.without_retries, clock=lab.clock, identity=identity)
        rosa, ada, kim = lab.add_user("rosa", admin=True), lab.add_user("ada"), lab.add_stranger("kim", admin=True)

        def demote() -> None:
            rosa.is_admin = False

        def go_away() -> None:
            lab.fail_next("users.info", http_status=500, times=50)

        yield Harness(members, lab.team_id, rosa.id, ada.id, kim.id, demote, go_away)


@asynccontextmanager
async def on_discord() -> AsyncIterator[Harness]:
    async with DiscordLab() as lab:
        scene = make_scene(lab)
        async with logged_in(scene) as client:
            members = GuildMembers(clock=SYSTEM_CLOCK)
            members.client = client
            kim, rosa = lab.add_user("Kim"), lab.add_user("Rosa")
            lab.add_guild("Other").add_member(kim, admin=True)
            role = scene.guild.add_member(rosa, permissions_of_role=("manage_guild",)).roles[0]

            def demote() -> None:
                role.permissions = 0

            def go_away() -> None:
                lab.fail_next("GET /guilds/{guild_id}/members/{user_id}", status=401, times=50)

            admin, member, stranger = (str(each.id) for each in (rosa, scene.ada, kim))
            yield Harness(members, str(scene.guild.id), admin, member, stranger, demote, go_away)


IMPLEMENTATIONS: dict[str, Callable[[], AbstractAsyncContextManager[Harness]]] = {
    "memory": in_memory,
    "slack": on_slack,
    "discord": on_discord,
}


@pytest.fixture(params=IMPLEMENTATIONS)
async def harness(request: pytest.FixtureRequest) -> AsyncIterator[Harness]:
    async with IMPLEMENTATIONS[request.param]() as harness:
        yield harness


async def test_admins_are_those_of_the_workspace(harness: Harness) -> None:
    people = (harness.admin, harness.member, harness.stranger, "nobody")
    told = [await harness.members.is_admin(each, workspace=harness.here) for each in people]

    assert told == [True, False, False, False]


async def test_members_are_those_of_the_workspace(harness: Harness) -> None:
    people = (harness.admin, harness.member, harness.stranger, "nobody")
    told = [await harness.members.is_member(each, workspace=harness.here) for each in people]

    assert told == [True, True, False, False]


@pytest.mark.parametrize("workspace", ["", "elsewhere", "999"])
async def test_of_another_workspace_nobody_is_one(harness: Harness, workspace: str) -> None:
    assert not await harness.members.is_admin(harness.admin, workspace=workspace)
    assert not await harness.members.is_member(harness.admin, workspace=workspace)


async def test_an_admin_is_none_from_the_moment_they_are_demoted(harness: Harness) -> None:
    assert await harness.members.is_admin(harness.admin, workspace=harness.here)
    harness.demote()

    assert not await harness.members.is_admin(harness.admin, workspace=harness.here)


async def test_rights_are_never_remembered(harness: Harness) -> None:
    assert await harness.members.is_admin(harness.admin, workspace=harness.here)
    harness.go_away()
    with pytest.raises(Unavailable) as unknown:
        await harness.members.is_admin(harness.admin, workspace=harness.here)

    assert unknown.value.key == "error.rights_unknown"


async def test_where_nobody_can_be_asked_nobody_is_a_member(harness: Harness) -> None:
    harness.go_away()
    with pytest.raises(Unavailable) as unknown:
        await harness.members.is_member(harness.member, workspace=harness.here)

    assert unknown.value.key == "error.member_unknown"


@pytest.mark.parametrize("members", [WorkspaceMembers(), GuildMembers(clock=SYSTEM_CLOCK)])
async def test_without_a_connection_nobody_can_be_asked(members: Members) -> None:
    with pytest.raises(Unavailable):
        await members.is_admin("1", workspace="1")
    with pytest.raises(Unavailable):
        await members.is_member("1", workspace="1")
