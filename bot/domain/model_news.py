"""What changed among the models: how it is noticed, from what is known of them and what their hosts have now. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from bot.domain.completion import ModelCard

_Answers: TypeAlias = Mapping[str, Sequence[ModelCard] | None]


class NewsKind(StrEnum):
    """What can happen to a model. Each has a sentence, `news.<value>`."""

    MOVED = "moved"
    RELICENSED = "relicensed"
    LEFT = "left"
    RETIRES = "retires"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChange:
    """Something that happened to a model: what it was before (`was`) and is now, digests, licences or a date."""

    kind: NewsKind
    model: str
    was: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class ModelNews:
    """A change as it is kept, until everybody who is to know it was told."""

    id: int
    noted_at: datetime
    change: ModelChange


@dataclass(frozen=True, slots=True)
class HostModels:
    """What a host has at this moment; `cards` None where it did not tell: that is no word about its models."""

    host: str
    cards: Sequence[ModelCard] | None


@dataclass(frozen=True, slots=True)
class Retirement:
    """The day on which a model that is installed is retired by its maker, as the catalogue has it."""

    model: str
    day: date
    is_due: bool

    @property
    def change(self) -> ModelChange:
        """What is told of it: once that it comes, once that it is there."""
        kind = NewsKind.RETIRED if self.is_due else NewsKind.RETIRES
        return ModelChange(kind=kind, model=self.model, now=self.day.isoformat())


@dataclass(frozen=True, slots=True)
class KnownModel:
    """What was last seen of a model on one host; `missing_since` is when the host first answered without it."""

    model: str
    host: str
    digest: str
    licence: str
    seen_at: datetime
    missing_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What a look at the hosts makes of what is known: what is known from now on, and what is news."""

    known: Sequence[KnownModel]
    changes: Sequence[ModelChange] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsBatch:
    """News that somebody is to tell in one place, in one message; whoever tells it has taken it for a while.

    `up_to` is its newest, which stands for it in the key of the message. `is_again`: somebody took it before, and may
    have told it from `taken_at` on.
    """

    place: str
    up_to: int
    news: Sequence[ModelNews]
    taken_at: datetime
    is_again: bool = False


def judge(known: Sequence[KnownModel], seen: Sequence[HostModels], *, now: datetime, gone_after: timedelta) -> Judged:
    """Compare what the hosts have with what is known of them.

    A host that does not answer takes no model away: what is known to be on it is waited for. One that answers without a
    model, or is asked no more, misses it; a model that every host it was on has missed for so long has left.
    """
    answers = {each.host: each.cards for each in seen}
    before = {(each.model, each.host): each for each in known}
    after = {(each.model, each.host): _missed(each, answers, now) for each in known}
    changes: dict[ModelChange, None] = {}
    for host, cards in answers.items():
        for card in cards or ():
            kept = before.get((card.name, host))
            others = [each for each in known if each.model == card.name and each.host != host]
            changes |= dict.fromkeys(_changes(kept, card, others))
            after[card.name, host] = _seen(kept, card, host, now)
    for model in dict.fromkeys(model for model, _ in before):
        rows = [each for each in after.values() if each.model == model]
        if all(_has_lost(each, answers, now - gone_after) for each in rows):
            changes[ModelChange(kind=NewsKind.LEFT, model=model)] = None
            after = {key: each for key, each in after.items() if key[0] != model}
    return Judged([*after.values()], [*changes])


def _has_lost(known: KnownModel, answers: _Answers, since: datetime) -> bool:
    """Whether a host has missed a model since then; one that is silent now may have it again."""
    return not _is_silent(known.host, answers) and known.missing_since is not None and known.missing_since <= since


def _is_silent(host: str, answers: _Answers) -> bool:
    return host in answers and answers[host] is None


def _missed(known: KnownModel, answers: _Answers, now: datetime) -> KnownModel:
    if _is_silent(known.host, answers):
        return known
    return replace(known, missing_since=known.missing_since or now)


def _seen(kept: KnownModel | None, card: ModelCard, host: str, now: datetime) -> KnownModel:
    digest, licence = (kept.digest, kept.licence) if kept else ("", "")
    return KnownModel(card.name, host, card.digest or digest, card.licence or licence, now)


def _changes(kept: KnownModel | None, card: ModelCard, others: Sequence[KnownModel]) -> list[ModelChange]:
    """Return what changed of a model on one host; what another host had already is no news."""
    if kept is None:
        return []
    found = []
    if card.digest and kept.digest and card.digest not in {kept.digest, *(each.digest for each in others)}:
        found.append(ModelChange(kind=NewsKind.MOVED, model=card.name, was=kept.digest, now=card.digest))
    licence = card.licence or ""
    if licence and kept.licence and licence not in {kept.licence, *(each.licence for each in others)}:
        found.append(ModelChange(kind=NewsKind.RELICENSED, model=card.name, was=kept.licence, now=licence))
    return found


def told_together(news: Sequence[ModelNews], installed: Sequence[str]) -> list[ModelNews]:
    """Return what is left to tell, oldest first, of news that nobody was told yet.

    Of a model that changed several times only from where to where; nothing where it is again as it was, or, having
    left, is there again.
    """
    chains: dict[tuple[NewsKind, str], ModelNews] = {}
    for each in news:
        key = (each.change.kind, each.change.model)
        first = chains.pop(key, None)
        was = first.change.was if first else each.change.was
        chains[key] = replace(each, change=replace(each.change, was=was))
    there = set(installed)
    return [
        each
        for each in chains.values()
        if not (each.change.was and each.change.was == each.change.now)
        and not (each.change.kind is NewsKind.LEFT and each.change.model in there)
        and not (each.change.kind is NewsKind.RETIRES and (NewsKind.RETIRED, each.change.model) in chains)
    ]
