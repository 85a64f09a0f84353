"""Word and PowerPoint files are zip archives: what one claims to hold is looked at before anything of it is unpacked.

Python's zipfile reads no more of an entry than it declares, so a claim that is too small does no harm either.
"""

from __future__ import annotations

import io
import zipfile

from bot.documents.stopped import Stopped
from bot.domain.attachments import WhyUnread

MOST_ENTRIES = 5_000
# XML becomes about ten times its size in memory, of which there is half a gigabyte.
MOST_XML_BYTES = 16 * 1024**2
MOST_BYTES = 256 * 1024**2
_ENCRYPTED = 0x1


def checked_archive(content: bytes) -> io.BytesIO:
    """Return an archive to be read. Raises `Stopped` for one that would take too much, or is locked."""
    archive = io.BytesIO(content)
    with zipfile.ZipFile(archive) as opened:
        entries = opened.infolist()
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Stopped(WhyUnread.LOCKED)
    xml_bytes = sum(entry.file_size for entry in entries if entry.filename.lower().endswith((".xml", ".rels")))
    total_bytes = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or xml_bytes > MOST_XML_BYTES or total_bytes > MOST_BYTES:
        raise Stopped(WhyUnread.COSTLY)
    archive.seek(0)
    return archive
