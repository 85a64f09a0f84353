"""How a page is laid out in messages: what each is to read at this moment. Pure."""

from __future__ import annotations

from dataclasses import replace

from adapters.base import Content, Poster
from adapters.page import Page
from adapters.text import File, Part, cut, preview
from bot.domain import Notice
from bot.i18n import sentence

WHOLE_ANSWER = "answer.md"
# Sources and notices that take more of a message than this are read in the file.
LARGEST_SHARE_BELOW = 0.5


def contents(
    page: Page, poster: Poster, *, posted: int, file_chars: int = 0, has_footer: bool = False
) -> list[Content]:
    """Return what the messages of a page are to read, oldest first; empty where it says nothing yet.

    An answer of more than `file_chars` characters (0: never) goes into a file. Of the `posted` messages that stand
    already none is taken away; the last one of them says that there is a file.
    """
    below = page.below(poster.footnote, has_footer=has_footer) if page.is_over else ""
    text = page.whole(poster.footnote, has_footer=has_footer) if page.is_over else page.answer
    parts = cut(poster.render(text), poster.limits.message_chars, moved=lambda name: _moved(page, name))
    if 0 < file_chars < len(page.answer):
        parts = parts[: max(1, posted)]
        if page.is_over:
            parts[-1] = _with_the_whole(parts[-1], page, poster, below)
    last = len(parts) - 1
    return [
        Content(
            part.text,
            running=not page.is_over and index == last,
            buttons=page.buttons if page.is_over and index == last else (),
            files=part.files if page.is_over or index < last else (),
        )
        for index, part in enumerate(parts)
    ]


def _with_the_whole(last: Part, page: Page, poster: Poster, below: str) -> Part:
    """Let the last message say that the whole answer is in its file, above what stands below every answer."""
    most = poster.limits.message_chars
    lines = [poster.footnote(sentence(Notice("answer.in_file", {"file": WHOLE_ANSWER}), page.locale))]
    if len(below) < most * LARGEST_SHARE_BELOW:
        lines += [below] if below else []
    shown = preview(last.text, most, note=poster.render("\n".join(lines)), name=WHOLE_ANSWER)
    return replace(shown, files=(*last.files, File(WHOLE_ANSWER, page.whole(str))))


def _moved(page: Page, name: str) -> str:
    return sentence(Notice("answer.moved", {"file": name}), page.locale)
