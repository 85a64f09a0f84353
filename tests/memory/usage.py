"""`ports.Usage` in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.errors import Unavailable
from bot.ports import Allowance, Used


@dataclass
class FakeUsage:
    """See `ports.Usage`."""

    broken: Unavailable | None = None
    _counts: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    async def spend(self, day: str, allowances: Sequence[Allowance]) -> Sequence[Used]:
        self._check()
        self._counts = {at: counts for at, counts in self._counts.items() if at[0] >= day}
        used = [self._used(day, allowance) for allowance in allowances]
        for each in used:
            allowed = each.allowance
            if 0 < allowed.questions <= each.questions:
                return [replace(each, over="questions")]
            if 0 < allowed.tokens <= each.tokens:
                return [replace(each, over="tokens")]
        for allowance in allowances:
            self._of(day, allowance.subject)[0] += 1
        return [self._used(day, allowance) for allowance in allowances]

    async def add(self, day: str, subjects: Sequence[str], *, tokens: int) -> None:
        self._check()
        for subject in subjects:
            self._of(day, subject)[1] += tokens

    async def tell(self, day: str, subject: str, *, percent: int) -> None:
        self._check()
        self._of(day, subject)[2] = percent

    def _used(self, day: str, allowance: Allowance) -> Used:
        questions, tokens, told = self._of(day, allowance.subject)
        return Used(allowance, questions, tokens, told)

    def _of(self, day: str, subject: str) -> list[int]:
        return self._counts.setdefault((day, subject), [0, 0, 0])

    def _check(self) -> None:
        if self.broken:
            raise self.broken
