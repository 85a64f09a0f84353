"""Compared answers stay apart, and each says where it is not whole."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from bot.domain import ChatRequest
from bot.errors import Unavailable
from bot.i18n import text
from tests.engine.talk import Talk
from tests.engine.test_comparing import compare
from tests.fakes import Speech

BROKEN = text("compare.broken", "en")


@pytest.mark.parametrize(
    "left_open",
    [
        "```python\nx = 1",
        "~~~\nx = 1\n```",
        "Like this:\n\n````md\n```\nx\n```",
        "> ```\n> x = 1",
        "1. First:\n   ```sh\n   ls",
        "- ```\n  ls",
        "```\na\n```\n\n```",
    ],
)
async def test_code_that_an_answer_leaves_open_ends_before_the_next_one(left_open: str) -> None:
    talk = Talk()
    talk.backend.say(left_open, left_open)
    answer = await compare(talk, "falcon:7b", "mistral:7b")
    blocks = [token for token in MarkdownIt().parse(answer.text) if token.type == "inline" and not token.level > 1]

    assert [block.content for block in blocks if block.content in ("**A**", "**B**")] == ["**A**", "**B**"]


@pytest.mark.parametrize("whole", ["```\nx\n```", "Some `code` here.", "```\nx\n````", "no code"])
async def test_an_answer_that_is_whole_is_shown_as_it_is(whole: str) -> None:
    talk = Talk()
    talk.backend.say(whole, whole)
    answer = await compare(talk, "falcon:7b", "mistral:7b")

    assert answer.text == f"**A**\n\n{whole}\n\n**B**\n\n{whole}"


async def test_an_answer_that_broke_off_says_so() -> None:
    talk = Talk()

    def answering(request: ChatRequest) -> str | Speech:
        trouble = Unavailable("error.host_failed", model=request.model, status=500)
        return Speech("An owl is a bird", error=trouble, after=3) if request.model == "falcon:7b" else "A bird."

    talk.backend.answer = answering
    answer = await compare(talk, "falcon:7b", "mistral:7b")

    assert answer.text.count(BROKEN) == 1
    assert f"An owl is\n\n{BROKEN}" in answer.text


async def test_an_answer_that_grew_too_long_says_so() -> None:
    talk = Talk()
    talk.backend.say("word " * 9_000, "A bird.")
    answer = await compare(talk, "falcon:7b", "mistral:7b")

    assert answer.text.count(BROKEN) == 1
