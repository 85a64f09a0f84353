from __future__ import annotations

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from bot.lessons.reading.chunks import REST, SIZE, chunks_of, cut, width
from bot.lessons.reading.pages import LessonPage, read_markdown
from bot.lessons.reading.section_blocks import Block, BlockKind

WORDS = st.text(alphabet=st.sampled_from("abcd, .:!?;。、文שלום\u0301"), min_size=1, max_size=200)
TEXTS = st.lists(st.builds(Block, st.just(BlockKind.TEXT), WORDS), max_size=8)
LINES = st.lists(st.text(alphabet=st.sampled_from('ab (="文'), max_size=90), min_size=1, max_size=30)


def page(text: str) -> LessonPage:
    return read_markdown(text, is_translation=False)


def texts(text: str, *, size: int = SIZE) -> list[str]:
    return [chunk.text for chunk in chunks_of(page(text), language="en", size=size)]


def bare(text: str) -> str:
    return "".join(text.split())


@given(TEXTS, st.integers(min_value=20, max_value=300))
def test_nothing_is_lost_between_chunks_and_nothing_is_said_twice(blocks: list[Block], size: int) -> None:
    assert bare("".join(cut(blocks, size=size))) == bare("".join(block.text for block in blocks))


@given(TEXTS, st.integers(min_value=20, max_value=300))
def test_no_chunk_is_wider_than_it_may_be(blocks: list[Block], size: int) -> None:
    assert all(width(text) <= size * (1 + REST) for text in cut(blocks, size=size))


@given(LINES, st.integers(min_value=80, max_value=300))
def test_code_that_is_cut_stays_fenced_and_keeps_its_lines(lines: list[str], size: int) -> None:
    code = "\n".join(lines)
    parts = cut([Block(BlockKind.FENCE, f"```python\n{code}\n```")], size=size)

    assert all(part.startswith("```python\n") and part.endswith("\n```") for part in parts)
    assert bare("".join(part[len("```python\n") : -len("\n```")] for part in parts)) == bare(code)


@given(st.lists(st.text(alphabet="ab ", min_size=1, max_size=60), min_size=1, max_size=30))
def test_a_table_that_is_cut_repeats_its_header_and_keeps_its_rows_whole(cells: list[str]) -> None:
    rows = [f"| {number} | {cell.strip()} |" for number, cell in enumerate(cells)]
    head = "| n | what |\n|---|---|\n"
    parts = cut([Block(BlockKind.TABLE, head + "\n".join(rows))], size=200)

    assert all(part.startswith(head) for part in parts)
    assert list(chain.from_iterable(part.removeprefix(head).split("\n") for part in parts)) == rows


@given(st.lists(st.tuples(st.integers(1, 6), WORDS), max_size=8))
def test_a_chunk_never_crosses_a_heading(sections: list[tuple[int, str]]) -> None:
    written = "\n\n".join(f"{'#' * level} part{n}\n\nx{n}x {bare(body)}" for n, (level, body) in enumerate(sections))
    chunks = chunks_of(page(written), language="en")

    assert [chunk.heading for chunk in chunks] == [f"part{n}" for n in range(len(sections))]
    assert [chunk.text.partition(" ")[0] for chunk in chunks] == [f"x{n}x" for n in range(len(sections))]


def test_a_small_section_is_one_chunk_as_it_is_written() -> None:
    body = "Some words.\n\n- one\n- two\n\n  more of two\n\n> said\n> by somebody"

    assert texts(f"# Title\n\n{body}\n") == [body]


def test_a_long_list_is_cut_between_its_items() -> None:
    items = [f"- item {number} has a few words" for number in range(12)]

    assert [part.split("\n") for part in texts("\n".join(items), size=120)] == [items[:4], items[4:8], items[8:]]


def test_words_that_announce_a_list_go_with_it() -> None:
    first, *rest = texts(f"{'Some words before. ' * 5}\n\nThese are needed:\n\n- {'a' * 40}\n- {'b' * 40}", size=130)

    assert "needed" not in first
    assert rest[0].startswith("These are needed:\n\n- a")


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    sentences = [f"Sentence {number} says little." for number in range(9)]

    assert all(part.endswith("little.") for part in texts(" ".join(sentences), size=90))


def test_chinese_is_cut_between_sentences_though_it_has_no_spaces() -> None:
    assert texts("这是第一句话。这是第二句话。这是第三句话。", size=30) == [
        "这是第一句话。这是第二句话。",
        "这是第三句话。",
    ]


def test_a_small_rest_joins_the_chunk_before_it() -> None:
    assert len(texts(f"{'word ' * 19}end.\n\nAfterword.", size=100)) == 1


def test_columns_of_a_table_are_squeezed() -> None:
    written = f"| name{' ' * 300} | use |\n| :{'-' * 300} | ---: |\n| pen{' ' * 301} | write \\| draw |\n"

    assert texts(written) == ["| name | use |\n|:---|---:|\n| pen | write \\| draw |"]


def test_code_within_a_list_keeps_its_fence_when_it_is_cut() -> None:
    code = "\n".join(f"   line_{number} = {number}" for number in range(30))
    parts = texts(f"1. Type this:\n\n   ```python\n{code}\n   ```\n\n2. Done.", size=150)

    assert all(part.count("```") % 2 == 0 for part in parts)
    assert sum(part.count("line_") for part in parts) == 30


def test_code_whose_fence_somebody_indented_is_code() -> None:
    assert texts("Words.\n\n    ```python\n    a = 1\n    ```\n") == ["Words.\n\n```python\na = 1\n```"]


def test_a_fence_that_is_never_closed_is_closed_where_it_is_cut() -> None:
    parts = texts("```\n" + "\n".join(f"# comment {number}" for number in range(40)), size=200)

    assert all(part.startswith("```\n") and part.endswith("\n```") for part in parts)


def test_the_language_of_a_chunk_is_its_own() -> None:
    hebrew = "# כותרת\n\nהפסקה הזאת כתובה בעברית ויש בה די מילים כדי לדעת זאת."
    english = "## More\n\nThis one was never translated, and it has enough words to tell."
    chunks = chunks_of(page(f"{hebrew}\n\n{english}"), language="he")

    assert [chunk.language for chunk in chunks] == ["he", "en"]
