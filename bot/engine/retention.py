"""Retention: things said are erased after the days the operator settled, while the bot runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain.defaults import AUDIT_DAYS, BACKUP_DAYS
from bot.errors import BotError
from bot.ports import AuditLog, History

EVERY_S = 3600.0
log = structlog.get_logger(__name__)

Prune = Callable[[datetime], int]


@dataclass(frozen=True, slots=True)
class Rule:
    """How many days things are kept in a workspace; "" for platform and workspace means everywhere."""

    platform: str
    workspace: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The operator's settings. `days` bounds everything, 0 bounds nothing; `workspaces` are kept shorter.

    `workspaces` are days by (platform, workspace); `backup_days` bounds the copies of the database,
    `audit_days` the lines of the audit log, 0 for never.
    """

    days: int = 0
    workspaces: Mapping[tuple[str, str], int] = field(default_factory=dict)
    backup_days: int = BACKUP_DAYS
    audit_days: int = AUDIT_DAYS

    def rules(self) -> list[Rule]:
        """Return what is to be carried out; empty where everything is kept."""
        shorter = [Rule(platform, workspace, days) for (platform, workspace), days in self.workspaces.items()]
        return [*shorter, Rule("", "", self.days)] if self.days else shorter

    @property
    def least_days(self) -> int:
        """How long things are kept wherever they are kept shortest; 0 where all is kept for ever."""
        return min((rule.days for rule in self.rules()), default=0)

    @property
    def copy_days(self) -> int:
        """How long a copy of the database lives: no longer than anything in it may be kept."""
        return min([self.backup_days, *(rule.days for rule in self.rules())])


async def expire_forever(
    history: History,
    policy: Policy,
    *,
    audit: AuditLog | None = None,
    prune: Prune | None = None,
    clock: Clock = SYSTEM_CLOCK,
    every_s: float = EVERY_S,
) -> None:
    """Erase what is too old, now and every `every_s` seconds, until cancelled. Trouble is logged and tried again.

    `prune` deletes the copies of the database made before a time and returns how many; it may take its time.
    """
    while True:
        for rule in policy.rules():
            await _expire(history, rule, now=clock.utc())
        if audit and policy.audit_days:
            await _trim(audit, before=clock.utc() - timedelta(days=policy.audit_days))
        if prune:
            await _prune(prune, before=clock.utc() - timedelta(days=policy.copy_days))
        await clock.sleep(every_s)


async def _expire(history: History, rule: Rule, *, now: datetime) -> None:
    told = log.bind(platform=rule.platform or "all", workspace=rule.workspace or "all", days=rule.days)
    try:
        erased = await history.expire(
            before=now - timedelta(days=rule.days), platform=rule.platform, workspace=rule.workspace
        )
    except BotError as error:
        told.warning("retention.failed", error=error.key)
    else:
        told.info("retention.expired", messages=erased)


async def _trim(audit: AuditLog, *, before: datetime) -> None:
    try:
        deleted = await audit.trim(before=before)
    except BotError as error:
        log.warning("retention.audit_failed", error=error.key)
    else:
        log.info("retention.audit_trimmed", lines=deleted)


async def _prune(prune: Prune, *, before: datetime) -> None:
    try:
        deleted = await asyncio.to_thread(prune, before)
    except OSError as error:
        log.warning("retention.backups_failed", error=type(error).__name__, detail=error.strerror)
    else:
        log.info("retention.backups_pruned", backups=deleted)
