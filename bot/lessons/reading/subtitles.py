"""Subtitles of a lecture (.vtt, .srt, .sbv) as paragraphs, each under the time it begins at."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

CUE = re.compile(
    r"^[ \t]*(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})[ \t]*(?:-->|,)[ \t]*(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}.*$"
)
SPEAKER = re.compile(r"<v(?:\.[\w.]+)?[ ]+([^>]+)>")
TAGS = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}")
SILENT = re.compile(r"^(?:NOTE|STYLE|REGION)\b")
SENTENCE_END = re.compile(r"[.!?…。！？।؟][\"'”’)\]]*$")
# A paragraph is as long as a speaker's thought: a minute, to the end of its sentence; one without ends two.
MINUTE_S = 60
MOST_S = 120


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said from a second on."""

    start_s: int
    text: str


def subtitles_markdown(text: str) -> str:
    """Return subtitles as Markdown: sections whose headings are the times at which they begin."""
    written: list[str] = []
    said: list[str] = []
    start = 0
    for cue in cues(text):
        if said and _ends(said[-1], cue.start_s - start):
            written += [f"## {clock(start)}", "", " ".join(said), ""]
            said = []
        start = start if said else cue.start_s
        if not said or cue.text != said[-1]:
            said.append(cue.text)
    return "\n".join([*written, f"## {clock(start)}", "", " ".join(said), ""] if said else written)


def cues(text: str) -> Iterator[Cue]:
    """Yield what is said, in its order; numbers and notes are not."""
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.strip("\n").split("\n")
        at = next((i for i, line in enumerate(lines) if CUE.match(line)), None)
        found = CUE.match(lines[at]) if at is not None else None
        if at is None or found is None or SILENT.match(lines[0]):
            continue
        said = " ".join(filter(None, (_plain(line) for line in lines[at + 1 :])))
        if said:
            yield Cue(int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3]), said)


def clock(seconds: int) -> str:
    """Return a time as players show it: 1:02:03, 2:03."""
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def _ends(last: str, passed_s: int) -> bool:
    return passed_s >= MOST_S or (passed_s >= MINUTE_S and SENTENCE_END.search(last) is not None)


def _plain(line: str) -> str:
    named = SPEAKER.sub(lambda found: f"{found[1].strip()}: ", line)
    words = html.unescape(TAGS.sub("", named)).strip()
    return re.sub(r"([\\`*_\[\]#]|<(?=[A-Za-z/!]))", r"\\\1", re.sub(r"\s+", " ", words))
