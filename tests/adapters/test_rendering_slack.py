"""What models write, as Slack shows it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.dialect import to_slack
from tests.adapters import slack_reading

SEQUENCES = ("<!channel>", "<!here>", "<!everyone>", "<!subteam^S0123456789>", "<@U0123456789>", "<#C0123456789>")
DATE = "<!date^1392734382^{date}|now>"
LIVE = re.compile(
    r"<!(?:channel|here|everyone|subteam|date\^)|<[@#][A-Z][A-Z0-9]|<(?:https?://|mailto:)[^\s<>|]*\|", re.IGNORECASE
)


@pytest.mark.parametrize(
    "text",
    [
        "# Owls\n\n## Small\n\n**bold** *italic* ~~gone~~ `code`",
        "> quote\n\n- one\n  - two\n1. three",
        "[owls](https://owl.example) https://owl.example/x_y_z",
        "AT&amp;T &gt; &lt;",
        "```python\n#### $x^2$ <b>\n```",
        "",
    ],
)
def test_what_slack_reads_stays(text: str) -> None:
    assert to_slack(text) == text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("#### Owls", "**Owls**"),
        ("- [ ] feed\n- [x] clean", "- ☐ feed\n- ☑ clean"),
        ("one\n\n---", "one\n\n────────────"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "```\na  b\n-  -\n1  2\n```"),
        ("~~~\nx\n~~~", "```\nx\n```"),
        ("![an owl](https://owl.example/1.png)", "[an owl](https://owl.example/1.png)"),
        ("<https://owl.example>", "[https://owl.example](https://owl.example)"),
        ("[owls](<https://owl.example/a b>)", "[owls](https://owl.example/a%20b)"),
        ("#### a *b and **c", r"**a \*b and \*\*c**"),
        ("#### `a*b` *c* 2 * 3", r"**`a*b` *c* 2 \* 3**"),
        (">>> `x`", r"\>>> `x`"),
        ("שלום &lt;b&gt; לכם", "שלום \u2068&lt;b&gt;\u2069 לכם"),
        ("שלום &amp; לכם", "שלום &amp; לכם"),
        ("a&#x202e;b", "ab"),
        ("int *x;\n*לילה", "int *x;\n\u200f\\*לילה"),
        ("mail <ann@owl.example>", "mail ann@owl.example"),
        (r"\(x^2 < y\)", "x² &lt; y"),
        ("vector<int> 1 < 2", "vector&lt;int> 1 &lt; 2"),
        ("<b>owl</b><br>owl", "**owl**\nowl"),
        (
            "[https://bank.example](https://evil.example)",
            "https://bank.example ([https://evil.example](https://evil.example))",
        ),
    ],
)
def test_what_slack_does_not_know_is_written_in_what_it_does(written: str, shown: str) -> None:
    assert to_slack(written) == shown


@pytest.mark.parametrize(
    "written",
    [
        "[https://bank.example][1]\n\n[1]: https://evil.example",
        "[bank.example]\n\n[bank.example]: <https://evil.example> 'a'",
        "> [1]: https://evil.example",
        "- [1]: https://evil.example",
    ],
)
def test_a_link_cannot_be_defined_out_of_sight(written: str) -> None:
    assert not re.search(r"^[>\- ]*\[[^\]]*\]:", to_slack(written), re.MULTILINE)


@pytest.mark.parametrize(
    "sequence", [*SEQUENCES, DATE, "<https://evil.example|https://bank.example>", "<https://e.e\\x|b>"]
)
@pytest.mark.parametrize(
    "around",
    ["{}", "`{}`", "``` \n{}\n```", "[{}](https://a.b)", "[a]({})", "**{}**", "> {}", "- `{}", "| a |\n|---|\n| {} |",
     "$\\foo{}$", "\\[\n\\foo{}\n\\]", "<code>{}</code>", "~~~\n{}\n~~~", "#### {}", "שלום {} `{}`", "![{}](https://a.b)"],
)  # fmt: skip
def test_nothing_pings_anywhere(sequence: str, around: str) -> None:
    assert not LIVE.search(to_slack(around.replace("{}", sequence)))


@pytest.mark.parametrize("sequence", SEQUENCES)
@pytest.mark.parametrize("before", ["", "`", "```\n", "[a](", "<code>"])
def test_half_a_sequence_does_not_ping_and_never_changes(sequence: str, before: str) -> None:
    beginnings = [to_slack(before + sequence[:length]) for length in range(1, len(sequence))]

    assert not any(LIVE.search(shown) for shown in beginnings)
    assert all(to_slack(before + sequence).startswith(shown) for shown in beginnings)


PARTS = st.sampled_from(
    [
        *SEQUENCES,
        DATE,
        "`",
        "```",
        "\n",
        "<",
        "!",
        "|",
        "$",
        "\\(",
        "\\)",
        "[",
        "](",
        ")",
        " א",
        "~~~",
        "<code>",
        "&lt;",
    ]
)


@given(st.lists(PARTS, max_size=30).map("".join))
def test_no_text_of_a_model_holds_a_live_sequence(text: str) -> None:
    assert not LIVE.search(to_slack(text))


def test_a_long_text_is_not_cut() -> None:
    assert to_slack("owl " * 12_000) == "owl " * 12_000


@pytest.mark.parametrize(
    "address", ["https://owl.example/__a__", "https://owl.example/*a*/b", "https://owl.example/~~a~~"]
)
def test_no_sign_of_an_address_that_is_shown_is_lost(address: str) -> None:
    seen = slack_reading.read_markdown(to_slack(f"<{address}>"))

    assert seen.text == address
    assert seen.links == [(address, address)]
