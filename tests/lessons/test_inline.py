from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lessons.reading.inline import plain, untracked

MARKDOWN = st.text(alphabet=st.sampled_from("ab []()!`<>\\/&\n-x"), max_size=60)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("See [unit two](../02-next/README.md).", "See unit two."),
        ('See [unit\ntwo](../02-next/README.md "Next").', "See unit\ntwo."),
        ("See [the docs](https://docs.test/a_(b)).", "See [the docs](https://docs.test/a_(b))."),
        ("[up](#top) and [away](/images/x.png)", "up and away"),
        ("[![A small robot](../images/robot.png)](https://video.test/1)", "[A small robot](https://video.test/1)"),
        ("![A diagram](a.png)", "A diagram"),
        ("[](https://docs.test/)", ""),
        ("[watch]()", "watch"),
        ("[Ann](ann@school.test)", "Ann"),
        ("[mail](mailto:ann@school.test)", "[mail](mailto:ann@school.test)"),
        ("[docs][d], [d] and [other][x]", "[docs](https://docs.test/), [d](https://docs.test/) and [other][x]"),
        ("- [ ] do it", "- [ ] do it"),
        (r"\[not\](a link)", r"\[not\](a link)"),
    ],
)
def test_links_keep_their_words_and_addresses_that_lead_somewhere(written: str, read: str) -> None:
    assert plain(written, {"D": "https://docs.test/"}) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('<a href="https://docs.test/?WT.mc_id=x-1">docs</a>', "[docs](https://docs.test/)"),
        ('<a href="../02/README.md">next</a>', "next"),
        ('<img src="a.png" alt="A cat" />', "A cat"),
        ('<div align="center">\n<b>bold</b>\n</div>', "\nbold\n"),
        ("I<sup>2</sup>C", "I2C"),
        ("one<br>two<br/>three", "one<br>two<br/>three"),
        ("put <your-key> here", "put <your-key> here"),
        ("a<!-- a note\nof two lines -->b", "ab"),
        ("a <!-- never closed", "a "),
        ("if a < b and c > d", "if a < b and c > d"),
    ],
)
def test_tags_of_layout_go_and_placeholders_stay(written: str, read: str) -> None:
    assert plain(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("AT&amp;T &mdash; 3 &lt; 4&nbsp;kg", "AT&T — 3 < 4 kg"),
        ("&lt;tag&gt; and &#42;stars&#42;", "\\<tag> and \\*stars\\*"),
        ("`&amp;` in code, &bogus; in words", "`&amp;` in code, &bogus; in words"),
        (f"Try https://run.example/#code={'%20' * 200}, or not.", "Try , or not."),
        ("<math><mrow><mi>a</mi><mo>=</mo><mn>1</mn></mrow></math>", "a=1"),
    ],
)
def test_what_stands_for_a_character_is_that_character(written: str, read: str) -> None:
    assert plain(written) == read


def test_code_stays_as_it_is() -> None:
    written = "type `[a](b) <b>` or ``x ` <!-- y -->``"

    assert plain(written) == written


@pytest.mark.parametrize(
    ("address", "clean"),
    [
        ("https://a.test/b?WT.mc_id=academic-1-x", "https://a.test/b"),
        ("https://a.test/b?WT.mc_id=academic-1-x#part", "https://a.test/b#part"),
        ("https://a.test/b#part?WT.mc_id=academic-1-x", "https://a.test/b#part"),
        ("https://a.test/b#?WT.mc_id=1", "https://a.test/b"),
        ("https://a.test/b?lang=he&wt.mc_id=1&page=2", "https://a.test/b?lang=he&page=2"),
        ("https://a.test/b??WT.mc_id=1", "https://a.test/b"),
        ("https://a.test/b?text=My+name?WT.mc_id=1", "https://a.test/b?text=My+name"),
        ("https://a.test/b?WT.mc_id=1?WT.mc_id=2", "https://a.test/b"),
        ("https://a.test/b&WT.mc_id=1", "https://a.test/b"),
        ("https://a.test/b?utm_source=x&amp;utm_medium=y", "https://a.test/b"),
        ("https://a.test/b?next=/c?d=1", "https://a.test/b?next=/c?d=1"),
    ],
)
def test_trackers_are_taken_off_wherever_they_were_glued_on(address: str, clean: str) -> None:
    assert untracked(address) == clean


def test_a_bare_address_loses_its_tracker_and_the_sentence_keeps_its_end() -> None:
    assert plain("Go to https://a.test/b?WT.mc_id=1. Then on.") == "Go to https://a.test/b. Then on."


def test_what_nobody_sees_goes_and_every_space_is_plain() -> None:
    assert plain("\ufeffze\u200bro, soft\u00adly, a\u00a0b\u3000c") == "zero, softly, a b c"


def test_joiners_that_shape_letters_stay() -> None:
    assert plain("क्‍ष می‌روم 👩‍🏫") == "क्‍ष می‌روم 👩‍🏫"


@given(MARKDOWN)
def test_any_text_can_be_read_and_reading_twice_changes_no_word(written: str) -> None:
    once = plain(written)

    assert set(once) <= set(written)
