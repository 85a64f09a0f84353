"""What `/model` tells of models: the list, a card of one, and which to take for a task."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from datetime import date

from bot.domain import CommandCall, ModelCard, Notice, ReplyPart
from bot.domain.open_models import Criterion, FactSource, ModelFacts, OpenModel
from bot.engine.candidates import ModelCandidate, Purpose, parameters_of, rank, wanted_of
from bot.engine.catalog import SUGGESTIONS, Catalog, tidy_name
from bot.engine.commands import CommandRun
from bot.engine.load_times import LoadTimes
from bot.engine.probe_words import probe_notices
from bot.engine.selection import GIGABYTE, Selector
from bot.engine.team_votes import TeamVotes
from bot.engine.team_words import surely_better, team_notices, team_words
from bot.errors import UserError
from bot.ports import Comparisons, ModelBackend, ModelCatalogue, Notes

MOST_RECOMMENDED = 5
MOST_RELATIVES = 12
# What a host is taken to have for a model where nobody says: a common graphics card.
USUAL_MEMORY_GB = 16


class NothingKnown:
    """The catalogue of who has none."""

    facts = ModelFacts(version=date.min, sources={}, models=())

    def find(self, name: str) -> OpenModel | None:  # noqa: ARG002 - see the port
        """See `ports.ModelCatalogue.find`."""
        return None

    def entry_of(self, card: ModelCard) -> OpenModel | None:  # noqa: ARG002 - see the port
        """See `ports.ModelCatalogue.entry_of`."""
        return None


class ModelDesk:
    """Runs the commands of `/model` that tell of models and change nothing. `team` knows what people voted here."""

    def __init__(
        self,
        catalog: Catalog,
        selector: Selector,
        load_times: LoadTimes,
        catalogue: ModelCatalogue | None,
        *,
        team: TeamVotes,
    ) -> None:
        self.team = team
        self._catalog = catalog
        self._selector = selector
        self._catalogue = catalogue or NothingKnown()
        self._load_times = load_times

    @property
    def runs(self) -> Mapping[str, CommandRun]:
        """What runs each command, by its name in the table."""
        return {"model list": self.listed, "model info": self.info, "model recommend": self.recommended}

    def suggest(self, typed: str) -> Sequence[str]:
        """Complete a model's name from those installed and those that can be had, at most 25. Never does I/O.

        Those that begin with what was typed come first.
        """
        wanted = tidy_name(typed)
        known = (model.pull_name or model.id for model in self._catalogue.facts.models)
        names = dict.fromkeys([*(card.name for card in self._catalog.cached), *known])
        found = [name for name in names if wanted in name.lower()]
        return sorted(found, key=lambda name: not name.lower().startswith(wanted))[:SUGGESTIONS]

    async def listed(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Tell which models are installed; with a task, a language or `fits`, those alone that suit."""
        wanted = wanted_of(call.arguments, memory_gb=self._selector.memory_gb)
        cards = await self._catalog.refresh()
        if not cards:
            raise UserError("error.no_models")
        selection = await self._selector.select(call.address, call.person.id)
        suiting = [
            card
            for card in cards
            if wanted == Purpose() or ModelCandidate(card, self._catalogue.entry_of(card)).suits(wanted)
        ]
        if not suiting:
            yield Notice("model.list.none_suits", {"count": len(cards)})
        else:
            yield Notice("model.list.head", {"count": len(suiting)})
        for card in suiting:
            yield Notice(row_key(card), row(card, is_yours=card.name == selection.card.name))
        yield Notice("model.list.tail")

    async def info(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Show the card of one model: what it is, its licence, how open it is, its relatives, how to get it."""
        name = call.arguments["name"]
        await self._catalog.refresh()
        card = await self._catalog.find(name)
        entry = self._catalogue.entry_of(card) if card else self._catalogue.find(name)
        if card is None and entry is not None:
            card = await self._installed(entry)
        if entry is None:
            if card is None:
                raise UserError("error.model_not_known", model=tidy_name(name))
            yield Notice("model.info.head_installed", {"model": card.name})
            yield Notice(row_key(card), row(card, is_yours=False))
            yield Notice("model.info.not_in_catalogue")
            for notice in (
                *probe_notices(card),
                *team_notices(card, await self.team.verdicts(call.address, call.person)),
            ):
                yield notice
            return
        for part in self._card(entry, card):
            yield part
        if card is not None:
            yield Notice("model.info.installed", {"model": card.name, "size": size_of(card)})
            if load_s := await self._load_times.last_s(card.name):
                yield Notice("model.info.load", {"seconds": f"{load_s:.0f}"})
            for notice in (
                *probe_notices(card),
                *team_notices(card, await self.team.verdicts(call.address, call.person)),
            ):
                yield notice
        elif entry.pull_name:
            yield Notice("model.info.pull", {"model": entry.pull_name})
        else:
            yield Notice("model.info.no_pull")
        yield self._sources(entry)

    async def recommended(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Name models for a task, the installed ones first, each with the reasons."""
        wanted = Purpose(call.arguments.get("task", "chat"), call.arguments.get("language", "").lower())
        cards = [card for card in await self._catalog.refresh() if card.can_chat]
        here = [ModelCandidate(card, self._catalogue.entry_of(card)) for card in cards]
        entries = {each.entry.id for each in here if each.entry}
        memory_gb = self._selector.memory_gb or USUAL_MEMORY_GB
        obtainable = [
            ModelCandidate(None, model)
            for model in self._catalogue.facts.models
            if model.pull_name and model.id not in entries and model.memory_gb <= memory_gb
        ]
        found = [each for each in (*here, *obtainable) if each.suits(wanted)]
        if not found:
            raise UserError("error.nothing_to_recommend", task=wanted.task, language=wanted.language or "—")
        verdicts = await self.team.verdicts(call.address, call.person)
        found.sort(key=lambda each: rank(each, wanted, surely_better=surely_better(each.card, verdicts)))
        yield Notice("model.recommend.head", {"task": Notice(f"task.{wanted.task}")})
        for candidate in found[:MOST_RECOMMENDED]:
            team = team_words(candidate.card, verdicts)
            yield Notice("model.recommend.row", {**_reasons(candidate, wanted), "team": team})
        key = "model.recommend.tail" if self._selector.memory_gb else "model.recommend.tail_no_memory"
        yield Notice(key, {"memory": f"{memory_gb:g}"})

    async def _installed(self, entry: OpenModel) -> ModelCard | None:
        """Return the installed model that an entry of the catalogue is; None where it is not installed."""
        cards = await self._catalog.cards()
        return next((card for card in cards if self._catalogue.entry_of(card) == entry), None)

    def _card(self, entry: OpenModel, card: ModelCard | None) -> Iterable[Notice]:
        unknown = Notice("model.list.unknown")
        context = entry.context or (card.context_tokens if card else 0)
        yield Notice(
            "model.info.head",
            {"name": entry.name, "maker": entry.maker or unknown, "released": entry.released or unknown},
        )
        yield Notice(
            "model.info.facts",
            {
                "parameters": parameters_of(entry) or unknown,
                "context": f"{context:,}" if context else unknown,
                "memory": Notice("model.info.memory", {"gb": f"{entry.memory_gb:.1f}"}) if entry.memory_gb else unknown,
            },
        )
        yield Notice(
            "model.info.licence",
            {"licence": entry.licence or unknown, "terms": Notice(f"licence.{entry.terms.value}")},
        )
        yield Notice(
            "model.info.uses",
            {"tasks": ", ".join(entry.tasks) or unknown, "languages": ", ".join(entry.languages) or unknown},
        )
        yield Notice("model.info.openness", {"open": f"{entry.open_criteria:g}"})
        for criterion in Criterion:
            verdict = entry.verdict(criterion)
            key = "model.info.criterion_noted" if verdict.note else "model.info.criterion"
            words = {
                "mark": Notice(f"openness.{verdict.value.value}"),
                "criterion": Notice(f"criterion.{criterion.value}"),
                "note": verdict.note,
            }
            yield Notice(key, words)
        if entry.unsupported is not None:
            yield Notice("model.info.unsupported", {"percent": f"{entry.unsupported:g}"})
        for note in entry.notes:
            yield Notice("model.info.note", {"text": note.text})
        if relatives := self._relatives(entry):
            yield Notice("model.info.family", {"tree": relatives})

    def _relatives(self, entry: OpenModel) -> str:
        """Name what the model was made from, and what was made from it, by the names of the catalogue."""
        models = {model.id: model for model in self._catalogue.facts.models}
        parent = models.get(entry.parent)
        children = [model.name for model in models.values() if model.parent == entry.id][:MOST_RELATIVES]
        if not parent and not children:
            return ""
        return " → ".join(filter(None, [parent.name if parent else "", f"**{entry.name}**", ", ".join(children)]))

    def _sources(self, entry: OpenModel) -> Notice:
        """Name where the facts come from, each source once, with its date."""
        facts = self._catalogue.facts
        judged = [key for criterion in Criterion for key in entry.verdict(criterion).sources]
        keys = dict.fromkeys([*judged, *entry.sources.values(), *(note.source for note in entry.notes)])
        words = [f"{linked(facts.sources[key])} ({facts.sources[key].as_of})" for key in keys]
        return Notice("model.info.sources", {"sources": "; ".join(words)})


def model_desk(
    backend: ModelBackend,
    selector: Selector,
    catalog: Catalog,
    catalogue: ModelCatalogue | None,
    notes: Notes | None,
    comparisons: Comparisons | None,
) -> ModelDesk:
    """Put together what tells of models: what the host loads in, what is publicly known, what the team votes."""
    loads, team = LoadTimes(host=backend.host, notes=notes), TeamVotes(comparisons)
    return ModelDesk(catalog, selector, loads, catalogue, team=team)


def linked(source: FactSource) -> str:
    """Return a source's title, as a link where it has an address."""
    return f"[{source.title}]({source.url})" if source.url else source.title


def size_of(card: ModelCard) -> str | Notice:
    """Return how large an installed model is on disk."""
    return f"{card.size_bytes / GIGABYTE:.1f} GB" if card.size_bytes else Notice("model.list.unknown")


def row_key(card: ModelCard) -> str:
    """Return the sentence that a line of the list is."""
    if card.is_barred:
        return "model.list.barred"
    return "model.list.unreadable" if card.is_unreadable else "model.list.row"


def row(card: ModelCard, *, is_yours: bool) -> Mapping[str, object]:
    """Return what a line of the list says of a model."""
    unknown = Notice("model.list.unknown")
    return {
        "mark": "▶" if is_yours else "•",
        "model": card.name,
        "size": size_of(card),
        "parameters": card.parameters or unknown,
        "family": card.family or unknown,
        "context": f"{card.context_tokens:,}" if card.context_tokens else unknown,
        "licence": card.licence or unknown,
        "capabilities": ", ".join(sorted(card.capabilities)) or unknown,
        "loaded": where(card),
    }


def where(card: ModelCard) -> Notice:
    """Say whether a model is in memory and, where there are several hosts, on which it is."""
    loaded = Notice(f"model.list.{'remote' if card.is_remote else 'loaded' if card.is_loaded else 'not_loaded'}")
    if not card.hosts:
        return loaded
    hosts = ", ".join(host.removeprefix("http://").removesuffix(":11434") for host in card.hosts)
    return Notice("model.list.on_hosts", {"loaded": loaded, "hosts": hosts})


def _reasons(candidate: ModelCandidate, wanted: Purpose) -> Mapping[str, object]:
    entry, unknown = candidate.entry, Notice("model.list.unknown")
    parameters = parameters_of(entry) if entry else candidate.card.parameters if candidate.card else ""
    return {
        "model": candidate.name,
        "installed": Notice("model.recommend.installed" if candidate.card else "model.recommend.obtainable"),
        "language": _language(candidate, wanted.language),
        "parameters": parameters or unknown,
        "memory": f"{candidate.memory_gb:.1f} GB" if candidate.memory_gb else unknown,
        "openness": f"{entry.open_criteria:g}/5" if entry else unknown,
    }


def _language(candidate: ModelCandidate, language: str) -> Notice:
    if not language:
        return Notice("model.recommend.any_language")
    key = "speaks" if language in candidate.languages else "speech_unknown"
    return Notice(f"model.recommend.{key}", {"language": language})
