"""Whether the words of a question stand in one sentence, under its headings."""

from __future__ import annotations

import pytest

from bot.domain import Chunk, Document, Passage
from bot.lessons.answers.together import standing
from bot.lessons.language.generic_words import topic_words

DOCUMENT = Document(course="sea", lesson="01-ropes", title="Ropes", language="en", path="01.md", content_hash="1")


def passage(text: str, *, heading: str = "Knots", language: str = "en") -> Passage:
    chunk = Chunk(section=1, heading_path=("Ropes", heading), anchor="", text=text, language=language)
    return Passage(id=1, document=DOCUMENT, chunk=chunk, score=1.0)


@pytest.mark.parametrize(
    "question",
    [
        "How do I moisten canvas?",
        "moistening of canvases",
        "how to strecth canvas",
        "What is the difference between moist and stretched canvas?",
        "canvas",
        "Why do people on old ships moisten the canvas before they stretch it?",
    ],
)
def test_a_sentence_has_them_in_some_form(question: str) -> None:
    assert standing(question, "en", [passage("Canvas shrinks. Moisten canvas before you stretch it.")]).are_together


@pytest.mark.parametrize(
    "question", ["How do I dry wet sails?", "Which wind is dry?", "wind shrinks", "dry climbing rope"]
)
def test_they_stand_apart(question: str) -> None:
    apart = passage("Rope shrinks. Sails are wet.\n\n- Dry a rope.\n- Mind the wind.")

    assert not standing(question, "en", [apart]).are_together


def test_the_heading_is_a_part_of_each_sentence() -> None:
    assert standing(
        "What is a reef knot for?", "en", [passage("It shortens a sail.", heading="Reef knot")]
    ).are_together


def test_a_word_of_chinese_that_stands_alone_counts() -> None:
    rope = passage("绳子放在干燥的地方。", language="zh")

    assert standing("绳子怎么干燥？", "zh", [rope]).are_together
    assert not standing("绳子有多少钠？", "zh", [rope]).are_together


@pytest.mark.parametrize(
    ("question", "language", "left"),
    [
        ("In which year was the rope used?", "en", ["rope"]),
        ("What is the difference?", "en", ["difference"]),
        ("מה ההבדל בין חבל לכבל?", "he", ["חבל", "לכבל"]),
        ("绳子和缆索有什么区别？", "zh", ["绳子", "缆索"]),
    ],
)
def test_words_that_say_what_kind_of_thing_is_asked_for_are_no_topic(
    question: str, language: str, left: list[str]
) -> None:
    assert topic_words(question, language) == left
