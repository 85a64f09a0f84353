from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.faults.stage import Stage, staged
from tests.faults.table import FAULTS, Fault, live_through

# The aim is one second; a busy machine may take longer, silence may not. Time in which others run is not counted.
NEVER_SILENT_S = 5.0
ROWS = [pytest.param(fault, platform, id=f"{fault.name}, {platform}") for fault in FAULTS for platform in fault.where]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with staged(tmp_path_factory.mktemp("faults")) as stage:
        yield stage


@pytest.mark.parametrize(("fault", "platform"), ROWS)
async def test_a_fault_is_told_once_and_plainly_and_the_next_message_works(
    stage: Stage, fault: Fault, platform: str
) -> None:
    lived = await live_through(fault, stage, platform)
    stage.lived.append(lived)

    assert lived.first_s - lived.crowded_s < NEVER_SILENT_S
    assert "Traceback" not in lived.read
    assert lived.differs == []


async def test_no_message_is_touched_again_once_every_turn_is_closed(stage: Stage) -> None:
    await stage.at_rest()

    assert [(lived.read, lived.differs) for lived in stage.lived if lived.differs] == []
