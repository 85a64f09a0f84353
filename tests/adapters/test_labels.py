"""Names on buttons, threads and in sentences: nothing in them turns or hides what stands beside them."""

from __future__ import annotations

import pytest

from adapters.labels import cut_label, title_of
from bot.domain import Notice
from bot.i18n import sentence

HARMFUL = [
    ("owl\u202egpj.exe", "owlgpj.exe"), ("a\u2066b", "ab"), ("a\u2069\u2069b", "ab"), ("a\x1b[31mb", "a[31mb"),
    ("a\x00b\x9fc", "abc"), ("a\u2060b\ufeffc", "abc"), ("a\U000e0041\U000e0042b", "ab"),
]  # fmt: skip
HARMLESS = [
    "שלום Ada", "שָׁלוֹם", "می\u200cخواهم", "مرحبا", "👩\u200d👩\u200d👧", "🏳️\u200d🌈", "❤️", "e\u0301",
    "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f", "🇮🇱", "क्षि", "ไทย", "小明",
]  # fmt: skip


@pytest.mark.parametrize(("words", "shown"), HARMFUL)
def test_what_steers_or_hides_is_left_out(words: str, shown: str) -> None:
    notice = Notice("state.writing", {"model": words})

    assert cut_label(words, 80) == title_of(words, 80) == shown
    assert shown in sentence(notice, "en")
    assert words not in sentence(notice, "en")


@pytest.mark.parametrize("words", HARMLESS)
def test_what_writing_needs_stays(words: str) -> None:
    assert cut_label(words, 80) == title_of(words, 80) == words
    assert words in sentence(Notice("state.writing", {"model": words}), "he")


@pytest.mark.parametrize("sign", ["👩\u200d👩\u200d👧", "🇮🇱", "e\u0301", HARMLESS[8]])
def test_no_character_is_cut(sign: str) -> None:
    for most in range(20, 30):
        cut = cut_label(sign * 40, most)

        assert len(cut) <= most
        assert cut == sign * ((len(cut) - 1) // len(sign)) + "…"
