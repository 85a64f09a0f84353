"""SVG becomes PNG, with the fonts that come as packages and no others: a picture is the same on every machine."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

FONTS = ("fontpkg_heebo", "fontpkg_noto_sans_arabic")


def png_of(svg: str) -> bytes:
    """Return the picture as PNG; takes 20 to 80 ms. What draws is loaded at the first picture."""
    from resvg_py import svg_to_bytes

    return bytes(svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=list(_font_files())))


@cache
def _font_files() -> tuple[str, ...]:
    """Return where the fonts are; the packages themselves need not be imported for that."""
    folders = [
        Path(place) for name in FONTS if (spec := find_spec(name)) for place in spec.submodule_search_locations or ()
    ]
    return tuple(str(path) for folder in folders for path in sorted(folder.glob("files/*.ttf")))
