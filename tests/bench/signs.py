"""What texts of every kind cost to render and to cut, as times of plain prose: `python -m tests.bench.signs`.

Each text once as a whole, and once growing as an answer does while it is shown. Nothing fails on a number.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from adapters.cutting import Cutter
from adapters.discord.dialect import to_discord
from adapters.rendering.remembered import forget_texts
from adapters.slack.dialect import to_slack
from tests.bench.rig.machine import Watch, described
from tests.bench.rig.shapes import kinds
from tests.costs import seconds

CHARS = 24_000
# So much more of an answer stands there each time it is shown anew.
STEP = 400
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Platform:
    """How a platform's texts are rendered, and how long its messages are."""

    name: str
    render: Callable[[str], str]
    message_chars: int

    def show(self, text: str) -> None:
        """Render and cut a whole text, with nothing remembered of another."""
        forget_texts()
        Cutter(self.message_chars).cut(self.render(text))

    def grow(self, text: str) -> None:
        """Render and cut a text again and again while it grows."""
        forget_texts()
        cutter = Cutter(self.message_chars)
        for size in range(STEP, len(text) + STEP, STEP):
            cutter.cut(self.render(text[:size]))


PLATFORMS = (Platform("Discord", to_discord, 2_000), Platform("Slack", to_slack, 12_000))


def table(chars: int) -> str:
    """Return the costs of every kind of text as lines to be printed."""
    texts = kinds(chars)
    ways = [(f"{platform.name} {way}", run) for platform in PLATFORMS for way, run in _ways(platform)]
    costs = {kind: [_least(run, text) for _, run in ways] for kind, text in texts.items()}
    plain = costs["plain prose"]
    lines = [f"{'':28}" + "".join(f"{name:>15}" for name, _ in ways)]
    lines.append(f"{'plain prose, µs a character':28}" + "".join(f"{cost * 1e6 / chars:15.2f}" for cost in plain))
    for kind, each in costs.items():
        times = (cost / least for cost, least in zip(each, plain, strict=True))
        lines.append(f"{kind[:27]:28}" + "".join(f"{ratio:15.2f}" for ratio in times))
    return "\n".join(lines)


def _ways(platform: Platform) -> list[tuple[str, Callable[[str], None]]]:
    return [("at once", platform.show), ("growing", platform.grow)]


def _least(run: Callable[[str], None], text: str) -> float:
    """Return the seconds it takes where nobody else has the processor."""
    return min(seconds(lambda: run(text)) for _ in range(ROUNDS))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.signs", description=__doc__)
    parser.add_argument("--chars", type=int, default=CHARS, help="how long each text is")
    chosen, watch = parser.parse_args(), Watch()
    shown = table(chosen.chars)
    print(f"Texts of {chosen.chars:,} characters, as times of plain prose. Measured on {described()}; others took")
    print(f"{watch.others():.0%} of the processors meanwhile.\n\n{shown}")


if __name__ == "__main__":
    main()
