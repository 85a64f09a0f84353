"""Builds models.json from what is kept by hand and from open indexes: `python -m bot.catalogue.building FOLDER`.

FOLDER holds the indexes as they were published: the European Open Source AI Index and its history (CC-BY 4.0), the
Model Openness Tool's (MIT), the price list of LiteLLM (MIT) and FaithJudge's table. What an index does not say stays
unknown.
"""

from __future__ import annotations

import csv
import json
import sys
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.domain.open_models import Criterion, Openness, Terms

HERE = Path(__file__).parent
CURATED = HERE / "curated.toml"
BUILT = HERE / "models.json"
OSAI = "osai_index_2026-06-12.json"
OSAI_HISTORY = "osai_history_lesson_models.json"
MOF = "mof_model_openness_tool_2026-05-11.json"
LITELLM = "litellm_1.110.2_prices_open_and_reference.json"
FAITHJUDGE = "faithjudge_open_models_2025.csv"
FACTS = (
    "maker",
    "released",
    "parameters",
    "active",
    "context",
    "licence",
    "tasks",
    "languages",
    "tag",
    "gguf",
    "size_gb",
)
COMPARED_WITH = (
    ("gpt-6.1-sol", "GPT-6.1 Sol"),
    ("gpt-6.1-terra", "GPT-6.1 Terra"),
    ("gpt-6-luna", "GPT-6 Luna"),
    ("claude-opus-5-5", "Claude Opus 5.5"),
    ("claude-sonnet-5-5", "Claude Sonnet 5.5"),
    ("claude-haiku-5-5", "Claude Haiku 5.5"),
    ("gemini/gemini-4-argon", "Gemini 4 Argon"),
    ("gemini/gemini-3.8-flash", "Gemini 3.8 Flash"),
)
"""The proprietary models whose prices are shown beside a team's own costs, by their keys in the price list: the newest
large and small ones of three providers that have no end announced.
"""
PRICES = "prices-litellm"

CLASSES = {"open": Openness.YES, "partial": Openness.PARTLY, "closed": Openness.NO}
PERMISSIVE = {"Apache-2.0", "Apache 2.0", "MIT"}
NON_COMMERCIAL = {"CC-BY-NC-4.0"}
COMPONENTS = {
    Criterion.TRAINING_DATA: "Datasets",
    Criterion.WEIGHTS: "Model parameters (Final)",
    Criterion.EVALUATION_CODE: "Evaluation code",
    Criterion.FINE_TUNING_CODE: "Training code",
}
"""The components of the Model Openness Framework that stand for a criterion; it has none for training metrics."""
Json = dict[str, Any]


def build(folder: Path) -> Json:
    """Return the catalogue as it is written: JSON values, facts of every model with the keys of their sources.

    Raises:
        KeyError: an entry of an index, or a source, that is named does not exist.
        OSError: an index is missing.
    """
    curated = tomllib.loads(CURATED.read_text(encoding="utf-8"))
    osai = _read(folder / OSAI)
    history = _read(folder / OSAI_HISTORY)["entries"]
    mof = _read(folder / MOF)["models"]
    unsupported = _unsupported(folder / FAITHJUDGE)
    sources = curated["sources"]
    sources["faithjudge"] = {
        "title": "FaithJudge leaderboard: share of answers with unsupported statements",
        "url": "https://github.com/vectara/FaithJudge",
        "licence": "",
        "as_of": date(2025, 1, 1),
    }
    models = []
    for entry in curated["models"]:
        index = history if entry.get("osai", "").startswith("osai@") else osai
        key = "osai-2024" if index is history else "osai-2026"
        verdicts = _by_components(mof[entry["mof"]]) if "mof" in entry else {}
        if "osai" in entry:
            verdicts |= _by_index(index[entry["osai"]], key, judged=entry.get("judged", ""))
        verdicts |= {Criterion(name): _by_hand(verdict) for name, verdict in entry.get("openness", {}).items()}
        models.append(_model(entry, verdicts, unsupported))
    used = {key for model in models for key in _sources_of(model)} | {PRICES}
    return {
        "version": max(source["as_of"] for source in sources.values()).isoformat(),
        "sources": {
            key: source | {"as_of": source["as_of"].isoformat()} for key, source in sources.items() if key in used
        },
        "models": models,
        "prices": _prices(_read(folder / LITELLM)),
    }


def _model(entry: Json, verdicts: Mapping[Criterion, Json], unsupported: Mapping[str, float]) -> Json:
    facts = {name: entry[name] for name in FACTS if name in entry}
    sources = {name: entry.get("from", {}).get(name, entry["source"]) for name in facts}
    model: Json = {"id": entry["id"], "name": entry["name"], "family": entry["family"], **facts}
    model |= {name: entry[name] for name in ("parent", "aliases", "notes") if name in entry}
    model["terms"] = _terms(entry.get("licence", ""))
    model["openness"] = {criterion.value: verdict for criterion, verdict in verdicts.items()}
    if entry.get("faithjudge"):
        model["unsupported"] = unsupported[entry["faithjudge"]]
        sources["unsupported"] = "faithjudge"
    return model | {"sources": sources}


def _sources_of(model: Json) -> set[str]:
    judged = {key for verdict in model["openness"].values() for key in verdict["sources"]}
    return {*model["sources"].values(), *(note["source"] for note in model.get("notes", ())), *judged}


def _by_index(entry: Json, source: str, *, judged: str) -> dict[Criterion, Json]:
    """Read an entry of the Open Source AI Index: data and weights of the base and of the end model, training code.

    `judged` is the larger sibling of the same release that the index looked at, where it was another.
    """
    verdicts = {
        Criterion.TRAINING_DATA: _both(entry, "datasources_basemodel", "datasources_endmodel"),
        Criterion.WEIGHTS: _both(entry, "weights_basemodel", "weights_endmodel"),
        Criterion.FINE_TUNING_CODE: CLASSES.get(entry["trainingcode"]["class"], Openness.UNKNOWN),
    }
    note = f"as judged of {judged}" if judged else ""
    return {name: _verdict(value, source, note) for name, value in verdicts.items() if value is not Openness.UNKNOWN}


def _both(entry: Json, base: str, end: str) -> Openness:
    """Return one verdict for two: yes or no where both say so, partly where they differ."""
    said = {CLASSES.get((entry.get(name) or {}).get("class", ""), Openness.UNKNOWN) for name in (base, end)} - {
        Openness.UNKNOWN
    }
    if not said:
        return Openness.UNKNOWN
    return said.pop() if len(said) == 1 else Openness.PARTLY


def _by_components(entry: Json) -> dict[Criterion, Json]:
    """Read an entry of the Model Openness Tool: it lists the components that are released, and their licences."""
    whole = (entry["license"].get("distribution") or {}).get("name", "").strip()
    listed = {component["name"]: component["license"] or whole for component in entry["components"]}
    return {name: _verdict(_released(listed, component), "mof-2026") for name, component in COMPONENTS.items()}


def _released(listed: Mapping[str, str], component: str) -> Openness:
    """Return how far a component is open: only in part where its licence sets conditions."""
    if component not in listed:
        return Openness.NO
    return Openness.PARTLY if _terms(listed[component]) == Terms.COMMUNITY.value else Openness.YES


def _by_hand(verdict: Json) -> Json:
    return _verdict(Openness(verdict["value"]), verdict["source"], verdict.get("note", ""))


def _verdict(value: Openness, source: str, note: str = "") -> Json:
    return {"value": value.value, "sources": [source], **({"note": note} if note else {})}


def _terms(licence: str) -> str:
    if not licence:
        return Terms.UNKNOWN.value
    if licence in PERMISSIVE:
        return Terms.PERMISSIVE.value
    return (Terms.NON_COMMERCIAL if licence in NON_COMMERCIAL else Terms.COMMUNITY).value


def _unsupported(path: Path) -> dict[str, float]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["model"]: float(row["overall_hallucination_pct"]) for row in csv.DictReader(file)}


def _prices(listed: Json) -> list[Json]:
    """Return the prices of a million tokens, read and written apart, each with the provider's own page."""
    return [
        {
            "model": name,
            "provider": listed[key]["litellm_provider"],
            "input": _of_a_million(listed[key]["input_cost_per_token"]),
            "output": _of_a_million(listed[key]["output_cost_per_token"]),
            "source": PRICES,
            "page": listed[key]["source"],
        }
        for key, name in COMPARED_WITH
    ]


def _of_a_million(price: float) -> float:
    return round(price * 1_000_000, 6)


def _read(path: Path) -> Json:
    value: Json = json.loads(path.read_text(encoding="utf-8"))
    return value


def main() -> int:
    """Write models.json anew; the folder of the indexes is the one argument."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():  # noqa: PLR2004 - the command and its one argument
        sys.stderr.write("Name the folder of the indexes: python -m bot.catalogue.building FOLDER\n")
        return 2
    text = json.dumps(build(Path(sys.argv[1])), ensure_ascii=False, indent=1)
    BUILT.write_text(f"{text}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
