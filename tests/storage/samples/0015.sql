INSERT INTO conversations (id, platform, workspace, channel, thread, context_turn, context_from)
VALUES (3, 'discord', 'guild', 'channel', 'thread', 0, 0);

INSERT INTO events (id, platform, workspace, event_id, channel, platform_message_id, received_at)
VALUES (1, 'discord', 'guild', 'e1', 'channel', 'm1', '2026-01-02 03:04:05.000006'),
       (2, 'discord', 'guild', 'e2', NULL, NULL, '2026-01-02 03:04:05.000006'),
       (3, 'discord', 'guild', 'e3', 'channel', 'm3', '2026-01-02 03:05:05.000006');

INSERT INTO turns (id, conversation_id, state, accepted_at, started_at, finished_at, model, error_key, prompt_tokens, answer_tokens, attempt, worker, lease_until, stop_requested_at, event_id, platform_message_id, reply_to, is_direct, person_id, person_name, person_is_admin, person_locale, lessons_only, about_turn, continues, published_at, unseen, hint, compares, job)
VALUES (5, 3, 'answered', '2026-01-02 03:04:05.000006', '2026-01-02 03:04:05.000007', '2026-01-02 03:04:06.000006', 'm', '', 3, 2, 0, NULL, NULL, NULL, NULL, NULL, 'm0', 0, NULL, NULL, NULL, NULL, 0, NULL, NULL, '2026-01-02 03:04:09.000006', NULL, NULL, NULL, NULL),
       (6, 3, 'running', '2026-01-02 03:05:05.000006', '2026-01-02 03:05:05.000007', NULL, '', '', 0, 0, 1, 'w1', '2026-01-02 03:05:15.000006', NULL, 'e3', 'm3', 'm2', 0, 'p1', 'Pia', 1, 'he', 1, NULL, NULL, NULL, 'owl.png', NULL, 'm
n', NULL),
       (7, 3, 'stopped', '2026-01-02 03:04:07.000006', '2026-01-02 03:04:07.000007', '2026-01-02 03:04:08.000006', 'm', '', 3, 2, 0, NULL, NULL, NULL, NULL, NULL, 'm0', 0, NULL, NULL, NULL, NULL, 0, 5, 1, NULL, NULL, NULL, NULL, NULL),
       (8, 3, 'running', '2026-01-02 03:05:06.000006', '2026-01-02 03:05:06.000007', NULL, '', '', 0, 0, 0, 'w1', '2026-01-02 03:05:15.000006', NULL, 'e4', 'm4', '', 0, 'p1', 'Pia', 1, 'he', 0, NULL, NULL, NULL, NULL, NULL, NULL, '{"command": "model pull", "name": "olmo2:7b", "host": "http://127.0.0.1:11434"}');

INSERT INTO posts (id, turn_id, key, platform_message_id)
VALUES (1, 6, 'turn-6:0', 'b1'),
       (2, 6, 'turn-6:1', 'b2');

INSERT INTO messages (id, conversation_id, turn_id, role, platform_message_id, person_id, person_name, text, model, created_at, written_by, sources)
VALUES (7, 3, 5, 'user', 'm1', 'p1', 'Pia', 'שלום', '', '2026-01-02 03:04:05.000006', NULL, NULL),
       (8, 3, 5, 'assistant', NULL, NULL, '', 'hi', 'm', '2026-01-02 03:04:06.000006', 7, '[["Tides", "https://lessons.example/tides", false]]'),
       (9, 3, 6, 'user', 'm3', 'p1', 'Pia', '> Tom: hi

more', '', '2026-01-02 03:05:05.000006', NULL, NULL);

INSERT INTO quotes (id, message_id, person_id, chars)
VALUES (1, 9, 'p2', 11);

INSERT INTO ratings (id, turn_id, person_id, verdict, reason, model, rated_at)
VALUES (1, 7, 'p2', 'bad', 'לא נכון', 'm', '2026-01-02 03:04:10.000006');

INSERT INTO choices (id, platform, workspace, channel, thread, level, person_id, model, chosen_by, chosen_at)
VALUES (1, 'discord', 'guild', 'channel', '', 'channel', '', 'm', 'p1', '2026-01-02 03:04:05.000006');

INSERT INTO notes (name, value, written_at)
VALUES ('commands', 'hash', '2026-01-02 03:04:05.000006');

INSERT INTO lesson_documents (id, source, path, course, lesson, number, title, language, url, content_hash, model, is_stale)
VALUES (4, 'docs', '02-tides/README.md', 'harbour', '02-tides', '2', 'Tides', 'en', '', 'abc', 'small', 0);

INSERT INTO lesson_chunks (id, document_id, position, section, heading_path, anchor, text, language, vector)
VALUES (11, 4, 0, 0, '[]', '', 'Tides come twice a day.', 'en', x'003c0000'),
       (12, 4, 1, 1, '["Tides", "גאות"]', 'גאות', 'The moon pulls.', 'en', NULL);

INSERT INTO lesson_languages (language, generation)
VALUES ('en', 3);

INSERT INTO usage (day, subject, questions, tokens, told)
VALUES ('2026-01-02', '9f86d081884c7d65', 38, 5000000000, 75);

INSERT INTO compared_answers (turn_id, label, model, digest, chars, first_s, answer_s, answer_tokens)
VALUES (5, 'a', 'm', 'sha256:1', 40, 0.5, 2.25, 11),
       (5, 'b', 'n', '', 0, 0.0, 0.0, 0);

INSERT INTO votes (id, turn_id, platform, workspace, person_id, first, first_digest, first_chars, second, second_digest, second_chars, outcome, reason, voted_at)
VALUES (1, 5, 'discord', 'guild', 'p2', 'm', 'sha256:1', 40, 'n', '', 12, 0.5, 'שתיהן טובות', '2026-01-02 03:04:10.000006');

INSERT INTO context_windows (id, conversation_id, model, from_turn, dropped, cut_at, summary, summary_at, next_turn, next_summary, next_at, bytes_per_1000_tokens)
VALUES (1, 3, 'm', 0, 0, NULL, '', NULL, 6, 'Pia said שלום.', '2026-01-02 03:05:00.000006', 4200);

INSERT INTO audit_bounds (name, kept_from)
VALUES ('retention', '2025-01-02 03:04:05.000006');

INSERT INTO audit_log (id, done_at, kind, platform, workspace, channel, thread, level, person_id, model, other, amount)
VALUES (1, '2026-01-02 03:04:05.000006', 'chose', 'discord', 'guild', 'channel', '', 'channel', 'p1', 'm', '', 0),
       (2, '2026-01-02 03:04:06.000006', 'erased', 'discord', 'guild', '', '', '', '(forgotten)', '', '', 0);

INSERT INTO known_models (model, host, digest, licence, seen_at, missing_since)
VALUES ('m', 'http://127.0.0.1:11434', 'sha256:1', 'apache-2.0', '2026-01-02 03:04:05.000006', NULL),
       ('n', 'http://127.0.0.1:11434', '', '', '2026-01-02 03:04:05.000006', '2026-01-02 03:05:05.000006');

INSERT INTO model_news (id, key, kind, model, was, now, noted_at)
VALUES (1, 'moved m', 'moved', 'm', 'sha256:0', 'sha256:1', '2026-01-02 03:04:05.000006');

INSERT INTO news_places (place, up_to, taken_to, worker, taken_at, taken_until)
VALUES ('slack:channel:C1', 0, 1, 'w', '2026-01-02 03:04:05.000006', '2026-01-02 03:09:05.000006');

INSERT INTO replacements (id, platform, workspace, old, new, made_at, undone_at)
VALUES (1, 'discord', 'guild', 'k', 'm', '2026-01-02 03:04:05.000006', NULL);

UPDATE choices SET moved_by = 1, moved_from = 'k' WHERE id = 1;

INSERT INTO model_work (id, began_at, ended_at, worked_s, model, digest, host, prompt_tokens, answer_tokens, is_counted, is_measured, is_remote, platform, workspace, channel, person_id, turn_id)
VALUES (1, '2026-01-02 03:04:05.000006', '2026-01-02 03:04:07.500006', 2.5, 'm', 'sha256:1', 'http://gpu:11434', 120, 40, 1, 0, 0, 'discord', 'guild', 'channel', 'p1', 5),
       (2, '2026-01-02 03:04:06.000006', '2026-01-02 03:04:08.000006', 2.0, 'n', '', '', 0, 0, 0, 1, 0, 'discord', 'guild', '', '', 0);

INSERT INTO assistants (id, platform, workspace, channel, home, owner_id, name, name_key, prompt, model, lessons, greeting, author_id, made_in, made_at, source_id, version)
VALUES (1, 'discord', '', '', 'me', 'p1', 'מורה', 'מורה', 'Ask back.', 'm', 'harbour', 'שלום', 'p1', 'guild', '2026-01-02 03:04:05.000006', 0, 2),
       (2, 'discord', 'guild', 'channel', 'channel', '', 'מורה', 'מורה', 'Ask back.', 'm', 'harbour', 'שלום', 'p1', 'guild', '2026-01-02 03:04:06.000006', 1, 1);

INSERT INTO assistant_uses (id, platform, workspace, channel, thread, level, person_id, assistant_id, name, chosen_by, chosen_at, told_turn)
VALUES (1, 'discord', 'guild', 'channel', '', 'channel', '', 2, 'מורה', 'p1', '2026-01-02 03:04:07.000006', NULL),
       (2, 'discord', 'guild', 'channel', 'thread', 'me', 'p1', 9, 'Pirate', 'p1', '2026-01-02 03:04:07.000006', 5);

INSERT INTO assistant_greetings (conversation_id, assistant_id, turn_id)
VALUES (3, 2, 5);

INSERT INTO course_choices (id, platform, workspace, channel, course, chosen_by, chosen_at)
VALUES (1, 'discord', 'guild', 'channel', 'harbour', 'p1', '2026-01-02 03:04:08.000006'),
       (2, 'slack', 'T1', '', 'ימאות', '', '2026-01-02 03:04:09.000006');

INSERT INTO lesson_sources (source, asked, courses, origin, taken_at, tried_at, failure, worker, held_until)
VALUES ('https://github.com/o/harbour', '{"source": "https://github.com/o/harbour", "languages": ["he"]}', '{"harbour": ""}', 'https://github.com/o/harbour', '2026-01-02 03:04:08.000006', '2026-01-02 03:04:08.000006', '', '', '2026-01-02 03:04:08.000006');
