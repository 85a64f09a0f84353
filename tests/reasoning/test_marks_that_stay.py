"""Marks and roles that an answer tells of: public reports have most of these forms."""

from __future__ import annotations

import pytest

from tests.reasoning.answers_shown import shown

WRITTEN_ABOUT = [
    "<details>\n<summary>Click for the answer</summary>\n4\n</details>",
    "Use the `reasoning` field; `</think>` closes it.",
    "In “<think>…</think>” the model reasons.",
    "~~~\n<think>\n~~~\nDone",
    "The final answer is four.",
    "Final: four",
    "I was thinking: four.",
    "### Response\nParis.",
    "Bob, it is Paris.",
    '```json\n{"tool": "f"}\n```',
    "Tool call: f(a=1)",
    'I will call search(q="owl").',
    "To stop, type `<|im_end|>`.",
    "The user said: hi.",
    "Use <tool> tags.",
    "Q: Why?\nA: Because.",
    "User:\n- reads\n- writes",
    "Here are roles.\nUser: reads.\nAdmin: writes.",
    "if a[INST]: b[EOS] = 1",
    "A <pad> b",
    "The `<think>` tag opens, `</think>` closes.",
    "```xml\n<think>a</think>\n```",
    'Use "</think>" to stop.',
    "I think <b>so</b>.",
    "Write <thinker> for it.",
    "- `<think>`: reasoning\n- `<answer>`: answer",
    "The \\<think\\> tag.",
    "Thought: it is fine.",
    "Reasoning: it is four, since 2+2=4.",
    "**Thinking Process:** none.",
    "analysis: four",
    "Paris.\nQ: And Rome?\nA: Italy.",
    '```json\n{"name": "search", "arguments": {"q": "owl"}}\n```',
    "Lyceum — Paris.",
    "<Bob> hi\n<Lyceum> Paris.",
    "Paris.\n\n**Bob:** and Rome?\n\n**Lyceum:** Italy.",
    "@Bob: Paris.",
    "Use `</s>` at the end.",
    "HTML: <s>gone</s> here",
    "f(a) |> g <| h",
    'The token "<|im_end|>" ends a turn.',
    "The user: a person. The assistant: a model.",
    "Roles:\n- User: a person\n- Assistant: a model",
    "**User:** a person\n**Assistant:** a model",
    "array[INST] = 5",
    '{"name": "Bob", "age": 5}',
    "[1, 2, 3]",
    "x = [search(q) for q in qs]",
    "Human: a species of primate.",
    "Pad with [PAD] and begin with [CLS] where needed.",
    "The </s> token ends it, and the <eos> token of others.",
    "tokens[EOS] and rows[PAD] are cells.",
    "User: a person who asks.\nAssistant: a model that answers.",
    "[thinking] Hm, let me see.",
    "The <answer> tag is closed by </answer> too.",
    "Send it to=functions of the team.",
    "Action: pick a day. Then call us.",
    "[f(x) for x in y]",
]


@pytest.mark.parametrize("text", WRITTEN_ABOUT)
def test_what_an_answer_tells_of_stays(text: str) -> None:
    assert shown([text]) == shown(list(text)) == text.strip()
