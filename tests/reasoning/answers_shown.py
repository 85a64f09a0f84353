"""What a person has of an answer that a model wrote."""

from __future__ import annotations

from bot.domain import is_blank
from bot.reasoning import BareCalls, Hold, Screen, Speakers

SPEAKERS = Speakers(own="Lyceum", others=["Bob"])


def shown(pieces: list[str]) -> str:
    """Return what a person has in the end of an answer that came in these pieces; "" where it is none."""
    screen, calls, text = Screen(Hold.NOTHING, speakers=SPEAKERS), BareCalls(), ""
    for piece in [*pieces, None]:
        words = screen.finish(is_whole=True) if piece is None else screen.feed(piece)
        if words.withdraws:
            calls, text = BareCalls(), ""
        text += calls.feed(words.text)
    text += calls.finish()
    return "" if is_blank(text) else text.strip()
