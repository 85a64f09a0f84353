"""What models write, as Discord shows it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from adapters.discord.dialect import footnote, to_discord
from adapters.slack.dialect import to_slack
from bot.domain import is_blank


@pytest.mark.parametrize(
    "text",
    [
        "# Owls\n\n## Small\n\n### Ones",
        "**bold** *italic* _italic_ ~~gone~~ ***both***",
        "> quote\n> goes on",
        "a | b",
        "| a | b |",
        "- one\n  - two\n    - three\n1. four",
        "[owls](<https://owl.example/a_b_c>) and https://owl.example/x_y_z.",
        "AT&T, 3 < 4, a_b_c, 2 * 3 * 4, \\*plain\\*",
        "vector<int> and <your name>",
        "two spaces end this line  \nand a tab\tthis one",
        "",
    ],
)
def test_what_discord_reads_stays(text: str) -> None:
    assert to_discord(text) == text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("#### Owls\n##### of the *night* ##", "**Owls**\n**of the *night***"),
        ("#### The **snowy** owl", "**The snowy owl**"),
        ("#### 手順：**「重要」**の確認", "**手順：「重要」の確認**"),
        ("> #### Owls", "> **Owls**"),
        ("- #### Owls", "- **Owls**"),
        ("Owls\n====", "# Owls"),
        ("Owls\n---", "## Owls"),
        ("## Owls ##", "## Owls"),
        ("#### `a*b`", "**`a*b`**"),
        ("#### C:\\", "#### C:\\"),
    ],
)
def test_a_heading_discord_does_not_know_becomes_one_it_does_or_bold(written: str, shown: str) -> None:
    assert to_discord(written) == shown


def test_a_rule_becomes_a_line() -> None:
    assert to_discord("one\n\n---\n\ntwo\n\n***") == "one\n\n────────────\n\ntwo\n\n────────────"


def test_a_line_under_several_lines_is_a_rule_and_no_heading() -> None:
    assert to_discord("Owls hunt\nat night.\n---") == "Owls hunt\nat night.\n────────────"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("see ![an owl](https://owl.example/1.png)!", "see [an owl](<https://owl.example/1.png>)!"),
        ("**<https://owl.example/pull/2**>", "**<https://owl.example/pull/2>**"),
        ("~~<https://owl.example~~> _<https://owl.example/a_>", "~~<https://owl.example>~~ _<https://owl.example/a>_"),
        ("<https://owl.example/doc|the owls>", "[the owls](<https://owl.example/doc>)"),
        ("<https://evil.example|https://bank.example>", "https://bank.example (<https://evil.example>)"),
        ("![](https://owl.example/1.png)", "<https://owl.example/1.png>"),
        ("[![build](https://i.example/b.svg)](https://ci.example)", "[build](<https://ci.example>)"),
        ('[owls](https://owl.example "at night")', '[owls](<https://owl.example> "at night")'),
        ("[owls](https://owl.example/a_(b))", "[owls](<https://owl.example/a_(b)>)"),
        ("__bold words__ and _italic_", "**bold words** and _italic_"),
        ("- [ ] feed\n- [x] clean\n- [X] sleep", "- ☐ feed\n- ☑ clean\n- ☑ sleep"),
        ("+ one\n+ two", "- one\n- two"),
        ("Owls hunt[^1].\n\n[^1]: At night.", "Owls hunt[1].\n\n[1]\\: At night."),
        ("1 &lt; 2 &amp; 3&nbsp;m", "1 \\< 2 \\& 3\u00a0m"),
    ],
)
def test_what_discord_does_not_know_is_written_in_what_it_does(written: str, shown: str) -> None:
    assert to_discord(written) == shown


class TestHtml:
    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("one<br>two<br/>\nthree", "one\ntwo\nthree"),
            ("> one<br>two", "> one\n> two"),
            ("- one<br>two", "- one\n  two"),
            (
                "<b>owl</b> <strong>owl</strong> <i>owl</i> <em>owl</em> <s>owl</s>",
                "**owl** **owl** *owl* *owl* ~~owl~~",
            ),
            ("H<sub>2</sub>O, x<sup>2</sup>, x<sub>max</sub>, 2<sup>θ</sup>", "H₂O, x², xₘₐₓ, 2^θ"),
            ("press <kbd>Ctrl</kbd> for <code>a*b</code>", "press `Ctrl` for `a*b`"),
            ('<a href="https://owl.example">owls</a>', "[owls](<https://owl.example>)"),
            ('<img src="https://owl.example/1.png" alt="an owl">', "[an owl](<https://owl.example/1.png>)"),
            ("<details>\n<summary>More</summary>\n\nowls\n\n</details>", "**More**\n\nowls\n"),
            ('<p align="center">owls</p>', "owls"),
            ("<span>owl</span> <u>owl</u>", "owl owl"),
            ("<li>one</li>", "• one"),
            ("a<b> bold </b>b", "a **bold** b"),
            ("a<b> </b>b<i></i>", "a b"),
            ("<b>a <i>b</i></b>", "**a *b***"),
            ("<b>a <i>b</b></i>", "**a <i>b**</i>"),
        ],
    )
    def test_tags_become_markdown(self, written: str, shown: str) -> None:
        assert to_discord(written) == shown

    @pytest.mark.parametrize(
        "text",
        [
            "Put a <div> inside a <span>.",
            "<p>",
            "The <hr> draws a line; <br> breaks; <li> is an item.",
            "<br> breaks a line.",
            "A line ends with <br>",
            "**To break a line:** <br>",
            "Close it with </div>.",
            "return <div>{x}</div>;",
            "vector<p> y; Optional<u> x",
            "Use <b> and </b> for bold, <div></div> for boxes (or <br>).",
            "Wrap it in <p>...</p>.",
            "<div>\n\nowls\n\n</div>",
            "<host:port> and <seed:think>",
        ],
    )
    def test_a_tag_that_is_named_is_shown(self, text: str) -> None:
        assert to_discord(text) == text
        assert to_slack(text) == text.replace("<", "&lt;")

    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("<p>First para</p><p>Second para</p>", "First para\n\nSecond para"),
            ("<ul><li>one</li><li>two</li></ul>", "• one\n• two"),
            ("<ul>\n<li>one</li>\n<li>two</li>\n</ul>", "• one\n• two"),
            ("Food:<ul><li>mice</li></ul>Eat!", "Food:\n• mice\nEat!"),
            ("<h1>Owl</h1><h2>Food</h2>", "**Owl**\n\n**Food**"),
            ("<details><summary>More</summary>owls</details>", "**More**\nowls"),
            ("> <p>a</p><p>b</p>", "> a\n> \n> b"),
            ("<div align='center'>\n\nowls\n\n</div>", "\n\nowls\n\n"),
            ("one.<br> Two", "one.\nTwo"),
            ("one. <br>\n\ntwo", "one. \n\ntwo"),
            ("**Owls** <br>\n\ntwo", "**Owls** \n\ntwo"),
            ("| a <br> b |\n|---|\n| c |", "```\na  b\n----\nc\n```"),
        ],
    )
    def test_blocks_have_lines_of_their_own(self, written: str, shown: str) -> None:
        assert to_discord(written) == shown

    @pytest.mark.parametrize(
        "text",
        [
            "<div></div>",
            "<p></p>\n\n<u></u>",
            "<div><p> </p></div>",
            "<br>",
            "\u200b\u200b",
            "&nbsp;",
            "<p>&nbsp;</p>",
            "&#8203;&#x200b;",
            "<sub></sub>",
            "<mark> </mark>",
            "<p><sup></sup></p>",
            "<br></br>",
        ],
    )
    def test_what_shows_nothing_is_blank(self, text: str) -> None:
        assert is_blank(text)
        assert is_blank(to_discord(text))

    @pytest.mark.parametrize("text", ["```\n```", "```py\n\n```\n", "~~~\n~~~", "\u200b\n```\n\n```"])
    def test_code_that_holds_nothing_is_blank(self, text: str) -> None:
        assert is_blank(text)

    @pytest.mark.parametrize("text", ["```\nx\n```", "```", "```\n```\nx", "---"])
    def test_what_shows_something_is_not_blank(self, text: str) -> None:
        assert not is_blank(text)

    @pytest.mark.parametrize("text", ["<b>unfinished", "a<b and c>d", "List<String>", "<b", "`<b>code</b>`", "</b>"])
    def test_what_is_no_pair_of_tags_stays(self, text: str) -> None:
        assert to_discord(text) == text


class TestTables:
    def test_a_table_becomes_aligned_text(self) -> None:
        table = "| owl | eyes |\n|:---|---:|\n| snowy | 2 |\n| elf owl |"

        assert to_discord(f"Look:\n{table}\nDone.") == (
            "Look:\n```\nowl      eyes\n-------  ----\nsnowy       2\nelf owl\n```\nDone."
        )

    def test_wide_characters_take_two_places_and_combining_ones_none(self) -> None:
        table = "| a | b |\n|---|---|\n| 日本 | x |\n| e\u0301e\u0301 | y |"

        assert to_discord(table) == "```\na     b\n----  -\n日本  x\ne\u0301e\u0301    y\n```"

    def test_marks_in_a_cell_are_left_out_and_code_keeps_its_words(self) -> None:
        table = "| **a** | b |\n|---|---|\n| `x*y` | *i* &lt; 2<br>m |"

        assert to_discord(table) == "```\na    b\n---  -------\nx*y  i < 2 m\n```"

    def test_a_backslash_that_does_nothing_is_seen_in_a_cell(self) -> None:
        assert to_discord("| C:\\dir \\* |\n|---|\n| b |") == "```\nC:\\dir *\n--------\nb\n```"

    def test_a_bar_behind_a_backslash_is_part_of_a_cell(self) -> None:
        assert to_discord("| a | b |\n|---|---|\n| x \\| y | z |") == "```\na      b\n-----  -\nx | y  z\n```"

    def test_a_cell_too_many_is_kept(self) -> None:
        assert to_discord("| a |\n|---|\n| x | y |") == "```\na\n-  -\nx  y\n```"

    def test_a_table_that_is_too_wide_becomes_a_list(self) -> None:
        wide = "w" * 60

        assert to_discord(f"| Owl | Call |\n|---|---|\n| snowy | {wide} |\n| elf | hoo |") == (
            f"- **Owl:** snowy\n  - **Call:** {wide}\n- **Owl:** elf\n  - **Call:** hoo"
        )

    def test_a_table_with_links_becomes_a_list_so_that_they_lead_somewhere(self) -> None:
        table = "| Owl | Page |\n|---|---|\n| snowy | [here](https://owl.example) |"

        assert to_discord(table) == "- **Owl:** snowy\n  - **Page:** [here](<https://owl.example>)"

    @pytest.mark.parametrize(
        ("row", "shown"),
        [
            ("| `a || b` | or |", "a || b  or"),
            ("| ``a|`b`` | c |", "a|`b    c"),
            ("| `a` | `b|c` |", "a       b|c"),
            ("| x || y | either |", "x || y  either"),
            ("| $|x|$ | size |", "|x|  size"),
        ],
    )
    def test_a_bar_in_code_is_part_of_a_cell_where_the_row_has_too_many(self, row: str, shown: str) -> None:
        lines = to_discord(f"| op | means |\n|---|---|\n{row}").split("\n")

        assert lines[3].split() == shown.split()
        assert len(lines[2].split()) == 2

    def test_bold_words_beside_full_width_signs_lose_their_marks_in_a_cell(self) -> None:
        assert "**" not in to_discord("| a |\n|---|\n| **注意：**请看 |\n| これは**「重要」**です |")

    def test_a_table_in_a_quote_stays_in_it(self) -> None:
        assert to_discord("> | a |\n> |---|\n> | b |") == "> ```\n> a\n> -\n> b\n> ```"

    def test_a_table_in_an_item_stays_in_it(self) -> None:
        assert to_discord("- | a |\n  |---|\n  | b |") == "- ```\n  a\n  -\n  b\n  ```"


class TestCode:
    @pytest.mark.parametrize("fence", ["```", "```python"])
    def test_code_stays_as_it_is(self, fence: str) -> None:
        code = f"{fence}\n#### no heading\n| a |\n|---|\n| b |\n\n<b>$x^2$</b> &lt; \\(y\\)\n{fence.rstrip('python')}"

        assert to_discord(code) == code

    def test_code_that_is_still_being_written_stays_as_it_is(self) -> None:
        assert to_discord("```\n#### no heading\n$x^2$") == "```\n#### no heading\n$x^2$"

    def test_a_fence_of_tildes_becomes_one_of_backticks(self) -> None:
        assert to_discord("~~~~ python\n#### a\n~~~~\n") == "```python\n#### a\n```\n"

    def test_only_the_language_stands_behind_a_fence(self) -> None:
        assert to_discord('```python title="a.py"\nx\n```') == "```python\nx\n```"

    def test_words_on_the_line_of_a_fence_stay(self) -> None:
        assert to_discord("``` owls hoot\nx\n```") == "``` owls hoot\nx\n```"

    @pytest.mark.parametrize("span", ["`$x^2$`", "`` a ` <b>b</b> ``", "`[a](b)`", "`&lt;`", "`__init__`"])
    def test_a_code_span_stays_as_it_is(self, span: str) -> None:
        assert to_discord(f"see {span}!") == f"see {span}!"


class TestLinksThatLie:
    @pytest.mark.parametrize(
        "words",
        [
            "https://bank.example",
            "bank.example",
            "go to www.bank.example now",
            "**https://bank.example**",
            "`https://bank.example`",
            "https&#58;//bank.example",
            "bank\\.example",
            "bank。example",
            "ba\u200bnk.example",
            "https://evil.example.bank.example/login",
            "admin@bank.example",
        ],
    )
    def test_a_link_that_shows_another_address_shows_where_it_leads(self, words: str) -> None:
        assert to_discord(f"[{words}](https://evil.example)").endswith(" (<https://evil.example>)")

    @pytest.mark.parametrize(
        "written",
        [
            "![https://bank.example](https://evil.example)",
            '<a href="https://evil.example">https://bank.example</a>',
            "[![https://bank.example](https://i.example/1.png)](https://evil.example)",
            "| a |\n|---|\n| [https://bank.example](https://evil.example) |",
            "#### [https://bank.example](https://evil.example)",
            "    [https://bank.example](https://evil.example)",
            "[https://bank.example](<https://evil.example>)",
        ],
    )
    def test_no_other_way_of_writing_one_hides_it(self, written: str) -> None:
        shown = to_discord(written)

        assert "(<https://evil.example>)" in shown
        assert "](" not in shown

    @pytest.mark.parametrize(
        "written",
        [
            "[https://bank.example]](https://evil.example)",
            "[https://bank.example] [x]](https://evil.example)",
            "[https://bank.example](https://evil.example 'a' b)",
            "[https://bank.example[](https://evil.example)",
            "[^https://bank.example](https://evil.example)",
            "[https://bank.example [[a] x](https://evil.example)",
            "[bank.**example** [[a] x](https://evil.example)",
            "&#91;https://bank.example&#93;(https://evil.example)",
        ],
    )
    def test_what_a_more_lenient_reader_takes_for_a_link_is_made_none(self, written: str) -> None:
        assert "](https" not in to_discord(written).replace("\\]", "").replace("<", "")

    @pytest.mark.parametrize(
        "link",
        [
            "[owl.example](https://owl.example/night)",
            "[www.owl.example](https://owl.example)",
            "[owls](https://owl.example)",
            "[version 1.2.3](https://owl.example)",
        ],
    )
    def test_an_honest_link_stays_and_unfolds_no_preview(self, link: str) -> None:
        assert to_discord(link) == f"{link[:-1]}>)".replace("](", "](<")


class TestSigns:
    """What is text in Markdown, and would be a mark on Discord."""

    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("a||b||c", r"a\|\|b\|\|c"),
            ("Name: ____ Age: ____", r"Name: \_\_\_\_ Age: \_\_\_\_"),
            ("__ x __", r"\_\_ x \_\_"),
            ("*/5 *", r"\*/5 \*"),
            ("int *a, *b;", r"int \*a, \*b;"),
            ("rm *.o *.a", r"rm \*.o \*.a"),
            ("ls *_test.py *_spec.py", r"ls \*_test.py \*_spec.py"),
            ("x ** y ** z", r"x \*\* y \*\* z"),
            ("{**a, **b}", r"{\*\*a, \*\*b}"),
            ("A__B and C__D", r"A\_\_B and C\_\_D"),
            (">>> print(1)\n1\n\nDone.", "\\>>> print(1)\n1\n\nDone."),
            ("-# a", r"\-# a"),
            ("# # a", r"# \# a"),
            ("a ~~ b ~~ c", r"a \~\~ b \~\~ c"),
            ("it`s\n\nuse `x`", "it\\`s\n\nuse `x`"),
            ("a || b\n\nc || d", "a \\|\\| b\n\nc || d"),
            ("snake_case\n`foo_`", "snake\\_case\n`foo_`"),
            ("_a snake_case b_", "*a snake_case b*"),
            ("**see `a ** b` now**", "see `a ** b` now"),
        ],
    )
    def test_a_sign_that_discord_would_take_for_a_mark_is_escaped(self, written: str, shown: str) -> None:
        assert to_discord(written) == shown

    @pytest.mark.parametrize(
        "text",
        ["2 * 3 * 4", "~/a and ~/b", "*args, **kwargs", "a_b_c", "C* and D*", "one || two", "snake_case and _it_"],
    )
    def test_a_sign_that_discord_reads_as_it_stands_stays(self, text: str) -> None:
        assert to_discord(text) == text

    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("Edit __init__.py and call __main__", r"Edit \_\_init\_\_.py and call \_\_main\_\_"),
            ("x.__len__()", r"x.\_\_len\_\_()"),
            ("__FILE__", r"\_\_FILE\_\_"),
            ("#### The __init__ file", r"**The \_\_init\_\_ file**"),
            ("[__init__](https://owl.example)", r"\_\_init\_\_ (<https://owl.example>)"),
        ],
    )
    def test_the_low_lines_around_one_word_are_its_own(self, written: str, shown: str) -> None:
        assert to_discord(written) == shown

    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            (">> b", "> b"),
            ("> > b", "> b"),
            (">b", "> b"),
            ("> a\n>\n> b", "> a\n> \n> b"),
            ("> > ```\n> > > x\n> > ```", "> ```\n> > x\n> ```"),
            ("> - > a", "> - a"),
            ("- # Owls", "- **Owls**"),
            (" # Owls", "# Owls"),
        ],
    )
    def test_quotes_and_headings_stand_where_discord_knows_them(self, written: str, shown: str) -> None:
        assert to_discord(written) == shown

    def test_marks_that_were_long_read_as_they_stand_stay_when_they_turn_out_to_be_text(self) -> None:
        long = "owls " * 60

        assert to_discord(f"**{long}**.") == f"**{long}\\*\\*."
        assert to_discord(f"a `*` *{long}* *b c*") == f"a `*` \\*{long}\\* *b c*"

    def test_small_print_is_the_bots_alone(self) -> None:
        below = footnote("`owl:7b`, 3 s")

        assert to_discord(f"-# an *a\n\n{below}") == "\\-# an \\*a\n\n-# `owl:7b`, 3 s"


class TestLinksThatDiscordShowsRaw:
    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("[https://owl.example](https://owl.example)", "<https://owl.example>"),
            ("**[https://owl.example](https://owl.example)**", "**<https://owl.example>**"),
            (
                "[See https://owl.example now](https://owl.example)",
                "See https://owl.example now (<https://owl.example>)",
            ),
            ('<a href="https://owl.example">https://owl.example</a>', "<https://owl.example>"),
            ("![https://owl.example/a.png](https://owl.example/a.png)", "<https://owl.example/a.png>"),
            ("| a |\n|---|\n| [https://owl.example](https://owl.example) |", "- **a:** <https://owl.example>"),
            ("[mail](mailto:a@owl.example)", "mail (mailto:a@owl.example)"),
            ("[a@owl.example](mailto:a@owl.example)", "a@owl.example"),
            ("[call](tel:+123)", "call (tel:+123)"),
            ("[a](/docs/x)", "a (/docs/x)"),
            ("[<@123>](https://owl.example)", "<@123> (<https://owl.example>)"),
            ("[📖 Docs](https://owl.example)", "📖 [Docs](<https://owl.example>)"),
            ("[Docs 📖](https://owl.example)", "[Docs](<https://owl.example>) 📖"),
            ("[:book: Docs](https://owl.example)", ":book: [Docs](<https://owl.example>)"),
            ("[1️⃣](https://owl.example)", "1️⃣ (<https://owl.example>)"),
            ("[👩\u200d💻 Dev](https://owl.example)", "👩\u200d💻 [Dev](<https://owl.example>)"),
            ("[a 📖 b](https://owl.example)", "a 📖 b (<https://owl.example>)"),
            (r"[a\_b](https://owl.example)", "[a_b](<https://owl.example>)"),
            (r"[a\[0\]](https://owl.example)", r"a\[0\] (<https://owl.example>)"),
            ("#### [**w** x](https://owl.example)", "**[w x](<https://owl.example>)**"),
            ("#### <b>Owl</b> x", "**Owl x**"),
        ],
    )
    def test_a_link_comes_out_readable(self, written: str, shown: str) -> None:
        assert to_discord(written) == shown

    def test_a_trade_mark_is_no_emoji(self) -> None:
        assert to_discord("[Owl™](https://owl.example)") == "[Owl™](<https://owl.example>)"


class TestUnseen:
    @pytest.mark.parametrize("render", [to_discord, to_slack])
    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("x\u202ey z", "xy z"),
            ("x\u2066y", "xy"),
            ("x\u2069\u2066y", "xy"),
            ("o\u200bw\u2060l\ufeff", "owl"),
            ("\x1b[31mred\x07", "[31mred"),
            ("-\x1b--", "─" * 12),
            ("\x1b# Owls", "# Owls"),
            ("#\x1b### Owls", "**Owls**"),
            ("`a\x1b` \x1bb", "`a\x1b` b"),
            ("```\n\x1ba\n```\n\x1bb", "```\n\x1ba\n```\nb"),
            ("owl\U000e0068\U000e0069", "owl"),
            ("`a\u202eb` c", "`ab` c"),
            ("# x\u202ey", "# xy"),
        ],
    )
    def test_what_does_something_unseen_is_taken_out(
        self, render: Callable[[str], str], written: str, shown: str
    ) -> None:
        assert render(written) == shown

    @pytest.mark.parametrize("render", [to_discord, to_slack])
    @pytest.mark.parametrize(
        "text",
        [
            "👩\u200d💻 and 👍🏽 and ❤\ufe0f",
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "e\u0301 o\u0308",
            "נ\u05b4ס",
            "ع\u064e",
            "می\u200cخواهم",
            "สวัส\u200bดี",
            "\u2066a\u2069 b",
            "```\nx\u202ey\x07\n```",
        ],
    )
    def test_what_writing_needs_stays(self, render: Callable[[str], str], text: str) -> None:
        assert render(text) == text

    def test_a_reference_to_an_unseen_character_is_none(self) -> None:
        assert to_discord("a&#8238;b&#x200b;c &ensp;d") == "abc \u2002d"


@pytest.mark.parametrize("scheme", ["HTTPS", "Http", "hTTps"])
def test_a_link_leads_somewhere_however_its_scheme_is_written(scheme: str) -> None:
    assert to_discord(f"[owls]({scheme}://owl.example/A)") == f"[owls](<{scheme.lower()}://owl.example/A>)"


@pytest.mark.parametrize("text", ["<user:pass@host>", "<host:port>", "- <redis:6379@db>"])
def test_an_angle_with_a_colon_keeps_its_angles(text: str) -> None:
    assert to_discord(text) == text
