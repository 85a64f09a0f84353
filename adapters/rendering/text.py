"""What a model writes, as a platform reads it: standard Markdown in, the platform's dialect out. Pure.

Only the lines of a construct that the platform does not know, or shows badly, are written anew: all else stays byte for
byte. A construct that is still being written stays as it is until it is whole, and a block that is followed by another
one never changes again; the first line that has a direction decides on that of the text.
"""

from __future__ import annotations

import re
from dataclasses import replace

from adapters.rendering import code
from adapters.rendering.dense import as_it_stands, is_dense
from adapters.rendering.dialect import Dialect
from adapters.rendering.direction import CONTROL_SET, has_right_to_left
from adapters.rendering.remembered import remembered
from adapters.rendering.render import Known, Rendering
from adapters.rendering.sections import WINDOW_CHARS, ReadText, whole_of
from adapters.rendering.source import LEAD, without_leading_controls, without_unseen
from adapters.rendering.unseen import is_suspect

_LEADING = re.compile(rf"^{LEAD}[{CONTROL_SET}]", re.MULTILINE)


def render(markdown: str, dialect: Dialect) -> str:
    """Return the text as the dialect's platform reads it; never raises.

    A second pass changes nothing, but where a tag was taken out before what then begins a block (`<br># Owls`), where
    `__` stood around a lone `*`, where `===` or a line with a lone `*` stands under what was a deep heading, where
    marks stand right between a letter and an address, and where a line has marks of a fence behind others.
    """
    text = markdown.replace("\r\n", "\n").replace("\r", "\n")
    if is_suspect(text):
        text = without_unseen(code.read(text))
    is_mixed = has_right_to_left(text)
    if is_mixed and _LEADING.search(text):
        text = without_leading_controls(code.read(text))
    known, written, at = Known(is_mixed), [], 0
    while len(text) - at > WINDOW_CHARS and (whole := whole_of(text[at : at + WINDOW_CHARS], known.fence)):
        shown, known = _sections(whole, dialect, known)
        written.append(shown)
        at += len(whole.text) + 1
    written.append(_sections(ReadText.of(text[at:], known.fence), dialect, known, is_last=True)[0])
    return "\n".join(shown for shown in written if shown is not None)


# Remembered, since an answer is rendered anew each time it has grown.
@remembered(64)
def _sections(whole: ReadText, dialect: Dialect, known: Known, *, is_last: bool = False) -> tuple[str | None, Known]:
    """Render sections; None where no line is left of them."""
    if is_dense(whole.lines):
        dense = _finished("\n".join(as_it_stands(whole.lines, dialect)), dialect, known)
        return dense, replace(known, fence=code.left_open(whole.lines), opened_tags=())
    *firsts, last = whole.cut()
    written = []
    for section in firsts:
        shown, known = _section(section, dialect, known, is_last=False)
        written.append(shown)
    shown, known = _section(last, dialect, known, is_last=is_last)
    left = [shown for shown in (*written, shown) if shown is not None]
    return "\n".join(left) if left else None, known


@remembered(256)
def _section(section: ReadText, dialect: Dialect, known: Known, *, is_last: bool) -> tuple[str | None, Known]:
    rendering = Rendering(section.lines, dialect, known, is_last=is_last)
    lines = [*rendering.lines()]
    return _finished("\n".join(lines), dialect, known) if lines else None, rendering.known()


def _finished(shown: str, dialect: Dialect, known: Known) -> str:
    if known.fence:
        # What is done last has to see that this is code.
        return dialect.finish(f"{known.fence.opening}\n{shown}").partition("\n")[2]
    return dialect.finish(shown)
