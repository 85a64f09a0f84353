"""What a document is, by its content: what it is called may be wrong."""

from __future__ import annotations

from enum import StrEnum

PDF_MARK, PDF_MARK_WITHIN = b"%PDF-", 1024
ZIP_MARK = b"PK\x03\x04"
# What Office makes of a file with a password: the archive is locked into a container of another kind.
LOCKED_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class DocumentKind(StrEnum):
    """A kind of document; the value is how the reading process is told."""

    PDF = "pdf"
    WORD = "word"
    SLIDES = "slides"


PACKAGES = {DocumentKind.PDF: "pypdf", DocumentKind.WORD: "mammoth", DocumentKind.SLIDES: "pptx"}
"""The package that reads each kind."""


def document_kind(content: bytes) -> DocumentKind | None:
    """Return what a document is; None for what is none that is read. Names in a zip archive stand there as they are."""
    if PDF_MARK in content[:PDF_MARK_WITHIN]:
        return DocumentKind.PDF
    if not content.startswith(ZIP_MARK):
        return None
    if b"ppt/presentation.xml" in content:
        return DocumentKind.SLIDES
    return DocumentKind.WORD if b"word/document.xml" in content else None
