from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import pytest

from bot.catalogue import building
from bot.catalogue.open_catalogue import NOT_FACTS, OpenCatalogue, source_of, sources_of
from bot.domain.open_models import TASKS, Criterion, OpenModel, Openness, Terms
from bot.errors import ConfigurationError
from tests.fakes import card

INDEXES = Path(os.environ.get("LYCEUM_TEST_CATALOGUE", "../shared/catalogue"))
# The systems that the lesson on open models names, by what people call them.
LESSON = (
    "OLMo 7B Instruct",
    "Llama 2 7B Chat",
    "ELYZA Japanese Llama 2 7B Instruct",
    "LLaMA Pro 8B Instruct",
    "Mistral 7B Instruct",
    "Mixtral 8x7B Instruct",
    "BioMistral 7B",
    "OpenMath Mistral 7B",
    "Falcon 7B Instruct",
    "Falcon 40B Instruct",
    "OpenAssistant Falcon 40B",
    "GPT4All Falcon",
)
FAMILIES = {
    *("olmo", "llama", "mistral", "falcon", "qwen", "gemma", "phi", "gpt-oss", "deepseek", "granite", "smollm"),
    *("apertus", "command", "nemotron"),
}
CATALOGUE = OpenCatalogue()
MODELS = CATALOGUE.facts.models


@pytest.mark.parametrize("name", LESSON)
def test_every_system_of_the_lesson_is_known_and_can_be_pulled(name: str) -> None:
    model = CATALOGUE.find(name)

    assert model is not None
    assert model.pull_name
    assert any(model.verdict(criterion).value is not Openness.UNKNOWN for criterion in Criterion)


def test_the_families_of_today_are_known() -> None:
    assert {model.family for model in MODELS} == FAMILIES


def test_there_are_models_that_know_hebrew() -> None:
    assert len([model for model in MODELS if "he" in model.languages]) >= 3


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_every_fact_has_a_source_with_a_date(model: OpenModel) -> None:
    blank = OpenModel(id="", name="", family="")
    facts = {each.name for each in fields(model)} - NOT_FACTS - {"sources", "retires"}
    stated = {name for name in facts if getattr(model, name) != getattr(blank, name)}

    assert stated <= set(model.sources)
    for key in sources_of(model):
        assert CATALOGUE.facts.sources[key].as_of.year >= 2023
    for verdict in model.openness.values():
        assert verdict.sources


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_a_model_stands_on_its_own_feet(model: OpenModel) -> None:
    ids = {each.id for each in MODELS}

    assert set(model.tasks) <= set(TASKS)
    assert not model.parent or (model.parent in ids and model.parent != model.id)
    assert (model.terms is Terms.UNKNOWN) == (not model.licence)
    assert not model.active or model.active < model.parameters


def test_no_two_models_share_a_name() -> None:
    names = [name.lower() for model in MODELS for name in {model.id, model.tag, *model.aliases} if name]

    assert sorted(names) == sorted(set(names))


def test_slips_of_the_lesson_are_put_right() -> None:
    mistral, mixtral, falcon = (CATALOGUE.find(id_) for id_ in ("mistral-7b", "mixtral-8x7b", "falcon-40b"))

    assert mistral
    assert mixtral
    assert falcon
    assert not mistral.active
    assert mixtral.active == 12.9
    assert falcon.parameters == 40
    assert "trillion tokens" in falcon.notes[0].text


def test_what_nobody_says_stays_unknown() -> None:
    model = CATALOGUE.find("falcon-7b")

    assert model
    assert model.verdict(Criterion.TRAINING_METRICS).value is Openness.UNKNOWN
    assert model.verdict(Criterion.TRAINING_METRICS).sources == ()


@pytest.mark.skipif(not INDEXES.is_dir(), reason="the published indexes are not here")
def test_the_file_is_what_the_indexes_and_the_curated_facts_make(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    built = tmp_path / "models.json"
    monkeypatch.setattr(building, "BUILT", built)
    monkeypatch.setattr("sys.argv", ["building", str(INDEXES)])

    assert building.main() == 0
    assert built.read_bytes() == (Path(building.__file__).parent / "models.json").read_bytes()


@pytest.mark.parametrize(
    ("installed", "parameters", "id_"),
    [
        ("llama3.2:latest", "3.2B", "llama-3.2-3b"),
        ("llama3.2", "", "llama-3.2-3b"),
        ("LLAMA3.2:1B", "1.24B", "llama-3.2-1b"),
        ("llama3.2:1b-instruct-q4_K_M", "1.2B", "llama-3.2-1b"),
        ("llama3.1:8b-instruct-fp16", "8.0B", "llama-3.1-8b"),
        ("registry.ollama.ai/library/mistral:7b", "7.2B", "mistral-7b"),
        ("hf.co/QuantFactory/BioMistral-7B-GGUF:Q4_K_M", "7.24B", "biomistral-7b"),
        ("huggingface.co/quantfactory/biomistral-7b-gguf:Q8_0", "7.24B", "biomistral-7b"),
        ("qwen3:14b-q8_0", "14.8B", "qwen-3-14b"),
        ("smollm2:135m", "134.52M", "smollm-2-135m"),
        ("gemma3:27b-it-qat", "27.4B", "gemma-3-27b"),
    ],
)
def test_an_installed_model_is_found_by_its_name_and_size(installed: str, parameters: str, id_: str) -> None:
    entry = CATALOGUE.entry_of(card(installed, parameters=parameters))

    assert entry is not None
    assert entry.id == id_


@pytest.mark.parametrize(
    ("installed", "parameters"),
    [
        ("somebody/llama3.2:3b", "3.2B"),
        ("llama3.2:3b-abliterated-mine", "405B"),
        ("mistral", "123B"),
        ("deepseek-r1:8b", "8.0B"),
        ("llama3.1:405b-instruct-q2_K", "405B"),
        ("our-helper", "8.0B"),
        ("llama", "8.0B"),
        ("llama3.1-tuned", "8.0B"),
        ("", ""),
        ("::", "8B"),
    ],
)
def test_a_model_that_is_not_surely_one_of_these_is_none(installed: str, parameters: str) -> None:
    assert CATALOGUE.entry_of(card(installed, parameters=parameters)) is None


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "team.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_an_operator_changes_a_fact_and_adds_a_model(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        [sources.lab]
        title = "Our own measurement"
        as_of = 2026-11-01

        [[models]]
        id = "llama-3.2-3b"
        languages = ["en", "he"]
        source = "lab"

        [[models]]
        id = "helper"
        name = "Our helper"
        family = "llama"
        parent = "llama-3.2-3b"
        tag = "our-helper"
        tasks = ["chat"]
        """,
    )
    catalogue = OpenCatalogue(path)
    known, added = catalogue.find("llama3.2"), catalogue.find("our-helper")

    assert known
    assert added
    assert known.languages == ("en", "he")
    assert known.size_gb == 2.0
    source = source_of(catalogue.facts, known, "languages")
    assert source
    assert source.title == "Our own measurement"
    team = source_of(catalogue.facts, added, "tag")
    assert team
    assert team.title == "team.toml"


@pytest.mark.parametrize(
    ("text", "key", "place"),
    [
        ("models = 3", "error.catalogue_wrong", "models"),
        ("modles = []", "error.catalogue_wrong", "modles"),
        ('[[models]]\nname = "x"', "error.catalogue_wrong", "models.1.id"),
        ('[[models]]\nid = "phi-4"\nlangauges = ["en"]', "error.catalogue_wrong", "models.phi-4.langauges"),
        ('[[models]]\nid = "phi-4"\ncontext = "many"', "error.catalogue_wrong", "models.phi-4.context"),
        ('[[models]]\nid = "new"\nfamily = "x"', "error.catalogue_wrong", "models.new.name"),
        ('[[models]]\nid = "phi-4"\ncontext = 5\nsource = "nowhere"', "error.catalogue_wrong", "sources.nowhere"),
        ('[[models]]\nid = "phi-4"\n[models.openness.colour]\nvalue = "yes"', "error.catalogue_wrong", "models.phi-4"),
        ("[[models", "error.catalogue_unreadable", ""),
        ("a = " + "[" * 3000, "error.catalogue_unreadable", ""),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_with_the_place(tmp_path: Path, text: str, key: str, place: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        OpenCatalogue(written(tmp_path, text))

    assert refused.value.key == key
    assert str(refused.value.parameters.get("place", "")).startswith(place)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")

    for path in (str(tmp_path / "none.toml"), str(tmp_path), str(binary)):
        with pytest.raises(ConfigurationError) as refused:
            OpenCatalogue(path)
        assert refused.value.key == "error.catalogue_unreadable"
