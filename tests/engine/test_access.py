"""Who may: the operator's lists as rules alone, and decisions about others on what the platform says now."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Address, Level, Person, brought_thread, private_thread
from bot.engine.access import Access, Right
from bot.errors import BotError, Unavailable, UserError
from tests.contracts.stores import in_sqlite
from tests.e2e.stored import StoredInFile
from tests.engine.talk import BOSS, DANA, NOAM, ROOM, THREAD, Talk, accepted, engine_over, heard
from tests.memory import FakeMembers

RIGHTS_OVER_OTHERS = [Right.CHOOSE_FOR_ALL, Right.STOP, Right.ANSWER_AGAIN]
DIRECT = Address("lab", "", "D1")
BROUGHT = replace(DIRECT, channel="G1", thread=brought_thread(DANA.id))


def refusal(access: Access, right: Right = Right.SPEAK, *, address: Address = ROOM, **facts: object) -> str:
    """Return the key of what refuses Dana, "" where nothing does."""
    given = {"person": DANA, **facts}
    try:
        access.check(right, address=address, **given)  # type: ignore[arg-type]
    except UserError as error:
        return error.key
    return ""


class TestLists:
    """The operator's lists."""

    def test_without_lists_everybody_speaks_everywhere(self) -> None:
        assert [refusal(Access(), address=where) for where in (ROOM, THREAD, DIRECT, BROUGHT)] == [""] * 4

    @pytest.mark.parametrize("address", [ROOM, THREAD, DIRECT, BROUGHT])
    @pytest.mark.parametrize("right", [Right.SPEAK, *RIGHTS_OVER_OTHERS])
    def test_who_is_blocked_may_nothing_anywhere(self, address: Address, right: Right) -> None:
        access = Access(blocked=frozenset({"lab:U1"}), admins=frozenset({"lab:U1"}))

        assert refusal(access, right, address=address, is_member=True) == "error.blocked"

    @pytest.mark.parametrize("address", [ROOM, THREAD, DIRECT, BROUGHT])
    def test_everybody_may_be_forgotten_everywhere(self, address: Address) -> None:
        access = Access(blocked=frozenset({"lab:U1"}), workspaces=frozenset({"lab:W9"}), channels=frozenset({"lab:C9"}))

        assert refusal(access, Right.OWN_WORDS, address=address) == ""

    @pytest.mark.parametrize(("workspace", "key"), [("W1", ""), ("W2", "error.place_not_allowed")])
    def test_a_listed_workspace_is_the_only_one(self, workspace: str, key: str) -> None:
        access = Access(workspaces=frozenset({"lab:W1"}))

        assert refusal(access, address=replace(THREAD, workspace=workspace)) == key

    def test_an_id_of_another_platform_lets_nobody_in(self) -> None:
        assert refusal(Access(workspaces=frozenset({"other:W1"}))) == "error.place_not_allowed"

    @pytest.mark.parametrize(("is_member", "key"), [(True, ""), (False, "error.direct_not_allowed")])
    def test_directly_only_members_of_a_listed_workspace_speak(self, is_member: bool, key: str) -> None:  # noqa: FBT001
        access = Access(workspaces=frozenset({"lab:W1"}))

        assert refusal(access, address=DIRECT, is_member=is_member) == key

    def test_a_place_the_bot_was_brought_to_is_no_listed_one_though_the_person_belongs_to_one(self) -> None:
        access = Access(workspaces=frozenset({"lab:W1"}))

        assert refusal(access, address=BROUGHT, is_member=True) == "error.place_not_allowed"
        assert refusal(access, address=replace(BROUGHT, workspace="W2"), is_member=True) == "error.place_not_allowed"

    def test_a_list_of_channels_holds_directly_too(self) -> None:
        access = Access(channels=frozenset({"lab:C1"}))

        assert refusal(access) == ""
        assert refusal(access, address=DIRECT) == "error.place_not_allowed"


class TestAdmins:
    """Rights over others."""

    @pytest.mark.parametrize("right", RIGHTS_OVER_OTHERS)
    def test_the_platform_and_the_operator_name_admins(self, right: Right) -> None:
        named = Access(admins=frozenset({"lab:U1"}))

        assert refusal(Access(), right)
        assert refusal(named, right) == refusal(Access(), right, person=BOSS) == ""

    @pytest.mark.parametrize("right", RIGHTS_OVER_OTHERS)
    def test_no_platform_names_admins_where_the_bot_was_brought_to(self, right: Right) -> None:
        there = replace(BROUGHT, workspace="W1")

        assert refusal(Access(), right, person=BOSS, address=replace(there, thread=brought_thread(BOSS.id)))

    @pytest.mark.parametrize("right", RIGHTS_OVER_OTHERS)
    def test_not_even_an_admin_reaches_anothers_private_conversation(self, right: Right) -> None:
        there = replace(ROOM, thread=private_thread(DANA.id))

        assert refusal(Access(), right, person=BOSS, address=there) == "error.answer_gone"


@pytest.fixture
def members() -> FakeMembers:
    return FakeMembers()


def talk_with(members: FakeMembers, access: Access | None = None) -> Talk:
    talk = Talk(access=access)
    talk.engine.authority.ask("lab", members)
    return talk


async def choose(talk: Talk, level: Level, *, person: Person) -> str:
    """Choose a model for others, and take the choice back; return what refused it."""
    keys = {
        await refused_by(talk.command("model use", person=person, name="falcon:7b", for_=level.value)),
        await refused_by(talk.command("model reset", person=person, for_=level.value)),
    }
    (key,) = keys
    return key


async def refused_by(call: Awaitable[object]) -> str:
    """Return the key of what refuses a call, "" where nothing does."""
    try:
        await call
    except BotError as error:
        return error.key
    return ""


@pytest.mark.parametrize("level", [Level.CHANNEL, Level.WORKSPACE])
class TestDecisions:
    """A choice for others is made on what the platform says at that moment."""

    async def test_a_demoted_admin_changes_nothing(self, members: FakeMembers, level: Level) -> None:
        assert await choose(talk_with(members), level, person=BOSS) == "error.admin_only"

    async def test_a_new_admin_need_not_wait(self, members: FakeMembers, level: Level) -> None:
        members.admins.add((NOAM.id, "W1"))

        assert await choose(talk_with(members), level, person=NOAM) == ""

    async def test_an_admin_of_another_workspace_is_none_here(self, members: FakeMembers, level: Level) -> None:
        members.admins.add((BOSS.id, "W2"))

        assert await choose(talk_with(members), level, person=BOSS) == "error.admin_only"

    async def test_where_nobody_can_be_asked_nothing_is_changed(self, members: FakeMembers, level: Level) -> None:
        members.is_away = True
        talk = talk_with(members)

        assert await choose(talk, level, person=BOSS) == "error.rights_unknown"
        assert await talk.choices.chain(THREAD, BOSS.id) == []

    async def test_whom_the_operator_names_needs_nobody_else(self, members: FakeMembers, level: Level) -> None:
        members.is_away = True
        talk = talk_with(members, Access(admins=frozenset({f"lab:{NOAM.id}"})))

        assert await choose(talk, level, person=NOAM) == ""

    async def test_nobody_is_asked_about_whom_the_lists_refuse(self, members: FakeMembers, level: Level) -> None:
        talk = talk_with(members, Access(blocked=frozenset({f"lab:{BOSS.id}"})))

        assert await choose(talk, level, person=BOSS) == "error.blocked"
        assert members.asked == []


async def test_a_choice_for_oneself_asks_nobody(members: FakeMembers) -> None:
    await talk_with(members).command("model use", name="falcon:7b")

    assert members.asked == []


async def test_a_demoted_admin_ends_nobody_elses_answer(members: FakeMembers) -> None:
    talk = talk_with(members)
    turn = await talk.accept("hello")
    with pytest.raises(UserError) as refused:
        await talk.engine.stop(turn.id, person=BOSS, address=ROOM)
    members.is_away = True
    with pytest.raises(Unavailable) as unasked:
        await talk.engine.stop(turn.id, person=BOSS, address=ROOM)

    assert (refused.value.key, unasked.value.key) == ("error.not_your_answer", "error.rights_unknown")
    assert (await talk.engine.stop(turn.id, person=DANA, address=ROOM)).key == "stop.done"


async def test_a_demoted_admin_has_nothing_of_others_answered_again(members: FakeMembers) -> None:
    talk = talk_with(members)
    answer = await talk.say("hello")
    with pytest.raises(UserError) as refused:
        await talk.press_under(answer, "again", person=BOSS)

    assert refused.value.key == "error.not_your_question"


@pytest.mark.parametrize("lists", [{"blocked": "lab:U2"}, {"workspaces": "lab:W9"}, {"channels": "lab:C9"}])
async def test_nothing_is_kept_of_who_was_shut_out_before_the_answer(tmp_path: Path, lists: dict[str, str]) -> None:
    async with in_sqlite(tmp_path) as stores:
        turn = await accepted(engine_over(stores), Talk().message("OWL-4711 sleeps", person=NOAM))
        assert turn is not None
        engine = engine_over(stores, access=Access(**{name: frozenset({each}) for name, each in lists.items()}))
        with pytest.raises(UserError):
            await heard(engine.reply(turn))

        assert not [row for row in await StoredInFile(tmp_path / "lyceum.db").rows() if "OWL-4711" in row]


class TestDirect:
    """Direct messages, where the operator lists workspaces."""

    @pytest.fixture
    def talk(self, members: FakeMembers) -> Talk:
        return talk_with(members, Access(workspaces=frozenset({"lab:W1", "lab:W2", "other:W3"})))

    async def test_a_member_is_answered(self, talk: Talk, members: FakeMembers) -> None:
        members.members.add((DANA.id, "W2"))

        assert (await talk.say("hello", at=DIRECT, direct=True)).text

    async def test_a_stranger_is_refused_and_nothing_is_stored(self, talk: Talk, members: FakeMembers) -> None:
        members.members.add((DANA.id, "W3"))
        with pytest.raises(UserError) as refused:
            await talk.accept("hello", at=DIRECT, direct=True)

        assert refused.value.key == "error.direct_not_allowed"
        assert talk.turns.turns == {}
        assert not await talk.engine.suggest("model use", "name", "", person=DANA, address=DIRECT)

    async def test_where_nobody_can_be_asked_nobody_is_let_in(self, talk: Talk, members: FakeMembers) -> None:
        members.members.add((DANA.id, "W1"))
        members.is_away = True
        with pytest.raises(Unavailable) as refused:
            await talk.accept("hello", at=DIRECT, direct=True)

        assert refused.value.key == "error.member_unknown"
        assert not await talk.engine.suggest("model use", "name", "", person=DANA, address=DIRECT)

    async def test_one_workspace_that_cannot_be_asked_about_shuts_out_no_member_of_another(
        self, talk: Talk, members: FakeMembers
    ) -> None:
        members.members.add((DANA.id, "W2"))
        members.unknown.add("W1")

        assert (await talk.say("hello", at=DIRECT, direct=True)).text

    async def test_who_left_meanwhile_is_not_answered(self, talk: Talk, members: FakeMembers) -> None:
        members.members.add((DANA.id, "W1"))
        turn = await talk.accept("hello", at=DIRECT, direct=True)
        members.members.clear()
        with pytest.raises(UserError) as refused:
            [part async for part in talk.engine.reply(turn)]

        assert refused.value.key == "error.direct_not_allowed"

    async def test_a_stranger_can_be_forgotten(self, talk: Talk, members: FakeMembers) -> None:
        assert (await talk.command("forget", at=DIRECT, confirm="yes")).notices == ["forget.none"]
        assert members.asked == []

    async def test_a_place_without_workspaces_asks_nobody(self) -> None:
        talk = Talk(access=Access(workspaces=frozenset({"lab:W1"})))

        assert (await talk.say("hello", at=DIRECT, direct=True)).text
