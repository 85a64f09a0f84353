"""Whom a message notifies, as far as Slack's parsing is known.

In mrkdwn every control sequence counts, in code too: only `&lt;` disarms it. In standard Markdown code is not parsed,
and a backslash or an entity disarms. Plain text notifies nobody unless `parse="full"` or `link_names` asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.lab.slack.blocks import Json, texts_and_kinds

CONTROL = re.compile(r"<(?:@([UW][A-Z0-9]+)|!(channel|here|everyone|group)|!subteam\^([A-Z0-9]+))(?:[|^][^<>]*)?>")
CODE = re.compile(r"(?ms)^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)|(?<!`)(`+)(?!`).+?(?<!`)\2(?!`)")
PLAIN = re.compile(r"(?<![\w<])@(channel|here|everyone)\b")


def pings_of(text: str, kind: str) -> set[str]:
    """Return whom one text notifies: user ids, group ids, "channel", "here", "everyone"."""
    if kind == "plain_text":
        return set()
    if kind == "markdown":
        text = re.sub(r"\\<", "&lt;", CODE.sub(" ", text))
    found = {user or group or everyone for user, everyone, group in CONTROL.findall(text)}
    return {"channel" if one == "group" else one for one in found}


def linked_pings(text: str, names: Iterable[tuple[str, str]]) -> set[str]:
    """Return whom a text notifies when Slack is asked to link bare names; `names` are (name, user id)."""
    return set(PLAIN.findall(text)) | {user for name, user in names if re.search(rf"@{re.escape(name)}\b", text)}


def pings_of_blocks(blocks: list[Json]) -> set[str]:
    """Return whom the blocks notify."""
    return {ping for block in blocks for text, kind in texts_and_kinds(block) for ping in pings_of(text, kind)}
