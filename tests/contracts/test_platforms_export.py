"""What every platform promises who asks for what is stored of them: a file of their own words, for them alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.scenes import ADA, BEN, DANA, Stage, on_every

NAME = "lyceum-export.json"


def file_of(stage: Stage, who: str) -> str:
    """Return the newest file that a person alone sees; at the console, what was written."""
    if stage.platform == "console":
        return Path(NAME).read_text(encoding="utf-8")
    files = [file for each in stage.alone(who) for file in each.files]
    return files[-1] if files else ""


async def exported(stage: Stage, who: str) -> Any:
    """Wait for a person's export, and read it."""
    await stage.reads_alone(who, "as a file for you alone")
    await stage.until(lambda: file_of(stage, who))
    return json.loads(file_of(stage, who))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what the console writes go nowhere else."""
    monkeypatch.chdir(tmp_path)


class TestExport:
    @on_every("stage")
    async def test_who_asks_gets_their_words_and_the_answers_to_them(self, stage: Stage) -> None:
        await stage.say(ADA, "the owl is OWL-4711", direct=True)
        await stage.reads_alone(ADA, "You said")
        await stage.call(ADA, "model use", direct=True, name="qwen3:8b")
        await stage.reads_alone(ADA, "now answers for you here")
        await stage.call(ADA, "export", direct=True)
        export = await exported(stage, ADA)

        assert [message["text"] for message in export["messages"]] == ["the owl is OWL-4711"]
        assert export["messages"][0]["answer"].startswith("You said")
        assert [choice["model"] for choice in export["choices"]] == ["qwen3:8b"]
        assert [(deed["did"], deed["model"]) for deed in export["log"]] == [("chose", "qwen3:8b")]
        assert export["person"]["platform"] == stage.platform
        assert any("UTC" in line for line in export["read_me"])

    @on_every("stage", "others")
    async def test_nobody_elses_words_are_in_it(self, stage: Stage) -> None:
        await stage.say(BEN, "the owl is CANARY-1")
        await stage.reads("You said")
        await stage.say(ADA, "which owl?")
        await stage.reads("which owl?")
        await stage.ask_about(ADA, await stage.chatter(BEN, "the bat is CANARY-2"), question="which bat?")
        await stage.reads_alone(ADA, "which bat?")
        await stage.call(ADA, "export")
        export = await exported(stage, ADA)

        assert "CANARY" not in file_of(stage, ADA)
        assert [message["text"] for message in export["messages"]] == ["which owl?", "which bat?"]
        assert export["messages"][-1]["answer_left_out"]

    @on_every("stage", "others", "menus")
    async def test_what_others_quoted_is_in_it_without_who_did(self, stage: Stage) -> None:
        said = await stage.chatter(ADA, "the owl is OWL-4711")
        await stage.ask_about(BEN, said, question="is CANARY-3 right?")
        await stage.reads_alone(BEN, "You said")
        await stage.call(ADA, "export")
        export = await exported(stage, ADA)

        assert any("OWL-4711" in words for words in export["quoted_by_others"])
        assert stage.id_of(BEN) not in file_of(stage, ADA)
        assert "CANARY" not in file_of(stage, ADA)

    @on_every("stage", "mentions")
    @pytest.mark.parametrize("said", ["export", ", export.", "/export"])
    async def test_asked_for_among_others_it_is_for_the_asker_alone(self, stage: Stage, said: str) -> None:
        await stage.say(ADA, "the owl is OWL-4711", direct=True)
        await stage.reads_alone(ADA, "You said")
        await stage.send(ADA, f"{stage.mention} {said}", calls=False)
        export = await exported(stage, ADA)

        assert [message["text"] for message in export["messages"]] == ["the owl is OWL-4711"]
        assert stage.wall() == stage.alone(BEN) == []

    @on_every("stage", "mentions")
    async def test_said_directly_it_comes_there(self, stage: Stage) -> None:
        await stage.say(ADA, "the owl is OWL-4711", direct=True)
        await stage.reads_alone(ADA, "You said")
        await stage.say(ADA, "export", direct=True)

        assert (await exported(stage, ADA))["messages"]

    @on_every("stage")
    async def test_of_whom_nothing_is_stored_is_told_so(self, stage: Stage) -> None:
        await stage.call(ADA, "export", direct=True)

        assert await stage.reads_alone(ADA, "I keep nothing of you")

    @on_every("stage", "languages")
    async def test_it_explains_itself_in_the_persons_language(self, stage: Stage) -> None:
        await stage.say(DANA, "ינשוף", direct=True)
        await stage.until(lambda: stage.alone(DANA))
        await stage.call(DANA, "export", direct=True)
        await stage.until(lambda: file_of(stage, DANA))

        assert "זה כל מה שהבוט שומר עליך" in file_of(stage, DANA)

    @on_every("stage", "others")
    async def test_who_is_blocked_gets_it_all_the_same(self, stage: Stage) -> None:
        await stage.say(ADA, "the owl is OWL-4711", direct=True)
        await stage.reads_alone(ADA, "You said")
        stage.block(ADA)
        await stage.call(ADA, "export")

        assert (await exported(stage, ADA))["messages"]

    @on_every("stage")
    async def test_after_forget_nothing_is_left_to_export(self, stage: Stage) -> None:
        await stage.say(ADA, "the owl is OWL-4711", direct=True)
        await stage.reads_alone(ADA, "You said")
        await stage.call(ADA, "forget", direct=True, confirm="yes")
        await stage.reads_alone(ADA, "Erased: 2 messages")
        await stage.call(ADA, "export", direct=True)

        assert await stage.reads_alone(ADA, "I keep nothing of you")
