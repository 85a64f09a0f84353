"""`make eval`: how well questions are answered from the courses beside the repository.

`--write` keeps the figures, `--record` the vectors that `make test` need not make again.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.evaluation.keeping import PAGE, kept_scores, worse, write
from tests.evaluation.measuring import CannotMeasureError, asked_in, material, measured
from tests.evaluation.recorded import Recording, record


def main() -> int:
    """Measure, print the table, and say what is worse than the kept one."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description=__doc__)
    parser.add_argument("--course", default="", help="the folder of lessons")
    parser.add_argument("--questions", default="", help="the question set, one JSON object a line")
    parser.add_argument("--scorer", default="", help="the program that scores predictions")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/reference/lessons.md")
    parser.add_argument("--record", action="store_true", help="keep the vectors of the passages, and measure nothing")
    chosen = parser.parse_args()
    try:
        using = material(course=chosen.course, questions=chosen.questions, scorer=chosen.scorer)
        if chosen.record:
            asyncio.run(record(using.course, asked_in(using.questions), Recording()))
            return 0
        done = measured(using)
    except CannotMeasureError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{done.told}\nIngest took {done.ingest_s:.0f} s of processor time.\n\n{done.table}")
    if chosen.write:
        print(f"Kept in {write(done.scores)}.")
    elif not (chosen.course or chosen.questions):
        for sentence in worse(kept_scores(PAGE.read_text(encoding="utf-8")), done.scores["all"]):
            print(f"worse: {sentence}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
