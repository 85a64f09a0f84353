"""Texts that have more signs than words are shown as they stand; what people and models write never is one."""

from __future__ import annotations

import pytest

from adapters.discord.dialect import to_discord
from adapters.rendering.code import read
from adapters.rendering.dense import is_dense
from adapters.slack.dialect import to_slack
from tests.adapters import discord_reading
from tests.bench.rig.answers import answers
from tests.cli_process import ROOT

PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CHANGELOG.md"]


@pytest.mark.parametrize("size", [1_000, 4_000])
def test_no_page_of_this_documentation_is_one(size: int) -> None:
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    windows = [text[start : start + size] for text in texts for start in range(0, len(text), size)]

    assert not any(is_dense(read(window)) for window in windows)


def test_no_answer_is_one() -> None:
    assert not any(is_dense(read(answer.text)) for answer in answers(200))


@pytest.mark.parametrize("part", ["**a", "_a ", "||b", "[c](", "a~~", "*b* ", "<b>x</b> ", "-# d\n", ">>> e\n"])
def test_people_read_on_discord_what_stands_there(part: str) -> None:
    text = (part * 2_000)[:4_000]

    assert discord_reading.read(to_discord(text)).text == "".join(text.split())


def test_code_among_it_stays_code() -> None:
    text = "**a\n" * 500 + "```py\n**b**\n```\n" + "_c\n" * 500

    assert "\n```py\n**b**\n```\n" in to_discord(text)
    assert "\n```py\n**b**\n```\n" in to_slack(text)


def test_an_address_among_it_still_leads_somewhere() -> None:
    assert "https://owl.example/a_b*c" in to_discord("**x __ " * 400 + "https://owl.example/a_b*c")


def test_a_ping_among_it_is_not_live_on_slack() -> None:
    assert "<!channel>" not in to_slack("**x <!channel> " * 400)
