"""`lyceum doctor`: looks at everything a start needs, and says of each what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain import ModelCard, Notice
from bot.engine.catalog import tidy_name
from bot.errors import BotError
from bot.runtime.backends import ChosenBackend, choose_backend
from bot.runtime.platforms import switched_on
from bot.runtime.private_files import open_files
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing that was looked at: whether it is well, and a sentence that says what to do where it is not."""

    is_well: bool
    notice: Notice


async def examine(settings: Settings) -> Sequence[CheckResult]:
    """Look at settings, database, who may read their files, models and tokens. Platforms are not asked."""
    findings = [CheckResult(is_well=True, notice=Notice("doctor.settings"))]
    findings.append(await asyncio.to_thread(_database, settings.storage.location))
    findings += [CheckResult(is_well=False, notice=each) for each in await asyncio.to_thread(open_files, settings)]
    findings += await _models(settings)
    findings += _tokens(settings)
    return findings


def _database(location: str) -> CheckResult:
    from bot.storage.database import migration, revisions
    from bot.storage.database.location import place

    try:
        migration.check(location)
        found = migration.look(location)
    except BotError as error:
        return _problem(error)
    key = "migrate.new" if found.state is revisions.SchemaState.NEW else "migrate.current"
    return CheckResult(is_well=True, notice=Notice(key, {"path": place(location), "revision": found.revision}))


async def _models(settings: Settings) -> Sequence[CheckResult]:
    try:
        chosen_backend = await choose_backend(settings)
    except BotError as error:
        return [_problem(error)]
    await chosen_backend.backend.close()
    if not chosen_backend.answers:
        return [CheckResult(is_well=False, notice=chosen_backend.statement)]
    return [*_installed(chosen_backend), *_default(settings.model.default, chosen_backend.cards)]


def _installed(chosen_backend: ChosenBackend) -> Iterator[CheckResult]:
    names = [card.name for card in chosen_backend.cards if card.can_chat]
    yield CheckResult(is_well=bool(names), notice=chosen_backend.statement)
    if names:
        yield CheckResult(is_well=True, notice=Notice("doctor.models", {"models": ", ".join(names)}))
    for card in chosen_backend.cards:
        if card.is_unreadable:
            yield CheckResult(is_well=False, notice=Notice("doctor.unreadable", {"model": card.name}))


def _default(name: str, cards: Sequence[ModelCard]) -> Iterator[CheckResult]:
    if not name or tidy_name(name) in {tidy_name(card.name) for card in cards if card.is_unreadable}:
        return
    is_there = tidy_name(name) in {tidy_name(card.name) for card in cards if card.can_chat}
    key = "doctor.default" if is_there else "doctor.default_missing"
    yield CheckResult(is_well=is_there, notice=Notice(key, {"model": name}))


def _tokens(settings: Settings) -> Iterator[CheckResult]:
    platforms = switched_on(settings)
    for platform in platforms:
        yield CheckResult(is_well=True, notice=Notice("doctor.tokens", {"name": platform.name}))
    if not platforms:
        yield CheckResult(is_well=False, notice=Notice("run.nothing"))


def _problem(error: BotError) -> CheckResult:
    return CheckResult(is_well=False, notice=Notice(error.key, error.parameters))
