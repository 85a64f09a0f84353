from __future__ import annotations

from tests.bench.rig.answers import answers
from tests.bench.splitting import MARKS, measured, naive, ours, table, with_table


def test_long_answers_lose_nothing_and_take_few_messages() -> None:
    bot = measured(ours, list(answers(60, seed=2)))

    assert (bot.balanced, bot.code, bot.kept, bot.words, bot.pieces) == (1, 1, 1, 1, 1)
    assert bot.messages <= 4.2


def test_the_naive_way_is_seen_to_tear_fences_code_words_and_links() -> None:
    baseline = measured(naive, list(answers(60, seed=2)))

    assert max(baseline.balanced, baseline.code, baseline.words, baseline.pieces) < 1
    assert not baseline.is_met


def test_the_table_is_put_between_its_marks() -> None:
    result = measured(naive, list(answers(20)))
    shown = table(result, result)

    assert with_table(f"Before.\n{MARKS[0]}old{MARKS[1]}After.", shown) == f"Before.\n{MARKS[0]}{shown}{MARKS[1]}After."
