"""Documents as people send them, made by the libraries that write such files."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence

from PIL import Image
from pptx import Presentation
from pptx.util import Inches
from pypdf import PdfReader, PdfWriter

WORD_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
WORD_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="word/document.xml" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
WORD_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(*pages: str, password: str = "", owner: str = "", stream: bytes | None = None) -> bytes:
    """Make a PDF of these pages, in one line each; `stream` is what the only page draws, compressed, in their place."""
    streams = [f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1") for text in pages]
    compressed = [zlib.compress(each, 9) for each in streams] if stream is None else [stream]
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(compressed)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(compressed)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for index, content in enumerate(compressed):
        page = f"/Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * index} 0 R"
        objects.append(f"<< /Type /Page {page} /Resources << /Font << /F1 3 0 R >> >> >>".encode())
        head = f"<< /Length {len(content)} /Filter /FlateDecode >>\nstream\n".encode()
        objects.append(head + content + b"\nendstream")
    whole = _numbered(objects)
    return _locked(whole, password, owner) if password or owner else whole


def printed(*pages: Sequence[str], wide: bool = False) -> bytes:
    """Make a PDF of pages of lines as programs draw Hebrew: each letter a sign of the font, from left to right.

    `wide`: the pages are slides.
    """
    letters = sorted({letter for page in pages for line in page for letter in line})
    signs = {letter: f"{at:02X}" for at, letter in enumerate(letters, 1)}
    named = "\n".join(f"<{sign}> <{ord(letter):04X}>" for letter, sign in signs.items())
    meanings = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def "
        f"1 begincodespacerange <00> <FF> endcodespacerange\n{len(signs)} beginbfchar\n{named}\n"
        "endbfchar endcmap end end"
    )
    kids = " ".join(f"{5 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode()]
    objects += [b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 4 0 R >>", _stream(meanings)]
    for at, lines in enumerate(pages):
        drawn = [f"<{''.join(signs[letter] for letter in _as_seen(line))}> Tj 0 -16 Td" for line in lines]
        page = f"/Parent 2 0 R /MediaBox [0 0 {'960 540' if wide else '612 792'}] /Contents {6 + 2 * at} 0 R"
        objects.append(f"<< /Type /Page {page} /Resources << /Font << /F1 3 0 R >> >> >>".encode())
        objects.append(_stream(f"BT /F1 12 Tf 72 520 Td {' '.join(drawn)} ET"))
    return _numbered(objects)


def _as_seen(line: str) -> str:
    return line[::-1] if any("\u0590" <= letter <= "\u05ff" for letter in line) else line


def _stream(text: str) -> bytes:
    packed = zlib.compress(text.encode())
    return f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream"


def docx(body: str) -> bytes:
    """Make a Word file of the XML of its body."""
    document = f'<?xml version="1.0"?><w:document xmlns:w="{WORD_NAMESPACE}"><w:body>{body}</w:body></w:document>'
    return archive({"[Content_Types].xml": WORD_TYPES, "_rels/.rels": WORD_RELATIONS, "word/document.xml": document})


def paragraph(text: str, style: str = "") -> str:
    """Return a paragraph of a Word file."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def table(*rows: Sequence[str]) -> str:
    """Return a table of a Word file."""
    cells = ["".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows]
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def pptx(*slides: Sequence[str], notes: str = "", hidden: int = 0) -> bytes:
    """Make a PowerPoint file: each slide has its texts drawn from the bottom to the top; the first has the notes."""
    presentation = Presentation()
    for number, texts in enumerate(slides, 1):
        slide = presentation.slides.add_slide(presentation.slide_layouts[6])
        for row, text in reversed(list(enumerate(texts))):
            box = slide.shapes.add_textbox(Inches(1), Inches(1 + row), Inches(5), Inches(1))
            box.text_frame.text = text
        if notes and number == 1:
            frame = slide.notes_slide.notes_text_frame
            assert frame is not None
            frame.text = notes
        if number == hidden:
            slide.element.set("show", "0")
    written = io.BytesIO()
    presentation.save(written)
    return written.getvalue()


def picture(kind: str = "png", size: tuple[int, int] = (8, 6)) -> bytes:
    """Make a picture of one colour."""
    written = io.BytesIO()
    Image.new("RGB", size, "navy").save(written, kind)
    return written.getvalue()


def archive(entries: dict[str, str]) -> bytes:
    """Make a zip archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in entries.items():
            opened.writestr(name, content)
    return written.getvalue()


def _numbered(objects: Sequence[bytes]) -> bytes:
    """Return a PDF of its objects, with the table that says where each begins."""
    whole, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(whole))
        whole += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    table_at = len(whole)
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table_at}\n%%EOF\n"
    return whole + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}{end}".encode()


def _locked(whole: bytes, password: str, owner: str) -> bytes:
    writer, written = PdfWriter(), io.BytesIO()
    writer.append_pages_from_reader(PdfReader(io.BytesIO(whole)))
    writer.encrypt(password, owner or None, algorithm="RC4-128")
    writer.write(written)
    return written.getvalue()
