"""The parser of blocks, which tries of all rules those alone that the first character of a line may begin. Pure.

A paragraph, and a heading with a line below it, are read in one pass over their lines. What is found is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import StateBlock

Rule = Callable[[StateBlock, int, int, bool], bool]
# By rule, what it may begin with; one that is not named here may begin with anything.
BEGINNINGS: Mapping[str, str] = {
    "fence": "`~", "blockquote": ">", "hr": "*-_", "list": "*-+0123456789", "heading": "#", "formula": "$\\",
    "html_block": "<", "reference": "[",
}  # fmt: skip
# What the line below a table's head begins with, and what underlines a heading.
_BELOW_HEAD, _UNDERLINES = ("|", "-", ":"), {"=": 1, "-": 2}
_READ_HERE = frozenset(("lheading", "paragraph"))
# What stands further in goes on with its paragraph.
_FURTHEST_IN = 3


class BlockParser(ParserBlock):
    """Reads as `markdown_it.parser_block.ParserBlock` does; a heading's line has at least so many signs."""

    def __init__(self, *, shortest_underline: int = 1) -> None:
        super().__init__()
        self._shortest_underline = shortest_underline

    @classmethod
    def of(cls, parser: MarkdownIt, *, shortest_underline: int = 1) -> MarkdownIt:
        """Let a parser that has all its rules read its blocks so."""
        block = cls(shortest_underline=shortest_underline)
        block.ruler = parser.block.ruler
        parser.block = block
        block.settle()
        return parser

    def settle(self) -> None:
        """Take the rules as they are now."""
        self._all, self._by_sign = self._chained("")
        self._ending, self._ending_by_sign = self._chained("paragraph")

    def _chained(self, chain: str) -> tuple[Sequence[Rule], Mapping[str, Sequence[Rule]]]:
        """Return a chain's rules that any character may begin, and all that a known one may."""
        names = {rule: name for name in self.ruler.get_all_rules() for rule in [self._rule(name)]}
        rules = [(names[rule], rule) for rule in self.ruler.getRules(chain) if names[rule] not in _READ_HERE]
        by_sign = {
            sign: [_guarded(name, rule) for name, rule in rules if sign in BEGINNINGS.get(name, sign)]
            for sign in "".join(BEGINNINGS.values())
        }
        return [_guarded(name, rule) for name, rule in rules if name not in BEGINNINGS], by_sign

    def _rule(self, name: str) -> Rule:
        return next(each.fn for each in self.ruler.__rules__ if each.name == name)

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803 - the parser's own name
        """See `markdown_it.parser_block.ParserBlock.tokenize`."""
        line, most = startLine, state.md.options.maxNesting
        has_empty_lines = False
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            if line >= endLine or state.sCount[line] < state.blkIndent:
                return
            if state.level >= most:
                state.line = endLine
                return
            rules = self._by_sign.get(state.src[state.bMarks[line] + state.tShift[line]], self._all)
            if not any(rule(state, line, endLine, False) for rule in rules):
                self._text(state, line, endLine)
            state.tight = not has_empty_lines
            line = state.line
            if line - 1 < endLine and state.isEmpty(line - 1):
                has_empty_lines = True
            if line < endLine and state.isEmpty(line):
                has_empty_lines = True
                line += 1
                state.line = line

    def _text(self, state: StateBlock, start: int, end: int) -> None:
        """Read a paragraph, or a heading with a line below it."""
        parent, state.parentType = state.parentType, "paragraph"
        level, line = self._end_of_text(state, start, end)
        content = mdTrim(state.getLines(start, line, state.blkIndent, False))
        state.line = line + bool(level)
        name, tag = ("heading", f"h{level}") if level else ("paragraph", "p")
        markup = "" if not level else "=-"[level - 1]
        opened = state.push(f"{name}_open", tag, 1)
        opened.map, opened.markup = [start, state.line], markup
        inline = state.push("inline", "", 0)
        inline.content, inline.map, inline.children = content, [start, line], []
        state.push(f"{name}_close", tag, -1).markup = markup
        state.parentType = parent

    def _end_of_text(self, state: StateBlock, start: int, end: int) -> tuple[int, int]:
        """Return the level of a heading, 0 for a paragraph, and the line behind its words."""
        # A quote's paragraph may go on behind its end: the parser's own rule looks no less far.
        line, can_be_underlined, last = start + 1, True, state.lineMax
        while line < last and not state.isEmpty(line):
            further_in = state.sCount[line] - state.blkIndent
            if further_in > _FURTHEST_IN:
                line += 1
                continue
            at = state.bMarks[line] + state.tShift[line]
            sign = state.src[at]
            if can_be_underlined and line < end and further_in >= 0 and sign in _UNDERLINES:
                underline = state.src[at : state.eMarks[line]].rstrip(" \t")
                if not underline.strip(sign):
                    if len(underline) >= self._shortest_underline:
                        return _UNDERLINES[sign], line
                    can_be_underlined = False
            is_other = state.sCount[line] < 0
            rules = self._ending_by_sign.get(sign, self._ending)
            if not is_other and any(rule(state, line, last, True) for rule in rules):
                break
            line += 1
        return 0, line


def _guarded(name: str, rule: Rule) -> Rule:
    return _tabled(rule) if name == "table" else rule


def _tabled(rule: Rule) -> Rule:
    """Let the rule of tables be asked only where the line below may be that of a table's head."""

    def tabled(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        below = start + 1
        return (
            below < end
            and state.src.startswith(_BELOW_HEAD, state.bMarks[below] + state.tShift[below])
            and rule(state, start, end, silent)
        )

    return tabled
