"""Model news, what is known of models and who was told what changed: `ports.NewsStore` on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain.model_news import (
    HostModels,
    KnownModel,
    ModelChange,
    ModelNews,
    NewsBatch,
    NewsKind,
    Retirement,
    judge,
)
from bot.storage.database.database import Database
from bot.storage.database.sql_dialects import insert_or_nothing, insert_or_replace, one_at_a_time
from bot.storage.tables.chat_tables import KNOWN_MODELS, MODEL_NEWS, NEWS_PLACES
from bot.storage.tables.news_tables import KnownModelRow, ModelNewsRow, NewsPlaceRow

WATCHING = 0x6E_6577_73
"""The lock under which it is looked what is known, and who tells what."""
WATCH = ""
SEEN_EVERY = timedelta(hours=1)
"""How exactly it is kept when a model was last seen: a host of hundreds is looked at every minute."""
LASTING = frozenset({NewsKind.RETIRES, NewsKind.RETIRED})
"""What is so on every look, and told once."""


class SqlNewsStore:
    """See `ports.NewsStore`."""

    def __init__(self, database: Database, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._database = database
        self._clock = clock

    async def take_watch(self, worker: str, *, for_s: float) -> bool:
        """See `ports.NewsStore.take_watch`."""
        now = self._clock.utc()
        return await self._database.write(lambda session: take_watch(session, worker, now=now, for_s=for_s))

    async def observe(
        self, worker: str, seen: Sequence[HostModels], retirements: Sequence[Retirement], *, gone_after_s: float
    ) -> Sequence[ModelNews]:
        """See `ports.NewsStore.observe`."""
        now, gone_after = self._clock.utc(), timedelta(seconds=gone_after_s)
        return await self._database.write(
            lambda session: observe(session, worker, seen, retirements, now=now, gone_after=gone_after)
        )

    async def news(self, *, since: datetime) -> Sequence[ModelNews]:
        """See `ports.NewsStore.news`."""
        return await self._database.read(lambda session: _news(session, after=0, since=since))

    async def has_untold(self, place: str, *, since: datetime) -> bool:
        """See `ports.NewsStore.has_untold`."""
        return await self._database.read(lambda session: _has_untold(session, place, since))

    async def take_news(
        self, place: str, worker: str, *, since: datetime, for_s: float, settled_s: float = 0.0, waits_s: float = 0.0
    ) -> NewsBatch | None:
        """See `ports.NewsStore.take_news`. Most looks find nothing, and write nothing."""
        if not await self.has_untold(place, since=since):
            return None
        now = self._clock.utc()
        until = now + timedelta(seconds=for_s)
        ripe = now - timedelta(seconds=settled_s), now - timedelta(seconds=waits_s)
        return await self._database.write(
            lambda session: take_news(session, place, worker, since=since, now=now, until=until, ripe=ripe)
        )

    async def told(self, batch: NewsBatch) -> None:
        """See `ports.NewsStore.told`."""
        await self._database.write(lambda session: told(session, batch))


def take_watch(session: Session, worker: str, *, now: datetime, for_s: float) -> bool:
    """Take or keep the watch where it is free or the worker's own."""
    one_at_a_time(session, WATCHING)
    row = session.get(NewsPlaceRow, WATCH)
    if row is not None and row.worker != worker and row.taken_until > now:
        return False
    _take(session, WATCH, 0, 0, worker, now, now + timedelta(seconds=for_s))
    return True


def observe(
    session: Session,
    worker: str,
    seen: Sequence[HostModels],
    retirements: Sequence[Retirement],
    *,
    now: datetime,
    gone_after: timedelta,
) -> list[ModelNews]:
    """Judge what was seen, keep what is known from now on and note what changed.

    A worker that lost the watch saw the hosts before somebody else did: what it saw would turn back time.
    """
    one_at_a_time(session, WATCHING)
    row = session.get(NewsPlaceRow, WATCH)
    if row is None or row.worker != worker:
        return []
    before = _known(session)
    judged = judge(before, seen, now=now, gone_after=gone_after)
    _keep(session, before, judged.known)
    last = session.scalar(select(func.max(ModelNewsRow.id))) or 0
    for change in (*judged.changes, *(each.change for each in retirements)):
        _note(session, change, now)
    return _news(session, after=last)


def _keep(session: Session, before: Sequence[KnownModel], after: Sequence[KnownModel]) -> None:
    """Write what is known now as far as it is another than before; that it is still there, once an hour."""
    old = {(each.model, each.host): each for each in before}
    new = {(each.model, each.host): each for each in after}
    for model, host in old.keys() - new.keys():
        session.execute(delete(KnownModelRow).where(KnownModelRow.model == model, KnownModelRow.host == host))
    for (model, host), each in new.items():
        kept = old.get((model, host))
        if kept is None or each.seen_at - kept.seen_at >= SEEN_EVERY or replace(each, seen_at=kept.seen_at) != kept:
            insert_or_replace(session, KNOWN_MODELS, at={"model": model, "host": host}, values=_values(each))


def take_news(
    session: Session,
    place: str,
    worker: str,
    *,
    since: datetime,
    now: datetime,
    until: datetime,
    ripe: tuple[datetime, datetime],
) -> NewsBatch | None:
    """Take what is untold in a place; by `ripe` its newest, or at least its oldest, has to be noted."""
    one_at_a_time(session, WATCHING)
    row = session.get(NewsPlaceRow, place)
    up_to = row.up_to if row else 0
    if row and row.taken_to > up_to:
        if row.taken_until > now:
            return None
        found = _news(session, after=up_to, up_to=row.taken_to)
        _take(session, place, up_to, row.taken_to, worker, row.taken_at, until)
        return NewsBatch(place=place, up_to=row.taken_to, news=found, taken_at=row.taken_at, is_again=True)
    found = _news(session, after=up_to, since=since)
    if not found or (found[-1].noted_at > ripe[0] and found[0].noted_at > ripe[1]):
        return None
    _take(session, place, up_to, found[-1].id, worker, now, until)
    return NewsBatch(place=place, up_to=found[-1].id, news=found, taken_at=now)


def told(session: Session, batch: NewsBatch) -> None:
    """Move up to where a place was told; never back."""
    one_at_a_time(session, WATCHING)
    row = session.get(NewsPlaceRow, batch.place)
    if row is not None:
        row.up_to = max(row.up_to, batch.up_to)


def _take(
    session: Session, place: str, up_to: int, taken_to: int, worker: str, taken_at: datetime, until: datetime
) -> None:
    taken = {"up_to": up_to, "taken_to": taken_to, "worker": worker, "taken_at": taken_at, "taken_until": until}
    insert_or_replace(session, NEWS_PLACES, at={"place": place}, values=taken)


def _has_untold(session: Session, place: str, since: datetime) -> bool:
    up_to = session.scalar(select(NewsPlaceRow.up_to).where(NewsPlaceRow.place == place)) or 0
    return bool(_news(session, after=up_to, since=since))


def _note(session: Session, change: ModelChange, now: datetime) -> None:
    key = [change.kind.value, change.model, change.was, change.now]
    key += [] if change.kind in LASTING else [now.isoformat()]
    values = {"kind": change.kind.value, "model": change.model, "was": change.was, "now": change.now, "noted_at": now}
    insert_or_nothing(session, MODEL_NEWS, {"key": "\n".join(key), **values})


def _news(session: Session, *, after: int, up_to: int = 0, since: datetime | None = None) -> list[ModelNews]:
    wanted = [ModelNewsRow.id > after]
    wanted += [ModelNewsRow.id <= up_to] if up_to else []
    wanted += [ModelNewsRow.noted_at >= since] if since else []
    rows = session.scalars(select(ModelNewsRow).where(*wanted).order_by(ModelNewsRow.id))
    return [
        ModelNews(
            row.id,
            row.noted_at,
            ModelChange(kind=NewsKind(row.kind), model=row.model, was=row.was, now=row.now),
        )
        for row in rows
        if row.kind in set(NewsKind)
    ]


def _known(session: Session) -> list[KnownModel]:
    rows = session.scalars(select(KnownModelRow).order_by(KnownModelRow.model, KnownModelRow.host))
    return [KnownModel(row.model, row.host, row.digest, row.licence, row.seen_at, row.missing_since) for row in rows]


def _values(known: KnownModel) -> dict[str, object]:
    return {
        "digest": known.digest,
        "licence": known.licence,
        "seen_at": known.seen_at,
        "missing_since": known.missing_since,
    }
