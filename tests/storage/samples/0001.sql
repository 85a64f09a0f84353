INSERT INTO conversations (id, platform, workspace, channel, thread, context_turn, context_from)
VALUES (3, 'discord', 'guild', 'channel', 'thread', 0, 0);

INSERT INTO events (id, platform, workspace, event_id, channel, platform_message_id, received_at)
VALUES (1, 'discord', 'guild', 'e1', 'channel', 'm1', '2026-01-02 03:04:05.000006'),
       (2, 'discord', 'guild', 'e2', NULL, NULL, '2026-01-02 03:04:05.000006');

INSERT INTO turns (id, conversation_id, state, accepted_at, model, error_key, prompt_tokens, answer_tokens)
VALUES (5, 3, 'answered', '2026-01-02 03:04:05.000006', 'm', '', 3, 2);

INSERT INTO messages (id, conversation_id, turn_id, role, platform_message_id, person_id, person_name, text, model, created_at)
VALUES (7, 3, 5, 'user', 'm1', 'p1', 'Pia', 'שלום', '', '2026-01-02 03:04:05.000006'),
       (8, 3, 5, 'assistant', NULL, NULL, '', 'hi', 'm', '2026-01-02 03:04:06.000006');

INSERT INTO choices (id, platform, workspace, channel, thread, level, person_id, model, chosen_by, chosen_at)
VALUES (1, 'discord', 'guild', 'channel', '', 'channel', '', 'm', 'p1', '2026-01-02 03:04:05.000006');

INSERT INTO notes (name, value, written_at)
VALUES ('commands', 'hash', '2026-01-02 03:04:05.000006');
