"""What people do on every stage before a test looks: the beginnings of scenes."""

from __future__ import annotations

from tests.contracts.scenes.stage import ADA, BEN, Seen, Stage
from tests.fakes import Speech

OWLS = "One owl, two owls."
AGAIN, GOOD, BAD, PUBLISH = "Regenerate", "Good", "Not good", "Show to everyone"
REASONING, ALSO = "Show reasoning", "Ask another model"
FACT = "the owl is OWL-4711"


async def held(stage: Stage, *, direct: bool = False) -> Seen:
    """Let Ada ask, and wait until she reads the first word of an answer that is held there."""
    stage.backend.say(Speech(OWLS, holds=True, after=1))
    await stage.say(ADA, "count owls", direct=direct)
    return await (stage.reads_alone(ADA, "One", whole=False) if direct else stage.reads("One", whole=False))


async def answered(stage: Stage, text: str = "In trees.") -> Seen:
    stage.backend.say(text)
    await stage.say(ADA, "where do owls live?")
    return await stage.reads(text)


async def privately(stage: Stage) -> Seen:
    """Let Ada ask about a message, for herself alone."""
    stage.backend.say("In trees.")
    await stage.ask_about(ADA, await stage.chatter(BEN, "where do owls live?"))
    answer = await stage.reads_alone(ADA, "In trees.")
    await stage.until(lambda: PUBLISH in stage.alone(ADA)[0].labels)
    return answer
