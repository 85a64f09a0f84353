"""What is too old goes, in each place after its own days."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from structlog.testing import capture_logs

from bot.domain import Address
from bot.domain.deeds import DeedKind
from bot.engine.retention import Policy, expire_forever
from bot.errors import Unavailable
from tests.clocks import JumpingClock
from tests.engine.talk import ROOM, Talk, until

ELSEWHERE = Address("lab", "W2", "C1")
Told = list[dict[str, object]]


@asynccontextmanager
async def keeping(talk: Talk, policy: Policy, *, after_days: float = 0, **more: object) -> AsyncIterator[Told]:
    """Carry the policy out, in quick rounds, as if so many days had passed."""
    clock = JumpingClock(days=after_days)
    with capture_logs() as told:
        keeper = asyncio.create_task(
            expire_forever(talk.history, policy, clock=clock, every_s=0.01, **more)  # type: ignore[arg-type]
        )
        yield told  # type: ignore[misc]
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper


def rounds(told: Told, event: str = "retention.expired") -> list[dict[str, object]]:
    return [line for line in told if line["event"] == event]


async def words_known(talk: Talk, *, at: Address) -> str:
    await talk.say("What is the word?", at=at)
    return "".join(talk.prompts()[-1])


async def test_what_is_older_than_the_days_is_erased() -> None:
    talk = Talk()
    await talk.say("The word is OWL-1.")
    async with keeping(talk, Policy(days=30), after_days=31) as told:
        await until(lambda: rounds(told))

    assert rounds(told)[0]["messages"] == 2
    assert "OWL-1" not in await words_known(talk, at=ROOM)


async def test_what_is_younger_stays() -> None:
    talk = Talk()
    await talk.say("The word is OWL-1.")
    async with keeping(talk, Policy(days=30), after_days=29) as told:
        await until(lambda: rounds(told))

    assert "OWL-1" in await words_known(talk, at=ROOM)


async def test_a_workspace_with_days_of_its_own_is_erased_sooner_than_the_others() -> None:
    talk = Talk()
    await talk.say("The word is OWL-1.")
    await talk.say("The word is OWL-2.", at=ELSEWHERE)
    policy = Policy(days=30, workspaces={("lab", "W2"): 7})
    async with keeping(talk, policy, after_days=8) as told:
        await until(lambda: len(rounds(told)) >= 2)

    assert "OWL-1" in await words_known(talk, at=ROOM)
    assert "OWL-2" not in await words_known(talk, at=ELSEWHERE)


async def test_without_days_nothing_is_ever_erased() -> None:
    talk, pruned = Talk(), []  # type: tuple[Talk, list[datetime]]
    await talk.say("The word is OWL-1.")

    def prune(before: datetime) -> int:
        pruned.append(before)
        return 0

    async with keeping(talk, Policy(), after_days=36_500, prune=prune) as told:
        await until(lambda: len(pruned) >= 2)

    assert rounds(told) == []
    assert "OWL-1" in await words_known(talk, at=ROOM)


async def test_a_store_in_trouble_is_asked_again_the_next_time() -> None:
    talk = Talk()
    await talk.say("The word is OWL-1.")
    talk.history.broken = Unavailable("error.storage_busy")
    async with keeping(talk, Policy(days=30), after_days=31) as told:
        await until(lambda: rounds(told, "retention.failed"))
        talk.history.broken = None
        await until(lambda: rounds(told))

    assert "OWL-1" not in await words_known(talk, at=ROOM)


async def test_copies_that_cannot_be_deleted_do_not_end_the_rounds() -> None:
    tries: list[datetime] = []

    def prune(before: datetime) -> int:
        tries.append(before)
        raise PermissionError(13, "Permission denied")

    async with keeping(Talk(), Policy(), prune=prune) as told:
        await until(lambda: len(rounds(told, "retention.backups_failed")) >= 2)

    assert tries[0] < datetime.now(UTC) - timedelta(days=29)


def test_a_copy_is_kept_no_longer_than_anything_in_it() -> None:
    policy = Policy(days=90, workspaces={("slack", "T1"): 7}, backup_days=30)

    assert policy.copy_days == 7
    assert replace(policy, workspaces={}).copy_days == 30
    assert Policy().copy_days == 30


async def test_lines_of_the_audit_log_go_after_their_own_days() -> None:
    talk = Talk()
    await talk.command("model use", name="mistral:7b")
    async with keeping(talk, Policy(audit_days=30), after_days=29, audit=talk.audit) as told:
        await until(lambda: rounds(told, "retention.audit_trimmed"))
    kept = [logged.deed.kind for logged in talk.store.deeds]
    async with keeping(talk, Policy(audit_days=30), after_days=31, audit=talk.audit) as told:
        await until(lambda: rounds(told, "retention.audit_trimmed"))

    assert kept == [DeedKind.CHOSE]
    assert [logged.deed.kind for logged in talk.store.deeds] == [DeedKind.TRIMMED]
