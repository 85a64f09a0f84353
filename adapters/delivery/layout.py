"""How a page is laid out in messages: what each is to read at this moment. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from adapters.base import Content, Poster
from adapters.cutting import Cutter, File, Part, preview, with_below
from adapters.delivery.governor import Governor
from adapters.delivery.page import Page
from bot.domain import Notice
from bot.i18n import sentence

WHOLE_ANSWER = "answer.md"
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
        self._seen = (-1, -1, False, 0)
        self.latest: list[Content] = []
        self.reach = 0

    def contents(self, *, posted: int) -> list[Content]:
        """Return what the messages are to read now, oldest first; empty where the page says nothing yet.

        An answer over the rules' length goes into a file. Of the `posted` messages that stand already none is taken
        away; the last one of them says that there is a file.
        """
        page = self._page
        seen = (page.version, page.omissions.version, page.is_over, posted)
        if seen != self._seen:
            self._seen, self.latest, self.reach = seen, self._laid_out(posted), page.omissions.reach(page.raw)
        return self.latest

    def _laid_out(self, posted: int) -> list[Content]:
        page, is_whole = self._page, self._page.is_whole
        parts = self._growing() if self._poster.limits.only_grows else self._parts(posted)
        last = len(parts) - 1
        return [
            Content(
                part.text,
                running=not is_whole and index == last,
                buttons=page.buttons if is_whole and index == last else (),
                files=part.files if is_whole or index < last else (),
                are_told=is_whole and index == last and page.names_buttons,
                own_chars=self._own_chars(part.text) if self._poster.limits.only_grows else 0,
            )
            for index, part in enumerate(parts)
        ]

    def _below(self) -> str:
        page = self._page
        return page.below(self._poster.footnote, has_footer=self._rules.has_footer) if page.is_whole else ""

    def _growing(self) -> list[Part]:
        """Return one part for all: what was written and nothing else, until what stands below it comes last."""
        text = self._text(self._page.written, self._below())
        return [Part(text, text)] if text.strip() else []

    def _own_chars(self, text: str) -> int:
        """Return how much of a text, at its end, are the bot's own words: all where the model wrote none."""
        page = self._page
        if not page.is_whole:
            return 0
        has_words = self._poster.render(page.written).strip()
        return len(self._poster.render(self._below())) if has_words else len(text)

    def _text(self, written: str, below: str) -> str:
        """Return what is to be read: what was written, and below it, in no fence of it, what stands there at the end.

        Both are rendered apart: nothing in an answer makes something else of the bot's own sentences.
        """
        page, poster = self._page, self._poster
        text = poster.render(written)
        if not page.is_whole:
            return text
        if not text.strip():
            return poster.render(page.whole(below))
        return with_below(text, poster.render(below)) if below else text

    def _parts(self, posted: int) -> list[Part]:
        page, poster = self._page, self._poster
        below = self._below()
        parts = self._cutter.cut(self._text(page.answer, below))
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
