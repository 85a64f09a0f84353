"""What a model host left out of a prompt in silence: told by what it counted. Pure but for what is learnt of the host.

Older servers cut whatever they are asked; newer ones refuse. Some leave the tokens that they had in their cache out of
their count (Ollama 0.30.0 did), so that little was counted and nothing is missing.
"""

from __future__ import annotations

from bot.domain import Completion, Notice
from bot.engine.token_gauge import SentPrompt

# An estimate this much above what a host counted is no error of estimation.
SURELY_LONGER = 1.3
# What was cut did not fit, and the estimate is not so far from that.
NEARLY_FULL = 0.75
# What is counted for the same messages may differ by the template's ends.
NEARLY = 0.95
# Older servers drop the oldest messages until the rest fits: what is counted then is still more than was planned.
LONGER = 1.03
WINDOW_STEP = 256
CUT, SHIFTED = "notice.prompt_cut", "notice.prompt_shifted"


class PromptLosses:
    """Knows of one host whether it counts whole prompts."""

    def __init__(self) -> None:
        self.leaves_out_cached = False

    def of(self, completion: Completion, sent: SentPrompt) -> Notice | None:
        """Return what the person is told; None where all was read, as far as the count says."""
        counted = completion.prompt_tokens
        if completion.is_part_counted or (sent.at_most <= sent.context_tokens and 0 < counted < sent.at_least * NEARLY):
            self.leaves_out_cached = True
        if self.leaves_out_cached or not counted:
            return None
        if not completion.is_whole and self._was_cut(counted, sent):
            return Notice(CUT)
        is_shifted = was_shifted(
            prompt_tokens=counted, answer_tokens=completion.answer_tokens, context_tokens=sent.context_tokens
        )
        return Notice(SHIFTED) if is_shifted else None

    def _was_cut(self, counted: int, sent: SentPrompt) -> bool:
        """Whether a host that may cut did: it counted too little, or what it leaves of what was longer than planned."""
        if counted < sent.at_least * NEARLY:
            return True
        if was_cut(prompt_tokens=counted, estimated_tokens=sent.estimated, context_tokens=sent.context_tokens):
            return True
        is_longer = counted > max(sent.budget, sent.estimated * LONGER)
        return is_longer and sent.oldest > 0 and counted + sent.oldest * SURELY_LONGER > sent.context_tokens


def was_cut(*, prompt_tokens: int, estimated_tokens: int, context_tokens: int) -> bool:
    """Whether the host seems to have cut the prompt to half of its window: older servers keep num_ctx/2 + 2 tokens."""
    return prompt_tokens == context_tokens // 2 + 2 and estimated_tokens > context_tokens * NEARLY_FULL


def was_shifted(*, prompt_tokens: int, answer_tokens: int, context_tokens: int) -> bool:
    """Whether prompt and answer together were longer than the window: a server dropped of it as the answer went on.

    Runners round a window up to the next `WINDOW_STEP` tokens.
    """
    return prompt_tokens + answer_tokens > -(-context_tokens // WINDOW_STEP) * WINDOW_STEP
