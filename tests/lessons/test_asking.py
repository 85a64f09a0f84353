"""What is read out of a question: its language, its words, the terms in it, and whether it goes on from another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import LessonQuestion
from bot.lessons.language.stop_words import content, language_asked
from bot.lessons.language.terms import english_of
from bot.lessons.language.words import folded, lesson_words, pieces, words
from bot.lessons.search.query import asked, leans_back

INDEXED = ("ar", "de", "en", "es", "fr", "he", "hi", "ja", "pt-BR", "ru", "zh")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("What's NEW?", ["what", "s", "new"]),
        ("שָׁלוֹם לַצ'אט", ["שלום", "לצאט"]),
        ("मेमोरी क्या है?", ["मेमोरी", "क्या", "है"]),
        ("AIモデルとは", ["ai", "モデルとは"]),
        ("café ＡＩ", ["café", "ai"]),
    ],
)
def test_words_are_what_is_left_without_points_and_marks(text: str, said: list[str]) -> None:
    assert words(text) == said


def test_addresses_and_tags_are_no_words_of_a_lesson() -> None:
    assert lesson_words('See [the *pier*](https://example.org/x "y") <br> and <https://a.b>') == [
        "see",
        "the",
        "pier",
        "and",
    ]


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text(min_size=2))
def test_pieces_of_a_word_make_up_the_word(text: str) -> None:
    for word in words(text):
        assert all(piece in word for piece in pieces(word))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("how do tides work", "en"),
        ("tides?", "en"),
        ("מה זה MCP host?", "he"),
        ("ما هو المد؟", "ar"),
        ("что такое прилив", "ru"),
        ("ज्वार क्या है?", "hi"),
        ("什么是潮汐？", "zh"),
        ("潮汐とは何ですか", "ja"),
        ("¿cómo se lee una tabla?", "es"),
        ("wie liest man eine Tabelle", "de"),
        ("comment lire une table pour les marées", "fr"),
        ("como se lê uma tabela? não sei", "pt-BR"),
    ],
)
def test_a_question_tells_its_language(text: str, language: str) -> None:
    assert language_asked(text, INDEXED) == language


def test_a_language_that_is_not_indexed_is_still_told_by_its_script() -> None:
    assert language_asked("מה זה?", ("en", "es")) == "he"


def test_a_region_is_taken_as_it_is_indexed() -> None:
    assert language_asked("什么是潮汐？", ("en", "zh-TW")) == "zh-TW"


def test_words_that_bind_are_left_out_unless_there_are_no_others() -> None:
    assert content("What is a spring tide?", "en") == ["spring", "tide"]
    assert content("what is it?", "en") == ["what", "is", "it"]
    assert content("大潮とは何ですか？", "ja") == ["大潮"]


@pytest.mark.parametrize(
    ("said", "english"),
    [
        ("כמה פרמטרים יש לפלקון", {"פרמטרים": ("parameters",), "לפלקון": ("falcon",)}),
        ("מה זה כוונון עדין", {"כוונון": ("fine", "tuning"), "עדין": ("fine", "tuning")}),
        ("ما هو الضبط الدقيق", {"الضبط": ("fine", "tuning"), "الدقيق": ("fine", "tuning")}),
        ("余弦相似度", {"余弦": ("cosine", "similarity"), "弦相": ("cosine", "similarity")}),
        ("что такое токены", {"токены": ("token",)}),
        ("מה השעה", {}),
    ],
)
def test_terms_are_known_in_other_letters(said: str, english: dict[str, tuple[str, ...]]) -> None:
    assert english.items() <= english_of(words(said)).items()
    assert bool(english) == bool(english_of(words(said)))


@pytest.mark.parametrize(
    ("text", "language", "leans"),
    [
        ("and at night?", "en", True),
        ("ומה בלילה?", "he", True),
        ("¿y de noche?", "es", True),
        ("why?", "en", True),
        ("who invented it?", "en", True),
        ("那晚上呢？", "zh", True),
        ("how high is a spring tide at night in winter", "en", False),
        ("trace vs span?", "en", False),
        ("וקטור ומטריצה במרחב?", "he", False),
    ],
)
def test_a_question_that_goes_on_is_known(text: str, language: str, leans: bool) -> None:  # noqa: FBT001 - an example
    assert leans_back(text, language) is leans


def test_the_question_before_counts_less() -> None:
    wanted = asked(LessonQuestion(text="and at night?", previous="how high is the tide"), ("en",))

    assert {term.text: term.weight for term in wanted.terms} == {"night": 1.0, "high": 0.5, "tide": 0.5}
    assert wanted.embedded == "how high is the tide and at night?"


def test_languages_are_looked_in_the_wanted_one_first() -> None:
    assert asked(LessonQuestion(text="why?", language="he"), INDEXED).languages == ("he", "en")
    assert asked(LessonQuestion(text="למה?"), INDEXED).languages == ("he", "en")
    assert asked(LessonQuestion(text="למה?"), ("de", "fr")).languages == ("de", "fr")


@given(st.text(), st.text(), st.sampled_from(["", "he", "xx"]))
def test_any_text_can_be_asked(text: str, previous: str, language: str) -> None:
    wanted = asked(LessonQuestion(text=text, previous=previous, language=language), INDEXED)

    assert set(wanted.languages) <= set(INDEXED)
