"""What others send, whole: the seeds of what is then changed."""

from __future__ import annotations

import json
from typing import Any

from adapters.slack.seals import Seals
from bot.domain import Address, ChatMessage, Person, QuotedMessage

Json = dict[str, Any]

SLACK_BOT = "U0BOT000000"
TEAM, CHANNEL, ADA, TS, ROOT = "T0123456789", "C0123456789", "U0ADA000000", "1764000100.000200", "1764000000.000100"


def envelope(**event: Any) -> Json:
    return {
        "type": "event_callback",
        "event_id": "Ev0123456789",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "authorizations": [{"team_id": TEAM, "user_id": SLACK_BOT, "is_bot": True}],
        "event": {"channel": CHANNEL, "user": ADA, "ts": TS, **event},
    }


SLACK_EVENTS = (
    envelope(type="app_mention", text=f"<@{SLACK_BOT}> hi", blocks=[{"type": "rich_text", "elements": []}]),
    envelope(type="message", channel_type="im", channel="D0123456789", text="hi", thread_ts=ROOT),
    envelope(type="message", channel_type="im", channel="D0123456789", text="", files=[{"id": "F1", "name": "a.png"}]),
    envelope(type="message", subtype="message_deleted", deleted_ts=TS, previous_message={"user": ADA, "ts": TS}),
    envelope(type="message", subtype="message_changed", message={"user": ADA, "ts": TS, "text": f"<@{SLACK_BOT}> x"}),
    envelope(type="app_mention", text=f"<@{SLACK_BOT}> forwarded", attachments=[{"text": "a", "fallback": "b"}]),
    envelope(type="agent_session_stopped", thread_ts=ROOT),
    envelope(type="app_home_opened", tab="messages"),
)
SEALS = Seals("xoxb-nobody")
KEPT = SEALS.sealed(
    {
        "channel": CHANNEL,
        "thread": "",
        "url": "",
        "ts": TS,
        "button": "do:rate?turn=12",
        "where": "",
        "direct": "",
        "quote": "Owls.",
        "workspace": TEAM,
    },
    form="asking",
    user=ADA,
)
SLACK_INTERACTIONS: dict[str, Json] = {
    "press": {
        "type": "block_actions",
        "trigger_id": "1.2.3",
        "team": {"id": TEAM},
        "user": {"id": ADA},
        "channel": {"id": CHANNEL},
        "container": {"message_ts": TS, "thread_ts": ROOT, "is_ephemeral": False},
        "message": {"ts": TS, "thread_ts": ROOT},
        "actions": [{"action_id": "press.1", "value": "do:rate?turn=12&vote=down#why", "text": {"text": "Bad"}}],
        "response_url": "https://hooks.example/1",
    },
    "slash": {
        "trigger_id": "1.2.3",
        "team_id": TEAM,
        "channel_id": CHANNEL,
        "user_id": ADA,
        "command": "/model",
        "text": "use falcon:7b for channel",
        "response_url": "https://hooks.example/1",
    },
    "picked": {
        "trigger_id": "1.2.3",
        "channel": {"id": CHANNEL},
        "user": {"id": ADA},
        "message": {"ts": TS, "thread_ts": ROOT, "text": "Where do owls sleep?", "user": "U0BEN000000"},
        "response_url": "https://hooks.example/1",
    },
    "form": {
        "type": "view_submission",
        "team": {"id": TEAM},
        "user": {"id": ADA},
        "view": {
            "id": "V1",
            "callback_id": "asking",
            "private_metadata": json.dumps(KEPT),
            "state": {
                "values": {
                    "a": {"question": {"value": "Why?"}},
                    "b": {"private": {"selected_options": [{"value": "yes"}]}},
                }
            },
        },
    },
}
TYPED = ("/model use falcon", "model list", "/ask where? private yes", "/lesson quiz 3", "stop", "/forget yes", "help")
BUTTONS = (
    "do:rate?turn=12&vote=down#why",
    "do:again?turn=1",
    "do:go+on?turn=2",
    "stop:12",
    "do:lesson+answer?n=1&of=2",
)


def message(said: str, *, quoted: str) -> ChatMessage:
    return ChatMessage(
        event_id="E1",
        message_id="M1",
        address=Address("lab", "W1", "C1"),
        person=Person("dana", "Dana"),
        text=said,
        quotes=(QuotedMessage(quoted, "Ben", "ben"),),
    )


def chunk(content: str, **more: Any) -> Json:
    said = {"role": "assistant", "content": content}
    return {"model": "m", "created_at": "2026-11-30T06:25:03.5Z", "message": said, "done": False, **more}


CHUNKS: tuple[Json, ...] = (
    chunk("Hel"),
    chunk("lo", message={"role": "assistant", "content": "", "thinking": "Hm."}),
    chunk(" שלום"),
    chunk(
        "",
        done=True,
        done_reason="stop",
        total_duration=20_111_557_522,
        load_duration=544_351_913,
        prompt_eval_count=230,
        eval_count=900,
        eval_duration=18_216_568_000,
    ),
    {"error": "an error was encountered while running the model: unexpected EOF"},
)
SAID = (*CHUNKS[:-1] * 4, CHUNKS[-1])
MODEL: Json = {
    "name": "smollm2:135m",
    "model": "smollm2:135m",
    "modified_at": "2026-11-23T04:30:42Z",
    "size": 98_362_745,
    "digest": "9077fe9d2ae1",
    "details": {"family": "llama", "families": ["llama"], "parameter_size": "134.52M", "quantization_level": "Q4_1"},
}
TAGS: Json = {"models": [MODEL, {**MODEL, "model": "far:cloud", "remote_host": "https://far.example", "size": 319}]}
SHOWN: Json = {
    "license": "MIT License\nCopyright",
    "model_info": {"general.architecture": "llama", "general.license": "mit", "llama.context_length": 8192},
    "capabilities": ["completion", "thinking"],
}
VECTORS: Json = {"model": "e", "embeddings": [[0.1, 0.2], [0.3, -0.4]]}
ERRORS = (
    b'{"error":"model \'nope:latest\' not found"}',
    b'{"error":"{\\"error\\":{\\"code\\":400,\\"type\\":\\"exceed_context_size_error\\",\\"n_prompt_tokens\\":1780,\\"n_ctx\\":1024}}"}',
    b'{"error":{"code":400,"type":"exceed_context_size_error","n_prompt_tokens":3000,"n_ctx":2048}}',
    b"<html>502 Bad Gateway</html>",
    b"",
)
LLAMA_CHUNKS: tuple[Json, ...] = (
    {"choices": [{"delta": {"role": "assistant", "content": None}}]},
    {"choices": [{"delta": {"content": "Hello"}}]},
    {"choices": [{"delta": {}, "finish_reason": "stop"}]},
    {"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3}, "timings": {"predicted_ms": 12.5}},
)
MANIFEST: list[Json] = [
    {
        "path": "01-owls/README.md",
        "course": "owls",
        "lang": "he",
        "lesson": "01-owls",
        "src_path": "translations/he/01-owls/README.md",
        "canonical_url": "https://github.com/school/owls/blob/main/translations/he/01-owls/README.md",
    }
]
