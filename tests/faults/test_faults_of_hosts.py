"""One of two model hosts is lost, or comes back, under a running bot: what people read then, and how soon."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.faults.stage import Stage, staged
from tests.faults.table import OF_SEVERAL, Fault, live_through
from tests.faults.test_faults import NEVER_SILENT_S

# A host that is lost is left at once; what is beyond that is what a busy machine takes.
READ_WITHIN_S = 15.0
ROWS = [pytest.param(each, platform, id=f"{each.name}, {platform}") for each in OF_SEVERAL for platform in each.where]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with staged(tmp_path_factory.mktemp("hosts"), hosts=2) as stage:
        yield stage


@pytest.mark.parametrize(("fault", "platform"), ROWS)
async def test_a_lost_host_costs_no_answer_that_another_can_give(stage: Stage, fault: Fault, platform: str) -> None:
    lived = await live_through(fault, stage, platform)
    stage.lived.append(lived)

    assert lived.first_s - lived.crowded_s < NEVER_SILENT_S
    assert lived.read_s - lived.crowded_s < READ_WITHIN_S
    assert lived.differs == []


async def test_no_message_is_touched_again_once_every_turn_is_closed(stage: Stage) -> None:
    await stage.at_rest()

    assert [(lived.read, lived.differs) for lived in stage.lived if lived.differs] == []
