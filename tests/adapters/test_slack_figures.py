"""Figures as Slack's own blocks: within its limits, whatever the figures; in words where Slack knows no such blocks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

import pytest

from adapters.slack.figure_blocks import LABEL_CHARS, blocks_of
from bot.domain import Amount, Figures, FigureTable, Mark, Notice
from tests.adapters.seen import Seen
from tests.contracts.scenes import ADA, on_slack
from tests.contracts.scenes.on_slack import SlackStage
from tests.contracts.test_platforms_comparing import compared, vote
from tests.drawing.figures import figures_of, table_of
from tests.lab.slack import Message
from tests.lab.slack.limits import check_message_blocks

CAPTION, HEAD, FIRST_IN_WORDS = "Models by votes", "Models by 1 comparisons", "1. **`"
PNG = b"\x89PNG"


def shown(figures: Figures, locale: str = "en") -> list[dict[str, object]]:
    blocks = blocks_of(figures, locale)
    check_message_blocks(blocks)
    return blocks


def test_a_table_has_numbers_that_can_be_sorted_and_are_read_as_told() -> None:
    table, chart = shown(figures_of(Mark(name="qwen3:8b", y=120.4), Mark(name="olmo2:7b", y=-120.4)))

    assert table["rows"] == [
        [{"type": "raw_text", "text": "Model"}, {"type": "raw_text", "text": "Points"}],
        [{"type": "raw_text", "text": "qwen3:8b"}, {"type": "raw_number", "value": 120, "text": "+120"}],
        [{"type": "raw_text", "text": "olmo2:7b"}, {"type": "raw_number", "value": -120, "text": "-120"}],
    ]
    assert table["caption"] == chart["title"] == CAPTION


@pytest.mark.parametrize("count", [1, 20, 21, 150])
def test_however_many_rows_there_are_slack_takes_them(count: int) -> None:
    name = "hf.co/bartowski/Meta-Llama-3.1-70B-Instruct-GGUF-and-more-and-more-and-more:Q{}_K_M"

    assert shown(figures_of(*(Mark(name=name.format(number), y=float(number)) for number in range(count))), "he")


def test_nothing_known_is_a_dash_and_a_name_of_nothing_too() -> None:
    rows = table_of(("", None), ("\u202e", Amount(1)))
    (table,) = shown(Figures(name="x", table=rows, told=()))

    assert [[cell["text"] for cell in row] for row in table["rows"]][1:] == [["–", "–"], ["–", "1"]]  # type: ignore[attr-defined]


def test_alike_names_get_labels_of_their_own() -> None:
    alike = "meta-llama-3.1-70b-{}-instruct-q4_k_m"
    figures = figures_of(*(Mark(name=alike.format("x" * number), y=1.0) for number in range(9, 14)))
    chart = shown(figures)[1]["chart"]

    labels = chart["axis_config"]["categories"]  # type: ignore[index]
    assert len(set(labels)) == 5
    assert max(map(len, labels)) <= LABEL_CHARS


def test_a_table_of_too_many_characters_ends_before_them() -> None:
    titles = tuple(Notice("leaderboard.model") for _ in range(25))
    rows = tuple(tuple("x" * 500 for _ in titles) for _ in range(100))
    table = FigureTable(caption=Notice("leaderboard.caption"), titles=titles, rows=rows)
    figures = Figures(name="x", table=table, told=())

    assert len(shown(figures)[0]["rows"]) > 1  # type: ignore[arg-type]


def test_no_rows_are_no_block() -> None:
    assert shown(figures_of()) == []


def sent(stage: SlackStage, person: str = "") -> list[Message]:
    """Return the messages of the bot with a file, in the channel or in a person's direct messages."""
    lab = stage.lab
    return [post for post in lab.posts(lab.dm(stage.people[person]) if person else stage.scene.channel) if post.files]


def has(look: Callable[[], Sequence[object]], count: int) -> bool:
    return len(look()) == count


def kinds(board: Seen) -> list[str]:
    return [block["type"] for block in board.handle.blocks]


async def test_the_leaderboard_in_a_channel_is_a_table_bars_and_a_picture_in_the_thread() -> None:
    async with voted_on() as stage:
        asked = await stage.say(ADA, "model leaderboard")
        board = await stage.reads(HEAD)
        await stage.until(lambda: sent(stage))
        (picture,) = sent(stage)
        file = stage.lab.files.by_id[picture.files[0]]

        assert kinds(board) == ["markdown", "data_table", "data_visualization", "actions"]
        assert board.labels == ("CSV file", "Dark picture")
        assert FIRST_IN_WORDS not in board.text
        assert picture.thread_ts == asked.ts
        assert file.content
        assert file.content.startswith(PNG)
        assert file.alt.startswith(CAPTION)


async def test_where_slack_knows_no_tables_words_are_said_once_and_tables_are_tried_once() -> None:
    async with voted_on() as stage:
        stage.lab.workspace.knows_tables = False
        for count in (1, 2):
            await stage.say(ADA, "model leaderboard")
            await stage.until(partial(has, lambda: boards(stage), count))
        await stage.until(lambda: len(sent(stage)) == 2)

        assert [kinds(board) for board in boards(stage)] == [["markdown", "actions"]] * 2
        assert all(FIRST_IN_WORDS in board.text for board in boards(stage))
        assert [call.error for call in stage.lab.workspace.calls].count("invalid_blocks") == 1


@pytest.mark.parametrize("knows", [True, False], ids=["tables", "no tables"])
async def test_who_asks_by_command_reads_it_alone_and_finds_the_picture_in_their_messages(*, knows: bool) -> None:
    async with voted_on() as stage:
        stage.lab.workspace.knows_tables = knows
        for count in (1, 2):
            await stage.call(ADA, "model leaderboard")
            await stage.until(partial(has, lambda: sent(stage, ADA), count))
        alone = [seen for seen in stage.alone(ADA) if HEAD in seen.text]

        assert len(alone) == 2
        assert all(("data_table" in kinds(board)) == knows for board in alone)
        assert all((FIRST_IN_WORDS in board.text) != knows for board in alone)
        assert [call.error for call in stage.lab.workspace.calls].count("invalid_blocks") == (not knows)
        assert boards(stage) == []


async def test_without_the_right_to_send_files_the_table_is_there_and_nothing_is_said_of_a_picture() -> None:
    async with voted_on() as stage:
        stage.lab.fail_next("files.getUploadURLExternal", error="missing_scope", times=5)
        await stage.say(ADA, "model leaderboard")
        board = await stage.reads(HEAD)
        await stage.until(lambda: stage.lab.called("files.getUploadURLExternal"))

        assert "data_table" in kinds(board)
        assert [seen.text.partition("\n")[0] for seen in stage.wall()][2:] == [board.text.partition("\n")[0]]


def boards(stage: SlackStage) -> list[Seen]:
    return [seen for seen in stage.wall() if HEAD in seen.text]


@asynccontextmanager
async def voted_on() -> AsyncIterator[SlackStage]:
    """Open a scene in which Ada has voted on two answers."""
    async with on_slack.on_stage(None) as stage, stage.running():
        assert isinstance(stage, SlackStage)
        await vote(stage, await compared(stage), "A is better")
        await stage.reads_alone(ADA, "your vote counts")
        yield stage
