"""How `make docs` builds the site: the pages as they stand in the repository, linked and searched; nothing is fetched.

The navigation is that of docs/index.md: each of its sections is a part, each page that it names stands in it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

project = "Lyceum"
author = "The Lyceum contributors"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "Lyceum"
root_doc = "docs/index"
include_patterns = ["docs/**.md", "README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
exclude_patterns = [".*", "node_modules", "tests", "bot", "adapters", "migrations", "requirements", "deploy"]
# Headings are linked to as on GitHub.
myst_heading_anchors = 6
myst_enable_extensions = ["smartquotes"]
html_copy_source = False
html_extra_path = ["root"]
html_show_sphinx = False
html_last_updated_fmt = None
nitpicky = True

SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
PAGE = re.compile(r"\]\((?!https?:)([^)#]+?)\.md\)")
LINK = re.compile(r"\[([^\]\n]*)\]\((?!https?:)([^)#\s]+)\)")
BEGINS = "tutorial"


def with_navigation(text: str, decisions: list[str]) -> str:
    """Return docs/index.md with a table of contents for each of its sections."""
    _, *parts = SECTION.split(text)
    trees = [tree("Begin", [BEGINS])]
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        pages = [f"/{page.removeprefix('../')}" if page.startswith("../") else page for page in PAGE.findall(body)]
        trees.append(tree(title.removesuffix(" …"), pages))
    return "\n\n".join([text, *trees, tree("Decisions", decisions)])


def tree(caption: str, pages: list[str]) -> str:
    """Return a table of contents that only the navigation shows."""
    return "\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *dict.fromkeys(pages), "```"])


def navigated(app: Sphinx, name: str, source: list[str]) -> None:
    """Give the first page its navigation. What leads to a folder is plain words here: a site has no page of one."""
    folder = (Path(app.srcdir) / name).parent
    text = LINK.sub(lambda found: found[1] if (folder / found[2]).is_dir() else found[0], source[0])
    if name == root_doc:
        decisions = sorted(page.removeprefix("docs/") for page in app.env.found_docs if "/decisions/" in page)
        text = with_navigation(text, decisions)
    source[0] = f"---\norphan: true\n---\n\n{text}" if name == "README" else text


def setup(app: Sphinx) -> dict[str, Any]:
    """Have diagrams shown as they are written: drawing them would take a script from elsewhere."""
    app.add_lexer("mermaid", TextLexer)
    app.connect("source-read", navigated)
    return {"parallel_read_safe": True}
