"""Documents as lesson pages: pages and slides become sections that are called so, in the language of the lesson."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from bot.domain import LessonPart, LessonParts, PartKind, WhyUnread
from bot.lessons.course_layout import Skip
from bot.lessons.reading.html_markdown import SIGNS, markdown_of
from bot.lessons.reading.pages import LessonPage, read_anchored, read_words

# What a page and a slide are called; `{}` is the number.
CALLED: Mapping[str, tuple[str, str]] = {
    "ar": ("صفحة {}", "شريحة {}"), "de": ("Seite {}", "Folie {}"), "en": ("Page {}", "Slide {}"),
    "es": ("Página {}", "Diapositiva {}"), "fr": ("Page {}", "Diapositive {}"), "he": ("עמוד {}", "שקף {}"),
    "it": ("Pagina {}", "Diapositiva {}"), "ja": ("{}ページ", "スライド{}"), "ko": ("{}쪽", "슬라이드 {}"),
    "pt": ("Página {}", "Slide {}"), "ru": ("Страница {}", "Слайд {}"), "zh": ("第{}页", "第{}张幻灯片"),
}  # fmt: skip
# Their pages show a PDF in a frame, which takes no page's number.
WITHOUT_PAGES = frozenset({"github.com", "gitlab.com"})
MOST_TITLE = 120

UNREAD = {
    WhyUnread.NO_READER: Skip.NO_READER,
    WhyUnread.LOCKED: Skip.LOCKED,
    WhyUnread.COSTLY: Skip.COSTLY,
    WhyUnread.EMPTY: Skip.PICTURES,
}
"""Why a file is skipped that could not be read; all the rest is damage."""


def page_of(parts: LessonParts, *, url: str, language: str, is_translation: bool) -> LessonPage:
    """Return a document as a page; `url` is the file's address."""
    whole = next((part for part in parts.parts if part.kind in {PartKind.HTML, PartKind.MARKDOWN}), None)
    if whole:
        is_html = whole.kind is PartKind.HTML
        read = read_words if is_html else read_anchored
        page = read(markdown_of(whole.text, is_page=True) if is_html else whole.text, is_translation=is_translation)
        return page if page.title or not parts.title else replace(page, told_title=parts.title)
    has_pages = urlsplit(url).hostname not in WITHOUT_PAGES
    sections = [_section(part, language.partition("-")[0], has_pages=has_pages) for part in parts.parts]
    title = [f"# {_words(parts.title)}"] if parts.title else []
    return replace(read_anchored("\n\n".join([*title, *sections]), is_translation=is_translation), opening="")


def _section(part: LessonPart, language: str, *, has_pages: bool) -> str:
    is_page = part.kind is PartKind.PAGE
    called = CALLED.get(language, CALLED["en"])[0 if is_page else 1].format(part.number)
    title = _words(part.title[:MOST_TITLE])
    anchor = f" {{#page={part.number}}}" if is_page and has_pages else ""
    return f"## {called}{': ' * bool(title)}{title}{anchor}\n\n{part.text}"


def _words(text: str) -> str:
    return SIGNS.sub(lambda sign: f"\\{sign[0]}", " ".join(text.split()))
