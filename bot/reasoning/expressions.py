"""How the marks of the table of dialects are found in a text: each as an expression, and by what it begins with."""

from __future__ import annotations

import re
from functools import cache

import regex

# What stands for something in a mark, as an expression and as an example. No expression may match more once it has
# matched: what is found must not depend on where a text was cut.
_STANDS_FOR = {
    "…": (r"[^\n]{0,80}?", ""),
    "{model}": (r"\s{0,3}(?:assistant|model|chatbot|bot|ai|gpt)", "assistant"),
    "{person}": (r"\s{0,3}(?:user|human|system|tool|function|developer|ipython|observation|prompter|customer)", "user"),
    "{thinking}": (r"(?:think|thinking|thought|thoughts|reason|reasoning|analysis)", "thinking"),
    "{name}": (r"[\w▁/.: -]{1,40}", "other"),
    "{capital}": (r"""(?-i:(?=[\p{Lu}\p{Lo}\d"'“*<]))""", ""),
    "{line}": (r"[ \t]{0,3}\n", "\n"),
    "{gap}": (r"\n\n", "\n\n"),
    "{blank}": (r"(?=[\s\[])", " "),
}
PLACEHOLDER = re.compile("|".join(map(re.escape, _STANDS_FOR)))
TAG = re.compile(r"<(/?)((?:[a-z]+:)?\w+)>")
# A server's model name may stand in front of a tag's: NousResearch/hermes-agent#75094.
_NAMED = r"(?:[\w.-]{0,20}[\d_:])?"
# But not in front of one that many end with.
_SHORTEST_NAMED = 4
# And what kind of reasoning it is behind its name: `<thinking_mode>`.
_REASONING = frozenset(("think", "thinking", "thought", "thoughts", "reasoning", "monologue"))
_OF_A_KIND = r"(?:[_:-][a-z]\w{0,20})?"


NAME = re.compile(r"<\s{0,3}/?\s{0,3}([\w:.-]{0,60})")


def example(mark: str) -> str:
    """Return a mark as a model may write it."""
    return PLACEHOLDER.sub(lambda found: _STANDS_FOR[found[0]][1], mark)


def expression(mark: str) -> str:
    """Return what finds a mark: words and brackets in their own case, all else in any."""
    if tag := TAG.fullmatch(mark):
        before = _NAMED if len(tag[2]) >= _SHORTEST_NAMED and ":" not in tag[2] else ""
        name = f"{before}{tag[2]}{_OF_A_KIND if tag[2] in _REASONING else ''}"
        return rf"(?i:<\s{{0,3}}{tag[1]}\s{{0,3}}{name}(?:\s{{1,3}}[\w:-]{{1,30}}=[^<>/\n]{{0,80}})?\s{{0,3}}>)"
    parts = PLACEHOLDER.split(mark)
    stands_for = [_STANDS_FOR[found][0] for found in PLACEHOLDER.findall(mark)]
    spelt = "".join(_spelt(part) + each for part, each in zip(parts, [*stands_for, ""], strict=True))
    return f"(?i:{spelt})" if mark[0] in "<◁|" else spelt


def _spelt(part: str) -> str:
    """Return what finds a part of a mark; DeepSeek's wide bars and low lines are written narrow as well.

    A tag right behind another may stand on a line of its own.
    """
    spelt = regex.escape(part, special_only=True).replace("｜", r"[｜|]").replace("▁", "[▁_ ]")
    return spelt.replace("><", r">\s{0,3}<")


@cache
def compiled(mark: str) -> regex.Pattern[str]:
    """Return what finds a mark."""
    return regex.compile(expression(mark))
