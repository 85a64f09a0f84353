"""Slack's older markup, for a server that knows no Markdown: what `to_slack` made, in the signs it reads."""

from __future__ import annotations

import re
from itertools import groupby

from adapters.slack.dialect import pieces

_BOLD = "\0"
_RULES = (
    (re.compile(r"(?m)^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$"), rf"{_BOLD}\1{_BOLD}"),
    (re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*|__(?=\S)([^_\n]+?)(?<=\S)__"), rf"{_BOLD}\1\2{_BOLD}"),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])"), r"_\1_"),
    (re.compile(r"~~(?=\S)([^~\n]+?)(?<=\S)~~"), r"~\1~"),
    (re.compile(r"\[([^\]\n|<>]+)\]\((https?://[^\s()<>|]+)\)"), r"<\2|\1>"),
    (re.compile(r"(?m)^([ \t]*)[-*+] "), r"\1• "),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!~|-])"), r"\1"),
)
_BARE_AND = re.compile(r"&(?!(?:lt|gt|amp);)")
_FENCE_LANGUAGE = re.compile(r"(?m)^(\s*```)[\w+#.-]+$")


def to_mrkdwn(marked: str) -> str:
    """Return Slack's Markdown as mrkdwn; code stays as it is but for its language, which mrkdwn does not know."""
    runs = [
        (is_code, "".join(piece for _, piece in run)) for is_code, run in groupby(pieces(marked), lambda pair: pair[0])
    ]
    return "".join(_code(text) if is_code else _prose(text) for is_code, text in runs)


def _prose(text: str) -> str:
    text = _BARE_AND.sub("&amp;", text)
    for found, shown in _RULES:
        text = found.sub(shown, text)
    return text.replace(_BOLD, "*")


def _code(text: str) -> str:
    escaped = _BARE_AND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
    return _FENCE_LANGUAGE.sub(r"\1", escaped)
