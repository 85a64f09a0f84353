"""Fresh variants of what public reports told of answers: what people read of each on both platforms."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from adapters.discord.dialect import to_discord
from adapters.rendering.code_writing import WORD_JOINER
from adapters.rendering.direction import without_controls
from adapters.slack.dialect import to_slack
from tests.adapters import discord_reading, slack_reading

# Variables, prices, patterns, tags that are named, names of programs, signs that are text.
TYPED = [
    "Use ${VAR:-default} and ${OTHER} here",
    "echo $PATH:$HOME/bin",
    "PS1='$USER@$HOST $ '",
    "export A=$B C=$D",
    "$5-$6 a day, or $7/week",
    "It costs $1,000.50, not $2,000.",
    "US$5 and A$7",
    "a$b$c",
    "cat $1 | grep $2",
    "`cost` is $5",
    "$1 and $2 are groups",
    "s/$a/$b/",
    "jQuery $(this).hide() and $('a')",
    "$_GET and $_POST",
    "$.ajax and $.get",
    "price: $5/month ($50/year)",
    "$TSLA and $AAPL rose",
    "100$ and 200$",
    "The $ sign, then $.",
    "$foo = $bar + 1;",
    "if [ $a -gt $b ]; then",
    "awk '{print $1, $3}'",
    "make $@ and $<",
    "$$ is the PID; $! the last",
    "Between $10 and $20 million",
    "LaTeX uses $ and $$",
    "Use <head> and <body> tags.",
    "The <title> element goes in <head>.",
    "Wrap it in <form>…</form>, then.",
    "List<String> x",
    "Map<K, V> m",
    "std::vector<int> v",
    "if a<b and c>d",
    "x <- 5",
    "<your-name>",
    "<T extends U>",
    "a <= b",
    "<insert name here>",
    "Promise<void> f()",
    "Press <Enter>, then <Esc>.",
    "<nav> is for links.",
    "A <table> has <tr> rows and <td> cells.",
    "see <stdio.h>",
    "#include <stdio.h>",
    "Call __init__ and __main__.",
    "obj.__class__.__name__",
    "__FILE__ and __LINE__",
    "__dunder__",
    "from __future__ import x",
    "(__str__)",
    "self.__dict__[k]",
    "__proto__ is odd",
    "`x`.__len__()",
    "a __b__ c",
    "__pycache__/ and __tests__/",
    "שיטת __init__ כאן",
    "a || b || c",
    "if (x || y || z)",
    "Name: ____ Age: ____",
    "*/5 * * * *",
    "0 0 * * * and 5 5 * * *",
    "int *p, *q;",
    "char **argv, **envp",
    "rm *.o *.a",
    "2**3 and 4**5",
    "f(*args) and g(**kw)",
    "MY__VAR and OTHER__VAR",
    "~~ not ~~ so",
    "a ~ b ~ c",
    "-# small",
    "x*y*z",
    "snake_case_name and other_name",
    "5 * 3 * 2",
    "**/*.py and **/*.js",
    "`a` || `b` || c",
    "glob: *.py, *.js",
    "a__b__c",
    "|| a",
    "*.txt",
    "__",
    "[ ] * [ ] *",
]
# Emphasis beside the signs of Chinese, Japanese and Korean.
FULL_WIDTH = [
    ("这是**「重要」**的", "这是「重要」的"),
    ("**注意：**请看", "注意：请看"),
    ("これは**「重要」**です", "これは「重要」です"),
    ("**（重要）**请", "（重要）请"),
    ("请看**《书》**吧", "请看《书》吧"),
    ("**重要！**请", "重要！请"),
    ("价格**100元。**便宜", "价格100元。便宜"),
    ("*「斜」*字", "「斜」字"),
    ("~~「旧」~~新", "「旧」新"),
    ("他说：**“好”**。", "他说：“好”。"),
    ("**“好”**他说", "“好”他说"),
    ("한국어**(중요)**입니다", "한국어(중요)입니다"),
    ("**'중요'**한 것", "'중요'한 것"),
    ("**한국어(Korean)**는", "한국어(Korean)는"),
    ("この**API（重要）**を", "このAPI（重要）を"),
    ("日本**・**語", "日本・語"),
    ("**1.** 第一", "1. 第一"),
    ("*注：*这", "注：这"),
    ("**①**第一", "①第一"),
    ("**`代码`**是", "是"),
    ("**[链接](https://a.b)**是", "链接是"),
    ("**重点**：内容", "重点：内容"),
    ("——**重点**——", "——重点——"),
    ("**【注意】**请", "【注意】请"),
    ("《**书**》", "《书》"),
    ("**A：**B", "A：B"),
    ("**问题？**答", "问题？答"),
    ("**价格：**$5", "价格：$5"),
    ("**説明。**次", "説明。次"),
    ("***「重要」***です", "「重要」です"),
    ("**중요:**입니다", "중요:입니다"),
    ("**“중요”**입니다", "“중요”입니다"),
]
FENCES = [
    ("````markdown\n# T\n```py\nx\n```\n````", "# T\n```py\nx\n```"),
    ("~~~markdown\n```py\nx\n```\n~~~", "```py\nx\n```"),
    ("~~~\nx\n~~~", "x"),
    ("```txt\na\n```not-a-close\n# b\n```", "a\n```not-a-close\n# b"),
    ("`````\n````\n```\n````\n`````", "````\n```\n````"),
    ("```md\nuse ``` here\n```", "use ``` here"),
    ("```c#\nint x;\n```", "int x;"),
    ("``` python\nx\n```", "x"),
    ("```py \nx\n```", "x"),
    ("```{python}\nx\n```", "x"),
    ("```py:app.py\nx\n```", "x"),
    ('```python title="a.py"\nx\n```', "x"),
    ("```js {1,3}\nx\n```", "x"),
    ("```c++\nx\n```", "x"),
    ("```objective-c\nx\n```", "x"),
    ("```F#\nx\n```", "x"),
    ("```.env\nx=1\n```", "x=1"),
    ("```Dockerfile\nx\n```", "x"),
    ("```shell-session\n$ x\n```", "$ x"),
    ("```text/html\nx\n```", "x"),
    ("```{.python .numberLines}\nx\n```", "x"),
    ("```python=\nx\n```", "x"),
    ("```diff-js\n+x\n```", "+x"),
    ("```ts twoslash\nx\n```", "x"),
    ('```bash filename="x.sh"\nx\n```', "x"),
    ("~~~python\n~~\n~~~", "~~"),
    ("```\n`a` ``b``\n```", "`a` ``b``"),
    ("```py\n\nx\n\n```", "\nx\n"),
    ("```rust,no_run\nx\n```", "x"),
    ("```vb.net\nx\n```", "x"),
    ("```mermaid\ngraph TD\n```", "graph TD"),
    ("```jsonc\n{}\n```", "{}"),
    ("```console\n$ ls\n```", "$ ls"),
    ("```{r, echo=FALSE}\nx\n```", "x"),
    ("```python3\nx\n```", "x"),
    ("```asp.net\nx\n```", "x"),
    ("```html+erb\nx\n```", "x"),
    ("```C\nx\n```", "x"),
    ("```עברית\nx\n```", "x"),
    ("``````\nx\n``````", "x"),
]


def on_discord(markdown: str) -> tuple[str, list[str]]:
    read = discord_reading.read(to_discord(markdown))
    assert not read.hidden
    return bare(read.text), [code.replace(WORD_JOINER, "") for code in read.code]


def on_slack(markdown: str) -> tuple[str, list[str]]:
    read = slack_reading.read_markdown(to_slack(markdown))
    return bare(read.text), read.code


def bare(text: str) -> str:
    return "".join(without_controls(text).split())


Read = Callable[[str], tuple[str, list[str]]]
BOTH = pytest.mark.parametrize("read", [on_discord, on_slack])


@BOTH
@pytest.mark.parametrize("text", TYPED)
def test_what_is_plain_text_is_read_as_it_was_typed(read: Read, text: str) -> None:
    words, code = read(text)

    assert words == bare(re.sub("`[^`]*`", "", text))
    assert code == re.findall("`([^`]*)`", text)


@BOTH
@pytest.mark.parametrize("before", ["", "#### ", "- "])
@pytest.mark.parametrize(("text", "words"), FULL_WIDTH)
def test_emphasis_beside_full_width_signs_is_emphasis(read: Read, text: str, words: str, before: str) -> None:
    assert read(before + text)[0] == bare(words)


@BOTH
@pytest.mark.parametrize(("text", "code"), FENCES)
def test_code_is_what_stands_between_its_fences(read: Read, text: str, code: str) -> None:
    words, found = read(text)

    assert words == ""
    assert [each.strip("\n") for each in found] == [code.strip("\n")]
