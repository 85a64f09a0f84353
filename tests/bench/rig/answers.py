"""Long answers as models write them, from a seed: Markdown of some 6,000 characters, and the code lines in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random

ENGLISH = (
    "The worker renews its lease every few seconds.",
    "If it dies, another one takes the turn over.",
    "A **queue without a bound** is a leak that waits for its day.",
    "See [the handbook](https://example.org/guide) first.",
    "Use `asyncio.timeout(seconds)` rather than a timer of your own.",
    "That is *rarely* what you want, though.",
    "The [Markdown specification](https://example.org/spec/0.31/#fenced-code-blocks) says what a fence is.",
    "Measured on two cores, it took 3.2 s; with an index it took 40 ms.",
    "Why? Because every row is read twice.",
    "Set `LYCEUM_OLLAMA__HOSTS` and restart; **nothing else needs to be done** then.",
)
HEBREW = (
    "התשובה הקצרה היא שכן, אבל יש תנאי אחד.",
    "הפונקציה `split` מחזירה רשימה של חלקים.",
    "כדאי לקרוא את [המדריך](https://example.org/he) לפני כן.",
    "**אין לשמור סיסמאות** בקובץ ההגדרות.",
    "במקרה כזה הבוט ממתין 30 שניות ומנסה שוב.",
    "השורה הראשונה נטענת מ־Ollama ולא מהמטמון.",
)
ARABIC = (
    "الجواب باختصار: نعم، ولكن بشرط واحد.",
    "تعيد الدالة `split` قائمة من الأجزاء.",
    "اقرأ [الدليل](https://example.org/ar) أولاً.",
    "**لا تحفظ كلمات السر** في ملف الإعدادات.",
    "هل هذا ممكن؟ نعم، إذا كان الخادم يعمل.",
)
TONGUES = (ENGLISH, ENGLISH, ENGLISH, HEBREW, ARABIC)
PYTHON = (
    "def total(rows: list[Row]) -> int:", "    seen = set()", "    for row in rows:", "        if row.id in seen:",
    "            continue", "        seen.add(row.id)", "    return sum(row.size for row in rows)  # in bytes", "",
    "@dataclass(frozen=True)", "class Row:", "    id: int", "    size: int = 0", "", 'print(f"{total([]):>10,}")',
)  # fmt: skip
TYPESCRIPT = (
    "export async function load(url: string): Promise<Row[]> {",
    "  const answer = await fetch(url);",
    "  if (!answer.ok) throw new Error(`status ${answer.status}`);",
    "  return (await answer.json()) as Row[];",
    "}",
    "",
    "const rows = await load('/rows');",
    "\trows.forEach(({ id }) => console.log(id));",
)
RUST = (
    "fn main() -> Result<(), Box<dyn Error>> {", "    let mut total = 0_u64;", "    for line in io::stdin().lines() {",
    "        total += line?.trim().parse::<u64>()?;", "    }", '    println!("{total}");', "    Ok(())", "}", "",
)  # fmt: skip
SQL = (
    "select person, count(*) as turns,",
    "       avg(answer_s) filter (where outcome = 'done') as seconds",
    "  from turns",
    " where finished_at > now() - interval '7 days'",
    " group by person",
    " order by turns desc;",
    "",
    "-- the index this needs",
)
CODE = (("python", PYTHON), ("typescript", TYPESCRIPT), ("rust", RUST), ("sql", SQL))


@dataclass(frozen=True, slots=True)
class Answer:
    """A document, and its lines of code as they stand in it, in order."""

    text: str
    code: tuple[str, ...]


def answers(number: int, *, seed: int = 1) -> Iterator[Answer]:
    """Yield documents; the same for the same seed."""
    for each in range(number):
        yield _Writing(Random(f"{seed}/{each}")).answer()


class _Writing:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._code: list[str] = []

    def answer(self) -> Answer:
        length = max(1500, min(12_000, int(self._random.gauss(5600, 1800))))
        blocks = [self._paragraph()]
        while sum(map(len, blocks)) < length:
            blocks.extend(self._section())
        return Answer("\n\n".join(blocks), tuple(self._code))

    def _section(self) -> Sequence[str]:
        kinds: dict[Callable[[], str], int] = {
            self._paragraph: 8, self._fence: 5, self._list: 4, self._steps: 3, self._table: 2, self._quote: 1,
            self._nested_fence: 1, self._long_line: 1,
        }  # fmt: skip
        [block] = self._random.choices(list(kinds), weights=list(kinds.values()))
        heading = [f"{'#' * self._random.randint(2, 3)} {self._words(3)}"] if self._random.random() < 0.35 else []
        intro = ["For example:"] if block in (self._fence, self._table) and self._random.random() < 0.5 else []
        return [*heading, *intro, block()]

    def _sentences(self, least: int, most: int) -> str:
        tongue = self._random.choice(TONGUES)
        return " ".join(self._random.choice(tongue) for _ in range(self._random.randint(least, most)))

    def _words(self, number: int) -> str:
        return " ".join(self._random.choice(ENGLISH[0].rstrip(".").split()) for _ in range(number))

    def _paragraph(self) -> str:
        return self._sentences(2, 7)

    def _long_line(self) -> str:
        return self._sentences(15, 40)

    def _quote(self) -> str:
        return "\n".join(f"> {self._sentences(1, 2)}" for _ in range(self._random.randint(1, 4)))

    def _list(self) -> str:
        mark = self._random.choice("-*")
        items = (self._item(mark) for _ in range(self._random.randint(3, 9)))
        return "\n".join(items)

    def _item(self, mark: str) -> str:
        inner = [f"  {mark} {self._sentences(1, 1)}" for _ in range(self._random.choice((0, 0, 0, 2)))]
        return "\n".join([f"{mark} {self._sentences(1, 2)}", *inner])

    def _steps(self) -> str:
        items = (f"{number}. {self._sentences(1, 2)}{self._below()}" for number in range(1, self._random.randint(4, 9)))
        return "\n".join(items)

    def _below(self) -> str:
        """Return a fence that stands under an item of a numbered list, or nothing."""
        if self._random.random() > 0.3:
            return ""
        language, lines = self._random.choice(CODE)
        code = [f"   {line}" if line else "" for line in self._some(lines, 2, 6)]
        self._code.extend(code)
        return "\n\n" + "\n".join([f"   ```{language}", *code, "   ```"]) + "\n"

    def _some(self, lines: Sequence[str], least: int, most: int) -> list[str]:
        start = self._random.randrange(len(lines))
        return [lines[(start + each) % len(lines)] for each in range(self._random.randint(least, most))]

    def _fence(self) -> str:
        language, lines = self._random.choice(CODE)
        marks = self._random.choice(("```", "```", "```", "~~~"))
        code = self._some(lines, 3, 60)
        if self._random.random() < 0.02:
            code.append("data = '" + "0123456789abcdef" * self._random.randint(130, 300) + "'")
        self._code.extend(code)
        return "\n".join([f"{marks}{language}", *code, marks])

    def _nested_fence(self) -> str:
        language, lines = self._random.choice(CODE)
        code = ["Write it like this:", "", f"```{language}", *self._some(lines, 2, 12), "```", "", "That is all."]
        self._code.extend(code)
        return "\n".join(["````markdown", *code, "````"])

    def _table(self) -> str:
        columns = self._random.randint(2, 4)
        numbers = count(1)
        rows = [
            " | ".join([str(next(numbers)), *(self._words(self._random.randint(1, 5)) for _ in range(columns - 1))])
            for _ in range(self._random.randint(2, 14))
        ]
        head = [" | ".join(["Number", *(self._words(1) for _ in range(columns - 1))]), " | ".join(["---"] * columns)]
        return "\n".join(f"| {row} |" for row in [*head, *rows])
