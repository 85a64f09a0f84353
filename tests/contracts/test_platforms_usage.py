"""What every platform promises who asks what was used, and what it cost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contracts.scenes import ADA, BEN, DANA, ROSA, Stage, on_every
from tests.contracts.test_platforms_comparing import compared, vote
from tests.contracts.test_platforms_export import file_of

CHANNEL: Any = {"of": "channel"}
WORKSPACE: Any = {"of": "workspace"}
AS_CSV: Any = {"as": "csv"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what the console writes go nowhere else."""
    monkeypatch.chdir(tmp_path)


async def asked(stage: Stage, who: str, text: str) -> None:
    """Ask something in the channel, and read the answer."""
    await stage.say(who, text)
    await stage.reads(text)
    await stage.rests()


@on_every("stage")
async def test_who_asks_reads_what_their_answers_took_and_cost(stage: Stage) -> None:
    await asked(stage, ADA, "what is an owl?")
    await stage.call(ADA, "usage")
    told = await stage.reads_alone(ADA, "with idle time")

    assert "1 turns" in told.text
    assert "your own usage" in told.text
    assert "smollm2:135m" in told.text
    assert "€" in told.text


@on_every("stage", "others")
async def test_nobody_reads_of_anothers_usage(stage: Stage) -> None:
    await asked(stage, ADA, "what is an owl?")
    await stage.call(BEN, "usage")

    assert await stage.reads_alone(BEN, "Nothing is counted")


@on_every("stage", "others")
@pytest.mark.parametrize("of", [CHANNEL, WORKSPACE], ids=["channel", "workspace"])
async def test_what_others_used_is_read_by_admins_alone(stage: Stage, of: Any) -> None:
    await asked(stage, ADA, "what is an owl?")
    await asked(stage, BEN, "what is a bat?")
    await stage.call(BEN, "usage", **of)
    await stage.reads_alone(BEN, "for admins of this workspace")
    await stage.call(ROSA, "usage", **of)
    told = await stage.reads_alone(ROSA, "was busy")

    assert "2 turns" in told.text
    assert not any("2 turns" in seen.text for who in (ADA, BEN) for seen in stage.alone(who))


@on_every("stage", "others")
async def test_a_demoted_admin_reads_of_nobody(stage: Stage) -> None:
    await asked(stage, ROSA, "what is an owl?")
    stage.demote(ROSA)
    await stage.call(ROSA, "usage", **CHANNEL)

    assert await stage.reads_alone(ROSA, "for admins of this workspace")


@on_every("stage", "others")
async def test_where_nobody_tells_who_is_an_admin_nobody_reads_of_others(stage: Stage) -> None:
    await asked(stage, ROSA, "what is an owl?")
    stage.tells_no_rights()
    await stage.call(ROSA, "usage", **CHANNEL)

    assert await stage.reads_alone(ROSA, "I cannot ask now whether you are one")


@on_every("stage", "mentions")
async def test_said_among_others_it_is_for_who_says_it_alone(stage: Stage) -> None:
    await asked(stage, ADA, "what is an owl?")
    wall = len(stage.wall())
    await stage.send(ADA, f"{stage.mention} usage 3", calls=False)
    await stage.reads_alone(ADA, "with idle time")

    assert len(stage.wall()) == wall


@on_every("stage")
async def test_it_comes_as_a_file_for_spreadsheets(stage: Stage) -> None:
    await asked(stage, ADA, "what is an owl?")
    await stage.call(ADA, "usage", **AS_CSV)
    await stage.reads_alone(ADA, "as a file for spreadsheets")
    await stage.until(lambda: _csv(stage))

    assert "Cost with idle time" in _csv(stage)
    assert "smollm2:135m" in _csv(stage)


@on_every("stage", "buttons under answers")
async def test_a_press_brings_the_file(stage: Stage) -> None:
    await asked(stage, ADA, "what is an owl?")
    await stage.call(ADA, "usage")
    told = await stage.reads_alone(ADA, "with idle time")
    shown = next(each for each in [told, *stage.alone(ADA)] if "CSV file" in each.labels)
    await stage.press(ADA, shown, "CSV file")
    await stage.until(lambda: "Cost with idle time" in _csv(stage))

    assert "smollm2:135m" in _csv(stage)


@on_every("stage", "others", "languages")
async def test_it_is_told_in_the_readers_language(stage: Stage) -> None:
    await asked(stage, DANA, "ינשוף")
    await stage.call(DANA, "usage")

    assert await stage.reads_alone(DANA, "השימוש שלך")


@on_every("stage")
async def test_who_votes_reads_what_each_answer_cost(stage: Stage) -> None:
    await vote(stage, await compared(stage), "Equally good")
    told = await stage.reads_alone(ADA, "your vote counts")

    assert told.text.count("its host worked on it for") == 2


@on_every("stage", "others")
async def test_what_is_forgotten_is_nobodys_and_still_in_the_sums(stage: Stage) -> None:
    await asked(stage, ADA, "what is an owl?")
    await stage.call(ADA, "forget", confirm="yes")
    await stage.reads_alone(ADA, "Erased")
    await stage.call(ADA, "usage")
    await stage.reads_alone(ADA, "Nothing is counted")
    await stage.call(ROSA, "usage", **WORKSPACE)

    assert "1 turns" in (await stage.reads_alone(ROSA, "was busy")).text


def _csv(stage: Stage) -> str:
    if stage.platform == "console":
        file = Path("usage.csv")
        return file.read_text(encoding="utf-8") if file.exists() else ""
    return file_of(stage, ADA)
