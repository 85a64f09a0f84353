"""Pictures are known by their first bytes, and how large they unpack by what they say of themselves."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from adapters.picture_kinds import is_shown, picture_size
from tests.documents.samples import picture

PNG = b"\x89PNG\r\n\x1a\n"
HEAD = PNG + b"\x00\x00\x00\rIHDR"


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "gif"])
@pytest.mark.parametrize("size", [(8, 6), (1, 1), (1000, 3)])
def test_the_size_is_what_the_picture_has(kind: str, size: tuple[int, int]) -> None:
    assert picture_size(picture(kind, size)) == size


@pytest.mark.parametrize(("mode", "lossless"), [("RGB", True), ("RGBA", True), ("RGBA", False)])
def test_every_form_of_webp_has_one(mode: str, lossless: bool) -> None:  # noqa: FBT001 - a parameter of the table
    written = io.BytesIO()
    Image.new(mode, (70, 9)).save(written, "webp", lossless=lossless)

    assert picture_size(written.getvalue()) == (70, 9)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"the owl",
        PNG,
        HEAD + struct.pack(">II", 0, 9),
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\x00\x00",
        b"GIF89a\x01",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
    ],
)
def test_what_is_none_has_no_size(content: bytes) -> None:
    assert picture_size(content) is None
    assert not is_shown(content)


def test_one_that_unpacks_to_too_much_is_not_shown() -> None:
    bomb = HEAD + struct.pack(">II", 30_000, 30_000)

    assert picture_size(bomb) == (30_000, 30_000)
    assert not is_shown(bomb)


@given(st.sampled_from(["png", "jpeg", "webp", "gif"]), st.integers(0, 200), st.binary(max_size=60))
def test_one_that_is_cut_off_or_spoilt_is_looked_at_without_harm(kind: str, at: int, rest: bytes) -> None:
    size = picture_size(picture(kind)[:at] + rest)

    assert size is None or min(size) > 0
