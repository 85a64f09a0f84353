"""Reads the catalogue of open models, and what the operator adds to it or knows better."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.catalogue.matching import Matcher
from bot.domain import ModelCard
from bot.domain.open_models import FactSource, ModelFacts, OpenModel
from bot.errors import ConfigurationError

BUILT = Path(__file__).parent / "models.json"
TEAM = "team"
"""The source of what the operator's file says without naming one."""
MOST_BYTES = 4_000_000
KNOWN = frozenset(each.name for each in fields(OpenModel)) - {"sources"}
NOT_FACTS = frozenset({"id", "name", "family", "parent", "aliases", "notes", "openness", "terms"})
_FACTS: TypeAdapter[ModelFacts] = TypeAdapter(ModelFacts)
Json = dict[str, Any]


class OpenCatalogue:
    """The open models that are known: those of the shipped file, changed and completed by the operator's.

    Raises:
        ConfigurationError: the operator's file cannot be read, or says what no catalogue says.
    """

    def __init__(self, path: str = "") -> None:
        operators = Path(path) if path else None
        built: Json = json.loads(BUILT.read_text(encoding="utf-8"))
        if operators is not None:
            built = _with_operators(built, operators)
        try:
            self._facts = _FACTS.validate_python(built)
        except ValidationError as error:
            raise _wrong(operators or BUILT, _place(error, built)) from None
        if missing := sorted(_missing_sources(self._facts)):
            raise _wrong(operators or BUILT, f"sources.{missing[0]}")
        self._matcher = Matcher(self._facts.models)

    @property
    def facts(self) -> ModelFacts:
        """All that is known."""
        return self._facts

    def find(self, name: str) -> OpenModel | None:
        """Return the model that goes by this name: its id, its own name, its tag, its GGUF or another name it has."""
        return self._matcher.find(name)

    def entry_of(self, card: ModelCard) -> OpenModel | None:
        """Return what is known of an installed model; None where it is not surely one of these."""
        return self._matcher.entry_of(card)


def _with_operators(built: Json, path: Path) -> Json:
    """Return the catalogue with the operator's file laid over it: facts of a known id change, new ids are added."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigurationError("error.catalogue_large", path=path)
        read = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ConfigurationError("error.catalogue_unreadable", path=path, reason=reason) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigurationError("error.catalogue_unreadable", path=path, reason=str(error)[:200]) from None
    if unknown := sorted(set(read) - {"sources", "models"}):
        raise _wrong(path, unknown[0])
    entries = read.get("models", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise _wrong(path, "models")
    models = {model["id"]: model for model in built["models"]}
    for number, entry in enumerate(entries, 1):
        id_ = _id_of(entry, path, number)
        models[id_] = _laid_over(models.get(id_, {}), entry, path)
    team = {"title": path.name, "as_of": written_at}
    sources = built["sources"] | {TEAM: team} | read.get("sources", {})
    return built | {"models": list(models.values()), "sources": sources}


def _id_of(entry: Mapping[str, Any], path: Path, number: int) -> str:
    id_ = entry.get("id")
    if not isinstance(id_, str) or not id_.strip():
        raise _wrong(path, f"models.{number}.id")
    return id_


def _laid_over(known: Json, entry: Json, path: Path) -> Json:
    if unknown := sorted(set(entry) - KNOWN - {"source", "from"}):
        raise _wrong(path, f"models.{entry['id']}.{unknown[0]}")
    source, others = entry.get("source", TEAM), entry.get("from", {})
    if not isinstance(others, dict):
        raise _wrong(path, f"models.{entry['id']}.from")
    said = {name: value for name, value in entry.items() if name in KNOWN}
    sources = {name: others.get(name, source) for name in said if name not in NOT_FACTS}
    return known | said | {"sources": known.get("sources", {}) | sources}


def _missing_sources(facts: ModelFacts) -> set[str]:
    """Return the keys of sources that are named and do not exist."""
    named = {key for model in facts.models for key in sources_of(model)}
    return (named | {price.source for price in facts.prices}) - set(facts.sources)


def sources_of(model: OpenModel) -> set[str]:
    """Return the keys of all sources that what is known of a model comes from."""
    judged = {key for verdict in model.openness.values() for key in verdict.sources}
    return {*model.sources.values(), *(note.source for note in model.notes), *judged}


def source_of(facts: ModelFacts, model: OpenModel, fact: str) -> FactSource | None:
    """Return where one fact of a model comes from; None where the fact is not known."""
    key = model.sources.get(fact)
    return facts.sources[key] if key else None


def _place(error: ValidationError, built: Json) -> str:
    """Return where the first wrong value stands: a model by its id."""
    place = [str(part) for part in error.errors()[0]["loc"]]
    if len(place) > 1 and place[0] == "models" and place[1].isdigit():
        place[1] = str(built["models"][int(place[1])].get("id", place[1]))
    return ".".join(place)


def _wrong(path: Path, place: str) -> ConfigurationError:
    return ConfigurationError("error.catalogue_wrong", path=path, place=place)
