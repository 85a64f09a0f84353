"""What usage is told with and bounded by, made from the settings: what hosts cost, what people may ask."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import AssistantLimits, Costs, HostCost
from bot.engine.quotas import AskingLimits, DayLimit
from bot.engine.retention import Policy
from bot.engine.usage_sums import Accounting
from bot.ports import WorkLog
from bot.runtime.backends import ChosenBackend
from bot.settings import Settings
from bot.settings.cost_checks import by_host, whole_address, zone_of


def accounting_of(settings: Settings, policy: Policy, work_log: WorkLog, chosen: ChosenBackend) -> Accounting:
    """Return what usage is told with where these hosts answer."""
    hosts = chosen.hosts or [chosen.backend.host]
    return Accounting(work_log=work_log, costs=costs_of(settings, hosts), hosts=hosts, kept_days=policy.least_days)


def costs_of(settings: Settings, hosts: Sequence[str]) -> Costs:
    """Return what the operator states of these hosts, by their addresses."""
    cost, names = settings.cost, settings.host_addresses
    per_hour, watts, idle_watts = (by_host(items, names) for items in (cost.per_hour, cost.watts, cost.idle_watts))
    stated = {
        host: HostCost(
            per_hour=per_hour.get(whole_address(host)),
            watts=watts.get(whole_address(host)),
            idle_watts=idle_watts.get(whole_address(host)),
            kwh=cost.kwh,
        )
        for host in hosts
    }
    zone = zone_of(cost.time_zone)
    return Costs(currency=cost.currency, hosts=stated, dollar=cost.dollar, zone=zone, zone_name=cost.time_zone)


def limits_of(settings: Settings) -> AskingLimits:
    """Return how much people, channels and workspaces may ask, as the engine reads it."""
    limits = settings.limits
    return AskingLimits(
        waiting=limits.person_waiting,
        a_minute=limits.person_minute,
        assistants=AssistantLimits(limits.person_assistants, limits.place_assistants),
        a_day={
            "person": DayLimit(limits.person_day, limits.person_day_tokens),
            "channel": DayLimit(limits.channel_day, limits.channel_day_tokens),
            "workspace": DayLimit(limits.workspace_day, limits.workspace_day_tokens),
        },
    )
