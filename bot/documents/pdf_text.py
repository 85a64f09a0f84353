"""The text of a PDF file, page by page. pypdf writes lines in reading order, also of right-to-left text."""

from __future__ import annotations

import io
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

from bot.documents.stopped import Stopped
from bot.domain.attachments import WhyUnread


def pdf_pages(content: bytes) -> Iterator[str]:
    """Yield the pages that have text, each under its mark. Raises `Stopped`, and what pypdf does on a damaged file."""
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Stopped(WhyUnread.LOCKED)
        for number, page in enumerate(reader.pages, 1):
            if text := page.extract_text().strip():
                yield f"[page {number}]\n{text}"
    except LimitReachedError as error:
        raise Stopped(WhyUnread.COSTLY) from error
    except (DependencyError, FileNotDecryptedError) as error:
        # Newer ciphers take a package that is not installed for them alone.
        raise Stopped(WhyUnread.LOCKED) from error
