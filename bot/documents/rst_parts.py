"""reStructuredText as a lesson: docutils reads it, and this writes what it read as Markdown, with its anchors.

Nothing is opened: what a file includes stands in it already, and what it would have a site run is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docutils.core import publish_doctree

from bot.documents.rst_blocks import blocks
from bot.documents.rst_directives import register_used
from bot.documents.stopped import Stopped
from bot.domain.attachments import WhyUnread
from bot.domain.lesson_parts import LessonPart, PartKind

# Nothing of docutils' own is asked of the machine, nor said to anybody; anchors are those of Sphinx.
SETTINGS = {
    "_disable_config": True, "auto_id_prefix": "id", "docinfo_xform": False, "doctitle_xform": False,
    "file_insertion_enabled": False, "halt_level": 5, "input_encoding": "unicode", "raw_enabled": False,
    "report_level": 5, "smart_quotes": False, "syntax_highlight": "none", "warning_stream": False,
}  # fmt: skip


def rst_parts(content: bytes) -> tuple[str, Iterator[LessonPart]]:
    """Return no title, as it is among the headings, and all of the file. Raises `Stopped` where lists have no end."""
    text = content.decode("utf-8", "replace")
    register_used(text)
    try:
        document = publish_doctree(text, settings_overrides=SETTINGS)
        written = "\n\n".join(blocks(document, document))
    except RecursionError as error:
        raise Stopped(WhyUnread.COSTLY) from error
    return "", iter([LessonPart(PartKind.MARKDOWN, re.sub(r"\n{3,}", "\n\n", written))])
