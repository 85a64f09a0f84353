from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lessons.reading.markdown_dialects import plain_markdown
from bot.lessons.reading.pages import read_markdown


def told(text: str) -> list[tuple[str, str]]:
    """Return each block of a page under the last heading above it."""
    page = read_markdown(text, is_translation=False)
    return [
        (section.path[-1] if section.path else "", block.text) for section in page.sections for block in section.blocks
    ]


def said(text: str) -> str:
    return "\n\n".join(words for _, words in told(text))


@pytest.mark.parametrize(
    "box",
    [
        "::: spoiler\n\n## Side\n\nB.\n\n:::",
        ":::: challenge\n\n## Side\n\nB.\n\n::: hint\n\nC.\n\n:::\n\n::::",
        "::::::::::::::: callout\n\n### Side\n\nB.\n\n:::::::::::::::",
        '::: {.callout-note collapse="true"}\n## Side\n\nB.\n:::',
        "!!! note\n\n    ## Side\n\n    B.",
        "```{admonition}\n## Side\n\nB.\n```",
        "<details>\n\n## Side\n\nB.\n\n</details>",
        '<Admonition type="note">\n\n## Side\n\nB.\n\n</Admonition>',
        "{{% callout note %}}\n## Side\n\nB.\n{{% /callout %}}",
        "{{< alert >}}\n## Side\n\nB.\n{{< /alert >}}",
        "{% note %}\n\n## Side\n\nB.\n\n{% endnote %}",
    ],
)
def test_what_follows_a_box_belongs_to_the_section_the_box_stands_in(box: str) -> None:
    found = told(f"# T\n\nA.\n\n{box}\n\nMain text C.\n\n## U\n\nD.\n")

    assert found[:3] == [("T", "A."), ("T", "**Side**"), ("T", "B.")]
    assert found[-2:] == [("T", "Main text C."), ("U", "D.")]


def test_a_box_that_nothing_closes_is_none() -> None:
    assert told("# T\n\n::: note\n\n## Side\n\nB.\n")[-1] == ("Side", "B.")
    assert told("# T\n\n<details>\n\n## Side\n\nB.\n")[-1] == ("Side", "B.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (":::{tabs}\n::::{tab} Mac\nRun it.\n\nMore.", "**Mac**\n\nRun it.\n\nMore."),
        (":::caution\nUse it once.\n", "Use it once."),
        ("```{eval-rst}\n.. note::\n   :class: x\n\n   Wax melts.\n\n.. autofunction:: a\n```", "Wax melts."),
        ("One.\n\n:::::\n\nTwo.\n\n{{book.console}}\n", "One.\n\nTwo."),
        ("See {doc}`our lesson\non wax <wax>` there.", "See our lesson on wax there."),
        ("{{%session outline}}\n\nWords.", "Words."),
        ("| a |\n|---|\n| 1 |\n\n: All of it {#tbl-all}", "| a |\n|---|\n| 1 |\n\nAll of it"),
        ("| a |\n|---|\n| 1 |\n{.no-wrap}", "| a |\n|---|\n| 1 |"),
        ("import Tabs from  '@theme/Tabs';\n\nWords.", "Words."),
        ("<Search\n  words={{ button: { text: 'x' } }}\n/>\n\nWords.", "Words."),
        ("The comb\n: What bees build.", "The comb: What bees build."),
        ("Use [[#`move`|moving]] and [[Wax, comb]].", "Use moving and [[Wax, comb]]."),
        ("one</br>two", "one\ntwo"),
        ("`lock`{.good} then `wait`{.bad}", "`lock` then `wait`"),
        ("The `<br>` and `<p/>` tags.", "The `<br>` and `<p/>` tags."),
        ("| a |\n|---|\n| <ul><li>x</li><li>y</li></ul> `<li>` |", "| a |\n|---|\n| x; y `<li>` |"),
        (
            "Isles^[of the sea] and ==new== words, a == b, C++ and C++.",
            "Isles (of the sea) and new words, a == b, C++ and C++.",
        ),
        ("$$\nx\n$$ (eq-a)\n\nSo.", "$$\nx\n$$\n\nSo."),
        ("[![build](https://img.shields.io/x.svg)](https://ci.example) Words.", " Words."),
    ],
)
def test_marks_that_are_seldom_written_are_read_too(text: str, words: str) -> None:
    assert said(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import {Foo,\n  Bar} from './x';\n\nWords.", "Words."),
        ("<Code>{`const a = 1;`}</Code>", "`const a = 1;`"),
        ("{{< highlight go >}}\nx()\n{{< /highlight >}}", "```go\nx()\n```"),
        ("{% highlight ruby %}\nputs 1\n{% endhighlight %}", "```ruby\nputs 1\n```"),
        ('{{< tab "Linux" >}}\napt\n{{< /tab >}}', "**Linux**\n\napt"),
        ('{{% notice tip "Mind this" %}}\nWords.\n{{% /notice %}}', "**Mind this**\n\nWords."),
        ('{{< callout type="info" >}}\nWords.\n{{< /callout >}}', "Words."),
        ("{% raw %}{{ keep }}{% endraw %}", "{{ keep }}"),
        ("{% if a %}Words.{% endif %}", "Words."),
        ("Go [here]({{ site.baseurl }}/b) or [there]({{ '/x' | relative_url }}).", "Go here or there."),
        ("* TOC\n{:toc}\n\nWords.", "Words."),
        ("H~2~O and x^2^, ~~gone~~, a ~ b ~ c", "H2O and x2, ~~gone~~, a ~ b ~ c"),
        ("Press ++ctrl+alt+del++ :material-account: now", "Press ctrl+alt+del  now"),
        ("*[HTML]: Hyper Text\n\nWords.", "Words."),
        ("The {++new++} {--old--}{~~a~>b~~}{>>note<<} {==high==}.", "The new b high."),
        ("Seen %%hidden%% here.\n\n- item ^abc-1", "Seen  here.\n\n- item"),
        ("As shown [@knuth84; @x2000, p. 3] there.", "As shown there."),
        ("![A cap](a.png){#fig-one width=50%}", "A cap"),
        ("[Span]{.underline} and [link](https://a.example){#x}", "Span and [link](https://a.example)"),
        ("$$\na\n$$ {#eq-one}", "$$\na\n$$"),
        (
            "```rust,ignore\n# fn main() {\nlet x = 1;\n#\n#[derive]\n# }\n```",
            "```rust,ignore\nlet x = 1;\n#[derive]\n```",
        ),
    ],
)
def test_small_marks_are_read_for_what_they_say(text: str, words: str) -> None:
    assert said(text) == words


@pytest.mark.parametrize(
    ("heading", "shown"),
    [("Wax [#wax]", "Wax"), ("Wax[[wax-and-comb]]", "Wax"), ("Own: [[HomeObject]]", "Own: [[HomeObject]]")],
)
def test_a_heading_loses_its_name_for_links_and_nothing_else(heading: str, shown: str) -> None:
    assert told(f"# {heading}\n\nA.\n") == [(shown, "A.")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '!!! warning "Take care"\n    One.\n\n    Two goes on.\n\nAfter.',
            "**Take care**\n\nOne.\n\nTwo goes on.\n\nAfter.",
        ),
        ("??? note\n    One.\n", "One."),
        (
            '=== "Python"\n\n    ```py\n    x = 1\n    ```\n\n=== "C"\n\n    Text.\n',
            "**Python**\n\n```py\nx = 1\n```\n\n**C**\n\nText.",
        ),
        (":::tip[Do it]\n\nWords.\n\n:::", "**Do it**\n\nWords."),
        (":::warning Old style\nWords.\n:::", "**Old style**\n\nWords."),
        ("> [!NOTE]\n> Words.", "> Words."),
        ("> [!tip]- Do it\n> Now.", "> **Do it**\n\n> Now."),
        ("```{note} Title\n:class: x\nWords.\n```", "**Title**\n\nWords."),
        (":::{seealso}\nWords.\n:::", "Words."),
        ("```{code-block} python\n:linenos:\n\nx = 1\n```", "```python\n\nx = 1\n```"),
        ("```{r, echo=FALSE}\n#| label: x\ny\n```", "```r\ny\n```"),
        ("```{python}\n#| echo: false\ny\n```", "```python\ny\n```"),
        ("```{toctree}\nintro\nmore\n```\n\nWords.", "Words."),
        ("See {ref}`the moon <sec-moon>` and {func}`open`.", "See the moon and `open`."),
        ("See :numref:`fig_moon_base` there.\n:label:`sec_x`", "See moon base there."),
        ("As in {cite}`one2020` said.", "As in  said."),
        ("{% include a.html %}\n\nWords {{< ref b >}}here.\n{: .note}", "Words here."),
        ("{{< callout >}}\nWords.\n{{< /callout >}}", "Words."),
        ("{{#title Bees}}\n\nWords.", "Words."),
        ("(target)=\n\nWords.\n\n+++\n\n% a comment\n\nMore.", "Words.\n\nMore."),
        ("import X from '@site/x'\n\nWords.\n\n<X />\n", "Words."),
        (
            '<Tabs groupId="a">\n<TabItem value="py" label="Python">\n\nWords.\n\n</TabItem>\n</Tabs>',
            "**Python**\n\nWords.",
        ),
        ("<Tip>\n\nWords.\n\n</Tip>", "Words."),
        ("Say <Trans>words</Trans> {/* never */}now.", "Say words now."),
        ("An island[^1].\n\n[^1]: Crete.\n", "An island.\n\nCrete."),
        (
            "One[^a] two[^b].\n\n[^a]: `x` is *y*.\n[^b]: See [there](https://a.test/).",
            "One two.\n\n`x` is *y*.\n\nSee [there](https://a.test/).",
        ),
        ("![A](a.png){alt='b'} and [c](https://a.test/){.button}", "A and [c](https://a.test/)"),
        ("[[Page#Part|shown]] and [[Other]].", "shown and Other."),
        ("[[toc]]\n\nWords.", "Words."),
        ("[TOC]\n\nWords.", "Words."),
    ],
)
def test_marks_of_a_dialect_are_read_for_what_they_say(text: str, words: str) -> None:
    assert said(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "Type `git checkout <Branch>` or `{ref}` or `{{ x }}`.",
        "The name <Branch> is yours.",
        "```jinja\n{% if x %}\n::: note\n{{ x }}\n```",
        "Sum $\\sum_{i=1}^{n} x_{j=2}$ and {braces}.",
        "A matrix [[1, 2], [3, 4]] of numbers.",
        "Time 10:30:00 and a::b.",
        "A footnote[^9] that is nowhere.",
        "Numbers:\n\n- 100 % of it\n- import of goods from there",
    ],
)
def test_what_only_looks_like_a_mark_stays(text: str) -> None:
    assert said(text) == text


@pytest.mark.parametrize(
    "page", ["<h1>My course</h1>", "<h1 align=center>\n  My <i>course</i>\n</h1>", "<div>\n<h1>My course</h1>\n</div>"]
)
def test_a_heading_in_html_is_a_heading(page: str) -> None:
    read = read_markdown(f"{page}\n\ntext\n\n## Part\n\ntext\n\n![Star History Chart](x.svg)\n", is_translation=False)

    assert (read.title, read.banner) == ("My course", "")
    assert [section.anchor for section in read.sections] == ["", "my-course", "part"]


@given(st.text(alphabet=st.sampled_from(":{}`~!>[]()<>/=%#^|Aab\n \t\"'."), max_size=120))
def test_any_text_can_be_made_plain(text: str) -> None:
    assert isinstance(plain_markdown(text), str)


@pytest.mark.parametrize(
    "text", ["::: a\n" * 3000 + ":::\n" * 3000, "{{<" * 20_000, "<A " * 20_000, "[[" * 20_000, "!!! a\n    " * 4000]
)
def test_a_text_made_to_last_does_not(text: str) -> None:
    began = time.process_time()
    plain_markdown(text)

    assert time.process_time() - began < 3
