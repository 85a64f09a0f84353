from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.lessons.reading.includes import with_includes
from bot.lessons.reading.loaders import ReadDocument, Reader
from tests.lessons.courses import loaded, source, write

CODE = "// ANCHOR: here\nfn main() {}\n// ANCHOR_END: here\nfn other() {}\n"
FILES = {
    "listings/a.rs": CODE,
    "listings/b.rs": "a\n// ANCHOR: open\nlet x = 1;\n// ANCHOR: y\nlet y = 2;\n// ANCHOR_END: y\n",
    "src/part.md": "Of *wax*.\n",
    "src/_deep.md": "{{#include part.md}}\n",
}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{#include part.md}}", "Of *wax*."),
        ("{{#include _deep.md}}", "Of *wax*."),
        ("```rust\n{{#rustdoc_include ../listings/a.rs:here}}\n```", "```rust\nfn main() {}\n```"),
        ("```rust\n{{#include ../listings/b.rs:open}}\n```", "```rust\nlet x = 1;\nlet y = 2;\n```"),
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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (".. include:: part.md", "\nOf *wax*.\n"),
        (".. note::\n\n   .. include:: part.md\n\n   More.", ".. note::\n\n\n   Of *wax*.\n\n\n   More."),
        (".. literalinclude:: ../listings/a.rs\n   :language: rust\n   :lines: 2,4",
         "\n.. code-block:: rust\n\n   fn main() {}\n   fn other() {}\n"),
        (".. literalinclude:: ../listings/a.rs\n   :start-after: ANCHOR: here\n   :end-before: // ANCHOR_END",
         "\n.. code-block:: rs\n\n   fn main() {}\n"),
        (".. literalinclude:: ../listings/a.rs\n   :lines: 3-",
         "\n.. code-block:: rs\n\n   // ANCHOR_END: here\n   fn other() {}\n"),
        (".. include:: ../../../etc/passwd", ""),
    ],
)  # fmt: skip
def test_a_page_of_sphinx_includes_as_deep_as_it_names_the_file(text: str, words: str) -> None:
    assert with_includes(text, "src/01-a.rst", FILES.get) == words


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
