"""Directives and roles of reStructuredText that docutils does not know: what each says to a reader.

Sphinx and its extensions have hundreds. Those that a file uses are found by a look at its text, and what they hold is
taken; code stays code, what only a site's build can fill in goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles
from docutils.parsers.rst.languages import en

NAMED = re.compile(r"^[ \t]*(?:[-*|+] +)*\.\. (?:\|[^|\n]+\| )?([A-Za-z][\w:.+-]*?) ?::(?:\s|$)", re.MULTILINE)
ROLES = re.compile(r"(?<![\w:`]):([A-Za-z][\w:.+-]*):`|`:([A-Za-z][\w:.+-]*):(?![\w`])")
CODE = frozenset({
    "code", "code-block", "code-cell", "code-tab", "command-output", "console", "doctest", "exec_code", "ipython",
    "ipython3", "jupyter-execute", "literalinclude", "parsed-code", "plot", "productionlist", "prompt", "pycon",
    "pyodide", "python", "sourcecode", "terminal", "testcode", "testoutput", "testsetup",
})  # fmt: skip
# A build fills them in, or they tell it something.
MUTE = frozenset({
    "autosummary", "bibliography", "c:namespace", "codeauthor", "cpp:namespace", "cssclass", "currentmodule",
    "default-domain", "digraph", "disqus", "ditaa", "genindex", "glue", "graph", "graphviz", "highlight",
    "highlightlang", "iframe", "include", "index", "inheritance-diagram", "literalinclude", "mermaid", "meta",
    "minigallery", "module", "nextslide", "plantuml", "program", "py:currentmodule", "py:module", "raw", "rst-class",
    "sectionauthor", "sectnum", "slideconf", "tabularcolumns", "tags", "tikz", "title", "toctree", "todolist", "uml",
    "video", "vimeo", "youtube",
})  # fmt: skip
MUTE_BEGINNINGS = ("auto", "doxygen", "breathe")
# What is described stands behind their name.
OBJECTS = frozenset({
    "2to3fixer", "attribute", "class", "classmethod", "cmdoption", "confval", "data", "decorator", "describe",
    "django-admin", "envvar", "event", "exception", "fieldlookup", "function", "macro", "member", "method", "object",
    "opcode", "option", "pdbcommand", "property", "setting", "staticmethod", "struct", "templatefilter",
    "templatetag", "type", "var", "variable",
})  # fmt: skip
# Their first words are part of what they say, no title.
SAYING = frozenset(
    {"seealso", "todo", "versionadded", "versionchanged", "deprecated", "versionremoved", "centered", "soft-deprecated"}
)
VERSIONS = {
    "versionadded": "New in version",
    "versionchanged": "Changed in version",
    "deprecated": "Deprecated since version",
    "versionremoved": "Removed in version",
}
# Their first words are for the build.
UNTITLED = frozenset({
    "acks", "card-carousel", "class", "cond", "container", "cssclass", "div", "figure-md", "glossary", "grid",
    "grid-item", "hlist", "ifconfig", "only", "rst-class", "sphinx-design", "tab-set", "tabs", "toggle", "wrapping",
})  # fmt: skip
# What docutils has in a narrower form than Sphinx.
WIDENED = frozenset({"code", "code-block", "sourcecode", "class", "math", "include", "raw", "title", "sectnum"})
MUTE_ROLES = frozenset({
    "cite", "cite:p", "cite:t", "citep", "citet", "eq", "fa", "fas", "footcite", "footcite:t", "icon", "index",
    "octicon", "raw", "raw-html", "raw-latex",
})  # fmt: skip
CODE_ROLES = frozenset({
    "any", "attr", "cfunc", "class", "cmacro", "code", "command", "confval", "const", "data", "djadmin", "enum",
    "envvar", "exc", "expr", "file", "func", "keyword", "lookup", "macro", "makevar", "member", "meth", "mimetype",
    "mod", "obj", "option", "program", "regexp", "samp", "setting", "struct", "tfilter", "token", "ttag", "type",
    "var", "verbatim",
})  # fmt: skip
LANGUAGE = re.compile(r"[\w+#.-]+")
MOST_TITLE = 100
TARGETED = re.compile(r"\s*(?<!\\)<[^<>]+>$")


class AnyOptions(dict[str, Any]):
    """Takes whatever options a directive has."""

    def __missing__(self, name: str) -> Any:
        return directives.unchanged


class Taken(Directive):
    """A directive that says what it holds, under what its first line says."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = AnyOptions(name=directives.unchanged)

    def run(self) -> Sequence[nodes.Node]:
        """See `Directive.run`."""
        held = nodes.container()
        held += list(self._first())
        self.state.nested_parse(self.content, self.content_offset, held)
        return [held]

    def _first(self) -> Iterator[nodes.Node]:
        """Yield what the first line says: names of what is described, a title, or words."""
        name = self.name.rpartition(":")[2].lower()
        given = "".join(self.arguments)
        first = " ".join(given.split())
        if name in OBJECTS and not (name == "class" and re.fullmatch(r"[a-z -]+", first)):
            for each in filter(None, map(str.strip, given.split("\n"))):
                yield nodes.paragraph("", "", nodes.strong("", "", nodes.literal("", each)))
        elif name in VERSIONS:
            version, _, said = first.partition(" ")
            yield nodes.paragraph("", "", *self._inline(f"{VERSIONS[name]} {version}{': ' * bool(said)}{said}"))
        elif first and name not in UNTITLED and not re.fullmatch(r"[\d\s.:-]+", first):
            is_title = name not in SAYING and len(first) < MOST_TITLE and not first.endswith((".", ":"))
            words = self._inline(first)
            yield nodes.paragraph("", "", *([nodes.strong("", "", *words)] if is_title else words))

    def _inline(self, text: str) -> Sequence[nodes.Node]:
        words, _ = self.state.inline_text(text, self.lineno)
        return list(words)


MOST_TITLE = 100


class Code(Taken):
    """A directive that holds code; its first line names the language."""

    def run(self) -> Sequence[nodes.Node]:
        """See `Directive.run`."""
        first, _, rest = (self.arguments or [""])[0].partition("\n")
        body = "\n".join([*filter(None, [rest]), *self.content])
        language = first.split()[0] if first.split() and LANGUAGE.fullmatch(first.split()[0]) else ""
        if self.name.rpartition(":")[2] == "plot":
            language = "python"
        return [nodes.literal_block(body, body, classes=["code", language])] if body.strip() else []


class Formula(Taken):
    """A formula; one of Sphinx has a label, and may begin in the first line."""

    def run(self) -> Sequence[nodes.Node]:
        """See `Directive.run`."""
        said = "\n".join([*self.arguments, *self.content]).strip()
        return [nodes.math_block(said, said)] if said else []


class Mute(Taken):
    """A directive that says nothing to a reader."""

    def run(self) -> Sequence[nodes.Node]:
        """See `Directive.run`."""
        return []


def register_used(text: str) -> None:
    """Make docutils know the directives and roles that a text uses."""
    for name in {each.lower() for each in NAMED.findall(text)}:
        if name in WIDENED or name not in en.directives:
            directives.register_directive(name, _directive(name))
    for before, behind in set(ROLES.findall(text)):
        name = (before or behind).lower()
        if name not in en.roles or name in MUTE_ROLES:
            roles.register_local_role(name, said_by_role)


def _directive(name: str) -> type[Taken]:
    base = name.rpartition(":")[2]
    if base in CODE:
        return Code
    if base == "math":
        return Formula
    is_mute = {name, base} & MUTE or base.startswith(MUTE_BEGINNINGS)
    return Mute if is_mute else Taken


def said_by_role(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any, options: Any = None, content: Any = None
) -> Any:
    """Return what a role says: its words without their target, code as code; docutils calls this with all of these."""
    del rawtext, lineno, inliner, options, content
    base = name.lower().rpartition(":")[2]
    said = nodes.unescape(text).strip()
    if base in MUTE_ROLES or name.lower() in MUTE_ROLES:
        return [], []
    words = TARGETED.sub("", said)
    if base in CODE_ROLES:
        words = (words or said.strip("<>")).lstrip("!")
        return [nodes.literal("", words[1:].rpartition(".")[2] if words.startswith("~") else words)], []
    if base in {"ref", "numref", "doc"} and (words == said or not words):
        return [nodes.inline("", said.strip("<>"), classes=["label"], label=nodes.fully_normalize_name(said))], []
    if base in {"pep", "issue", "gh", "pr", "pull"} and words.isdecimal():
        words = f"{'PEP ' if base == 'pep' else '#'}{words}"
    return [nodes.inline("", words or said)], []
