"""Cutting: one long Markdown text becomes messages, and nothing of it is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from adapters import fences
from adapters.cutting import places
from adapters.cutting.parts import File, Part
from adapters.cutting.window import Window
from adapters.fences import Fence

# The least a message must hold: a fence, its end and some code.
LEAST_CHARS = 64
_VISIBLE = re.compile(r"\S")
_EXTENSIONS = {
    "bash": "sh", "c++": "cpp", "csharp": "cs", "golang": "go", "javascript": "js", "kotlin": "kt", "markdown": "md",
    "python": "py", "ruby": "rb", "rust": "rs", "shell": "sh", "typescript": "ts",
}  # fmt: skip

Moved = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Step:
    """How a message reads, where in the text it ends, what the next one begins with.

    `seen`: whatever follows the text up to there, the step is the same; 0 where that is not known.
    """

    shown: str
    end: int
    opening: str = ""
    file: File | None = None
    seen: int = 0


def cut(text: str, limit: int, *, moved: Moved | None = None) -> list[Part]:
    """Cut a text into parts of at most `limit` characters; empty for a text without visible characters.

    A part that is not the last never changes when text is added at the end; cutting a part gives that part. A line of
    code that is longer than a message goes, with the code that follows it, to a file; `moved` gives the sentence that
    stands in its place, for the file's name. Without `moved` such a line is cut.

    Raises:
        ValueError: the limit is under 64.
    """
    return Cutter(limit, moved=moved).cut(text)


class Cutter:
    """Cuts a text again and again while it grows; what is settled of it is not looked at again."""

    def __init__(self, limit: int, *, moved: Moved | None = None) -> None:
        """See `cut`."""
        self._limit = limit
        self._moved = moved
        self._text = ""
        self._settled: list[_Step] = []

    def cut(self, text: str) -> list[Part]:
        """Return the parts of a text. See the function `cut`."""
        if self._limit < LEAST_CHARS:
            raise ValueError(f"a limit of {self._limit} characters is under {LEAST_CHARS}")
        while self._settled and not text.startswith(self._text[: self._settled[-1].seen]):
            self._settled.pop()
        cutting = _Cutting(text, self._limit, self._moved)
        steps = [*self._settled, *cutting.steps(self._settled[-1] if self._settled else _Step("", 0))]
        self._text = text
        self._settled = [*takewhile(lambda step: 0 < step.seen < len(text), steps)]
        return _parts(text, steps)


def _parts(text: str, steps: Iterable[_Step]) -> list[Part]:
    parts: list[Part] = []
    taken = 0
    for step in steps:
        if step.shown.strip():
            parts.append(Part(step.shown, text[taken : step.end], (step.file,) if step.file else ()))
            taken = step.end
    if parts:
        parts[-1] = replace(parts[-1], source=parts[-1].source + text[taken:])
    return parts


def split(text: str, limit: int) -> list[str]:
    """Return what the parts of a text read."""
    return [part.text for part in cut(text, limit)]


def preview(text: str, limit: int, *, note: str, name: str = "answer.md") -> Part:
    """Return one part for a whole text: its beginning and, below it, `note`; the text is attached as a file.

    Raises:
        ValueError: the note leaves less than 64 characters of the limit.
    """
    beginning = cut(text, limit - len(note) - 2)[:1]
    return Part("\n\n".join([*(part.text for part in beginning), note]), text, (File(name, text),))


class _Cutting:
    def __init__(self, text: str, limit: int, moved: Moved | None) -> None:
        self._text = text
        self._limit = limit
        self._moved = moved
        self._files = 0

    def steps(self, step: _Step) -> Iterator[_Step]:
        """Yield the messages behind a step; one that reads nothing stands for text that belongs to the next."""
        while _VISIBLE.search(self._text, step.end):
            step = self._next(step.end, step.opening)
            yield step

    def _next(self, start: int, opening: str) -> _Step:
        fence = fences.opened(opening.partition("\n")[0], longest=self._limit)
        if fence is None:
            start = self._without_blanks(start)
        elif fence and fences.closes(self._text[start : self._line_end(start)], fence):
            return _Step("", self._line_end(start))
        window = Window.at(self._text, start, opening=opening, limit=self._limit)
        seen = start + len(window.text) - len(opening)
        if seen == len(self._text) and window.fits():
            return _Step(window.shown(), len(self._text))
        window = window.narrowed()
        first = window.lines[0].opens
        if first and len(window.lines) <= 2:  # noqa: PLR2004 - the fence, and a line that does not fit
            return self._long_line(start, window, first)
        return replace(self._cut(start, window, places.best(window)), seen=seen)

    def _without_blanks(self, start: int) -> int:
        """Return where the first line starts that can be seen; the text itself where it stands too far in for that."""
        seen = _VISIBLE.search(self._text, start)
        assert seen
        line = self._text.rfind("\n", start, seen.start()) + 1 or start
        return line if seen.start() - line < self._limit // 2 else seen.start()

    def _cut(self, start: int, window: Window, cut: places.Cut) -> _Step:
        shown = window.text[: cut.at]
        if not window.line_at(cut.at).fence:
            shown = window.until(len(shown.rstrip())).shown()
        return _Step(shown + cut.ending, start + cut.at - window.opening, cut.opening)

    def _long_line(self, start: int, window: Window, fence: Fence) -> _Step:
        """Take a fence whose first line of code does not fit."""
        again = fence.fitted(self._limit)
        first_end = self._line_end(start)
        is_again = window.opening > len(window.lines[0].text)
        if not is_again and len(again.opening) < len(window.lines[0].text):
            if first_end == len(self._text):
                return _Step(f"{again.opening}\n{again.closing}", first_end)
            return _Step("", first_end, f"{again.opening}\n")
        if self._moved is None:
            return self._cut(start, window, self._in_code(window, fence))
        return self._to_file(start if is_again else first_end, fence)

    def _in_code(self, window: Window, fence: Fence) -> places.Cut:
        room = self._limit - len(fence.closing) - 1
        first = max(window.opening, len(window.lines[0].text) + 1)
        ends = [found.end() for found in places.CHARACTER.finditer(window.text, first, room)]
        at = max((end for end in ends[:-1] or [room]), default=room)
        return places.Cut(at, window.closing(at, fence) or "", f"{fence.opening}\n")

    def _to_file(self, start: int, fence: Fence) -> _Step:
        """Move the code from there to the end of its fence into a file."""
        assert self._moved
        self._files += 1
        kind = fence.language.lower()
        extension = _EXTENSIONS.get(kind, kind if kind.isalnum() and kind.isascii() else "txt")
        name = f"code-{self._files}.{extension}"
        code, end = self._code(start, fence)
        return _Step(self._moved(name).strip()[: self._limit] or name, end, file=File(name, code))

    def _code(self, start: int, fence: Fence) -> tuple[str, int]:
        """Return a fence's code from there, and where the text goes on behind the fence."""
        at = start
        while at < len(self._text):
            end = self._line_end(at)
            line = self._text[at:end].removesuffix("\n")
            if fences.leaves(line, fence):
                return self._text[start:at], at
            if fences.closes(line, fence):
                return self._text[start:at], end
            at = end
        return self._text[start:], len(self._text)

    def _line_end(self, start: int) -> int:
        """Return where the next line starts."""
        return self._text.find("\n", start) + 1 or len(self._text)
