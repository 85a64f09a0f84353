"""The plain values in a program in JavaScript or TypeScript, which is not run: what is reckoned stays unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)"""
    r"""|(?P<number>\d+(?:\.\d+)?)|(?P<word>[A-Za-z_$][\w$]*)|(?P<dots>\.\.\.)|(?P<sign>=>|[^\s\w])""",
    re.DOTALL,
)
WORDS: Mapping[str, object] = {"true": True, "false": False, "null": None, "undefined": None}
OPEN, CLOSE = "([{", ")]}"
# What makes more of the value before it: then it is reckoned, not told.
GOES_ON = frozenset("([.?+-*/%|&=<>!^~`:")
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
MOST_TOKENS = 40_000
MOST_DEPTH = 40
# So much is looked at of a program that is made to take long.
MOST_STEPS = 500_000


class Unknown:
    """A value that only running the program would tell."""

    def __repr__(self) -> str:
        """Return its name."""
        return "UNKNOWN"


UNKNOWN = Unknown()


def told_object(script: str, *, with_names: frozenset[str]) -> dict[str, object]:
    """Return the first object of a program that has these names in it; an empty one where none has."""
    reader = _Reader(list(_tokens(script)))
    for at, sign in enumerate(reader.tokens):
        if sign == "{" and reader.steps < MOST_STEPS:
            found, _ = reader.value(at)
            if isinstance(found, dict) and with_names <= set(found):
                return found
    return {}


def _tokens(script: str) -> Iterator[str]:
    for count, found in enumerate(TOKEN.finditer(script)):
        if count > MOST_TOKENS:
            return
        if not found["comment"]:
            yield found[0]


@dataclass(slots=True)
class _Reader:
    """Reads values from tokens; names that the program gives to plain values are known by them."""

    tokens: list[str]
    depth: int = 0
    steps: int = 0
    named: dict[str, object] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note where the value of each name begins: behind the next `=`, as its type may stand before it."""
        for at, sign in enumerate(self.tokens):
            if sign in {"const", "let", "var"}:
                start = next((each for each in range(at + 2, at + 12) if self._at(each) == "="), 0)
                if start:
                    self.starts.setdefault(self._at(at + 1), start + 1)

    def value(self, at: int) -> tuple[object, int]:
        """Return the value that begins at a token, and where what stands behind it begins."""
        self.depth += 1
        found, end = self._plain(at) if self.depth < MOST_DEPTH else (UNKNOWN, self._end(at))
        self.depth -= 1
        if self._at(end) in {"satisfies", "as"}:  # TypeScript's word for what it is
            return found, self._end(end)
        return (UNKNOWN, self._end(end)) if self._at(end)[:1] in GOES_ON or self._at(end) == "in" else (found, end)

    def _plain(self, at: int) -> tuple[object, int]:
        sign = self._at(at)
        if sign == "{":
            return self._object(at + 1)
        if sign == "[":
            return self._list(at + 1)
        if sign == "(":
            found, end = self.value(at + 1)
            return (found, end + 1) if self._at(end) == ")" else (UNKNOWN, self._end(at))
        if sign[:1] in {"'", '"', "`"}:
            return (UNKNOWN if sign[0] == "`" and "${" in sign else ESCAPED.sub(r"\1", sign[1:-1])), at + 1
        if sign in WORDS:
            return WORDS[sign], at + 1
        return (sign if sign[:1].isdigit() else self._named(sign)), at + 1

    def _object(self, at: int) -> tuple[object, int]:
        found: dict[str, object] = {}
        while self._at(at) not in {"}", ""}:
            at = self._member(at, found)
            at += self._at(at) in {",", ";"}
        return found, at + 1

    def _member(self, at: int, found: dict[str, object]) -> int:
        """Read one member of an object: a name with a value, a name alone, another object's members, or a function."""
        name, following = self._at(at), self._at(at + 1)
        if name == "...":
            spread, end = self.value(at + 1)
            found |= spread if isinstance(spread, dict) else {}
        elif following == ":":
            found[name.strip("'\"")], end = self.value(at + 2)
        elif following in {",", "}"}:
            found[name], end = self._named(name), at + 1
        else:
            found[following if name in {"async", "get", "set"} else name], end = UNKNOWN, self._end(at)
        return max(end, at + 1) if self._at(end) != "}" else end

    def _list(self, at: int) -> tuple[object, int]:
        found: list[object] = []
        while self._at(at) not in {"]", ""}:
            each, end = self.value(at + (self._at(at) == "..."))
            found.append(each)
            at = max(end, at + 1) if self._at(end) != "]" else end
            at += self._at(at) in {",", ";"}
        return found, at + 1

    def _named(self, name: str) -> object:
        """Return the value that `const name = …` gives to a name."""
        if name not in self.named:
            self.named[name] = UNKNOWN
            if name in self.starts:
                self.named[name] = self.value(self.starts[name])[0]
        return self.named[name]

    def _end(self, at: int) -> int:
        """Return where what begins at a token ends: at the next comma or semicolon, or the bracket around it."""
        depth = 0
        while at < len(self.tokens) and self.steps < MOST_STEPS:
            self.steps += 1
            sign = self.tokens[at]
            if (sign in CLOSE or sign in ",;") and not depth:
                return at
            depth += (sign in OPEN) - (sign in CLOSE)
            at += 1
        return at if self.steps < MOST_STEPS else len(self.tokens)

    def _at(self, at: int) -> str:
        return self.tokens[at] if at < len(self.tokens) else ""
