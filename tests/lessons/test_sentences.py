from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lessons.answers.sentences import sentences


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("**Values are cached.** They update when read.", ["**Values are cached.**", "They update when read."]),
        ("_Owls hunt at night._ Mice do not.", ["_Owls hunt at night._", "Mice do not."]),
        ("**Owls. And mice.** They meet.", ["**Owls. And mice.**", "They meet."]),
        ("**梟は見る。**聞く。", ["**梟は見る。**", "聞く。"]),
        ("「見る。」聞く。", ["「見る。」", "聞く。"]),
    ],
)
def test_what_closes_emphasis_belongs_to_its_sentence(paragraph: str, expected: list[str]) -> None:
    assert sentences(paragraph) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "A bird may hunt in the dark (e.g. Owls do) or by day.",
        "Every cell is single, i.e. Excel shows one number.",
        "Use feathers, e.g. `git add` them.",
        "See Fig. 3 for the wing.",
        "Owls vs. Mice is an old match.",
        "The book of Dr. Brown tells it.",
        "J. K. Rowling wrote of owls.",
        "Man nimmt Federn, z.B. Daunen, dazu.",
        "Man nimmt Federn, z. B. Daunen, dazu.",
        "Usa plumas, p. ej. Las de un búho.",
        "Type `a. B` there.",
        "It took 3 hrs. in all.",
    ],
)
def test_a_shortened_word_ends_no_sentence(sentence: str) -> None:
    assert sentences(sentence) == [sentence]


def test_a_new_sentence_may_begin_behind_and_so_on() -> None:
    assert sentences("Owls, mice, etc. Then it rains.") == ["Owls, mice, etc.", "Then it rains."]


@given(st.text(alphabet="aB.!? *_`()e.g。」", max_size=60))
def test_sentences_put_together_are_the_paragraph(paragraph: str) -> None:
    assert "".join("".join(sentences(paragraph)).split()) == "".join(paragraph.split())
