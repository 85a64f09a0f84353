"""What the reader of Slack's messages sees, and the words of a notification there."""

from __future__ import annotations

from random import Random

import pytest

from adapters.slack.dialect import fallback
from tests.adapters.inline_forms import FORMS, WORDS, filled
from tests.adapters.slack_reading import Read, read_markdown, read_mrkdwn


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("form", FORMS)
def test_the_words_of_a_notification_are_those_of_the_text(form: str, language: str) -> None:
    """They are mrkdwn, whose marks are others: all signs but those are seen, and nothing is a link or rings."""
    text = filled(form, WORDS[language], Random(1))
    read = read_mrkdwn(fallback(text))

    assert (read.links, read.rings) == ([], [])
    assert not set("".join(text.split())) - set(read.text + "".join(read.code)) - set("*_~`>")


class TestTheReader:
    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("*bold* _italic_ ~gone~ 2 * 3 * 4 a_b_c", "bolditalicgone2*3*4a_b_c"),
            ("**bold** [w](https://o.example)", "**bold**[w](https://o.example)"),
            ("a &lt;b&gt; &amp;amp; \\*", "a<b>&amp;\\*"),
            ("&gt; quote\nand *bo\nld*", "quoteand*bold*"),
            ("*a _b_ c*", "abc"),
        ],
    )
    def test_mrkdwn_has_marks_of_its_own(self, text: str, read: str) -> None:
        assert read_mrkdwn(text).text == read

    def test_mrkdwn_reads_sequences_in_angles(self) -> None:
        read = read_mrkdwn("<https://o.example|the owls> <https://p.example> <!here> `<@U1>` ```\n<#C1|x> &lt;\n```")

        assert read.links == [("the owls", "https://o.example"), ("https://p.example", "https://p.example")]
        assert read.rings == ["!here", "@U1", "#C1"]
        assert read.code == ["@U1", "x <"]
        assert read.text == "theowlshttps://p.example!here"

    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("**bold** *it* _it_ ~~gone~~ \\*x\\*", "bolditit" + "gone*x*"),
            ("# One\n\n> two\n\n- three\n1. four", "Onetwothree1.four"),
            ("&lt;!here> a &amp; b", "<!here>a&b"),
            ("[w](https://o.example) ![i](https://p.example)", "wi"),
        ],
    )
    def test_a_markdown_block_is_standard_markdown(self, text: str, read: str) -> None:
        assert read_markdown(text) == Read(
            text=read, links=[("w", "https://o.example"), ("i", "https://p.example")] if "[w]" in text else []
        )

    def test_a_markdown_block_rings_by_sequences_anywhere(self) -> None:
        assert read_markdown("<!here> `<@U1>` &lt;!channel> <!subteam^S1|x>").rings == [
            "<!here>", "<@U1>", "<!subteam^S1|x>"
        ]  # fmt: skip
