"""Every error a person meets says what happened, whether what they wrote is safe, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

import pytest

from bot.i18n import LOCALES, further_sentences, sentences

PREFIX = "error."
# Stored as the reason why a turn was closed; no person is told.
UNREAD = {"abandoned", "taken_over"}
# About something asked of the bot itself: no message is at stake, so they say what became of the wish.
ABOUT_COMMANDS = {
    "admin_only", "answer_gone", "assistant_admin_only", "assistant_changed", "assistant_exists", "assistant_gone",
    "assistant_lessons_many", "assistant_lessons_unknown", "assistant_name_long", "assistant_name_sign",
    "assistant_name_taken", "assistant_nameless", "assistant_no_instructions", "assistant_no_workspace",
    "assistant_private", "assistant_text_long", "assistant_unknown", "assistants_most",
    "answer_replaced", "answer_running", "button_unknown", "not_your_question",
    "log_admin_only", "nothing_to_replace", "nothing_to_undo", "same_model", "stand_in_gone",
    "model_barred", "model_cannot_think", "no_reasoning", "reasoning_not_yours",
    "model_cannot_chat", "model_unknown", "model_unknown_near", "model_unreadable", "no_such_level",
    "course_admin_only", "course_unknown", "lesson_elsewhere", "lessons_admin_only", "refresh_not_here",
    "refresh_running", "refresh_broken_off",
    "lesson_no_quiz", "lesson_unclear", "lesson_unknown", "lessons_none", "not_your_answer", "published",
    "quiz_gone", "nothing_to_stop", "option_missing", "option_wrong", "rights_unknown", "too_many_words",
    "model_not_known", "nothing_to_recommend", "unknown_command",
    "models_admin_only", "model_name_odd", "team_name_odd", "no_keeper", "host_unknown", "pull_registry",
    "pull_running", "pull_not_found", "pull_not_found_near", "pull_broken", "pull_no_room", "pull_remote",
    "pull_stalled", "remove_gone", "remove_not_there", "import_no_folder", "import_no_file", "import_no_gguf",
    "import_needs_base", "import_no_adapter", "import_base_missing", "import_exists", "import_refused",
    "usage_admin_only",
}  # fmt: skip
# Met at the start, by whoever runs the bot.
FOR_OPERATORS = {
    "ask_language", "ask_model", "ask_question", "evaluate_line", "evaluate_output", "evaluate_questions",
    "backup_exists", "backup_not_ours", "restore_ahead", "restore_in_use", "restore_missing", "restore_no_copy",
    "restore_not_empty", "restore_not_empty_server",
    "erase_copies", "erase_log_held", "erase_not_ours",
    "catalogue_large", "catalogue_unreadable", "catalogue_wrong",
    "embedded_damaged", "embedded_missing", "environment_certificates", "environment_host", "environment_key",
    "environment_key_log", "environment_no_proxy", "environment_proxy", "host_address", "lessons_archive",
    "lessons_bomb", "lessons_folder",
    "lessons_format",
    "lessons_busy", "lessons_name", "lessons_not_known", "lessons_several_courses",
    "lessons_git", "lessons_language", "lessons_manifest", "lessons_no_git", "lessons_nothing_there", "lessons_ref",
    "lessons_site",
    "lessons_source", "storage_access", "storage_ahead", "storage_behind",
    "storage_create", "storage_crowded", "storage_disk", "storage_driver",
    "storage_locked", "storage_foreign", "storage_location", "storage_login",
    "storage_no_database", "storage_no_right", "storage_not_a_database", "storage_revision", "storage_server_ahead",
    "storage_server_behind", "storage_server_encoding", "storage_server_foreign", "storage_server_old",
    "storage_unreachable", "storage_url",
}  # fmt: skip
SAFE = {"en": ("safe", "nothing is lost"), "he": ("שמור", "דבר לא אבד")}
UNCHANGED = {"en": ("nothing was", "goes on", "stays"), "he": ("דבר לא", "נמשכת", "נשאר")}
ERRORS = {key.removeprefix(PREFIX) for key in sentences("en") if key.startswith(PREFIX)}
ABOUT_MESSAGES = ERRORS - UNREAD - ABOUT_COMMANDS - FOR_OPERATORS


def says(locale: str, name: str, words: Mapping[str, tuple[str, ...]]) -> bool:
    return any(each in sentences(locale)[PREFIX + name] for each in words[locale])


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", sorted(ABOUT_MESSAGES))
def test_an_error_about_a_message_says_that_it_is_safe(name: str, locale: str) -> None:
    assert says(locale, name, SAFE)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", sorted(ABOUT_COMMANDS))
def test_an_error_about_a_command_says_what_became_of_it(name: str, locale: str) -> None:
    assert says(locale, name, UNCHANGED)


def test_every_further_language_says_the_same_with_the_same_parameters() -> None:
    others = further_sentences()
    told = {key: names for key, names in placeholders("en").items() if key in others["es"]}

    assert all({key: named_in(text) for key, text in listed.items()} == told for listed in others.values())
    assert set(others).isdisjoint(LOCALES)


@pytest.mark.parametrize("name", sorted(ERRORS - UNREAD))
def test_an_error_goes_on_from_what_happened(name: str) -> None:
    said = sentences("en")[PREFIX + name]

    assert sum(said.count(mark) for mark in (". ", "; ", ": ")) >= 1


def test_no_group_names_a_sentence_that_is_gone() -> None:
    assert UNREAD | ABOUT_COMMANDS | FOR_OPERATORS <= ERRORS


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_has_the_same_sentences_with_the_same_placeholders(locale: str) -> None:
    assert placeholders(locale) == placeholders("en")


def placeholders(locale: str) -> dict[str, set[str]]:
    return {key: named_in(template) for key, template in sentences(locale).items()}


def named_in(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}
