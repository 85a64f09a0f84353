"""Sphinx and Jupyter Book: `html_baseurl`, read from conf.py without running it; docutils' ids."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath

from bot.lessons.sites.headings import IdRule, SiteHeading
from bot.lessons.sites.plain_ids import docutils_id
from bot.lessons.sites.published_site import Site, SiteFolder, SitePage, is_like, is_yes, mapped, part

SETTINGS = ("conf.py",)
BOOK = ("_config.yml", "_config.yaml")
CONTENTS = frozenset({"_toc.yml", "_toc.yaml"})
PAGES = frozenset({".rst", ".md", ".ipynb", ".myst"})
QUOTES = re.compile("['\"]")
UNSURE = re.compile(r"\{[\w:-]+\}`|\{\{|\[\^|\|\w+\||:\w+:`")
# What else takes one of the numbered ids: notes, citations, roles, targets, directives.
COUNTED_TOO = re.compile(r"\[\^|\{[\w:-]+\}`|^\(.+\)=|^(?:`{3,}|:{3,})\s*\{|^\.\. |\]_", re.MULTILINE)


def sphinx_site(folder: SiteFolder) -> Site | None:
    """Return the site that Sphinx makes of a folder; None where its address cannot be told.

    Sphinx' HTML builder puts each page beside its source as `.html`, the builder `dirhtml` into a folder of its own;
    which of them it was, Read the Docs' settings tell alone.
    """
    told = constants(folder.read(SETTINGS[0]))
    left_out = told.get("exclude_patterns")
    suffix = told.get("html_file_suffix") or ".html"
    if not isinstance(suffix, str) or "html_link_suffix" in told:
        return None
    patterns = [str(each) for each in left_out] if isinstance(left_out, list) else []
    return _site(folder, "Sphinx", told.get("html_baseurl"), patterns, suffix, told.get("myst_enable_extensions"))


def jupyter_book_site(folder: SiteFolder) -> Site | None:
    """Return the site that Jupyter Book makes of a folder by Sphinx: its `_config.yml` has the address."""
    told = folder.settings(*BOOK)
    address = part(told, "html", "baseurl") or part(told, "sphinx", "config", "html_baseurl")
    listed = None
    if is_yes(told.get("only_build_toc_files"), otherwise=False):
        listed = frozenset(_listed(folder.settings(*sorted(CONTENTS))))
    left_out = told.get("exclude_patterns")
    patterns = [str(each) for each in left_out] if isinstance(left_out, list) else []
    extensions = part(told, "parse", "myst_enable_extensions")
    return _site(folder, "Jupyter Book", address, [*patterns, "_build"], ".html", extensions, listed)


def _listed(told: object) -> Iterator[str]:
    """Yield the pages that a table of contents names, without their suffixes."""
    for name, each in mapped(told).items():
        if name in {"root", "file"} and isinstance(each, str):
            yield str(PurePosixPath(each).with_suffix("")) if PurePosixPath(each).suffix in PAGES else each
        for inner in each if isinstance(each, list) else ():
            yield from _listed(inner)


def _site(
    folder: SiteFolder,
    kind: str,
    told: object,
    left_out: Sequence[str],
    suffix: str,
    extensions: object,
    listed: Collection[str] | None = None,
) -> Site | None:
    is_smart = isinstance(extensions, list) and "smartquotes" in extensions
    address = folder.address(told)
    if not address:
        return None
    settings = folder.settings(".readthedocs.yaml", ".readthedocs.yml", "../.readthedocs.yaml", "../.readthedocs.yml")
    in_folders = part(settings, "sphinx", "builder") == "dirhtml"

    def page(each: SitePage) -> str | None:
        parts = each.path.split("/")
        if each.suffix not in PAGES or any(each.startswith(("_build", ".")) for each in parts[:-1]):
            return None
        if any(is_like(each.path, pattern) for pattern in left_out):
            return None
        name = str(PurePosixPath(each.path).with_suffix(""))
        if listed is not None and name not in listed:
            return None
        if not in_folders:
            return name + suffix
        return name.removesuffix("index") if name == "index" or name.endswith("/index") else f"{name}/"

    return Site(
        kind=kind,
        root=folder.root,
        address=address,
        page=page,
        ids=partial(sphinx_ids, is_smart=is_smart),
        rule=str(is_smart),
    )


def constants(program: str) -> dict[str, object]:
    """Return what a program in Python gives plain values to, at its top, read and never run."""
    try:
        tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, object] = {}
    for each in tree.body:
        targets = (
            each.targets if isinstance(each, ast.Assign) else [each.target] if isinstance(each, ast.AnnAssign) else []
        )
        for target in targets:
            if isinstance(target, ast.Name):
                found[target.id] = (
                    _constant(each.value, found) if isinstance(each, (ast.Assign, ast.AnnAssign)) else None
                )
    return found


def _constant(value: ast.expr | None, known: Mapping[str, object]) -> object:
    if isinstance(value, ast.Name):
        return known.get(value.id)
    try:
        return ast.literal_eval(value) if value is not None else None
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def sphinx_ids(text: str, *, is_smart: bool = False) -> IdRule:
    """Return the rule of a page with this text: docutils' `make_id`; `id1`, `id2` … for repeats and what has no ASCII.

    docutils/nodes.py `document.set_id`: those numbers count notes and directives as well, so where a page has some, its
    headings' numbers are left open.
    """
    return docutils_ids(is_counted=not COUNTED_TOO.search(text), is_smart=is_smart)


def docutils_ids(*, is_counted: bool, is_smart: bool = False) -> IdRule:
    """Return docutils' rule; `is_counted`: nothing but the headings takes a number.

    `is_smart`: quotes are a typographer's before an id is made of them, and then leave no dash.
    """

    def rule(headings: Sequence[SiteHeading]) -> list[str]:
        used: set[str] = set()
        number = 0
        ids = []
        for heading in headings:
            words = (
                QUOTES.sub("’", each.text) if is_smart and not each.is_code else each.text for each in heading.read
            )
            base = docutils_id(f"{''.join(words)} {heading.mark}")
            is_own = bool(base) and base not in used
            if not is_own:
                number = next(each for each in range(number + 1, number + len(headings) + 2) if f"id{each}" not in used)
                base = f"id{number}"
            used.add(base)
            is_sure = (is_own or is_counted) and not UNSURE.search(heading.source)
            ids.append(docutils_id(heading.above) or (base if is_sure else ""))
        return ids

    return rule
