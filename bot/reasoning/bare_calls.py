"""Calls of tools that a model writes with no mark around them: an answer that is nothing else is none.

An object that a person asked for stays, and so does a call that words stand beside.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import regex

# A longer text is shown as it comes.
MOST_CHARS = 2_000
_NAMED = r'"(?:name|tool|tool_name|function|action)"\s*:\s*"[\w.:/-]{1,64}"\s*,\s*'
_GIVEN = r'"(?:arguments|args|parameters|params|input|tool_input|action_input|kwargs)"\s*:'
_CALL = regex.compile(
    rf'\s*\[?\s*\{{\s*(?:(?:"(?:id|type)"\s*:\s*"[^"]{{0,64}}"\s*,\s*)?{_NAMED}{_GIVEN}'
    r'|"(?:tool_calls|function_call)"\s*:\s*[\[{]|"type"\s*:\s*"function"\s*,\s*"function"\s*:\s*\{)'
)
# As models write them that were taught calls as lists of a program's: `[search(q="owl")]`.
_LISTED = regex.compile(r"\s*\[\s*[A-Za-z_][\w.]{0,60}\(\s*[A-Za-z_]\w{0,40}\s*=\s*")
# As Kimi K2 writes them, its marks taken out by the host.
_NUMBERED = regex.compile(r"\s*functions\.[\w.-]{1,60}:\d{1,3}\s*\{")
_BETWEEN = regex.compile(r"\s*[;,]?\s*(?=\S)")
_STEPS = regex.compile(r"\s*(?:\*\*)?(?:Thought|Action):(?:\*\*)?\s")
_ACTION = regex.compile(r"\n\s*(?:\*\*)?Action(?: Input)?:")
_FINAL = regex.compile(r"\n\s*(?:\*\*)?Final Answer:(?:\*\*)?\s*")


@dataclass(slots=True)
class BareCalls:
    """Holds a text back as long as it may be such a call."""

    _held: str | None = ""

    def feed(self, text: str) -> str:
        """Take the next piece of the text; return what of it can be shown by now."""
        if self._held is None:
            return text
        self._held += text
        return "" if _may_be_one(self._held) else self._released()

    def finish(self) -> str:
        """Return what was held back and is no call."""
        return _without(self._released())

    def _released(self) -> str:
        held, self._held = self._held or "", None
        return held


def _may_be_one(text: str) -> bool:
    if len(text) > MOST_CHARS:
        return False
    return any(opening.match(text, partial=True) for opening in (_CALL, _LISTED, _NUMBERED, _STEPS))


def _without(text: str) -> str:
    if _STEPS.match(text) and _ACTION.search(text):
        final = _FINAL.search(text)
        return text[final.end() :] if final else ""
    if _LISTED.match(text) and (text.rstrip().endswith(")]") or "]" not in text):
        return ""
    if (numbered := _NUMBERED.match(text)) and _is_whole_or_cut(text[numbered.end() - 1 :].strip()):
        return ""
    return "" if _CALL.match(text) and _is_whole_or_cut(text.strip()) else text


def _is_whole_or_cut(text: str) -> bool:
    """Whether a text is values of JSON, the others calls like the first, or the beginning of one."""
    decoder = json.JSONDecoder()
    end = 0
    try:
        _, end = decoder.raw_decode(text)
        while (following := _BETWEEN.match(text, end)) and _CALL.match(text, following.end()):
            _, end = decoder.raw_decode(text, following.end())
    except RecursionError:
        return True
    except json.JSONDecodeError as error:
        # A string that is cut is said to begin where it does.
        return error.pos >= len(text) - 1 or not text.endswith(("}", "]"))
    return end == len(text)
