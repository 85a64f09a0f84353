"""How a page is laid out in messages: what each is to read at this moment. Pure."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from adapters import fences
from adapters.base import Content, Poster
from adapters.cutting import Cutter, File, Part, preview, with_below
from adapters.delivery.governor import Governor
from adapters.delivery.page import Page
from bot.domain import Figures, Notice
from bot.drawing.figure_pictures import picture_of
from bot.i18n import sentence

# A page's version, that of what was refused of it, whether it is over, and how many messages stand already.
Sight = tuple[int, int, bool, int]
NOTHING_SEEN: Sight = (-1, -1, False, 0)
WHOLE_ANSWER = "answer.md"
# A page of more characters takes longer than the event loop may be held up, were there nothing but signs on it.
LONGEST_AT_ONCE = 4_000
# Stands for what is below an answer; on a line of its own it is no mark of anything.
_WHATEVER_FOLLOWS = "."
# Sources and notices that take more of a message than this are read in the file.
LARGEST_SHARE_BELOW = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How replies are shown on one connection: who grants calls, from how many characters on an answer is a file.

    `file_chars` 0: never. `has_footer`: an answer ends with the model's name and speed.
    """

    governor: Governor = field(default_factory=Governor)
    file_chars: int = 0
    has_footer: bool = False


class Layout:
    """Lays one reply's page out as often as it changes: for a long one that takes tens of milliseconds.

    `latest` is what was laid out last, `reach` how many characters of what the model wrote that was.
    """

    def __init__(self, page: Page, poster: Poster, rules: Rules) -> None:
        self._page = page
        self._poster = poster
        self._rules = rules
        self._cutter = Cutter(poster.limits.message_chars, moved=lambda name: _moved(page, name))
        self._seen: Sight = NOTHING_SEEN
        self._drawn: Figures | None = None
        self._picture: File | None = None
        self.latest: list[Content] = []
        self.reach = 0

    def contents(self, *, posted: int) -> list[Content]:
        """Return what the messages are to read now, oldest first; empty where the page says nothing yet.

        An answer over the rules' length goes into a file. Of the `posted` messages that stand already none is taken
        away; the last one of them says that there is a file.
        """
        seen = self._sight(posted)
        # What was prepared of a page that grows is shown though it has grown since: it is prepared anew soon.
        is_prepared = self._is_long and seen[1:] == self._seen[1:] and not self._page.is_over
        if seen != self._seen and not is_prepared:
            self._see(seen, self._page, self._laid_out(self._page, posted))
        return self.latest

    async def prepare(self, *, posted: int) -> None:
        """Lay a long page out beside the event loop, so that `contents` finds it done and holds nobody up.

        A picture is drawn there, too.
        """
        await self._draw()
        while self._is_long and (seen := self._sight(posted)) != self._seen:
            page = self._page.copy()  # as it is now: more is written to the page meanwhile
            self._see(seen, page, await asyncio.to_thread(self._laid_out, page, posted))
            if not self._page.is_over:
                return

    @property
    def _is_long(self) -> bool:
        return self._page.chars > LONGEST_AT_ONCE

    def _sight(self, posted: int) -> Sight:
        page = self._page
        return page.version, page.omissions.version, page.is_over, posted

    def _see(self, seen: Sight, page: Page, contents: list[Content]) -> None:
        self._seen, self.latest, self.reach = seen, contents, page.omissions.reach(page.raw)

    def _laid_out(self, page: Page, posted: int) -> list[Content]:
        is_whole = page.is_whole
        if is_whole and (shown := self._with_figures(page)):
            return [shown]
        parts = self._growing(page) if self._poster.limits.only_grows else self._parts(page, posted)
        last = len(parts) - 1
        return [
            Content(
                part.text,
                running=not is_whole and index == last,
                buttons=page.buttons if is_whole and index == last else (),
                files=self._files(part, is_last=index == last),
                are_told=is_whole and index == last and page.names_buttons,
                own_chars=self._own_chars(page, part.text) if self._poster.limits.only_grows else 0,
            )
            for index, part in enumerate(parts)
        ]

    def _with_figures(self, page: Page) -> Content | None:
        """Return the one message that shows figures; None where the platform does not, or it would not fit into one."""
        poster = self._poster
        if page.figures is None or page.answer or not poster.limits.has_tables:
            return None
        text, in_words = (poster.render(page.whole("", has_tables=shown)) for shown in (True, False))
        if not text.strip() or max(len(text), len(in_words)) > poster.limits.message_chars:
            return None
        return Content(
            text,
            buttons=page.buttons,
            files=self._brought(),
            are_told=page.names_buttons,
            figures=page.figures,
            in_words=in_words,
        )

    def _files(self, part: Part, *, is_last: bool) -> tuple[File, ...]:
        """Return what is attached to a message: with the last one what the reply brings."""
        if not is_last:
            return part.files
        return (*part.files, *self._brought()) if self._page.is_whole else ()

    def _brought(self) -> tuple[File, ...]:
        """Return the files that the reply brings, and the picture of its figures."""
        return (*self._page.files, *([self._picture] if self._picture else ()))

    async def _draw(self) -> None:
        """Draw the picture of the page's figures, once, beside the event loop."""
        figures = self._page.figures
        if figures is None or figures is self._drawn or not self._poster.limits.has_pictures:
            return
        self._drawn = figures
        if drawn := await asyncio.to_thread(picture_of, figures, self._page.locale):
            self._picture = File(drawn.name, "", data=drawn.png, alt=drawn.alt)
            self._seen = NOTHING_SEEN

    def _below(self, page: Page) -> str:
        return page.below(self._poster.footnote, has_footer=self._rules.has_footer) if page.is_whole else ""

    def _growing(self, page: Page) -> list[Part]:
        """Return one part for all: what was written and nothing else, until what stands below it comes last."""
        text = self._text(page, page.written, self._below(page))
        return [Part(text, text)] if text.strip() else []

    def _own_chars(self, page: Page, text: str) -> int:
        """Return how much of a text, at its end, are the bot's own words: all where the model wrote none."""
        if not page.is_whole:
            return 0
        has_words = self._poster.render(page.written).strip()
        return len(self._poster.render(self._below(page))) if has_words else len(text)

    def _text(self, page: Page, written: str, below: str) -> str:
        """Return what is to be read: what was written, and below it, in no fence of it, what stands there at the end.

        Both are rendered apart: nothing in an answer makes something else of the bot's own sentences.
        """
        poster = self._poster
        text = poster.render(written)
        if not page.is_whole:
            return text
        if not text.strip():
            return poster.render(page.whole(below))
        is_raw = poster.limits.only_grows
        return with_below(self._ended(written, text), poster.render(below), is_raw=is_raw) if below else text

    def _ended(self, written: str, text: str) -> str:
        """Return what was written as it reads where something follows, with which no sign of it pairs.

        In code that is open at its end nothing does.
        """
        if self._poster.limits.only_grows or fences.open_at_end(text):
            return text
        followed = self._poster.render(f"{written}\n\n{_WHATEVER_FOLLOWS}")
        above = followed.removesuffix(_WHATEVER_FOLLOWS)
        return text if above == followed else above.rstrip("\n")

    def _parts(self, page: Page, posted: int) -> list[Part]:
        poster, below = self._poster, self._below(page)
        parts = self._cutter.cut(self._text(page, page.answer, below))
        if not 0 < self._rules.file_chars < len(page.answer):
            return parts
        parts = parts[: max(1, posted)]
        return [*parts[:-1], _with_the_whole(parts[-1], page, poster, below)] if page.is_whole else parts


def _with_the_whole(last: Part, page: Page, poster: Poster, below: str) -> Part:
    """Let the last message say that the whole answer is in its file, above what stands below every answer."""
    most = poster.limits.message_chars
    lines = [poster.footnote(sentence(Notice("answer.in_file", {"file": WHOLE_ANSWER}), page.locale))]
    if len(below) < most * LARGEST_SHARE_BELOW:
        lines += [below] if below else []
    shown = preview(last.text, most, note=poster.render("\n".join(lines)), name=WHOLE_ANSWER)
    return replace(shown, files=(*last.files, File(WHOLE_ANSWER, page.whole(page.below(str)))))


def _moved(page: Page, name: str) -> str:
    return sentence(Notice("answer.moved", {"file": name}), page.locale)
