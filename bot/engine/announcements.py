"""Announcements: what changed among the models, told to admins once in each place, with what can take their place.

A place is a channel that the operator named, told as soon as the changes have settled; or, on a platform without such
channels, a workspace, whose first admin to call a command is told beside its answer. See
docs/decisions/0024-models-announced.md.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from datetime import timedelta

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, Button, CommandCall, Notice, Offer, ReplyPart
from bot.domain.model_news import ModelNews, NewsBatch, NewsKind, told_together
from bot.engine.access import Right
from bot.engine.authority import Authority
from bot.engine.catalog import Catalog, tidy_name
from bot.engine.commands import BY_NAME, CommandKind, CommandRun
from bot.engine.numbers import number_in
from bot.engine.stand_ins import StandIn, StandIns, short_of
from bot.errors import BotError
from bot.i18n import sentence
from bot.ports import NewsStore, Replacements

# News older than this is told to nobody any more; `/model news` goes back as far.
TOLD_FOR = timedelta(days=30)
# What changes within this is one message; what goes on changing is told after the other.
SETTLED_S, WAITS_S = 120.0, 900.0
# Whoever took news tells it within this, or it is tried again: a channel may be closed to the bot for days.
BESIDE_S, IN_CHANNEL_S = 60.0, 600.0
# A message that a phone shows at once, and that is one message on every platform, in every language.
MOST_TOLD, MOST_CHARS = 8, 1_500
MOST_BUTTONS = 3
DIGEST_CHARS = 12
GOES = frozenset({NewsKind.LEFT, NewsKind.RETIRES, NewsKind.RETIRED})
"""What asks for another model in its place."""
log = structlog.get_logger(__name__)


class Announcements:
    """Tells the news. `channels` are those that the operator named, by platform."""

    def __init__(
        self,
        store: NewsStore,
        replacements: Replacements,
        stand_ins: StandIns,
        *,
        channels: Mapping[str, Sequence[str]],
        catalog: Catalog,
        authority: Authority,
        worker: str,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._store = store
        self._replacements = replacements
        self._stand_ins = stand_ins
        self._channels = channels
        self._catalog = catalog
        self._authority = authority
        self._worker = worker
        self._clock = clock

    @property
    def runs(self) -> Mapping[str, CommandRun]:
        """What runs each command, by its name in the table."""
        return {"model news": self.read, "news": self.read}

    def channels_of(self, platform: str) -> Sequence[str]:
        """Return the channels of a platform in which news is told."""
        return self._channels.get(platform, ())

    async def due(self, platform: str, channel: str) -> NewsBatch | None:
        """Take the news that is to be told in a channel now. Raises `Unavailable`."""
        return await self._store.take_news(
            f"{platform}#{channel}",
            self._worker,
            since=self._clock.utc() - TOLD_FOR,
            for_s=IN_CHANNEL_S,
            settled_s=SETTLED_S,
            waits_s=WAITS_S,
        )

    async def told(self, batch: NewsBatch) -> None:
        """Say that a batch is there for all to read. Raises `Unavailable`."""
        await self._store.told(batch)

    def mark(self, batch: NewsBatch) -> Button:
        """Return the button by which the message of a batch is known, and which shows all of it."""
        return _mark(batch.up_to)

    async def parts(self, batch: NewsBatch, where: Address) -> list[ReplyPart]:
        """Return what a batch says in a place; nothing where all of it is as it was again. Raises `Unavailable`."""
        return await self._parts(batch.news, where, up_to=batch.up_to)

    async def beside(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Tell an admin beside the answer to a command, where nobody of their workspace was told. Raises nothing."""
        try:
            batch = await self._for_admin(call)
            if batch is not None:
                for part in await self.parts(batch, call.address):
                    yield part
                await self._store.told(batch)
        except BotError as error:
            log.warning("news.not_told", platform=call.address.platform, error=error.key)

    async def read(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Tell all that changed of late, or, from a button, what its message told."""
        days = TOLD_FOR.days
        up_to = number_in(call.arguments.get("upto", "0")) or 0
        news = await self._store.news(since=self._clock.utc() - TOLD_FOR)
        news = [each for each in news if not up_to or each.id <= up_to]
        parts = await self._parts(news, call.address, most=4 * MOST_TOLD)
        if not parts:
            yield Notice("news.none", {"days": days})
        for part in parts:
            yield part

    async def _for_admin(self, call: CommandCall) -> NewsBatch | None:
        person, where = call.person, call.address
        if not tells_beside(call) or not self._authority.is_admin(person, where) or self.channels_of(where.platform):
            return None
        place, since = f"{where.platform}:{where.workspace}", self._clock.utc() - TOLD_FOR
        if not await self._store.has_untold(place, since=since):
            return None
        if not await self._authority.allows(Right.READ_LOG, person=person, address=where):
            return None
        return await self._store.take_news(place, self._worker, since=since, for_s=BESIDE_S)

    async def _parts(
        self, news: Sequence[ModelNews], where: Address, *, up_to: int = 0, most: int = MOST_TOLD
    ) -> list[ReplyPart]:
        cards = await self._catalog.refresh()
        left = told_together(news, [card.name for card in cards])
        if not left:
            return []
        chosen = await self._replacements.chosen(platform=where.platform, workspace=where.workspace)
        parts: list[ReplyPart] = [Notice("news.head", {"count": len(left)})]
        buttons: list[Button] = []
        chars = shown = 0
        for each in left[:most]:
            told, button = await self._told(each, where, chosen)
            chars += sum(len(sentence(line, "en")) for line in told)
            if up_to and shown and chars > MOST_CHARS:
                break
            shown += 1
            parts += told
            buttons += [button] if button else []
        if len(left) > shown:
            parts.append(Notice("news.more", {"count": len(left) - shown}))
        marks = [_mark(up_to)] if up_to else []
        if offered := [*buttons[:MOST_BUTTONS], *marks]:
            parts.append(Offer(tuple(offered)))
        return parts

    async def _told(
        self, news: ModelNews, where: Address, chosen: Mapping[str, int]
    ) -> tuple[list[Notice], Button | None]:
        """Return the lines on one change, and the button that puts another model in its place."""
        change = news.change
        words = {"model": change.model, "was": _short(change.was), "now": _short(change.now)}
        lines = [Notice(f"news.{change.kind.value}", {**words, "at": f"{news.noted_at:%Y-%m-%d}"})]
        count = chosen.get(tidy_name(change.model), 0)
        if change.kind not in GOES:
            return lines, None
        stand_in = await self._stand_ins.of(change.model, where)
        if stand_in is None:
            return [*lines, Notice("news.no_stand_in", {"count": count})], None
        lines.append(Notice("news.stand_in", {"count": count, **_of(stand_in)}))
        if not count:
            return lines, None
        label = Notice("button.replace", {"old": change.model, "new": stand_in.card.name})
        carried = {"of": short_of(tidy_name(change.model)), "to": short_of(stand_in.card.name)}
        return lines, Button(label, "replace", carried)


def tells_beside(call: CommandCall) -> bool:
    """Whether news may stand beside the answer to a call: where one was typed that answers its caller."""
    command = BY_NAME.get(call.command)
    kinds: Collection[CommandKind] = (CommandKind.PRIVATE, CommandKind.PERSONAL)
    return command is not None and not command.is_hidden and command.kind in kinds and call.command != "model news"


def _mark(up_to: int) -> Button:
    return Button(Notice("button.news"), "news", {"upto": str(up_to)})


def _of(stand_in: StandIn) -> dict[str, object]:
    unknown = Notice("model.list.unknown")
    voted = stand_in.voted
    votes: object = Notice("news.no_votes")
    if voted.wins or voted.losses:
        votes = Notice("news.votes", {"wins": voted.wins, "losses": voted.losses})
    memory: object = f"{stand_in.memory_gb:.1f} GB" if stand_in.memory_gb else unknown
    return {"new": stand_in.card.name, "memory": memory, "votes": votes}


def _short(value: str) -> str:
    """Return a digest as far as people compare it; licences and days as they are."""
    digest = value.removeprefix("sha256:")
    is_digest = len(digest) > 4 * DIGEST_CHARS and all(sign in "0123456789abcdef" for sign in digest)
    return digest[:DIGEST_CHARS] if is_digest else value
