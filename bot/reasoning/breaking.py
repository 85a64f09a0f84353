"""Texts in which no model finds a token of its own: servers read tokens wherever they stand in a prompt."""

from __future__ import annotations

from functools import cache

import regex

from bot.reasoning.dialects import DIALECTS
from bot.reasoning.expressions import expression
from bot.reasoning.model_dialect import MarkKind

JOINER = "\u2060"  # nobody sees it, and behind the first sign of a token it makes it words
# Of GLM, BERT, Mistral, Gemma, T5, Falcon, Baichuan, code models and those of pictures.
_MORE = (
    *("<s>", "<unk>", "<mask>", "<|{name}>", "[gMASK]", "[sMASK]", "<sop>", "<eop>"),
    *("[CLS]", "[SEP]", "[MASK]", "[PAD]", "[BOS]", "[EOS]", "[UNK]", "<cls>", "<sep>"),
    *("[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[IMG]", "<start_of_image>", "<end_of_image>"),
    *("<extra_id_{name}>", "<reserved_{name}>", "<_system>", "<_user>", "<_bot>"),
    *(
        "<fim_{name}>",
        "<end_of_utterance>",
        "<fake_token_around_image>",
        "<image>",
        "[img-{name}]",
    ),  # Ollama's: the last
    *("<SPECIAL_{name}>", "<ctrl{name}>", "<jupyter_{name}>", "<issue_{name}>", "<commit_{name}>", "<repo_name>"),
    *("<gh_stars>", "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>", "<role>", "</role>", "]~!b["),
)
_SHORTEST_HEAD = 4


def broken(text: str) -> str:
    """Return a text with a joiner in each token; the same text always comes out the same."""
    return _tokens().sub(lambda found: f"{found[0][0]}{JOINER}{found[0][1:]}", text)


@cache
def _tokens() -> regex.Pattern[str]:
    marks = {mark for each in DIALECTS if each.kind is not MarkKind.TEXT for mark in (each.opening, *each.closings)}
    # What is a mark only where its line ends is elsewhere a word in brackets, such as a link's.
    heads = {mark.partition("{")[0].partition("…")[0] for mark in marks if not mark.endswith("{line}")}
    known = {mark for mark in (*marks, *heads, *_MORE) if len(mark) >= _SHORTEST_HEAD or mark in _MORE}
    signs = sorted((mark for mark in known if not mark[0].isalpha()), key=lambda mark: (-len(mark), mark))
    return regex.compile("|".join(map(expression, signs)))
