"""A file, an adapter or a model of Hugging Face becomes a model of the team's own name."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.domain import CommandCall, TextFile
from bot.engine.commands import BY_NAME
from bot.engine.intake import TakenTurn
from bot.engine.modelfiles import read_recipe
from bot.errors import BotError, UserError
from bot.llm.model_folder import is_adapter
from tests.engine.lab_talk import GB, begun, carried_out, lab_talk, olmo
from tests.engine.talk import BOSS, DANA, ROOM, Talk, heard
from tests.lab.ollama import LabModel, OllamaLab

RECIPE = '''# our tutor
FROM ./somewhere.gguf
SYSTEM """You are a patient tutor.
Ask back."""
TEMPLATE "{{ .Prompt }} !"
PARAMETER temperature 0.2
PARAMETER stop <|a|>
PARAMETER stop "<|b|>"
LICENSE Apache-2.0
'''


def text(words: bytes) -> bytes:
    return struct.pack("<Q", len(words)) + words


def gguf(kind: bytes) -> bytes:
    """Write the beginning of a model file that says what it is, behind other things of every kind."""
    pairs = (
        text(b"general.architecture") + struct.pack("<I", 8) + text(b"llama"),
        text(b"general.tags") + struct.pack("<IIQ", 9, 8, 2) + text(b"a") + text(b"b"),
        text(b"general.numbers") + struct.pack("<IIQ", 9, 4, 3) + bytes(12),
        text(b"general.size") + struct.pack("<IQ", 10, 7),
        text(b"general.type") + struct.pack("<I", 8) + text(kind),
    )
    return b"GGUF" + struct.pack("<IQQ", 3, 1, len(pairs)) + b"".join(pairs)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tutor.gguf").write_bytes(gguf(b"model") + bytes(1000))
    (tmp_path / "tutor.Modelfile").write_text(RECIPE, encoding="utf-8")
    (tmp_path / "lora.gguf").write_bytes(gguf(b"adapter"))
    (tmp_path / "circle.gguf").symlink_to("circle.gguf")
    (tmp_path / "words.gguf").write_bytes(b"no model at all")
    return tmp_path


@pytest.fixture
async def lab() -> AsyncGenerator[OllamaLab]:
    async with OllamaLab() as running:
        running.offer(LabModel(name="hf.co/team/Tutor-GGUF:Q4_K_M", size=2 * GB))
        yield running


@pytest.fixture
async def talk(lab: OllamaLab, folder: Path) -> AsyncGenerator[Talk]:
    async with lab_talk(lab, folder=str(folder)) as running:
        yield running


async def refused(talk: Talk, **given: str) -> str:
    with pytest.raises(BotError) as error:
        await heard(talk.engine.reply(await begun(talk, "model import", engine=None, person=BOSS, at=ROOM, **given)))
    return error.value.key


async def test_a_file_becomes_a_model_with_its_template_and_system_prompt(lab: OllamaLab, talk: Talk) -> None:
    answer = await carried_out(talk, "model import", source="tutor.gguf", as_="Tutor")
    made = lab.models["tutor:latest"]

    assert answer.notices == ["import.done"]
    assert made.system == "You are a patient tutor.\nAsk back."
    assert made.template_text == "{{ .Prompt }} !"


async def test_it_can_be_used_at_once(talk: Talk) -> None:
    await carried_out(talk, "model import", source="tutor.gguf", as_="tutor")
    await talk.command("model use", name="tutor")

    assert "hello" in (await talk.say("hello")).text


async def test_a_file_that_the_host_has_is_not_sent_again(lab: OllamaLab, talk: Talk) -> None:
    await carried_out(talk, "model import", source="tutor.gguf", as_="one")
    await carried_out(talk, "model import", source="tutor.gguf", as_="two")

    assert sum(request.method == "POST" and "/api/blobs/" in request.path for request in lab.requests) == 1


async def test_an_adapter_goes_on_top_of_a_model_of_the_host(lab: OllamaLab, talk: Talk) -> None:
    answer = await carried_out(talk, "model import", source="lora.gguf", as_="tuned", base="smollm2:135m")

    assert answer.notices == ["import.done"]
    assert lab.models["tuned:latest"].parent_model == "smollm2:135m"


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"source": "lora.gguf"}, "error.import_needs_base"),
        ({"source": "tutor.gguf", "base": "smollm2:135m"}, "error.import_no_adapter"),
        ({"source": "lora.gguf", "base": "nothing:1b"}, "error.import_base_missing"),
        ({"source": "hf.co/team/Tutor-GGUF:Q4_K_M", "base": "smollm2:135m"}, "error.import_no_adapter"),
        ({"source": "words.gguf"}, "error.import_no_gguf"),
        ({"source": "nothing.gguf"}, "error.import_no_file"),
        ({"source": "../../etc/passwd"}, "error.import_no_file"),
        ({"source": "/etc/passwd"}, "error.import_no_file"),
        ({"source": "tutor.gguf\0"}, "error.import_no_file"),
        ({"source": "circle.gguf"}, "error.import_no_file"),
        ({"source": "tutor.gguf", "as_": "bad name!"}, "error.team_name_odd"),
        ({"source": "tutor.gguf", "as_": "hf.co/a/b"}, "error.team_name_odd"),
        ({"source": "tutor.gguf", "on": "nowhere"}, "error.host_unknown"),
    ],
)
async def test_what_is_no_good_makes_nothing(lab: OllamaLab, talk: Talk, given: dict[str, str], key: str) -> None:
    assert await refused(talk, **{"as_": "made", **given}) == key
    assert not any(name.startswith("made") for name in lab.models)
    assert not any(request.path in {"/api/create", "/api/pull"} for request in lab.requests)


async def test_a_name_that_is_taken_is_overwritten_only_when_that_is_said(lab: OllamaLab, talk: Talk) -> None:
    lab.install(LabModel(name="tutor"))
    key = await refused(talk, source="tutor.gguf", as_="tutor")
    before = lab.models["tutor:latest"].system
    await carried_out(talk, "model import", source="tutor.gguf", as_="tutor", replace="yes")

    assert key == "error.import_exists"
    assert before == ""
    assert lab.models["tutor:latest"].system != ""


async def test_a_restart_overwrites_no_name_that_was_taken_before_it_began(lab: OllamaLab, talk: Talk) -> None:
    turn = await begun(talk, "model import", source="tutor.gguf", as_="tutor")
    lab.install(LabModel(name="tutor"))
    await talk.turns.release(turn.id, worker="first")
    second = talk.another_process("second")
    (again,) = await second.adopt("lab")
    with pytest.raises(UserError) as error:
        await heard(second.reply(again))

    assert error.value.key == "error.import_exists"
    assert lab.models["tutor:latest"].system == ""


async def test_what_was_made_before_a_restart_is_no_taken_name(lab: OllamaLab, talk: Talk) -> None:
    turn = await begun(talk, "model import", source="tutor.gguf", as_="tutor")
    first = asyncio.create_task(heard(talk.engine.reply(turn)))
    await lab.until(lambda: "tutor:latest" in lab.models)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    second, told = talk.another_process("second"), list[str]()
    for again in await second.adopt("lab"):
        told += (await heard(second.reply(again))).notices

    assert set(told) <= {"import.done"}
    assert "tutor:latest" in lab.models


async def test_a_modelfile_outside_of_the_folder_is_never_read(
    lab: OllamaLab, talk: Talk, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret"
    outside.write_text("SYSTEM a secret", encoding="utf-8")
    (folder / "tutor.Modelfile").unlink()
    (folder / "tutor.Modelfile").symlink_to(outside)
    await carried_out(talk, "model import", source="tutor.gguf", as_="tutor")

    assert lab.models["tutor:latest"].system == ""


DAMAGED = (
    text(b"general.name") + struct.pack("<IQ", 8, 2**63),  # a text longer than any file
    text(b"a" * 8) + struct.pack("<IIQ", 9, 4, 2**63),  # a list, likewise
    text(b"general.tags") + struct.pack("<I", 9) + struct.pack("<IQ", 9, 1) * 20_000,  # lists in lists
)


@pytest.mark.parametrize("pair", DAMAGED, ids=["text", "list", "nested"])
def test_a_damaged_file_is_no_adapter(pair: bytes) -> None:
    assert not is_adapter(b"GGUF" + struct.pack("<IQQ", 3, 1, 2) + pair + bytes(100))


async def test_a_model_of_hugging_face_gets_the_teams_name_and_loses_its_own(lab: OllamaLab, talk: Talk) -> None:
    answer = await carried_out(talk, "model import", source="hf.co/team/Tutor-GGUF:Q4_K_M", as_="tutor")

    assert answer.notices == ["import.done"]
    assert "tutor:latest" in lab.models
    assert not any(name.startswith("hf.co") for name in lab.models)


async def test_only_an_admin_may(talk: Talk) -> None:
    with pytest.raises(UserError) as error:
        await begun(talk, "model import", person=DANA, source="tutor.gguf", as_="tutor")

    assert error.value.key == "error.models_admin_only"


async def test_a_team_model_of_a_stub_is_taken_away_again(lab: OllamaLab, talk: Talk) -> None:
    stub = LabModel(name="hf.co/a/cloudy:x", remote_host="https://ollama.com:443", remote_model="gpt-oss", size=240)
    lab.offer(stub)
    key = await refused(talk, source="hf.co/a/cloudy:x", as_="made")

    assert key == "error.pull_remote"
    assert not any("cloudy" in name or "made" in name for name in lab.models)


async def test_a_bad_template_is_told_in_the_hosts_words(lab: OllamaLab, talk: Talk, folder: Path) -> None:
    (folder / "tutor.Modelfile").write_text('TEMPLATE "{{ if }}"', encoding="utf-8")

    assert await refused(talk, source="tutor.gguf", as_="made") == "error.import_refused"
    assert "made:latest" not in lab.models


async def test_without_a_folder_files_are_refused_and_hugging_face_is_not(lab: OllamaLab) -> None:
    async with lab_talk(lab) as talk:
        key = await refused(talk, source="tutor.gguf", as_="made")
        answer = await carried_out(talk, "model import", source="hf.co/team/Tutor-GGUF:Q4_K_M", as_="tutor")

    assert key == "error.import_no_folder"
    assert answer.notices == ["import.done"]


async def test_what_does_not_fit_is_not_sent(lab: OllamaLab, folder: Path) -> None:
    lab.install(olmo(size=5 * GB))
    async with lab_talk(lab, disks_gb=(5.0,), folder=str(folder)) as talk:
        key = await refused(talk, source="tutor.gguf", as_="made")

    assert key == "error.pull_no_room"


async def test_a_modelfile_that_comes_along_is_laid_over_the_one_beside_the_file(lab: OllamaLab, talk: Talk) -> None:
    turn = await begun(talk, "model import", source="tutor.gguf", as_="tutor")
    await heard(talk.engine.reply(turn))
    sent = TextFile("Modelfile.txt", "SYSTEM Be brief.")
    call = talk_call(sent)
    taken = await talk.engine.take(call)
    assert isinstance(taken, TakenTurn)
    answer = await heard(talk.engine.reply(taken.turn))

    assert "import.done" in answer.notices
    assert lab.models["brief:latest"].system == "Be brief."
    assert lab.models["brief:latest"].template_text == "{{ .Prompt }} !"


def talk_call(file: TextFile) -> CommandCall:
    return CommandCall(
        event_id="with a file",
        address=ROOM,
        person=BOSS,
        command="model import",
        arguments={"source": "tutor.gguf", "as": "brief"},
        files=(file,),
    )


async def test_files_are_completed_when_they_were_seen_once(talk: Talk) -> None:
    await carried_out(talk, "model import", source="tutor.gguf", as_="tutor")
    found = await talk.engine.suggest("model import", "source", "tu", person=BOSS, address=ROOM)

    assert list(found) == ["tutor.gguf"]


def test_a_recipe_is_read_as_it_is_written() -> None:
    recipe = read_recipe(RECIPE)

    assert recipe.system == "You are a patient tutor.\nAsk back."
    assert recipe.parameters == {"temperature": 0.2, "stop": ["<|a|>", "<|b|>"]}
    assert recipe.licence == "Apache-2.0"


@pytest.mark.parametrize("broken", ["", "SYSTEM", '"""', 'FROM\nSYSTEM """never ends', "PARAMETER", "🦉 🦉"])
def test_a_broken_recipe_is_read_as_far_as_it_goes(broken: str) -> None:
    assert read_recipe(broken).template == ""


def test_a_parameter_is_read_with_whatever_blanks_and_letters() -> None:
    written = "PARAMETER temperature\t0.7\nPARAMETER  num_ctx   4096\r\nparameter STOP x\nPARAMETER top_k\n"

    assert read_recipe(written).parameters == {"temperature": 0.7, "num_ctx": 4096, "stop": ["x"]}


def test_a_number_that_is_none_for_any_host_stays_text() -> None:
    endless = "9" * 5000

    assert read_recipe(f"PARAMETER num_ctx {endless}").parameters == {"num_ctx": endless}
    assert read_recipe(f"PARAMETER top_p {endless}.0").parameters == {"top_p": f"{endless}.0"}


def test_how_an_import_is_typed() -> None:
    assert BY_NAME["model import"].usage == "/model import SOURCE as AS [base BASE] [on ON] [replace yes]"
