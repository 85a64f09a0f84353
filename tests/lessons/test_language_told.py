"""Which language a message is surely in."""

from __future__ import annotations

import pytest

from bot.lessons.language.stop_words import language_asked, language_told


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("מי יצר את Falcon?", "he"),
        ("שלום", "he"),
        ("מה זה GPT-4o mini transcribe?", "he"),
        ("Falcon 是谁做的？", "zh"),
        ("こんにちは", "ja"),
        ("Что такое открытая модель?", "ru"),
        ("مرحبا", "ar"),
        ("Was ist ein Sprachmodell?", "de"),
        ("Quelle licence a Falcon?", "fr"),
        ("Hola, ¿qué es Falcon?", "es"),
        ("¿Cantas?", "es"),
        ("Wer hat Falcon gemacht?", "de"),
        ("Qui a créé Falcon ?", "fr"),
        ("Quem criou Falcon?", "pt"),
        ("Chi ha creato Falcon?", "it"),
        ("How are you today?", "en"),
    ],
)
def test_a_script_or_binding_words_tell_a_language(text: str, language: str) -> None:
    assert language_told(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "ok",
        "Dana",
        "",
        "👋",
        "Kim asked?",
        "wie",
        "cost per token?",
        "Los Angeles",
        "Jean-Luc de la Fontaine du Bois",
        "π = 3.14",
        "α-β pruning",
    ],
)
def test_names_greetings_and_formulas_tell_none(text: str) -> None:
    assert language_told(text) == ""


@pytest.mark.parametrize(
    "text",
    ["What does שלום mean?", "translate 你好", "`print('שלום')`", "print('שלום')", "```\nמי יצר את זה\n```\nWhy?"],
)
def test_a_word_or_code_in_another_script_makes_no_text_one_of_that_language(text: str) -> None:
    assert language_told(text) in {"", "en"}


@pytest.mark.parametrize(
    ("question", "indexed", "language"),
    [
        ("¿Qué es una rama en Git?", ["en"], "es"),
        ("¿Cuánto cuesta Docker?", ["en"], "es"),
        ("Wie lösche ich einen Branch?", ["en"], "de"),
        ("How do I clone a repository?", ["es"], "en"),
        ("How do I clone a repository?", ["en", "es"], "en"),
        ("¿Qué es una rama?", ["en", "es-MX"], "es-MX"),
        ("Docker?", ["es"], "en"),
    ],
)
def test_a_question_is_in_its_own_language_whatever_the_lessons_are_in(
    question: str, indexed: list[str], language: str
) -> None:
    assert language_asked(question, indexed) == language
