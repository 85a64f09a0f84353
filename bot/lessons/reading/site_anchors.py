"""The anchors of a page on the course's own site: its headings are seen as the site's program sees them, box or no box.

Sections of a page that was read know only some of the headings, as what stands in a box is part of its section; so
the site's rule is applied to all of them, and each section gets the anchor of the heading that is surely its own.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it.token import Token

from bot.lessons.reading.code_parts import end_of, opened
from bot.lessons.reading.pages import MARKDOWN, LessonPage, Section
from bot.lessons.sites.headings import HeadingPiece, IdRule, SiteHeading

# `{#name}`, `{: #name .class}`, `{.unnumbered}`, `{-}` behind a heading; MDX's and HTML's comments as ids.
MARK = re.compile(
    r"\s*(?:\{[ ]?(?P<mark>(?:[:#.-]|[\w-]+=)[^{}]*)\}"
    r"|\{/\*\s*(?P<mdx>#[^\s*]+).*?\*/\}|<!--\s*(?P<html>#\S+).*?-->)\s*$"
)
NAME = re.compile(r"#([^\s#}]+)")
BELOW = re.compile(r"\s*\{:[^{}]*?#([\w:.-]+)[^{}]*\}\s*$")
ABOVE = re.compile(r"\(([^()\n]+)\)=\s*$")
# A line that some program may see as a heading, or that brings others along from elsewhere.
LIKE_A_HEADING = re.compile(r"^[ \t>]*(?:[-*+][ \t]+)?#{1,6}(?:[ \t]|$)|^[ \t]*<h[1-6]\b", re.IGNORECASE)
BRINGS_MORE = re.compile(
    r"\{\{[#<%]\s*(?:include|rustdoc_include|playground|md|partial|readfile|embed)|\{%-?\s*include|--8<--|\{\{<\s*include"
    r"|^```+\{include\}|^\.\. include::|^import\s.+\.mdx?['\"]|\{![^!\n]{1,300}!\}",
    re.MULTILINE,
)
NUMBERED = re.compile(r"id\d+")
MOST_CHARS = 2000
# What programs leave out over several lines: Liquid's comments, MDX's.
LEFT_OUT = re.compile(r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}|\{/\*(?=[^}]*\n).*?\*/\}", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def site_headings(text: str) -> list[SiteHeading]:
    """Return the headings of a text in Markdown, without its front matter."""
    lines = text.split("\n")
    tokens = MARKDOWN.parse(text)
    return [_heading(token, tokens[at + 1], lines) for at, token in enumerate(tokens) if token.type == "heading_open"]


def anchored(page: LessonPage, text: str, rule: IdRule) -> LessonPage:
    """Return a page whose sections have the anchors of its site; `text` is what it was read from."""
    text = LEFT_OUT.sub(lambda found: "\n" * found[0].count("\n"), text)
    headings = site_headings(text)
    like = _lines_like_headings(text)
    is_whole = like == {each.line for each in headings if each.is_hashed} and not BRINGS_MORE.search(text)
    ids = certain(headings, rule, is_whole=is_whole)
    ids = [each if not one.is_hashed or one.line in like else "" for one, each in zip(headings, ids, strict=True)]
    return replace(page, sections=_aligned(page.sections, headings, ids))


def unanchored(page: LessonPage) -> LessonPage:
    """Return a page whose sections have no anchors, as its site's cannot be told."""
    return replace(page, sections=tuple(replace(section, anchor="") for section in page.sections))


def certainly_anchored(page: LessonPage) -> LessonPage:
    """Return a page that docutils read, without the numbers it made up: Sphinx gives them to other things as well."""
    sections = (
        replace(section, anchor="") if section.level <= 1 or NUMBERED.fullmatch(section.anchor) else section
        for section in page.sections
    )
    return replace(page, sections=tuple(sections))


def certain(headings: Sequence[SiteHeading], rule: IdRule, *, is_whole: bool) -> list[str]:
    """Return the ids that surely lead to their headings: the first of equal ones, and no title, which is the page.

    Without `is_whole` there may be headings that are not seen here, so repeats are not numbered for certain.
    """
    ids = rule(headings)
    alone = [rule([heading])[0] for heading in headings]
    repeats = Counter(alone)
    found: list[str] = []
    seen: set[str] = set()
    for at, (each, own) in enumerate(zip(ids, alone, strict=True)):
        is_title = at == 0 and headings[at].level == 1
        is_sure = is_whole or (each == own and repeats[own] == 1)
        found.append("" if is_title or each in seen or not is_sure else each)
        seen.add(each)
    return found


def _heading(opening: Token, inline: Token, lines: Sequence[str]) -> SiteHeading:
    start, end = opening.map or (0, 0)
    source = inline.content[:MOST_CHARS]
    mark = MARK.search(source)
    pieces = list(_pieces(inline.children or ()))
    if mark:
        source = source[: mark.start()]
        pieces = list(_without(pieces, mark))
    told = next((found[1] for name in ("mark", "mdx", "html") if mark and (found := NAME.search(mark[name] or ""))), "")
    above = next((line for line in reversed(lines[max(0, start - 3) : start]) if line.strip()), "")
    below = BELOW.match(lines[end]) if end < len(lines) else None
    label = ABOVE.match(above.strip())
    return SiteHeading(
        level=int(opening.tag[1]),
        line=start,
        is_nested=opening.level > 0,
        is_hashed=opening.markup.startswith("#"),
        pieces=tuple(pieces),
        source=source,
        mark=mark[0].strip() if mark else "",
        told=told,
        above=label[1] if label else "",
        below=below[1] if below else "",
    )


def _pieces(children: Sequence[Token]) -> Iterator[HeadingPiece]:
    for child in children:
        if child.type in {"text", "text_special"}:
            yield HeadingPiece(child.content)
        elif child.type == "code_inline":
            yield HeadingPiece(child.content, is_code=True)
        elif child.type == "image":
            yield HeadingPiece(child.content, is_picture=True)
        elif child.type in {"softbreak", "hardbreak"}:
            yield HeadingPiece(" ")


def _without(pieces: Sequence[HeadingPiece], mark: re.Match[str]) -> Iterator[HeadingPiece]:
    """Yield the pieces without the mark at their end, where it is one of words; a comment is none."""
    *before, last = pieces or [HeadingPiece("")]
    yield from before
    yield replace(last, text=MARK.sub("", last.text) if mark["mark"] or mark["mdx"] else last.text.rstrip())


def _lines_like_headings(text: str) -> set[int]:
    """Return the lines that a program may see as headings: with `#` before them, and in no fence."""
    lines = text.split("\n")
    found: set[int] = set()
    at = 0
    while at < len(lines):
        if fence := opened(lines[at]):
            at = end_of(lines, at, fence[2])
        elif LIKE_A_HEADING.match(lines[at]):
            found.add(at)
        at += 1
    return found


def _aligned(sections: Sequence[Section], headings: Sequence[SiteHeading], ids: Sequence[str]) -> tuple[Section, ...]:
    """Give each section the id of its heading: that with its level and words, where as many have those as sections."""
    at: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    for heading, each in zip(headings, ids, strict=True):
        if not heading.is_nested:
            at[heading.level, _words(heading.text)].append(each)
    counts = Counter((section.level, _words(_heading_of(section))) for section in sections)
    given: Counter[tuple[int, str]] = Counter()
    found = []
    for section in sections:
        key = (section.level, _words(_heading_of(section)))
        known = at[key] if len(at[key]) == counts[key] else [""] * counts[key]
        found.append(replace(section, anchor=known[given[key]] if section.level else ""))
        given[key] += 1
    return tuple(found)


def _heading_of(section: Section) -> str:
    return section.path[-1] if section.path else ""


def _words(text: str) -> str:
    return re.sub(r"[\W_]+", "", TAG.sub("", text)).casefold() or text.strip()
