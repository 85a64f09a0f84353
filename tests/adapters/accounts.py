"""What hosts cost in the scenes of the platforms."""

from __future__ import annotations

from bot.domain import Costs, HostCost
from bot.engine.usage_sums import Accounting
from tests.contracts.stores import Stores
from tests.memory import FakeTurns, FakeWorkLog

COSTS = Costs(currency="€", hosts={"fake": HostCost(per_hour=3.60)})


def accounting_over(turns: FakeTurns, stores: Stores | None) -> Accounting:
    """Return what usage is told with, over the stores where there are any."""
    work_log = stores.work_log if stores else FakeWorkLog(turns.store)
    return Accounting(work_log=work_log, costs=COSTS, hosts=("fake",))
