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
    "kubectl get pods -n $NS && echo $?",
    "CI_COMMIT=$(git rev-parse HEAD) and TAG=$(date +%s)",
    "From $1.2M to $3.4M",
    "R$ 50 e R$ 60",
    "NT$500 or HK$200",
    "regex ^\\d{3}$ then $",
    "perl -pe 's/$x/$y/g'",
    "$x->y and $z->w",
    "Cost = $5 * 3 = $15",
    "(5$ and 6$)",
    "~$50 – ~$70",
    "$0.02/1K tokens and $0.06/1K",
    "if ($a > $b) { $c }",
    "%PATH%;$env:PATH;$env:HOME",
    "$ npm i\n$ npm start",
    "between $100k and $150k a year",
    "tips: $, $$, $$$",
    "foo$bar$ and baz$",
    "s/[//; s/]//",
    "<script> and <style> blocks",
    "The <a> tag has href.",
    "Array<number>",
    "fn foo<T>(x: T)",
    "x<y>z",
    "dict[str, List<int>]",
    "<username>@<host>",
    "Use <kbd> for keys.",
    "<|x",
    "5 < 6 and 7 > 3",
    "<!DOCTYPE html> first",
    "<br> is a line break.",
    "<main>, <article> and <section>",
    "template<typename T>",
    "<package>@<version>",
    "HashMap<String, Vec<u8>>",
    "setup.__call__(x)",
    "import __init__ as i",
    "__a__b__",
    "super().__init__()",
    "`__x__` and __y__",
    "__ENV__=1",
    "def __lt__(self):",
    "__typename and __schema",
    "(__main__)",
    "__x__: int",
    '"__name__"',
    "[__init__.py]",
    "p || q && r || s",
    "x *= 2; y *= 3",
    "**kwargs",
    "SELECT * FROM a; SELECT * FROM b",
    "/* a */ and /* b */",
    "__init and __exit",
    "foo_ and _bar",
    "a*b + c*d",
    "3*4*5",
    "|| or ||",
    "A || B",
    "x~y~z",
    "~/.ssh and ~/.config",
    "a__ b __c",
    "*required",
    "5* hotel, 4* hotel",
    "** not bold **",
    "-# no",
    "f(**a, **b)",
    "cron: */10 * * * *",
    "_id and _rev",
    "snake_case_ and _snake",
    "|a|b|",
    "word_word_word",
    "2 ** 10 ** 2",
    "!important; *zoom",
    "~5 and ~6",
    "(*) and (**)",
    "#!/bin/bash",
    "1 * 2\n3 * 4",
    "a | b || c",
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
    ("请注意**“安全”**！", "请注意“安全”！"),
    ("使用**Python（3.11）**版本", "使用Python（3.11）版本"),
    ("**步骤1：**安装", "步骤1：安装"),
    ("**答案：42**。", "答案：42。"),
    ("**例えば、**これ", "例えば、これ"),
    ("**주의!**하세요", "주의!하세요"),
    ("**“Hello,”**她说", "“Hello,”她说"),
    ("和**《红楼梦》**、**《西游记》**", "和《红楼梦》、《西游记》"),
    ("*（注）*请看", "（注）请看"),
    ("**A.** 选项", "A. 选项"),
    ("**『本』**を読む", "『本』を読む"),
    ("この**〜**記号", "この〜記号"),
    ("**100%**の", "100%の"),
    ("**(1)**を見る", "(1)を見る"),
    ("**$100**です", "$100です"),
    ("**C++**は", "C++は"),
    ("~~（删）~~了", "（删）了"),
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
    ("```mdx\n# x\n```", "# x"),
    ('```python\n"""\n```x```\n"""\n```', '"""\n```x```\n"""'),
    ("````\n```py\nx\n```\n````\n", "```py\nx\n```"),
    ("~~~~\n~~~\nx\n~~~\n~~~~", "~~~\nx\n~~~"),
    ("```dockerfile title=x\nFROM a\n```", "FROM a"),
    ("```sh session\nx\n```", "x"),
    ("```(python)\nx\n```", "x"),
    ("```[python]\nx\n```", "x"),
    ("```python,ignore\nx\n```", "x"),
    ("```Python 3\nx\n```", "x"),
    ("```#!/bin/sh\nls\n```", "#!/bin/sh\nls"),
    ("``` \nx\n```", "x"),
    ("```\tpy\nx\n```", "x"),
    ("```node.js\nx\n```", "x"),
    ("```plain text\nx\n```", "x"),
    ("```vue-html\nx\n```", "x"),
    ("```py\n`` ` ``\n```", "`` ` ``"),
    ('```bash\necho "```"\n```', 'echo "```"'),
    ("```TypeScript React\nx\n```", "x"),
    ("~~~ {.haskell}\nx\n~~~", "x"),
    ("```application/json\n{}\n```", "{}"),
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


WRITTEN = [
    ("<p>One</p>\n\n<p>Two</p>", "OneTwo"),
    ('<div align="center">\n\n# T\n\n</div>', "T"),
    ("<blockquote>q</blockquote>", "q"),
    ("<center>**b**</center>", "b"),
    ("<strong>Note:</strong> text", "Note: text"),
    ("a<sup>2</sup> + b<sup>2</sup>", "a² + b²"),
    ("<details><summary>More</summary>\n\nx\n\n</details>", "Morex"),
    ('<font color="red">red</font>', "red"),
    ("<!-- note -->\nText", "<!-- note -->Text"),
    ("<details>\n<summary>More</summary>\nx\n</details>", "Morex"),
    ("Put it in <details> tags.", "Put it in <details> tags."),
]


@BOTH
@pytest.mark.parametrize(("text", "words"), WRITTEN)
def test_tags_in_use_are_what_they_mean(read: Read, text: str, words: str) -> None:
    assert read(text)[0] == bare(words)
