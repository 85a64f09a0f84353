"""What every implementation of `ports.ProbeLog` promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.probes import ProbeResult, ProbeTally
from tests.clocks import NOON
from tests.contracts.stores import IMPLEMENTATIONS, Stores

GOOD = ProbeTally(asked=6, open=4, facts=7, told=6, refused=1, wrong=0, sentences=9, removed=1, tried=6, knew=6)
RESULT = ProbeResult(
    model="falcon:7b",
    key="sha256:1",
    server="0.33.0",
    edition=2,
    probed_at=NOON,
    tallies={"en": GOOD, "he": replace(GOOD, told=1, wrong=3)},
)


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


async def test_a_result_is_kept_with_all_its_counts_for_every_process(stores: Stores) -> None:
    await stores.probes.keep(RESULT)

    assert await stores.probes_elsewhere.results(edition=2) == [RESULT]


async def test_a_new_result_takes_the_place_of_the_one_before(stores: Stores) -> None:
    await stores.probes.keep(RESULT)
    again = replace(RESULT, probed_at=NOON + timedelta(days=1), tallies={"en": replace(GOOD, told=2)})
    await stores.probes_elsewhere.keep(again)

    assert await stores.probes.results(edition=2) == [again]


async def test_each_server_and_each_content_has_a_result_of_its_own(stores: Stores) -> None:
    others = [replace(RESULT, server="0.34.0"), replace(RESULT, key="sha256:2", model="a")]
    for result in (RESULT, *others):
        await stores.probes.keep(result)

    assert await stores.probes.results(edition=2) == [others[1], RESULT, others[0]]


async def test_what_was_measured_with_other_questions_is_void(stores: Stores) -> None:
    await stores.probes.keep(RESULT)

    assert await stores.probes.results(edition=3) == []
