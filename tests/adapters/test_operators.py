"""Stars that multiply, stand for any name or begin a comment are read as stars; those that mean emphasis mean it."""

from __future__ import annotations

import pytest

from adapters.cutting import cut
from adapters.discord.dialect import to_discord
from adapters.slack.dialect import to_slack
from tests.adapters import discord_reading, slack_reading

CALCULATIONS = [
    "5*3 and 4*2",
    "x**2 + y**2 = z**2",
    "2**3 and 4**5",
    "a*b + c*d",
    "2*x + 3*y = 5*z",
    "n*(n+1)*(2*n+1)/6",
    "width*height*depth",
    "3*4*5",
    "价格 5*3 和 4*2",
]
NAMES = ["glob a/*/b/*/c", "/api/*/x and /api/*/y", "**/*.py and **/*.js", "Write /*a*/ here"]
EMPHASIS = {
    "**H**yper**T**ext": "HyperText",
    "*yes*/*no*": "yes/no",
    "**yes**/**no**": "yes/no",
    "x*y*": "xy",
    "**Step 1**2": "Step12",
    "这是*重点*内容": "这是重点内容",
    "*a **b** c*": "abc",
    "**owl**night\n*snowy* owl": "owlnightsnowyowl",
}


@pytest.mark.parametrize("text", [*CALCULATIONS, *NAMES])
def test_no_star_of_a_calculation_or_a_path_is_lost(text: str) -> None:
    assert discord_reading.read(to_discord(text)).text == "".join(text.split())
    assert slack_reading.read_markdown(to_slack(text)).text == "".join(text.split())


@pytest.mark.parametrize("text", ["חשבו 5*3 ו-4*2 עכשיו", "احسب 5*3 و 4*2"])
def test_no_star_of_a_calculation_among_right_to_left_words_is_lost(text: str) -> None:
    assert discord_reading.read(to_discord(text)).text.count("*") == text.count("*")
    assert slack_reading.read_markdown(to_slack(text)).text.count("*") == text.count("*")


@pytest.mark.parametrize(("text", "read"), EMPHASIS.items())
def test_emphasis_at_words_and_in_them_stays(text: str, read: str) -> None:
    assert discord_reading.read(to_discord(text)).text == read
    assert slack_reading.read_markdown(to_slack(text)).text == read


@pytest.mark.parametrize("text", ["2*3", "r**2", "a/*/b"])
def test_stars_that_pair_with_nothing_stay_as_they_are(text: str) -> None:
    assert to_discord(text) == to_slack(text) == text


@pytest.mark.parametrize("end", ["", "end", "||"])
def test_words_behind_bars_are_not_hidden_where_a_message_ends(end: str) -> None:
    messages = [part.text for part in cut(to_discord("||" + "word " * 600 + end), 2000)]

    assert len(messages) > 1
    assert not any(discord_reading.read(message).hidden for message in messages)
