"""An answer in a terminal: rendered while it comes, a character at a time, and what is finished stays as it is."""

from __future__ import annotations

import re
from functools import cache

import pytest

from adapters.console.terminal import visible
from tests.adapters.terminal import reader, streamed
from tests.adapters.test_growing_answers import ANSWERS as LONG_ANSWERS

SIZES = ((80, 24), (24, 6))
CODE = 'def add(a, b):\n\treturn a + b  # `x` **y**\n\n\nprint("```", add(1, 2))'
HEBREW = "# ינשופים\n\nהינשוף **לבן** ומשתמש ב-`Python`, ראו [כאן](https://owl.example).\n\n- אחד\n- שְׁתַּיִם\n\nסוף."
SHORT_ANSWERS = {
    "headings": "# One **bold**\n\nText\n## Two\n### Three\n\nFour\n====\n\nFive\n---\n\nSix",
    "code": f"Here:\n\n```python\n{CODE}\n```\n\nThat is `all`.",
    "code and no word": f"```\n{CODE}\n```",
    "two fences": "```sh\nls -l\n```\n```py\nx = 1\n```\nDone",
    "lists": "1. One\n   more\n2. Two\n   - **three**\n     - four\n\n     five\n10. Ten\n\n* [ ] open\n* [x] done",
    "a loose list": "- one\n\n- two\n\n  more of two\n\n- three\n\nDone.",
    "links": "See [the **owls**](https://owl.example/a_b), <https://owl.example>, https://owl.example/x and [x](/y).",
    "a table": "| Name | Value |\n|:--|--:|\n| **a** | 1 |\n| `x|y` | 22 |\n| [w](https://o.example) | |\n\nEnd.",
    "a table in a quote": "> | a | b |\n> |---|---|\n> | 1 | 2 |\n>\n> after",
    "quotes": "> said **so**\n> - item\n>\n> > inner\n\nafter\n> ```py\n> x = 1\n> ```\n> end",
    "hebrew": HEBREW,
    "wide": "漢字と**かな**、emoji 🦉 and e\u0301 " * 6 + "\n\n| 漢 | b |\n|---|---|\n| 字字 | é |",
    "one long word": "x" * 200 + " `" + "y" * 100 + "`",
    "indented code": "So:\n\n    first = 1\n        second = 2\n\nEnd.",
    "formulas and tags": "So $x^2$ and\n\n$$\n\\frac{1}{2}\n$$\n\nand <b>bold</b><br>next\n\n---\n\nEnd",
    "what stays open": "This is **bold and *never closed, with `code and [a link](https://a.b",
    "blank lines": "\n\n  Words.\n\n\n\nMore.  \nHard\\\nbreak\n\n",
}
ANSWERS = SHORT_ANSWERS | LONG_ANSWERS
FENCE = re.compile(r"^[ >]*(`{3,}|~{3,})")


@pytest.fixture(autouse=True)
def _is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


@cache
def paragraphs(text: str) -> list[int]:
    """Return where a block has ended for good: behind a blank line outside of code, where the next one begins."""
    ends, is_code, at = [], False, 0
    for line in text.split("\n"):
        is_code ^= FENCE.match(line) is not None
        if not line.strip() and not is_code and text[at + 1 : at + 2].strip() and text[:at].strip():
            ends.append(at + 2)
        at += len(line) + 1
    return ends


@pytest.mark.parametrize(("columns", "lines"), SIZES)
@pytest.mark.parametrize("kind", SHORT_ANSWERS)
async def test_what_is_finished_never_changes(kind: str, columns: int, lines: int) -> None:
    text = SHORT_ANSWERS[kind]
    states = await streamed(text, columns=columns, lines=lines)
    finished = {
        end: (await streamed(text[: end - 1], columns=columns, lines=lines, size=999))[-1] for end in paragraphs(text)
    }

    for end, rows in finished.items():
        assert [state for state in states[end - 1 :] if state[: len(rows)] != rows] == []


@pytest.mark.parametrize(("columns", "lines"), SIZES)
@pytest.mark.parametrize("kind", ANSWERS)
async def test_what_has_scrolled_off_stands_there_at_the_end_once(kind: str, columns: int, lines: int) -> None:
    size = 1 if kind in SHORT_ANSWERS else 29
    with reader(columns, lines) as terminal:
        scrolled = []
        for end in range(1, len(ANSWERS[kind]) + 1, size):
            await terminal.reads(ANSWERS[kind][:end])
            scrolled.append(terminal.tty.emulator.scrolled)
        rows = await terminal.reads(ANSWERS[kind], is_whole=True)

    assert [early for early in scrolled if rows[: len(early)] != early] == []


@pytest.mark.parametrize(("columns", "lines"), SIZES)
@pytest.mark.parametrize("kind", ANSWERS)
async def test_the_end_is_the_same_however_it_came(kind: str, columns: int, lines: int) -> None:
    by_pieces = await streamed(ANSWERS[kind], columns=columns, lines=lines, size=3 if kind in SHORT_ANSWERS else 23)
    at_once = await streamed(ANSWERS[kind], columns=columns, lines=lines, size=100_000)

    assert by_pieces[-1] == at_once[-1]


class TestCode:
    @pytest.mark.parametrize("columns", [80, 30])
    async def test_code_reads_as_it_was_written_at_each_moment(self, columns: int) -> None:
        code = "\n".join(f"if value[{number}] > 1:\n\tprint('`{number}`')" for number in range(14))
        states = await streamed(f"```py\n{code}\n```\n\nEnd.", columns=columns, lines=12)
        whole = code.expandtabs(4).split("\n")
        shown = [state[1:] for state in states[len("```py\n") : len(f"```py\n{code}")]]

        assert [rows for rows in shown if rows[:-1] != whole[: len(rows) - 1]] == []
        assert [rows for rows in shown if rows and not whole[len(rows) - 1].startswith(rows[-1])] == []
        assert states[-1] == ["─── py", *whole, "───", "", "End."]

    @pytest.mark.parametrize("mark", ["```", "````", "~~~"])
    async def test_only_the_marks_of_the_fence_itself_are_drawn(self, mark: str) -> None:
        inner = "```" if mark != "```" else "~~~"
        states = await streamed(f"{mark}md\n# Title\n{inner}py\n**x**\n{inner}\n{mark}\n\nDone.")

        assert states[-1] == ["─── md", "# Title", f"{inner}py", "**x**", inner, "───", "", "Done."]

    async def test_a_long_line_is_left_to_the_terminal_to_break(self) -> None:
        line = "x = " + "1 + " * 30 + "1"
        with reader(40, 10) as terminal:
            await terminal.reads(f"```py\n{line}\n```", is_whole=True)
            sent = re.sub(r"\x1b\[[0-9;]*m", "", "".join(terminal.tty.written))

        assert line in sent

    async def test_code_is_coloured_and_closed_where_the_answer_ends_in_it(self) -> None:
        with reader() as terminal:
            await terminal.reads("```py\ndef f():", own="")
            rows = await terminal.reads("```py\ndef f():\n```\n\n", own="— Stopped.", is_whole=True)
            row = terminal.tty.emulator.screen.buffer[1]

        assert rows == ["─── py", "def f():", "───", "", "— Stopped."]
        assert row[0].fg != row[4].fg


class TestBlocks:
    @pytest.mark.parametrize(
        ("kind", "rows"),
        [
            ("headings", ["One bold", "", "Text", "Two", "Three", "", "Four", "", "Five", "", "Six"]),
            ("lists", ["1. One", "   more", "2. Two", "   • three", "     • four", "", "     five", "10. Ten", "",
                       "☐ open", "☑ done"]),
            ("a loose list", ["• one", "", "• two", "", "  more of two", "", "• three", "", "Done."]),
            ("links", ["See the owls (https://owl.example/a_b), https://owl.example,",
                       "https://owl.example/x and x (/y)."]),
            ("a table", ["Name                    Value", "─" * 29, "a                           1",
                         "x|y                        22", "w (https://o.example)", "", "End."]),
            ("quotes", ["│ said so", "│ • item", "│", "│ │ inner", "",
                        "after", "│ ─── py", "│ x = 1", "│ ───", "│ end"]),
            ("indented code", ["So:", "", "    first = 1", "        second = 2", "", "End."]),
            ("formulas and tags", ["So x² and", "", "1/2", "", "and bold", "next", "", "─" * 12, "", "End"]),
            ("blank lines", ["  Words.", "", "More.", "Hard", "break"]),
        ],
    )  # fmt: skip
    async def test_each_kind_reads_as_it_is_meant(self, kind: str, rows: list[str]) -> None:
        assert (await streamed(SHORT_ANSWERS[kind], columns=64))[-1] == rows

    async def test_a_table_too_wide_for_the_terminal_is_read_row_by_row(self) -> None:
        table = "| name | eats | sleeps |\n|---|---|---|\n| snowy owl | lemmings | by day |"
        states = await streamed(table, columns=16)

        assert states[-1] == ["name: snowy owl", "eats: lemmings", "sleeps: by day"]

    async def test_letters_of_any_width_line_up(self) -> None:
        rows = (await streamed("| 漢 | b |\n|---|---|\n| 字字 | x |\n| e\u0301 | y |\n| שָׁלוֹם | z |"))[-1]

        assert rows == ["漢     b", "────────", "字字   x", "é      y", "שָׁלוֹם   z"]

    async def test_hebrew_stays_in_the_order_it_was_written_in(self) -> None:
        rows = (await streamed(HEBREW))[-1]

        assert rows[:3] == ["ינשופים", "", "הינשוף לבן ומשתמש ב-Python, ראו כאן (https://owl.example)."]
        assert rows[3:] == ["", "• אחד", "• שְׁתַּיִם", "", "סוף."]


class TestTheScreen:
    @pytest.mark.parametrize("lines", [4, 10])
    async def test_a_block_higher_than_the_screen_stands_there_once(self, lines: int) -> None:
        text = "\n".join(f"line {number} of one paragraph" for number in range(40))
        states = await streamed(text, lines=lines, size=5)

        assert states[-1] == text.split("\n")
        assert all(len(state) < lines for state in states[:-1])

    async def test_a_row_that_is_the_same_is_not_drawn_again(self) -> None:
        with reader() as terminal:
            await terminal.reads("One row.\nTwo row")
            terminal.tty.written.clear()
            await terminal.reads("One row.\nTwo rows")

        assert "One" not in "".join(terminal.tty.written)

    @pytest.mark.parametrize("columns", [20, 30, 60])
    async def test_a_terminal_that_changes_its_width_keeps_what_is_finished(
        self, columns: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XTERM_VERSION", "XTerm(390)")  # like the emulator, it does not break rows anew
        with reader(40, 20) as terminal:
            await terminal.reads("Finished.\n\nA paragraph that is still being written and takes two rows")
            terminal.tty.resize(columns, 20)
            rows = await terminal.reads(
                "Finished.\n\nA paragraph that is still being written and takes two rows.", is_whole=True
            )

        assert rows[0] == "Finished."
        assert " ".join(rows[2:]) == "A paragraph that is still being written and takes two rows."

    async def test_words_that_were_taken_back_are_wiped_off(self) -> None:
        with reader() as terminal:
            await terminal.reads("They want three words.\n\nI should")
            rows = await terminal.reads("Hello my friend", is_whole=True)

        assert rows == ["Hello my friend"]

    @pytest.mark.parametrize("term", ["dumb", "", "unknown"])
    async def test_a_terminal_that_cannot_be_steered_reads_what_was_written(
        self, term: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TERM", term)
        with reader() as terminal:
            for end in range(1, len(ANSWERS["code"]) + 1):
                await terminal.reads(ANSWERS["code"][:end])
            await terminal.reads(ANSWERS["code"], is_whole=True)

        assert "".join(terminal.tty.written) == f"{ANSWERS['code']}\n"

    async def test_without_colours_words_are_still_told_apart(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NO_COLOR", "1")
        with reader() as terminal:
            await terminal.reads("A `code` **bold**\n\n```py\nx = 1\n```", is_whole=True)
            codes = set(re.findall(r"\x1b\[([0-9;]*)m", "".join(terminal.tty.written)))

        assert codes <= {"0", "1", "2"}
        assert "1" in codes


class TestSafety:
    HOSTILE = (
        "a\x1b]0;owned\x07b\x1b[2Jc\x9b31md",
        "`\x1b[2J` and ```x\x1b]8;;http://evil.example\x07```",
        "&#27;[2J &#x9b;31m &#x202e;",
        "[words](javascript:alert(1)) [file](file:///etc/passwd) <javascript:x>",
        "[a\x1b[2J](https://a.b/\x1b[2J)",
        "over\u202eride \u2066iso\u2069 `\u202ecode`",
        "```py\nx = '\u202e'  # \u2066\x1b[2J\n```",
        "```\x1b[2J\nx\n```",
        "| \x1b[2J |\n|---|\n| \u202e |",
        "\\[\n\x1b[2J \\text{\x9b}\n\\]",
    )

    @pytest.mark.parametrize("text", HOSTILE)
    async def test_no_word_of_a_model_steers_the_terminal(self, text: str) -> None:
        with reader() as terminal:
            for end in range(1, len(text) + 1):
                await terminal.reads(text[:end])
            await terminal.reads(text, is_whole=True)
            sent = "".join(terminal.tty.written)
        ours = re.sub(r"\x1b\[[0-9;]*[mAJC]|[\r\n]", "", sent)

        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", ours)
        assert visible(ours) == ours

    async def test_what_turns_code_around_is_seen_in_it(self) -> None:
        rows = (await streamed("```py\nx = '\u202eadmin'\n```"))[-1]

        assert rows[1] == "x = '<U+202E>admin'"


class TestWhatIsTold:
    async def test_it_stands_below_the_answer_and_is_no_markdown_of_it(self) -> None:
        own = "[1] [Owls](https://owl.example)\n— The answer reached its length limit."
        rows = (await streamed("- one\n\n", own=own))[-1]

        assert rows == ["• one", "", "[1] Owls (https://owl.example)", "— The answer reached its length limit."]

    async def test_a_sentence_alone_is_rendered(self) -> None:
        with reader() as terminal:
            rows = await terminal.reads("", own="I cannot reach `gpu-1` now. **Nothing** was done.", is_whole=True)

        assert rows == ["I cannot reach gpu-1 now. Nothing was done."]
