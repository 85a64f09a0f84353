"""What models write, as Discord shows it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.markdown import to_discord


def shown(text: str) -> str:
    return to_discord(text)


@pytest.mark.parametrize(
    "text",
    ["# Owls\n\n## Small\n\n### Ones", "**bold** *italic* ~~gone~~ > quote", "a | b", "| a | b |", "- one\n- two", ""],
)
def test_what_discord_reads_stays(text: str) -> None:
    assert shown(text) == text


def test_deep_headings_become_bold() -> None:
    assert shown("#### Owls\n##### of the *night* ##") == "**Owls**\n**of the *night***"


def test_an_image_becomes_a_link() -> None:
    assert shown("see ![an owl](https://owl.example/1.png)!") == "see [an owl](https://owl.example/1.png)!"


def test_a_table_becomes_aligned_text() -> None:
    table = "| owl | eyes |\n|:---|---:|\n| snowy | 2 |\n| elf owl |"

    assert shown(f"Look:\n{table}\nDone.") == (
        "Look:\n```\nowl      eyes\n-------  ----\nsnowy    2\nelf owl\n```\nDone."
    )


@pytest.mark.parametrize("fence", ["```", "~~~~", "```python"])
def test_code_stays_as_it_is(fence: str) -> None:
    code = f"{fence}\n#### no heading\n| a |\n|---|\n| b |\n{fence.rstrip('python')}"

    assert shown(code) == code


def test_code_that_is_still_being_written_stays_as_it_is() -> None:
    assert shown("```\n#### no heading") == "```\n#### no heading"


@given(st.text(st.characters(codec="utf-8", exclude_characters="#|!`~\\"), max_size=200))
def test_plain_text_stays(text: str) -> None:
    assert shown(text) == text
