"""What hosts cost, as the operator states it; None is what nobody stated, which is never taken for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

DOLLARS = frozenset({"USD", "US$"})
HOUR_S = 3600.0
WATTS_OF_A_KW = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCost:
    """What one host costs, in the operator's currency: by the hour, whatever it does, and for its energy.

    `watts` is what it draws while it answers, `idle_watts` while it waits, `kwh` the price of a kilowatt-hour.
    """

    per_hour: float | None = None
    watts: float | None = None
    idle_watts: float | None = None
    kwh: float | None = None

    @property
    def at_work(self) -> float | None:
        """What an hour costs in which it answers; None where it is not stated."""
        return self._with(self._energy(self.watts))

    @property
    def at_rest(self) -> float | None:
        """What an hour costs in which it waits.

        None where it is not stated: a host whose energy counts draws some while it waits, and only its owner knows how
        much.
        """
        counts_energy = self.watts is not None or self.idle_watts is not None
        return self._with(self._energy(self.idle_watts)) if counts_energy else self.per_hour

    def _energy(self, watts: float | None) -> float | None:
        return None if watts is None or self.kwh is None else watts / WATTS_OF_A_KW * self.kwh

    def _with(self, energy: float | None) -> float | None:
        if energy is None:
            # An hour's price is the whole price only where no energy is to be paid beside it.
            return self.per_hour if self.watts is None and self.idle_watts is None else None
        return energy + (self.per_hour or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """All that the operator states. `currency` is as they write it; `dollar` is what a US dollar is in it.

    `hosts` are costs by the hosts' addresses. Days begin at midnight in `zone`, which goes by `zone_name`.
    """

    currency: str = ""
    hosts: Mapping[str, HostCost] = field(default_factory=dict)
    dollar: float | None = None
    zone: tzinfo = UTC
    zone_name: str = "UTC"

    def of(self, host: str) -> HostCost:
        """Return what a host costs."""
        return self.hosts.get(host, HostCost())

    @property
    def per_dollar(self) -> float | None:
        """What a US dollar is in the operator's currency; None where nobody said."""
        return 1.0 if self.currency.upper() in DOLLARS else self.dollar
