"""Code between fences: known wherever it begins, its content kept to the character."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.cutting import split
from adapters.discord.dialect import to_discord
from adapters.rendering import text as rendering
from adapters.rendering.sections import ReadText
from adapters.slack.dialect import to_slack
from tests.adapters import discord_reading
from tests.adapters.markdown_reading import code_lines, open_fence

BOTH = pytest.mark.parametrize("render", [to_discord, to_slack], ids=["discord", "slack"])
Render = Callable[[str], str]
# What a renderer, or a reader, would change if it took it for text.
RAW = [
    "__b__",
    "<p>",
    "#### b",
    "- [ ] b",
    "&lt;",
    "| a |",
    "|---|",
    "$x^2$",
    '<div class="x"><p>Hi</p></div>',
    "",
    "\tx  ",
]


@BOTH
@pytest.mark.parametrize(
    ("written", "lead"),
    [
        ("a ```\n{}\n```", ""),
        ("a:```\n{}\n```", ""),
        ("Here:```html\n{}\n```\nThen.", ""),
        ("Here: ```html\n{}\n```\nThen.", ""),
        ("Here: ``` html\n{}\n```\nThen.", ""),
        ("Here:````py\n{}\n````", ""),
        ("Here:~~~py\n{}\n~~~", ""),
        ('Here:```py title="a b"\n{}\n```', ""),
        ("Use `x` and ``y``:```{{python}}\n{}\n```", ""),
        ("```py\n{}\n``` more words", ""),
        ("```py\n{}\n```. More.", ""),
        ("1. a ```\n{}\n   ```", "   "),
        ("- a:```py\n{}\n  ```\n- b", "  "),
        ("1. a ```\n{}\n```", ""),
        ("> a ```\n{}\n> ```", "> "),
        ("> - a ```\n{}\n>   ```", ">   "),
        ("> a ```\n{}\n```", ""),
        ("#### a ```\n{}\n```", ""),
        ("- ```py\n{}\n```", ""),
        ("1. Do:\n   ```py\n{}\n   ```\n2. So", ""),
        ("~~~\n{}\n~~~", ""),
        ("````md\n{}\n````", ""),
        ("text\n2. ```\n{}\n```", ""),
    ],
)
def test_code_is_known_wherever_its_fence_begins_and_ends(render: Render, written: str, lead: str) -> None:
    code = [lead + line for line in RAW]
    rendered = render(written.format("\n".join(code)))

    assert code_lines(rendered) == code
    assert not open_fence(rendered)


@BOTH
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a ```\n__b__\n```", "a\n```\n__b__\n```"),
        ("1. a ```\n   <p>\n   ```", "1. a\n   ```\n   <p>\n   ```"),
        ("> a ```\n> <p>\n> ```", "> a\n> ```\n> <p>\n> ```"),
        ("> - a ```py\n>   <p>\n>   ```\n> b", "> - a\n>   ```py\n>   <p>\n>   ```\n> b"),
        ("```py\nx = 1```\nDone **ok** <br>", "```py\nx = 1\n```\nDone **ok** "),
        ("  ```py\n  x = 1```", "  ```py\n  x = 1\n  ```"),
        ("```\na\n``` #### more", "```\na\n```\n#### more".replace("#### more", "**more**")),
        ("```\na\n``` and:```py\nb\n```", "```\na\n```\nand:\n```py\nb\n```"),
        ("Here: ```x = 1\ny = <b>2</b>```\n<b>Done</b>", "Here:\n```\nx = 1\ny = <b>2</b>\n```\n**Done**"),
        ("Here:```py x = 1\ny = 2\n```\nDone", "Here:\n```py\nx = 1\ny = 2\n```\nDone"),
        ("```bash $ ls -l\n$ pwd\n```", "```bash\n$ ls -l\n$ pwd\n```"),
        ("> ```\n> x\n\n<b>y</b>", "> ```\n> x\n> ```\n\n**y**"),
        ("Say ```x``` or ```y```\n<b>b</b>", "Say ```x``` or ```y```\n**b**"),
        ("The ``` sign.\n<b>b</b>", "The ``` sign.\n**b**"),
        ('```py\nprint("```")\nx\n```', '```py\nprint("```")\nx\n```'),
        ("Use ```js\nx``` now <b>b</b>", "Use\n```js\nx\n```\nnow **b**"),
        ("```js\nx\n```**Now** <b>b</b>", "```js\nx\n```\n**Now** **b**"),
        ("```js\ns = `${x}``` now`\ny\n```", "```js\ns = `${x}``` now`\ny\n```"),
        ("Here:```py", "Here:\n```py"),
    ],
)
def test_a_fence_is_set_on_a_line_of_its_own(render: Render, written: str, shown: str) -> None:
    assert render(written).replace("\u2060", "").replace("\\`", "`") == shown


def test_tildes_behind_a_word_open_no_fence() -> None:
    assert to_slack("So~~~\n<b>b</b>") == "So~~~\n**b**"
    assert to_discord("So~~~\n<b>b</b>") == "So\\~\\~\\~\n**b**"


@BOTH
def test_code_behind_text_is_cut_without_slivers(render: Render) -> None:
    code = [f"value_{number} = compute({number})  # owls" for number in range(90)]
    parts = split(render("\n".join(["Here is the module:```py", *code, "```"])), 2000)

    assert len(parts) == 2
    assert parts[0].startswith("Here is the module:\n```py\nvalue_0")
    assert [line for part in parts for line in code_lines(part)] == code


MARKS_INSIDE = re.compile("(?<!^)```(?!$)", re.MULTILINE)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (
            "````markdown\n# Title\n```py\nx\n```\n````\nend",
            "```markdown\n# Title\n``\u2060`py\nx\n``\u2060`\n```\nend",
        ),
        ("~~~markdown\n```py\nx\n```\n~~~", "```markdown\n``\u2060`py\nx\n``\u2060`\n```"),
        ("```txt\ncode\n```not-a-close\n# still\n```", "```txt\ncode\n``\u2060`not-a-close\n# still\n```"),
        ("`````\n````\n`````", "```\n``\u2060``\n```"),
        ("> ~~~\n> a ``` b\n> ~~~", "> ```\n> a ``\u2060` b\n> ```"),
        ("```js\ns = `a` + ``b``\n```", "```js\ns = `a` + ``b``\n```"),
    ],
)
def test_no_backticks_inside_a_block_end_it_on_discord(written: str, shown: str) -> None:
    assert to_discord(written) == shown


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("c#", "cs"), ("C#", "cs"), ("c++", "cpp"), ("f#", "fs"), (" python", "python"), ("py ", "py"),
        ("{python}", "python"), ("{.python .numberLines}", "python"), ("{r, echo=FALSE}", "r"), ("py:app.py", "py"),
        ("app.py", "py"), ("src/app.tsx", "tsx"), ("js{1,3-4}", "js"), ("python,linenos", "python"),
        ("python main.py", "python"), ('python title="a.py"', "python"), ("objective-c", "objective-c"),
        ("vb.net", "vbnet"), ("Output:", ""), ("тест", ""), ("title=x", ""), ("python", "python"), ("", ""),
        ("mermaid", "mermaid"),
    ],
)  # fmt: skip
def test_discord_is_given_a_language_it_knows(info: str, language: str) -> None:
    assert to_discord(f"```{info}\nx\n```") == f"```{language}\nx\n```"


def test_slack_keeps_fences_longer_than_what_they_hold() -> None:
    assert to_slack("````md\n```\nx\n```\n````") == "````md\n```\nx\n```\n````"
    assert to_slack("~~~md\n```\nx\n```\n~~~") == "````md\n```\nx\n```\n````"


PIECES = st.lists(
    st.sampled_from(
        ["```", "````", "~~~", "```py", "\n", "\n", "\n", "> ", "- ", "1. ", "   ", " ", "word", "x = 1", "`", "\\",
         "**b**", ".", "\n\n", "py", "```\n", "\n```", "א"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(PIECES)
def test_discord_reads_each_block_to_its_own_end(text: str) -> None:
    shown = to_discord(text).replace("~", "-")  # tildes begin no block there

    assert not any("```" in line for line in code_lines(shown))


BLOCKS = [
    "- a", "- **b**", "1. <b>a</b>", "2. b", "text", "#### h", "> q", "  - n", "   more", "|a|b|\n|-|-|\n|1|2|", "---",
    "```\nx\n```", "```py\n" + "x = 1\n" * 200 + "```", "Here:```py\n\n<b>\n\ny```", "> ```\n> x", "שלום abc!",
    "$$\nx\n$$", "- \\[", "<br>", "\u200f",
]  # fmt: skip


@BOTH
@pytest.mark.parametrize("between", ["\n\n", "\n"])
@settings(max_examples=30)
@given(blocks=st.lists(st.sampled_from(BLOCKS), max_size=30))
def test_sections_are_read_as_they_are_in_the_whole(render: Render, between: str, blocks: list[str]) -> None:
    text = between.join(blocks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ReadText, "cut", lambda whole: [whole])
        patch.setattr(rendering, "WINDOW_CHARS", 1_000_000)
        clear()
        whole = render(text)
    clear()

    assert render(text) == whole


def clear() -> None:
    rendering._sections.cache_clear()  # noqa: SLF001 - what was rendered otherwise must not be remembered
    rendering._section.cache_clear()  # noqa: SLF001


TICKS = PIECES.map(lambda text: text.replace("~", ""))


@given(TICKS)
def test_a_second_pass_over_code_changes_nothing_on_slack(text: str) -> None:
    once = to_slack(text)

    assert to_slack(once) == once


# With a backslash before marks that begin nothing, others behind them may begin code.
OTHERS_BEHIND = re.compile(r"(?<!`)(`{3,})[^`\n]+(?!\1(?!`))`{3,}")


@given(text=TICKS.filter(lambda text: not OTHERS_BEHIND.search(text)))
@example("```> ``````\n```> ")
@example("```py```py```\\\nword")
@example("\\ \\\n```")
@example(".```\\```a \n```b")
def test_a_second_pass_over_code_changes_nothing_on_discord(text: str) -> None:
    once = to_discord(text)

    assert to_discord(once) == once


@pytest.mark.parametrize("text", ["~~~a~~~", "~~~a~~~\nb || c || d", "~~~~ a ~~~~", "> ~~~טקסט~~~\n> עוד"])
def test_tildes_around_words_on_one_line_are_no_fence(text: str) -> None:
    seen = discord_reading.read(to_discord(text))

    assert not seen.code
    assert not seen.hidden
    assert "```" not in to_discord(text) + to_slack(text)
