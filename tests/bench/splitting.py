"""Long answers cut for Discord, beside a cut at every 2,000th character: `python -m tests.bench.splitting`.

`--write` also puts the table into docs/reference/long-answers.md. Nothing fails on a number.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from adapters.cutting import Part, cut
from adapters.discord.dialect import to_discord
from adapters.slack.dialect import to_slack
from tests.adapters.markdown_reading import code_lines, open_fence
from tests.bench.rig.answers import Answer, answers
from tests.bench.rig.machine import Watch, described
from tests.cli_process import ROOT

DOCUMENTS = 500
LIMIT = 2000
USUAL_CHARS = 6000
MOST_MESSAGES = 4.2
LARGE = 17
# A character of any text costs as much as one of an answer, or a few times that; of these once a thousand times.
COST_CHARS = 24_000
HOSTILE = ("ש _", "\n> ```\n<sub>", "[", "[a](", "`", "**a", "- a\n", "a\n\n", "a|b\n", "```\n", "\\[\n", " ", "<b>")
PATH = "docs/reference/long-answers.md"
MARKS = ("<!-- measured -->\n", "<!-- /measured -->\n")
# Links and code spans; those that stand in code are the same in every way of cutting that keeps lines.
_PIECE = re.compile(r"\[[^\]\n]+\]\([^)\n]+\)|(?<!`)`[^`\n]+`(?!`)")

Cutter = Callable[[str], list[Part]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a way of cutting does to the documents. Shares are from 0 to 1."""

    balanced: float
    code: float
    kept: float
    words: float
    pieces: float
    messages: float
    document_us: float
    large_us_per_usual: float

    @property
    def is_met(self) -> bool:
        """Whether it loses nothing and takes no more messages than it may."""
        return min(self.balanced, self.code, self.kept, self.words, self.pieces) == 1 and self.messages <= MOST_MESSAGES


def naive(text: str) -> list[Part]:
    """Cut at every 2,000th character."""
    pieces = [text[start : start + LIMIT] for start in range(0, len(text), LIMIT)]
    return [Part(piece, piece) for piece in pieces]


def ours(text: str) -> list[Part]:
    """Cut as the bot does."""
    return cut(text, LIMIT, moved="The code is in {}.".format)


def measured(cutter: Cutter, documents: Sequence[Answer]) -> Measured:
    """Cut all documents and look at what people would read."""
    started = time.perf_counter()
    results = [cutter(document.text) for document in documents]
    taken_s = time.perf_counter() - started
    both = list(zip(documents, results, strict=True))
    chars = sum(len(document.text) for document in documents)
    return Measured(
        balanced=_share([not open_fence(part.text) for parts in results for part in parts]),
        code=_found([(Counter(document.code), Counter(_code(parts))) for document, parts in both]),
        kept=_share(["".join(part.source for part in parts) == document.text for document, parts in both]),
        words=_share([_are_in_order(document.text.split(), _words(parts)) for document, parts in both]),
        pieces=_found([(_pieces([document.text]), _pieces([part.text for part in parts])) for document, parts in both]),
        messages=sum(map(len, results)) * USUAL_CHARS / chars,
        document_us=taken_s / len(documents) * 1e6,
        large_us_per_usual=_large(cutter, documents),
    )


def _share(facts: Sequence[bool]) -> float:
    return sum(facts) / len(facts)


def _found(counts: Sequence[tuple[Counter[str], Counter[str]]]) -> float:
    """Return how much of what was looked for was found."""
    return sum((wanted & found).total() for wanted, found in counts) / sum(wanted.total() for wanted, _ in counts)


def _code(parts: Sequence[Part]) -> list[str]:
    """Return the lines of code people are given, in messages and in files."""
    files = [line for part in parts for file in part.files for line in file.text.split("\n")]
    return [line for part in parts for line in code_lines(part.text)] + files


def _words(parts: Sequence[Part]) -> list[str]:
    return [
        word for part in parts for text in (part.text, *(file.text for file in part.files)) for word in text.split()
    ]


def _are_in_order(words: Sequence[str], shown: Sequence[str]) -> bool:
    """Whether all words stand among those shown, in order."""
    rest = iter(shown)
    # Marks that close and open a fence around a file are not shown.
    return all(word in rest for word in words if not word.startswith(("```", "~~~")))


def _pieces(texts: Sequence[str]) -> Counter[str]:
    return Counter(piece for text in texts for piece in _PIECE.findall(text))


def _large(cutter: Cutter, documents: Sequence[Answer]) -> float:
    """Return the microseconds that 6,000 characters take in a text of some 100,000."""
    text = "\n\n".join(document.text for document in documents[:LARGE])
    started = time.perf_counter()
    cutter(text)
    return (time.perf_counter() - started) * 1e6 * USUAL_CHARS / len(text)


def table(baseline: Measured, bot: Measured) -> str:
    """Return both as a table in Markdown."""
    rows = [
        ("messages whose fences are balanced", "balanced", "{:.1%}"),
        ("lines of code byte for byte inside a fence, or a file", "code", "{:.1%}"),
        ("documents that joined parts give back", "kept", "{:.1%}"),
        ("documents whose words are all whole and in order", "words", "{:.1%}"),
        ("links and code spans whole", "pieces", "{:.1%}"),
        ("messages for 6,000 characters", "messages", "{:.2f}"),
        ("microseconds a document", "document_us", "{:,.0f}"),
        ("microseconds for 6,000 of 100,000 characters", "large_us_per_usual", "{:,.0f}"),
    ]
    cells = [(name, *(form.format(getattr(each, field)) for each in (baseline, bot))) for name, field, form in rows]
    lines = [("what", "every 2,000th character", "Lyceum"), ("---", "---:", "---:"), *cells]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def costs(documents: Sequence[Answer]) -> str:
    """Return what a character of each kind of text costs, in microseconds, as lines to be printed."""
    answer = "\n\n".join(document.text for document in documents[:LARGE])[:COST_CHARS]
    kinds = {"answers": answer} | {repr(part): (part * COST_CHARS)[:COST_CHARS] for part in HOSTILE}
    ways = {"cut": ours, "discord": to_discord, "slack": to_slack}
    lines = [f"{'µs a character':20}" + "".join(f"{way:>10}" for way in ways)]
    for kind, text in kinds.items():
        each = (_seconds(way, text) * 1e6 / COST_CHARS for way in ways.values())
        lines.append(f"{kind:20}" + "".join(f"{cost:10.2f}" for cost in each))
    return "\n".join(lines)


def _seconds(way: Callable[[str], object], text: str) -> float:
    started = time.thread_time()
    way(text)
    return time.thread_time() - started


def with_table(page: str, shown: str) -> str:
    """Return the page with the table between its marks."""
    before, mark, rest = page.partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    return f"{before}{mark}{shown}{end}{after}"


def main() -> None:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.splitting", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"put the table into {PATH}")
    chosen, watch = parser.parse_args(), Watch()
    documents = list(answers(DOCUMENTS))
    chars = sum(len(document.text) for document in documents) // len(documents)
    baseline, bot = measured(naive, documents), measured(ours, documents)
    told = (
        f"{DOCUMENTS} documents of {chars:,} characters on average, limit {LIMIT:,}. Measured on {described()}; "
        f"other programs took {watch.others():.0%} of the processors meanwhile."
    )
    verdict = "All aims are met." if bot.is_met else f"MISSED: 100 % everywhere and at most {MOST_MESSAGES} messages."
    print("\n".join([told, "", table(baseline, bot), verdict]))
    print(costs(documents))
    if chosen.write:
        file = ROOT / PATH
        page = with_table(file.read_text(encoding="utf-8"), f"{table(baseline, bot)}\n{told} {verdict}\n")
        file.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
