from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.lessons.reading.includes import with_includes
from bot.lessons.reading.loaders import ReadDocument, Reader
from tests.lessons.courses import loaded, source, write

CODE = "// ANCHOR: here\nfn main() {}\n// ANCHOR_END: here\nfn other() {}\n"
FILES = {"listings/a.rs": CODE, "src/part.md": "Of *wax*.\n", "src/_deep.md": "{{#include part.md}}\n"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{#include part.md}}", "Of *wax*."),
        ("{{#include _deep.md}}", "Of *wax*."),
        ("```rust\n{{#rustdoc_include ../listings/a.rs:here}}\n```", "```rust\nfn main() {}\n```"),
        ("```rust\n{{#include ../listings/a.rs:4}}\n```", "```rust\nfn other() {}\n```"),
        ("```rust\n{{#include ../listings/a.rs:2:4}}\n```", "```rust\nfn main() {}\nfn other() {}\n```"),
        ("{{< include part.md >}}", "Of *wax*."),
        ('--8<-- "src/part.md"', "Of *wax*."),
        ("```{include} part.md\n:start-line: 1\n```", "Of *wax*."),
        ("```{literalinclude} ../listings/a.rs\n```", "```rs\nfn main() {}\nfn other() {}\n```"),
        ("Words.\n\n```rust\n{{#rustdoc_include gone.rs:here}}\n```", "Words."),
        ("Words.\n\n{{#include ../../../etc/passwd}}", "Words."),
        ("Write `\\{{#include a.rs}}` there.", "Write `\\{{#include a.rs}}` there."),
    ],
)
def test_what_a_lesson_includes_is_read_with_it(tmp_path: Path, text: str, words: str) -> None:
    _, chunks = loaded(tmp_path, {**FILES, "src/01-a.md": f"# A\n\n{text}\n"})["src/01-a.md"]

    assert "\n\n".join(chunk.text for chunk in chunks) == words


def test_a_lesson_changes_with_what_it_includes(tmp_path: Path) -> None:
    def digest() -> str:
        reader = Reader(source(tmp_path, {}))
        opened = reader.open(next(each for each in reader.candidates if each.file.path == "src/01-a.md"))
        return opened.content_hash if isinstance(opened, ReadDocument) else ""

    write(tmp_path, {**FILES, "src/01-a.md": "# A\n\n{{#include part.md}}\n"})
    before, again = digest(), digest()
    write(tmp_path, {"src/part.md": "Of honey.\n"})

    assert before == again != digest()


@pytest.mark.parametrize("text", ["{{#include a}}\n" * 3000, "```{include} a\n" * 3000, "{{<" * 9000])
def test_a_file_that_includes_itself_ends(text: str) -> None:
    began = time.process_time()
    read = with_includes(text, "a", lambda _: text)

    assert len(read) < 3_000_000
    assert time.process_time() - began < 3
