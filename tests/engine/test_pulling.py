"""Models are pulled for admins, with their progress, and whatever goes wrong is told once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from bot.catalogue.open_catalogue import OpenCatalogue
from bot.domain import State
from bot.engine import pulling as pulling_of
from bot.engine.model_changes import HostChange
from bot.errors import BotError, UserError
from tests.engine.lab_talk import GB, begun, carried_out, lab_talk, olmo, shown, states
from tests.engine.talk import BOSS, DANA, ROOM, Heard, Talk, heard, until
from tests.lab.ollama import LabModel, OllamaLab, PullFault


@pytest.fixture
async def lab() -> AsyncGenerator[OllamaLab]:
    async with OllamaLab() as running:
        running.offer(olmo())
        yield running


@pytest.fixture
async def talk(lab: OllamaLab) -> AsyncGenerator[Talk]:
    async with lab_talk(lab, catalogue=OpenCatalogue()) as running:
        yield running


async def refused(talk: Talk, **given: str) -> tuple[str, Heard]:
    """Pull what cannot be had; return the error's key and what was said."""
    said = Heard()
    with pytest.raises(BotError) as error:
        await heard(
            talk.engine.reply(await begun(talk, "model pull", engine=None, person=BOSS, at=ROOM, **given)), said
        )
    return error.value.key, said


async def test_a_pulled_model_is_installed_and_told_once(lab: OllamaLab, talk: Talk) -> None:
    answer = await carried_out(talk, "model pull", name="OLMo2:7b")

    assert "olmo2:7b" in lab.models
    assert answer.notices == ["pull.done"]
    assert "5.0 GB" in shown(answer)


async def test_it_can_be_chosen_at_once(talk: Talk) -> None:
    await carried_out(talk, "model pull", name="olmo2:7b")
    chosen = await talk.command("model use", name="olmo2:7b")

    assert chosen.notices == ["model.use.done"]


async def test_its_progress_has_a_bar_the_amount_the_speed_and_the_time_left(lab: OllamaLab, talk: Talk) -> None:
    lab.pulls.bytes_per_s = 2.5 * GB
    told = states(await carried_out(talk, "model pull", name="olmo2:7b"))

    assert any("█" in each and "░" in each and " / 5.0 GB" in each for each in told)
    assert any("GB/s" in each and "left" in each for each in told)
    assert any("Ollama does not tell" in each for each in told)


async def test_only_an_admin_may(lab: OllamaLab, talk: Talk) -> None:
    with pytest.raises(UserError) as error:
        await begun(talk, "model pull", person=DANA, name="olmo2:7b")

    assert error.value.key == "error.models_admin_only"
    assert "olmo2:7b" not in lab.models


async def test_a_mistyped_name_is_told_with_the_one_that_was_meant(talk: Talk) -> None:
    key, _ = await refused(talk, name="olmo2:7bb")

    assert key == "error.pull_not_found_near"


async def test_a_registry_that_is_not_reached_is_told_as_the_host_says_it(lab: OllamaLab, talk: Talk) -> None:
    lab.pulls.next_pull(PullFault.NO_REGISTRY)
    said = Heard()
    with pytest.raises(UserError) as error:
        await heard(talk.engine.reply(await begun(talk, "model pull", name="zzz-nothing:1b")), said)

    assert "no such host" in str(error.value.parameters["detail"])
    assert "https" not in str(error.value.parameters["detail"])


@pytest.mark.parametrize("name", ["bad name!!", "hf.co/only-one", "../../etc/passwd", "evil.example/a/b:c", ""])
async def test_a_name_that_is_none_reaches_no_host(lab: OllamaLab, talk: Talk, name: str) -> None:
    if name:
        await refused(talk, name=name)
    else:
        with pytest.raises(UserError):
            await begun(talk, "model pull", name=name)

    assert not any(request.path == "/api/pull" for request in lab.requests)


@pytest.mark.parametrize(
    "typed",
    ["hf.co/bartowski/OLMo-GGUF:Q4_K_M", "https://huggingface.co/bartowski/OLMo-GGUF:Q4_K_M"],
)
async def test_a_model_of_hugging_face_is_pulled_by_its_name_or_address(lab: OllamaLab, talk: Talk, typed: str) -> None:
    lab.offer(LabModel(name="hf.co/bartowski/OLMo-GGUF:Q4_K_M"))
    answer = await carried_out(talk, "model pull", name=typed)

    assert answer.notices == ["pull.done"]
    assert "hf.co/bartowski/OLMo-GGUF:Q4_K_M" in lab.models


async def test_a_full_disk_is_told_and_what_there_is_is_kept(lab: OllamaLab, talk: Talk) -> None:
    lab.pulls.bytes_per_s = 20 * GB
    lab.pulls.next_pull(PullFault.DISK_FULL, after_bytes=2 * GB)
    key, said = await refused(talk, name="olmo2:7b")
    again = await carried_out(talk, "model pull", name="olmo2:7b")

    assert key == "error.pull_broken"
    assert said.notices == []
    assert again.notices == ["pull.done"]
    assert lab.pulls.began == 2
    assert "2.0 GB" in next(each for each in states(again) if "█" in each)


async def test_what_does_not_fit_by_the_catalogue_is_not_begun(lab: OllamaLab) -> None:
    async with lab_talk(lab, disks_gb=(3.0,), catalogue=OpenCatalogue()) as talk:
        key, _ = await refused(talk, name="olmo2:7b")

    assert key == "error.pull_no_room"
    assert not any(request.path == "/api/pull" for request in lab.requests)


async def test_what_turns_out_not_to_fit_is_stopped(lab: OllamaLab) -> None:
    lab.offer(LabModel(name="surprise:70b", size=40 * GB))
    lab.pulls.bytes_per_s = GB
    async with lab_talk(lab, disks_gb=(30.0,), catalogue=OpenCatalogue()) as talk:
        key, _ = await refused(talk, name="surprise:70b")

    assert key == "error.pull_no_room"
    await lab.until(lambda: not lab.pulls.running)


async def test_it_goes_to_the_host_with_room_or_to_the_named_one() -> None:
    async with OllamaLab() as full, OllamaLab() as roomy:
        full.offer(olmo())
        roomy.offer(olmo(), LabModel(name="tiny:1b"))
        async with lab_talk(full, roomy, disks_gb=(3.0, 500.0)) as talk:
            await carried_out(talk, "model pull", name="olmo2:7b")
            full.offer(LabModel(name="tiny:1b"))
            await carried_out(talk, "model pull", name="tiny:1b", on=full.url.removeprefix("http://"))

        assert "olmo2:7b" in roomy.models
        assert "olmo2:7b" not in full.models
        assert "tiny:1b" in full.models


@pytest.mark.parametrize("name", ["two words", "hf.co/one", "a/b/c/d/e", "../x"])
async def test_what_is_no_models_name_is_told_before_any_host_is_asked(lab: OllamaLab, talk: Talk, name: str) -> None:
    key, _ = await refused(talk, name=name)

    assert key == "error.model_name_odd"
    assert lab.requests == []


async def test_where_no_host_can_be_changed_that_is_told() -> None:
    async with lab_talk() as talk:
        key, _ = await refused(talk, name="olmo2:7b")

    assert key == "error.no_keeper"


async def test_a_host_that_is_not_there_is_told_with_those_that_are(talk: Talk) -> None:
    key, _ = await refused(talk, name="olmo2:7b", on="gpu9")

    assert key == "error.host_unknown"


async def test_a_second_asker_is_told_that_it_is_on_its_way(lab: OllamaLab, talk: Talk) -> None:
    lab.pulls.bytes_per_s = GB
    first = await begun(talk, "model pull", name="olmo2:7b")
    async with aclosing(talk.engine.reply(first)) as parts:
        await anext(parts)
        key, _ = await refused(talk, name="olmo2:7b")

    assert key == "error.pull_running"
    assert lab.pulls.began <= 1


async def test_stop_ends_it_within_a_second_and_keeps_what_there_is(lab: OllamaLab, talk: Talk) -> None:
    lab.pulls.bytes_per_s = GB
    turn, said = await begun(talk, "model pull", name="olmo2:7b"), Heard()
    pulling = asyncio.create_task(heard(talk.engine.reply(turn), said))
    await until(lambda: any("█" in each or "░" in each for each in states(said)))
    await talk.engine.stop(turn.id, person=BOSS, address=ROOM)
    async with asyncio.timeout(1):
        await pulling
        await lab.until(lambda: not lab.pulls.running)

    assert said.notices == ["pull.stopped"]
    assert "olmo2:7b" not in lab.models


async def test_others_may_not_stop_it(lab: OllamaLab, talk: Talk) -> None:
    lab.pulls.bytes_per_s = GB
    turn = await begun(talk, "model pull", name="olmo2:7b")
    async with aclosing(talk.engine.reply(turn)) as parts:
        await anext(parts)
        with pytest.raises(UserError) as error:
            await talk.engine.stop(turn.id, person=DANA, address=ROOM)

    assert error.value.key == "error.not_your_answer"


async def test_who_pulls_is_answered_meanwhile_and_so_are_others(lab: OllamaLab, talk: Talk) -> None:
    lab.pulls.bytes_per_s = GB / 10
    turn = await begun(talk, "model pull", name="olmo2:7b")
    async with aclosing(talk.engine.reply(turn)) as parts:
        await anext(parts)
        own, others = await talk.say("hello", person=BOSS), await talk.say("hello", person=DANA)

    assert "hello" in own.text
    assert "hello" in others.text


async def test_a_deleted_call_ends_it(lab: OllamaLab, talk: Talk) -> None:
    lab.pulls.bytes_per_s = GB
    turn, said = await begun(talk, "model pull", name="olmo2:7b"), Heard()
    pulling = asyncio.create_task(heard(talk.engine.reply(turn), said))
    await until(lambda: said.of(State))
    await talk.engine.withdraw(turn.message.address, message_id=turn.message.message_id)
    async with asyncio.timeout(1):
        await pulling

    assert "olmo2:7b" not in lab.models


async def test_a_stub_of_a_model_elsewhere_is_taken_away_again(lab: OllamaLab, talk: Talk) -> None:
    lab.offer(LabModel(name="cloudy", remote_host="https://ollama.com:443", remote_model="gpt-oss:120b", size=240))
    key, _ = await refused(talk, name="cloudy")

    assert key == "error.pull_remote"
    assert "cloudy:latest" not in lab.models


async def test_where_models_may_run_elsewhere_a_stub_is_pulled(lab: OllamaLab) -> None:
    lab.offer(LabModel(name="cloudy", remote_host="https://ollama.com:443", remote_model="gpt-oss:120b", size=240))
    async with lab_talk(lab, may_leave=True) as talk:
        answer = await carried_out(talk, "model pull", name="cloudy")

    assert answer.notices == ["pull.done"]


async def test_a_model_that_is_there_unchanged_is_told_so(talk: Talk) -> None:
    await carried_out(talk, "model pull", name="olmo2:7b")

    assert (await carried_out(talk, "model pull", name="olmo2:7b")).notices == ["pull.present"]


async def test_what_is_pulled_is_told_with_who_asked_for_it(talk: Talk) -> None:
    made: list[HostChange] = []

    async def hear(change: HostChange) -> None:
        made.append(change)

    talk.engine.keeping.changes.hearers.append(hear)
    await carried_out(talk, "model pull", name="olmo2:7b")

    assert [(each.kind.value, each.model, each.person) for each in made] == [("pulled", "olmo2:7b", BOSS)]


async def test_no_word_of_it_is_in_a_later_prompt(lab: OllamaLab, talk: Talk) -> None:
    await carried_out(talk, "model pull", name="olmo2:7b")
    await talk.say("hello")

    assert "pull" not in str(lab.chats[-1].body["messages"])


async def test_another_process_goes_on_with_it_on_the_same_host(lab: OllamaLab) -> None:
    async with OllamaLab() as other:
        other.offer(olmo())
        lab.pulls.bytes_per_s = GB
        async with lab_talk(lab, other, disks_gb=(400.0, 300.0)) as talk:
            turn, said = await begun(talk, "model pull", name="olmo2:7b"), Heard()
            first = asyncio.create_task(heard(talk.engine.reply(turn), said))
            await until(lambda: any("GB" in each for each in states(said)))
            had = max(lab.pulls.done(each) for each in lab.pulls.running.values())
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
            second = talk.another_process("second")
            (again,) = await second.adopt("lab")
            lab.pulls.bytes_per_s = 100 * GB
            answer = await heard(second.reply(again))

        assert answer.notices == ["pull.done"]
        assert "olmo2:7b" in lab.models
        assert "olmo2:7b" not in other.models
        assert had > 0


async def test_who_is_no_admin_any_more_does_not_go_on(lab: OllamaLab, talk: Talk) -> None:
    lab.pulls.bytes_per_s = GB
    turn = await begun(talk, "model pull", name="olmo2:7b")
    await talk.turns.release(turn.id, worker="first")
    second = talk.another_process("second")
    second.authority.ask("lab", NoAdmins())
    (again,) = await second.adopt("lab")
    said = Heard()
    with pytest.raises(UserError) as error:
        await heard(second.reply(again), said)

    assert error.value.key == "error.models_admin_only"
    assert not any(request.path == "/api/pull" for request in lab.requests)


class NoAdmins:
    """A platform on which nobody is an admin any more."""

    async def is_admin(self, person_id: str, *, workspace: str) -> bool:  # noqa: ARG002 - see `ports.Members`
        return False

    async def is_member(self, person_id: str, *, workspace: str) -> bool:  # noqa: ARG002 - see `ports.Members`
        return True


class TestTroubleOnTheWay:
    async def test_a_host_that_dies_in_the_middle_and_comes_back_goes_on(self, lab: OllamaLab, talk: Talk) -> None:
        lab.pulls.bytes_per_s = 2 * GB
        turn, said = await begun(talk, "model pull", name="olmo2:7b"), Heard()
        pulling = asyncio.create_task(heard(talk.engine.reply(turn), said))
        await until(lambda: any("░" in each for each in states(said)))
        await lab.stop()
        await until(lambda: any("trying again" in each for each in states(said)))
        await lab.start()
        async with asyncio.timeout(20):
            await pulling

        assert said.notices == ["pull.done"]
        assert lab.pulls.began == 2

    async def test_a_host_that_stays_away_is_told_at_last(
        self, lab: OllamaLab, talk: Talk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pulling_of, "LOST_S", 0.2)
        monkeypatch.setattr(pulling_of, "RETRY_S", 0.05)
        lab.pulls.bytes_per_s = GB / 10
        turn, said = await begun(talk, "model pull", name="olmo2:7b"), Heard()
        pulling = asyncio.create_task(heard(talk.engine.reply(turn), said))
        await until(lambda: any("░" in each for each in states(said)))
        await lab.stop()
        with pytest.raises(BotError) as error:
            await pulling

        assert error.value.key == "error.host_unreachable"
        assert said.notices == []

    async def test_a_connection_that_breaks_is_made_anew(self, lab: OllamaLab, talk: Talk) -> None:
        lab.pulls.bytes_per_s = 20 * GB
        lab.pulls.next_pull(PullFault.BREAK_OFF, after_bytes=GB)
        answer = await carried_out(talk, "model pull", name="olmo2:7b")

        assert answer.notices == ["pull.done"]
        assert lab.pulls.began == 2

    async def test_a_registry_that_dies_is_told_without_its_address(self, lab: OllamaLab, talk: Talk) -> None:
        lab.pulls.next_pull(PullFault.REGISTRY_DIED, after_bytes=GB)
        with pytest.raises(BotError) as error:
            await heard(talk.engine.reply(await begun(talk, "model pull", name="olmo2:7b")))

        assert error.value.key == "error.pull_broken"
        assert "Signature" not in str(error.value.parameters)
        assert "max retries" in str(error.value.parameters["detail"])

    async def test_stop_ends_it_also_while_the_host_is_away(self, lab: OllamaLab, talk: Talk) -> None:
        lab.pulls.bytes_per_s = GB
        turn, said = await begun(talk, "model pull", name="olmo2:7b"), Heard()
        pulling = asyncio.create_task(heard(talk.engine.reply(turn), said))
        await until(lambda: any("░" in each for each in states(said)))
        await lab.stop()
        await until(lambda: any("trying again" in each for each in states(said)))
        await talk.engine.stop(turn.id, person=BOSS, address=ROOM)
        async with asyncio.timeout(2):
            await pulling

        assert said.notices == ["pull.stopped"]

    async def test_what_a_host_checks_in_silence_is_waited_for(self, lab: OllamaLab, talk: Talk) -> None:
        lab.pulls.check_s = 0.3
        answer = await carried_out(talk, "model pull", name="olmo2:7b")

        assert any("Checking" in each for each in states(answer))
        assert answer.notices == ["pull.done"]

    async def test_a_stalled_registry_is_shown_and_can_be_stopped(self, lab: OllamaLab, talk: Talk) -> None:
        lab.pulls.bytes_per_s = 20 * GB
        lab.pulls.next_pull(PullFault.STALL, after_bytes=2 * GB)
        turn, said = await begun(talk, "model pull", name="olmo2:7b"), Heard()
        pulling = asyncio.create_task(heard(talk.engine.reply(turn), said))
        await until(lambda: any("2.0 GB" in each for each in states(said)))
        await talk.engine.stop(turn.id, person=BOSS, address=ROOM)
        async with asyncio.timeout(2):
            await pulling

        assert said.notices == ["pull.stopped"]

    @pytest.mark.parametrize("steps", range(1, 8))
    async def test_cancelled_at_any_step_it_is_handed_back_and_goes_on_elsewhere(
        self, lab: OllamaLab, talk: Talk, steps: int
    ) -> None:
        lab.pulls.bytes_per_s = 20 * GB
        turn, said = await begun(talk, "model pull", name="olmo2:7b"), Heard()
        pulling = asyncio.create_task(heard(talk.engine.reply(turn), said))
        for _ in range(steps):
            await asyncio.sleep(0.02)
        pulling.cancel()
        await asyncio.gather(pulling, return_exceptions=True)
        told = [each for each in said.notices if each.startswith("pull.")]
        for again in await talk.another_process("second").adopt("lab"):
            told += (await heard(talk.another_process("second").reply(again))).notices

        assert len(told) == 1
        assert "olmo2:7b" in lab.models

    async def test_a_registry_that_sends_nothing_any_more_is_told_at_last(
        self, lab: OllamaLab, talk: Talk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pulling_of, "LOST_S", 0.3)
        lab.pulls.next_pull(PullFault.STALL, after_bytes=2 * GB)
        async with asyncio.timeout(10):
            key, said = await refused(talk, name="olmo2:7b")

        assert key == "error.pull_stalled"
        assert said.notices == []
        await lab.until(lambda: not lab.pulls.running)

    async def test_a_host_that_breaks_off_at_one_place_is_not_asked_for_ever(
        self, lab: OllamaLab, talk: Talk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pulling_of, "LOST_S", 0.3)
        monkeypatch.setattr(pulling_of, "RETRY_S", 0.05)
        for _ in range(40):
            lab.pulls.next_pull(PullFault.BREAK_OFF, after_bytes=GB)
        key, _ = await refused(talk, name="olmo2:7b")

        assert key == "error.stream_broken"
        assert lab.pulls.began < 40

    async def test_a_registry_that_is_lost_between_two_tries_is_no_wrong_name(
        self, lab: OllamaLab, talk: Talk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pulling_of, "RETRY_S", 0.05)
        lab.pulls.next_pull(PullFault.BREAK_OFF, after_bytes=GB)
        lab.pulls.next_pull(PullFault.NO_REGISTRY)
        key, _ = await refused(talk, name="olmo2:7b")

        assert key == "error.pull_broken"
