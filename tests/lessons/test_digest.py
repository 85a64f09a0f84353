"""What of a chunk is embedded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Chunk, Document
from bot.lessons.search.digest import digests

TIDES = Document(course="harbour", lesson="01-tides", title="Tides", language="en", path="a.md", content_hash="0")


def digest(*texts: str) -> list[str]:
    """Return the digests of the chunks of one section."""
    chunks = [Chunk(section=1, heading_path=("Tides", "Why"), anchor="why", text=text, language="en") for text in texts]
    return digests(TIDES, chunks)


def test_a_digest_says_where_a_chunk_stands_and_how_its_paragraphs_begin() -> None:
    text = "The moon pulls the sea. Nobody saw it.\n\n![moon](moon.png)\n\nThe sun [pulls](https://a.b) it *too*."

    assert digest(text) == ["Tides > Why. The moon pulls the sea. The sun pulls it too."]


def test_what_stands_in_bold_and_first_in_tables_is_named() -> None:
    assert digest("- **Spring tide:** the highest of them all.") == [
        "Tides > Why. Spring tide. Spring tide: the highest of them all."
    ]
    assert digest("| Tide | Height |\n|---|---|\n| Neap tide | low |")[0].startswith("Tides > Why. Tide, Neap tide. ")


def test_code_is_not_embedded_and_a_chunk_of_code_alone_shares_a_digest() -> None:
    first, second = digest("Run this on every pier:\n\n```sh\nmake harbour\n```", "```sh\nmake pier\n```")

    assert first == second == "Tides > Why. Run this on every pier:"


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_there_is_a_short_digest_for_any_chunk(texts: list[str]) -> None:
    made = digest(*texts)

    assert len(made) == len(texts)
    assert all(text.startswith("Tides > Why") and len(text) < 300 for text in made)
