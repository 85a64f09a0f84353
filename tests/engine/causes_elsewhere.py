"""Which test brings about a cause that the engine's door does not: by file, the key and words of its sentence there.

Without words the file names the key itself.
"""

from __future__ import annotations

from collections.abc import Mapping


def named(keys: str) -> Mapping[str, str]:
    """Return rows of a file that names these keys."""
    return dict.fromkeys(keys.split(), "")


ELSEWHERE: Mapping[str, Mapping[str, str]] = {
    "tests/engine/test_reasoning_shown.py": {
        "error.no_reasoning": "",
        "error.only_thought": "",
        "error.reasoning_not_yours": "",
        "notice.reasoning": "",
    },
    "tests/engine/test_remote_models.py": {
        "error.model_barred": "",
        "error.model_left_house": "",
        "error.models_barred": "",
        "notice.remote": "",
    },
    "tests/engine/test_courses.py": named(
        "error.course_admin_only error.course_unknown error.lesson_elsewhere lessons.refused_by_course "
        "lessons.refused_within"
    ),
    "tests/engine/test_refreshing.py": named("error.refresh_not_here error.refresh_running"),
    "tests/engine/test_refresh_schedule.py": named("error.refresh_broken_off"),
    "tests/engine/test_worded_lessons.py": named("lessons.model_silent"),
    "tests/engine/test_citations.py": named("lessons.see_also"),
    "tests/engine/test_thinking.py": {
        "error.model_cannot_think": "",
    },
    "tests/llm/test_engine_errors.py": {
        "error.engine_key": "",
        "error.engine_redirects": "",
    },
    "tests/llm/test_engine_cards.py": {
        "error.engine_odd": "",
    },
    "tests/llm/test_nothing_leaves.py": {
        "error.engine_is_ollama": "",
        "error.engine_outside": "",
        "error.model_elsewhere": "",
    },
    "tests/adapters/test_buttons.py": {
        "error.button_unknown": "",
    },
    "tests/adapters/test_console_answers.py": {
        "notice.stopped": "Stopped.",
    },
    "tests/adapters/test_delivery.py": {
        "notice.interrupted": "The answer broke off here",
    },
    "tests/adapters/test_discord.py": {
        "error.embedded_failed": "",
        "error.internal": "",
    },
    "tests/adapters/test_discord_alone.py": {
        "discord.not_alone": "I cannot answer you alone",
    },
    "tests/adapters/test_discord_asking_about.py": {
        "about.lost": "do not have the message any more",
    },
    "tests/adapters/test_discord_codes.py": {
        "error.content_unfit": "This place does not take what",
        "notice.left_out_unfit": "because this place does not take it",
        "place.closed": "I may not write in",
        "place.refused": "Nothing of what I would say is taken",
    },
    "tests/adapters/test_discord_connection.py": {
        "notice.handed_back": "interrupted here",
    },
    "tests/adapters/test_discord_grants.py": {
        "discord.moved": "if none comes, please ask me to go",
    },
    "tests/adapters/test_discord_refusals.py": {
        "error.content_refused": "moderation of this place does not take what",
        "notice.left_out": "the moderation of this place does not take",
    },
    "tests/adapters/test_slack.py": {
        "slack.not_stored": "within a few minutes",
        "error.storage_full": "",
    },
    "tests/adapters/test_slack_asking.py": {
        "error.storage_busy": "",
    },
    "tests/adapters/test_slack_asking_about.py": {
        "slack.form_unread": "lost what it is",
    },
    "tests/adapters/test_slack_buttons.py": {
        "slack.form_failed": "did not open",
    },
    "tests/adapters/test_slack_input.py": {
        "slack.no_file_scope": "the scope `files:write`",
    },
    "tests/adapters/test_slack_refusals.py": {
        "slack.question_blocked": "does not take your",
    },
    "tests/adapters/test_taking_over.py": {
        "notice.continued": "",
    },
    "tests/adapters/test_told_at_doors.py": {
        "about.nothing_to_read": "That message has no text that I could read",
        "discord.withheld": "leave the ping of your reply on",
        "slack.not_here": "I may not write here, so nothing was asked",
        "slack.not_shown": "Slack did not take your question",
    },
    "tests/contracts/test_answers.py": {
        "error.answer_gone": "",
        "error.answer_replaced": "",
        "error.answer_running": "",
    },
    "tests/contracts/test_members.py": {
        "error.member_unknown": "",
        "error.rights_unknown": "",
    },
    "tests/contracts/test_platforms_input.py": {
        "about.only_files": "could not read what is in that message",
    },
    "tests/engine/test_access.py": {
        "error.direct_not_allowed": "",
        "error.not_your_question": "",
    },
    "tests/engine/test_answers.py": {
        "notice.demonstration": "",
        "notice.oldest_dropped": "",
    },
    "tests/engine/test_pictures.py": {
        "notice.compare_vision": "",
        "notice.no_vision": "",
        "notice.no_vision_here": "",
        "notice.pictures_lost": "",
    },
    "tests/engine/test_asking.py": {
        "error.option_missing": "",
    },
    "tests/engine/test_checked_answers.py": {
        "lessons.removed": "",
    },
    "tests/engine/test_demonstration.py": {
        "lessons.quotes": "",
        "notice.english_only": "",
        "notice.other_languages": "",
    },
    "tests/engine/test_fair.py": {
        "error.person_queue_full": "",
        "error.quota_used": "",
        "error.too_fast": "",
        "notice.quota_last": "",
        "notice.quota_near": "",
    },
    "tests/engine/test_hung_turns.py": {
        "error.turn_hung": "far longer than it should",
    },
    "tests/engine/test_lesson_answers.py": {
        "error.lesson_unknown": "",
        "error.quiz_gone": "",
        "lessons.closest": "",
        "lessons.refused": "",
        "lessons.refused_by_one": "",
        "lessons.small_talk": "",
    },
    "tests/engine/test_comparing.py": {
        "error.compare_one": "",
    },
    "tests/engine/test_model_desk.py": {
        "error.model_not_known": "",
        "error.nothing_to_recommend": "",
    },
    "tests/llm/test_ollama_foreign.py": {
        "error.host_tls": "",
    },
    "tests/engine/test_model_commands.py": {
        "error.model_unreadable": "",
        "error.option_wrong": "",
        "error.too_many_words": "",
    },
    "tests/engine/test_owed_answers.py": {
        "error.answers_owed": "",
    },
    "tests/engine/test_private_answers.py": {
        "error.published": "",
    },
    "tests/engine/test_taking_over.py": {
        "error.gave_up": "",
        "notice.unshown": "",
    },
    "tests/engine/test_turned_clocks.py": {
        "error.storage_failed": "",
    },
    "tests/engine/test_summaries.py": {
        "notice.oldest_summed_up": "",
    },
    "tests/engine/test_usage.py": {
        "error.usage_admin_only": "",
    },
    "tests/engine/test_windows.py": {
        "notice.all_dropped": "",
        "notice.prompt_shifted": "",
    },
    "tests/llm/test_embedders.py": {
        "error.embedder_failed": "",
    },
    "tests/llm/test_errors_page.py": {
        "error.taken_over": "",
    },
    "tests/llm/test_ollama_refusals.py": {
        "error.model_missing": "",
        "error.prompt_too_long_uncounted": "",
    },
    "tests/storage/test_postgres.py": {
        "error.storage_away": "",
    },
    "tests/test_lesson_cli.py": {
        "error.lesson_unclear": "fits several",
    },
    "tests/contracts/test_model_keepers.py": {
        "error.pull_not_found": "",
    },
    "tests/engine/test_asking_another.py": {
        "notice.asked_too": "",
    },
    "tests/engine/test_assistants.py": named(
        """
        error.assistant_admin_only error.assistant_changed error.assistant_exists error.assistant_gone
        error.assistant_lessons_many error.assistant_lessons_unknown error.assistant_name_long
        error.assistant_name_sign error.assistant_name_taken error.assistant_nameless error.assistant_no_instructions
        error.assistant_no_lessons error.assistant_no_workspace error.assistant_other_lessons error.assistant_private
        error.assistant_text_long error.assistant_unknown error.assistants_most notice.assistant_gone
        notice.assistant_gone_instead
        """
    ),
    "tests/engine/test_audit_command.py": {
        "error.log_admin_only": "",
    },
    "tests/engine/test_dictation.py": named(
        """
        error.nobody_hears error.nothing_heard error.voice_lost error.voice_model_missing notice.voice_lost
        notice.voice_silent notice.voice_unheard
        """
    ),
    "tests/engine/test_importing.py": named(
        """
        error.host_unknown error.import_base_missing error.import_exists error.import_needs_base
        error.import_no_adapter error.import_no_file error.import_no_folder error.import_no_gguf error.import_refused
        error.models_admin_only error.pull_no_room error.pull_remote error.team_name_odd
        """
    ),
    "tests/engine/test_model_names.py": {
        "error.pull_registry": "",
    },
    "tests/engine/test_model_news.py": {
        "error.nothing_to_replace": "",
        "error.nothing_to_undo": "",
        "error.same_model": "",
        "error.stand_in_gone": "",
    },
    "tests/engine/test_pulling.py": {
        "error.model_name_odd": "",
        "error.no_keeper": "",
        "error.pull_broken": "",
        "error.pull_not_found_near": "",
        "error.pull_running": "",
        "error.pull_stalled": "",
    },
    "tests/engine/test_removing.py": {
        "error.remove_gone": "",
        "error.remove_not_there": "",
    },
}
# Told to whoever types a command of the command line, or reads the log: `tests/test_cli.py` and the rooms' own tests.
OPERATORS = (
    "error.ask_",
    "error.catalogue_",
    "error.embedded_",
    "error.environment_",
    "error.backup_",
    "error.erase_",
    "error.restore_",
    "error.evaluate_",
    "error.lessons_",
    "error.storage_",
)
OPERATORS_ALONE = ("error.host_address",)
# Said to nobody, as nobody is left to read it.
UNTOLD = ("error.abandoned",)
# Of the platforms' sections those that state a cause; the others are names of fields and buttons.
AT_DOORS = (
    "slack.not_here",
    "slack.not_shown",
    "slack.not_stored",
    "slack.question_blocked",
    "slack.no_file_scope",
    "slack.form_failed",
    "slack.form_unread",
    "discord.withheld",
    "discord.not_alone",
    "discord.moved",
)
