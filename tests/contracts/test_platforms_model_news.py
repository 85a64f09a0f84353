"""What every platform promises of what changed among the models: told once, where it is to be told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.engine.announcements import IN_CHANNEL_S, SETTLED_S
from bot.engine.engine import Engine
from bot.engine.model_watch import GONE_AFTER_S
from bot.runtime.announcing_news import announce_due
from tests.contracts.scenes import ADA, DANA, ROSA, Seen, Stage, on_every

LEFT = "is on none of the model hosts any more"
MOVED = "is another model under the same name"
ROOM: Any = {"name": "qwen3:8b", "for": "channel"}


async def look(stage: Stage) -> None:
    assert stage.engine.upkeep is not None
    await stage.engine.upkeep.watch.look()


async def leaves(stage: Stage, name: str) -> None:
    """Have a model leave the host for good."""
    await look(stage)
    stage.backend.remove(name)
    await look(stage)
    await stage.later(GONE_AFTER_S + 1)
    await look(stage)
    await stage.later(SETTLED_S + 1)


async def moves(stage: Stage, name: str, digest: str) -> None:
    stage.backend.install(replace(stage.backend.cards[name], digest=digest))
    await look(stage)


async def announce(stage: Stage, *, engine: Engine | None = None, adapter: Any = None, language: str = "en") -> None:
    """Have one process look once for what is due."""
    upkeep = (engine or stage.engine).upkeep
    assert upkeep is not None
    await announce_due(adapter or stage.adapter, upkeep.announcements, language=language)


def told(stage: Stage, text: str) -> list[Seen]:
    return [each for each in stage.wall() if text in each.text]


@on_every("stage", "others")
async def test_a_named_channel_is_told_and_a_press_there_moves_every_choice_and_back(stage: Stage) -> None:
    stage.tells_news_here()
    await stage.call(ROSA, "model use", **ROOM)
    await stage.reads_alone(ROSA, "now answers")
    await leaves(stage, "qwen3:8b")
    await announce(stage)
    message = await stage.reads(LEFT)
    await stage.press(ADA, message, "Use smollm2:135m for qwen3:8b")
    await stage.reads_alone(ADA, "needs an admin of this workspace")
    await stage.press(ROSA, message, "Use smollm2:135m for qwen3:8b")
    done = await stage.reads_alone(ROSA, "Choices moved: 1.")
    await stage.press(ROSA, done, "Undo")
    await stage.reads_alone(ROSA, "Choices moved back: 1.")

    assert "Choices that name it: 1." in message.text


@on_every("stage", "others")
async def test_it_is_said_once_whatever_process_looks_and_however_often(stage: Stage) -> None:
    stage.tells_news_here()
    await leaves(stage, "qwen3:8b")
    for _ in range(3):
        await announce(stage)
    await stage.reads(LEFT)
    await stage.later(IN_CHANNEL_S + 1)
    await announce(stage, engine=stage.another_engine())

    assert len(told(stage, LEFT)) == 1


@on_every("stage", "others")
async def test_a_process_that_ended_between_posting_and_noting_it_is_not_said_after(stage: Stage) -> None:
    stage.tells_news_here()
    await leaves(stage, "qwen3:8b")
    said, stage.news.told = stage.news.told, forgets  # type: ignore[method-assign]
    await announce(stage)
    await stage.reads(LEFT)
    stage.news.told = said  # type: ignore[method-assign]
    # Longer than Discord itself would know the message.
    await stage.later(7200)
    await announce(stage, engine=stage.another_engine())

    assert len(told(stage, LEFT)) == 1


@on_every("stage", "others")
async def test_a_channel_that_is_closed_is_tried_again_after_a_while_and_not_all_the_time(stage: Stage) -> None:
    stage.tells_news_here()
    await leaves(stage, "qwen3:8b")
    stage.close_channel()
    await announce(stage)
    before = stage.posts_tried()
    await announce(stage)
    await announce(stage)
    tried = stage.posts_tried()
    stage.open_channel()
    await stage.later(IN_CHANNEL_S + 1)
    await announce(stage)
    await stage.reads(LEFT)

    assert tried == before
    assert len(told(stage, LEFT)) == 1


async def forgets(batch: object) -> None:
    """End before what was said is noted."""


@on_every("stage", "others")
async def test_a_tag_that_moves_twice_in_a_named_channel_is_told_each_time(stage: Stage) -> None:
    stage.tells_news_here()
    await moves(stage, "qwen3:8b", "d1")
    for digest in ("d2", "d3"):
        await moves(stage, "qwen3:8b", digest)
        await announce(stage)
        assert told(stage, f"`{digest}`") == []  # it may go on changing
        await stage.later(SETTLED_S + 1)
        await announce(stage)
        await stage.reads(MOVED)

    assert len(told(stage, MOVED)) == 2


@on_every("stage", "others")
async def test_a_named_channel_is_told_in_its_language(stage: Stage) -> None:
    stage.tells_news_here()
    await leaves(stage, "qwen3:8b")
    await announce(stage, language="he")
    await stage.reads("אינו עוד באף אחד משרתי המודלים")


@on_every("stage", "others")
async def test_where_no_channel_is_named_an_admin_is_told_beside_their_next_command(stage: Stage) -> None:
    await leaves(stage, "qwen3:8b")
    for who in (ADA, DANA):
        await stage.call(who, "model why")
        await stage.reads_alone(who, "smollm2:135m")
    await stage.call(ROSA, "model why")
    await stage.reads_alone(ROSA, LEFT)
    await stage.call(ROSA, "context")
    await stage.until(lambda: len(stage.alone(ROSA)) > 1)

    assert [each for who in (ADA, DANA) for each in stage.alone(who) if LEFT in each.text] == []
    assert len([each for each in stage.alone(ROSA) if LEFT in each.text]) == 1


@on_every("stage")
async def test_who_asks_reads_what_changed(stage: Stage) -> None:
    await leaves(stage, "qwen3:8b")
    await stage.call(ADA, "model news", direct=True)
    await stage.reads_alone(ADA, LEFT)


@on_every("stage", "others")
async def test_an_admin_reads_the_log_alone_and_has_it_as_a_file(stage: Stage) -> None:
    await stage.call(ROSA, "model use", **ROOM)
    await stage.reads_alone(ROSA, "now answers")
    await stage.call(ROSA, "audit")
    message = await stage.reads_alone(ROSA, "chose `qwen3:8b` for a channel")
    await stage.call(ADA, "audit")
    await stage.reads_alone(ADA, "is for admins of this workspace")
    as_file: Any = {"as": "csv"}
    await stage.call(ROSA, "audit", **as_file)
    await stage.until(lambda: [file for each in stage.alone(ROSA) for file in each.files])

    assert stage.id_of(ROSA) in message.text
    assert stage.id_of(ROSA) in next(file for each in stage.alone(ROSA) for file in each.files)
