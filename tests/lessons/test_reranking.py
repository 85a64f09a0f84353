"""How passages are ordered once their text is read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Chunk, Document, Passage
from bot.lessons.search.reranking import reranked

DOCUMENT = Document(
    course="hive", lesson="03-bees", title="Bees", language="en", path="03-bees/README.md", content_hash="1"
)


def passage(text: str, *, heading: str = "Bees", score: float = 10.0, number: int = 1) -> Passage:
    chunk = Chunk(section=number, heading_path=("Hive", heading), anchor="", text=text, language="en")
    return Passage(id=number, document=DOCUMENT, chunk=chunk, score=score)


def first(question: str, *passages: Passage) -> str:
    numbered = [replace(one, id=number) for number, one in enumerate(passages, start=1)]
    return reranked(question, numbered)[0].chunk.text


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        ("What is a drone?", "A drone is a male bee.", "Keep every drone out of the rain, for a drone feels the cold."),
        ("drone", "A **drone** is a male bee.", "Other examples of a drone and its moods are told in May."),
        (
            "What is royal jelly?",
            "This food is called royal jelly.",
            "We sell royal jelly to people who like royal jelly.",
        ),
        ("מה זה מזל״ט?", "מזל״ט הוא כלי טיס בלי טייס.", "קנו מזל״ט ביום שיש בו שמש, וגם מזל״ט שני."),
        ("什么是雄蜂？", "雄蜂是公的蜜蜂。", "五月请好好喂养雄蜂，也别让雄蜂淋雨。"),
    ],
)
def test_the_passage_that_defines_comes_first(question: str, better: str, worse: str) -> None:
    assert first(question, passage(worse, score=10.5), passage(better)) == better


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        ("How hot is the brood nest?", "The brood nest is kept at 35 °C.", "The brood nest has 6,000 cells in May."),
        ("When was the hive invented?", "Langstroth invented the hive in 1851.", "The hive he invented had 10 frames."),
    ],
)
def test_the_passage_with_the_amount_asked_for_comes_first(question: str, better: str, worse: str) -> None:
    assert first(question, passage(worse, score=10.3), passage(better)) == better


def test_words_in_one_sentence_count_more_than_words_far_apart() -> None:
    apart = "A queen lives long. Wax is soft. Some smell of it. A swarm hangs in a tree."
    together = "A queen leaves with her swarm."

    assert first("Does the queen leave with the swarm?", passage(apart, score=11.0), passage(together)) == together


@pytest.mark.parametrize("heading", ["Wax or honey", "Wax and honey compared"])
def test_a_comparison_s_own_section_comes_first(heading: str) -> None:
    own = passage("Wax keeps for years, while honey draws water.", heading=heading)
    others = [
        passage("Wax melts. Wax burns.", heading="Wax", score=11),
        passage("Honey flows.", heading="Honey", score=11),
    ]

    assert first("What is the difference between wax and honey?", *others, own) == own.chunk.text


@pytest.mark.parametrize("heading", ["Review Questions", "Knowledge check", "Learning goals", "בוחן"])
def test_a_quiz_about_it_comes_behind_what_teaches(heading: str) -> None:
    teaches = passage("Bees dance to tell where flowers are.", heading="Signals")
    quiz = passage("Bees dance to tell where flowers are.\n\n- yes\n- no", heading=heading, score=11.0)

    assert first("What do bees dance for?", quiz, teaches) == teaches.chunk.text


def test_a_list_comes_first_where_several_things_are_asked_for() -> None:
    listed = "There are three kinds of bees:\n\n- queen\n- worker\n- drone"

    assert (
        first("Which kinds of bees are there?", passage("Kinds of bees differ.", score=10.8), passage(listed)) == listed
    )


def test_scores_are_of_the_new_order() -> None:
    found = reranked(
        "What is a drone?", [passage("Feed it.", score=9), passage("A drone is a bee.", score=8, number=2)]
    )

    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert found[0].id == 2


@pytest.mark.parametrize("question", ["", "?", "the of"])
def test_a_question_without_words_leaves_the_order(question: str) -> None:
    passages = [passage("a", number=1), passage("b", number=2, score=9)]

    assert [one.id for one in reranked(question, passages)] == [1, 2]
