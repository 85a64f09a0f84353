"""Whose place it is on Slack: Slack Connect, installations for an organisation, guests and strangers, and admins."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType

import pytest

from adapters.slack.homes import Homes
from adapters.slack.manifest import SHORTCUT
from adapters.slack.people import REMEMBERED_S
from adapters.slack.place import Identity
from tests.adapters.labels import press_label
from tests.adapters.slack_scene import Scene, set_up, unlimited
from tests.fakes import Speech
from tests.lab.slack import SlackLab, User
from tests.lab.slack.acting import Said

CHOOSE = "model use qwen3:8b for workspace"
NO_ADMIN = "needs an admin of this workspace"
TICKED = {"private": {"selected_options": [{"value": "yes"}]}}


@pytest.fixture(params=[False, True], ids=["workspace", "organisation"])
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    """The school; installed in its workspace, and for its organisation."""
    async with set_up(SlackLab(organisation=request.param, rates=unlimited())) as scene:
        yield scene


@pytest.fixture
def kim(scene: Scene) -> User:
    """Somebody of another organisation, an admin there, who shares the channel."""
    kim = scene.lab.add_stranger("kim", admin=True)
    scene.lab.connect(scene.channel, kim)
    return kim


def workspaces(scene: Scene) -> set[str]:
    """Return the workspaces in which turns are kept."""
    return {kept.turn.message.address.workspace for kept in scene.turns.turns.values()}


def allow(scene: Scene, *workspaces: str) -> None:
    # Lists are frozen since they change with a restart only; for the engine this is one.
    object.__setattr__(scene.access, "workspaces", frozenset(f"slack:{each}" for each in workspaces))


async def answered(scene: Scene, user: User, text: str, *, thread: str | None = None) -> Said:
    said = await scene.lab.say(scene.channel, user, text, thread=thread)
    await scene.answered(text, thread=thread or said.ts)
    return said


class TestSlackConnect:
    """What people of another organisation do in a shared channel happens in the workspace the bot is installed in."""

    async def test_both_sides_of_a_thread_are_one_conversation(self, scene: Scene, kim: User) -> None:
        first = await answered(scene, kim, "my owl is grey")
        await answered(scene, scene.ada, "and mine is white", thread=first.ts)
        await answered(scene, kim, "which is grey?", thread=first.ts)

        assert workspaces(scene) == {scene.lab.team_id}
        assert {kept.turn.conversation_id for kept in scene.turns.turns.values()} == {1}
        assert "my owl is grey" in "".join(message.content for message in scene.backend.requests[-1].prompt)

    async def test_an_allow_list_of_our_workspace_lets_them_in(self, scene: Scene, kim: User) -> None:
        allow(scene, scene.lab.team_id)

        assert await answered(scene, kim, "hello")

    async def test_an_allow_list_of_their_workspace_lets_nobody_in(self, scene: Scene, kim: User) -> None:
        allow(scene, kim.team_id)
        said = await scene.lab.say(scene.channel, kim, "hello")

        assert await scene.answered("not set up for this place", thread=said.ts)

    async def test_they_can_be_blocked(self, scene: Scene, kim: User) -> None:
        object.__setattr__(scene.access, "blocked", frozenset({f"slack:{kim.id}"}))
        said = await scene.lab.say(scene.channel, kim, "hello")

        assert await scene.answered("You may not use this bot here", thread=said.ts)

    async def test_their_press_finds_the_turn(self, scene: Scene, kim: User) -> None:
        said = await answered(scene, kim, "hello")
        answer = scene.lab.posts(scene.channel)[-1]
        await press_label(scene.lab, answer, "Regenerate", kim)
        await scene.lab.until(lambda: len(scene.turns.turns) == 2)
        await scene.closed(2)

        assert workspaces(scene) == {scene.lab.team_id}
        assert scene.turns.turns[2].turn.about == 1
        assert said.ts

    async def test_the_form_of_their_press_is_taken(self, scene: Scene, kim: User) -> None:
        await answered(scene, kim, "hello")
        await scene.lab.rate(scene.lab.posts(scene.channel)[-1], "press.rate", kim, good=False)
        await scene.lab.until(lambda: scene.lab.view(kim) is not None)
        await scene.lab.submit(kim, {"answer": {"value": "too short"}})

        assert await scene.lab.private_reads(scene.channel, kim, "Thank")

    async def test_the_form_about_a_message_is_taken(self, scene: Scene, kim: User) -> None:
        await answered(scene, scene.ada, "hello")
        said = await scene.lab.say(scene.channel, scene.ada, "owls hoot", mention=False)
        await scene.lab.shortcut(said.message, SHORTCUT, kim)
        await scene.lab.until(lambda: scene.lab.view(kim) is not None)
        await scene.lab.submit(kim, {})
        await scene.answered("Explain this message", thread=said.ts)

        assert workspaces(scene) == {scene.lab.team_id}

    async def test_they_stop_their_own_answer(self, scene: Scene, kim: User) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        said = await scene.lab.say(scene.channel, kim, "count owls")
        await scene.shown("One owl")
        await scene.lab.stop(scene.channel, said.ts, kim)
        await scene.closed(1)

        assert await scene.lab.private_reads(scene.channel, kim, "Stopping")

    async def test_what_they_delete_is_taken_back(self) -> None:
        lab = SlackLab(
            subscriptions=frozenset({"app_mention", "message.channels", "agent_session_stopped"}), rates=unlimited()
        )
        async with set_up(lab) as scene:
            kim = lab.add_stranger("kim")
            lab.connect(scene.channel, kim)
            root = await answered(scene, scene.ada, "hello")
            said = await answered(scene, kim, "the owl is OWL-4711", thread=root.ts)
            await (await lab.edit(said.message, "the owl is grey")).acked()
            await (await lab.delete(said.message)).acked()
            await answered(scene, scene.ada, "which owl?", thread=root.ts)

            assert "OWL-4711" not in "".join(message.content for message in scene.backend.requests[-1].prompt)

    async def test_their_choice_for_themselves_holds(self, scene: Scene, kim: User) -> None:
        said = await scene.lab.say(scene.channel, kim, "model use qwen3:8b")
        await scene.answered("qwen3:8b", thread=said.ts)
        await answered(scene, kim, "hello", thread=said.ts)

        assert scene.backend.requests[-1].model == "qwen3:8b"

    async def test_what_streams_for_them_names_their_own_workspace(self, scene: Scene, kim: User) -> None:
        await answered(scene, kim, "hello")
        started = [call for call in scene.lab.called("chat.startStream") if not call.error]

        assert [call.arguments["recipient_team_id"] for call in started] == [kim.team_id]


async def test_events_of_another_installation_are_left_to_it() -> None:
    async with set_up() as scene:
        event = {"type": "app_mention", "channel": scene.channel.id, "user": scene.ada.id, "ts": "1.2", "text": "hi"}
        theirs = [{"enterprise_id": None, "team_id": "T0ELSEWHERE", "is_enterprise_install": False}]
        envelope = {"type": "event_callback", "event_id": "Ev1", "team_id": "T0ELSEWHERE", "event": event}
        await scene.lab.socket.deliver("events_api", envelope | {"authorizations": theirs}).wait_acked(5)
        await answered(scene, scene.ada, "hello")

        assert len(scene.turns.turns) == 1


class TestRights:
    """Guests, strangers and bots are never admins here, and whoever was one is asked about anew."""

    @pytest.mark.parametrize("guest", ["single", "multi"])
    async def test_a_guest_is_no_admin_whatever_else_slack_says(self, scene: Scene, guest: str) -> None:
        gail = scene.lab.add_user("gail", admin=True, guest=guest)
        said = await scene.lab.say(scene.channel, gail, CHOOSE)

        assert await scene.answered(NO_ADMIN, thread=said.ts)

    async def test_an_admin_of_another_organisation_is_none_here(self, scene: Scene, kim: User) -> None:
        said = await scene.lab.say(scene.channel, kim, CHOOSE)

        assert await scene.answered(NO_ADMIN, thread=said.ts)

    async def test_an_admin_of_another_organisation_ends_nobodys_answer(self, scene: Scene, kim: User) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        said = await scene.lab.say(scene.channel, scene.ada, "count owls")
        await scene.shown("One owl")
        await scene.lab.stop(scene.channel, said.ts, kim)
        await scene.lab.private_reads(scene.channel, kim, "Only the person who asked")
        scene.backend.release()
        await scene.closed(1)

    async def test_an_admin_of_the_workspace_is_one(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.rosa, CHOOSE)

        assert await scene.answered("qwen3:8b", thread=said.ts)

    @pytest.mark.parametrize("door", ["mention", "slash"])
    async def test_a_demoted_admin_changes_nothing_not_for_a_moment(self, scene: Scene, door: str) -> None:
        await answered(scene, scene.rosa, "hello")
        scene.rosa.is_admin = False
        if door == "mention":
            said = await scene.lab.say(scene.channel, scene.rosa, CHOOSE)
            assert await scene.answered(NO_ADMIN, thread=said.ts)
        else:
            await scene.lab.slash(scene.channel, scene.rosa, "/model", CHOOSE.removeprefix("model "))
            assert await scene.lab.private_reads(scene.channel, scene.rosa, NO_ADMIN)

    async def test_a_new_admin_need_not_wait(self, scene: Scene) -> None:
        await answered(scene, scene.ada, "hello")
        scene.ada.is_admin = True
        said = await scene.lab.say(scene.channel, scene.ada, CHOOSE)

        assert await scene.answered("qwen3:8b", thread=said.ts)

    @pytest.mark.parametrize("moments_s", [0, REMEMBERED_S + 1])
    async def test_where_slack_cannot_be_asked_nothing_is_changed(self, scene: Scene, moments_s: float) -> None:
        await answered(scene, scene.rosa, "hello")
        scene.rosa.is_admin = False
        scene.lab.clock.advance(moments_s)
        scene.lab.fail_next("users.info", http_status=500, times=5)
        said = await scene.lab.say(scene.channel, scene.rosa, CHOOSE)

        assert await scene.answered("I cannot ask now whether you are one", thread=said.ts)

    async def test_the_language_of_a_person_survives_the_asking(self, scene: Scene) -> None:
        scene.ben.locale = ""
        said = await scene.lab.say(scene.channel, scene.ben, "שלום")
        await scene.answered("שלום", thread=said.ts)
        said = await scene.lab.say(scene.channel, scene.ben, CHOOSE)

        assert await scene.answered("הרשאת ניהול", thread=said.ts)


class TestForgedForms:
    """A form of a button whose kept values come back changed does nothing at all."""

    @pytest.mark.parametrize(
        "forged",
        [
            {"where": "private:U0SOMEBODY0"},
            {"where": "1764000000.000100"},
            {"channel": "C0ELSEWHERE"},
            {"workspace": "T0ELSEWHERE"},
            {"direct": "yes"},
            {"url": "https://example.org/elsewhere"},
            {"thread": "1764000000.000100"},
            {"ts": "1.2"},
            {"more": "x"},
        ],
        ids=str,
    )
    @pytest.mark.parametrize("button", ["", "do:reset", "do:model%20use?name=qwen3%3A8b&for=channel"])
    async def test_it_is_refused_in_the_form(self, scene: Scene, forged: dict[str, str], button: str) -> None:
        await answered(scene, scene.ada, "hello")
        await scene.lab.rate(scene.lab.posts(scene.channel)[-1], "press.rate", scene.ada, good=False)
        await scene.lab.until(lambda: scene.lab.view(scene.ada) is not None)
        view = scene.lab.view(scene.ada)
        assert view is not None
        kept = json.loads(view["private_metadata"]) | forged | ({"button": button} if button else {})
        sent = await scene.lab.submit(scene.ada, {}, forged={"private_metadata": json.dumps(kept)})

        assert "lost what it is about" in sent.ack_payload["errors"]["answer"]
        assert scene.lab.private(scene.channel, scene.ada) == []


async def test_nothing_is_suggested_in_the_dm_of_who_may_not_speak(scene: Scene) -> None:
    object.__setattr__(scene.access, "blocked", frozenset({f"slack:{scene.ada.id}"}))
    await scene.engine.catalog.refresh()
    await (await scene.lab.open_home(scene.ada)).wait_acked(5)
    await (await scene.lab.open_home(scene.ben)).wait_acked(5)
    await scene.lab.until(lambda: bool(scene.lab.called("assistant.threads.setSuggestedPrompts")))

    called = scene.lab.called("assistant.threads.setSuggestedPrompts")
    assert {call.arguments["channel_id"] for call in called} == {scene.lab.dm(scene.ben).id}


async def test_the_home_of_who_may_not_speak_lists_nothing(scene: Scene) -> None:
    object.__setattr__(scene.access, "blocked", frozenset({f"slack:{scene.ada.id}"}))
    await (await scene.lab.open_home(scene.ada, "home")).wait_acked(5)
    await scene.lab.until(lambda: bool(scene.lab.called("views.publish")))
    shown = json.dumps(scene.lab.called("views.publish")[0].arguments)

    assert "You may not use this bot here" in shown
    assert "/model" not in shown


class TestHomes:
    """The workspace of payloads that an organisation's installation gets."""

    ours = Identity(workspace="", bot_user="U1", bot_id="B1", organisation="E1")
    event: Mapping[str, object] = MappingProxyType({"type": "message", "channel": "C1", "user": "U2"})

    def test_a_press_without_a_team_is_where_its_channel_was_heard_of(self) -> None:
        homes = Homes(self.ours)
        told = {
            "event": self.event,
            "team_id": "T1",
            "enterprise_id": "E1",
            "authorizations": [{"enterprise_id": "E1"}],
        }

        assert homes.of(told) == "T1"
        assert homes.of({"team": None, "channel": {"id": "C1"}, "user": {"id": "U9", "team_id": "T9"}}) == "T1"

    def test_a_press_in_a_channel_not_heard_of_is_in_the_persons_workspace(self) -> None:
        press = {"team": None, "channel": {"id": "C1"}, "user": {"id": "U2", "team_id": "T1"}}

        assert Homes(self.ours).of(press) == "T1"

    def test_the_workspace_of_a_stranger_is_never_ours(self) -> None:
        told = {"event": {**self.event, "user_team": "T9"}, "team_id": "T9", "enterprise_id": "E9"}

        assert Homes(self.ours).of(told | {"context_team_id": "T1", "is_ext_shared_channel": True}) == "T1"

    @pytest.mark.parametrize("body", [{}, {"team": "x"}, {"event": None}, {"authorizations": [7]}, {"user": {}}])
    def test_where_nothing_is_told_it_is_the_organisation(self, body: dict[str, object]) -> None:
        assert Homes(self.ours).of(body) == "E1"

    def test_a_channel_keeps_its_first_workspace(self) -> None:
        homes = Homes(self.ours)
        for team in ("T1", "T2"):
            homes.of({"event": self.event, "team_id": team, "enterprise_id": "E1"})

        assert homes.of({"channel_id": "C1", "team_id": "T2", "enterprise_id": "E1"}) == "T1"

    @pytest.mark.parametrize(
        ("authorizations", "is_ours"),
        [
            ([], True),
            ([{"enterprise_id": "E1"}], True),
            ([{"enterprise_id": "E2"}, {"team_id": "T1"}], False),
            ("x", True),
        ],
    )
    def test_an_event_is_for_whom_its_authorizations_name(self, authorizations: object, is_ours: bool) -> None:  # noqa: FBT001
        assert Homes(self.ours).is_ours({"authorizations": authorizations}) is is_ours

    def test_what_a_workspace_is_told_of_is_its_own_whoever_is_named(self) -> None:
        homes = Homes(Identity(workspace="T1", bot_user="U1", bot_id="B1"))

        assert homes.of({"team_id": "T9", "context_team_id": "T9", "event": self.event}) == "T1"
