"""Overflows planted in conversations: whether the person learns of all that a host leaves out, and of nothing else."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.engine.answer_policy import AnswerPolicy
from bot.llm.ollama import OllamaBackend
from tests.bench.rig.dialogues import ROOM, Answered, dialogues
from tests.lab.ollama import LabModel, OllamaLab
from tests.lab.ollama.tokens import tokens

CUT = {"notice.prompt_cut", "notice.prompt_shifted"}
POLICY = AnswerPolicy(context_tokens=1024, answer_tokens=128)
GO, JINJA = LabModel(name="falcon:7b"), LabModel(name="falcon:7b", template="jinja")
# How servers treat what is too long: the newest two ways to refuse, and the old way.
HOSTS = ("refuses with figures", "refuses plainly", "older, cuts")
TEXTS = {
    "words": "how does this go on and what comes after that ",
    "digits": "3.14159 26535 ",
    "code": "if (x[i] != y[j]) { z += f(x, y); } ",
    "hebrew": "שלום לכם ומה שלומכם היום ",
    "letters": "a b c d ",
    "base64": "aGVsbG8gd29ybGQhIQ== ",
    "emoji": "👍🎉 ",
}


@dataclass(slots=True)
class Overflows:
    """How many overflows were planted, what became of them, and how often a person was alarmed for nothing."""

    planted: int = 0
    avoided: int = 0
    told: int = 0
    missed: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)
    turns: int = 0


async def planted(folder: Path, *, wanted: int, seed: int = 1) -> Overflows:
    """Plant so many, on every kind of host and model, with every kind of text."""
    found, chance = Overflows(), random.Random(seed)
    kinds = [(host, model) for host in HOSTS for model in (GO, JINJA)]
    for index, (host, model) in enumerate(kinds):
        share = wanted // len(kinds) + (index < wanted % len(kinds))
        async with host_of(host, model) as lab:
            backend = OllamaBackend(host=lab.url)
            async with dialogues(folder / f"{index}", backend, POLICY) as talk:
                for number in range(share):
                    at = replace(ROOM, channel=f"C{number}")
                    for text in conversation(chance):
                        before = len(lab.chats)
                        answer = await talk.say(text, at=at)
                        judge(found, lab, before, answer, f"{host}, {model.template}, {text[:9]!r}")
                    before = len(lab.chats)
                    text = too_long(chance, lab)
                    found.planted += 1
                    answer = await talk.say(text, at=at)
                    judge(found, lab, before, answer, f"{host}, {model.template}, {text[:9]!r}", is_planted=True)
            await backend.close()
    return found


def host_of(kind: str, model: LabModel) -> OllamaLab:
    """Return a host of a kind."""
    return OllamaLab(
        [model],
        answer=lambda _: "It goes on like this. " * 4,
        tells_plainly=kind == HOSTS[1],
        is_old=kind == HOSTS[2],
    )


def conversation(chance: random.Random) -> list[str]:
    """Return what is said before: some turns, of which no two need be alike."""
    return [filled(chance, chance.randint(20, 110)) for _ in range(chance.randint(4, 9))]


def too_long(chance: random.Random, lab: OllamaLab) -> str:
    """Return a message that does not fit beside what was said before, though it may fit alone."""
    said = sum(len(tokens(str(message["content"]))) + 5 for message in _messages(lab))
    return filled(chance, max(80, POLICY.context_tokens - said - 90) + chance.randint(40, 400))


def filled(chance: random.Random, count: int) -> str:
    """Return a text of one kind with about so many tokens."""
    text = chance.choice(list(TEXTS.values()))
    return (text * (count // max(1, len(tokens(text))) + 1)).strip()


def judge(
    found: Overflows, lab: OllamaLab, before: int, answer: Answered, what: str, *, is_planted: bool = False
) -> None:
    """Compare what the host left out with what the person was told."""
    found.turns += 1
    is_cut = any(chat.cut_tokens or chat.shifts for chat in lab.chats[before:] if chat.status == 200)
    is_told = answer.is_refused or bool(CUT & set(answer.notices))
    if is_cut and not is_told:
        found.missed.append(what)
    elif not is_cut and CUT & set(answer.notices):
        found.false_alarms.append(what)
    elif is_planted:
        found.told += is_cut or answer.is_refused
        found.avoided += not is_cut and not answer.is_refused


def _messages(lab: OllamaLab) -> list[dict[str, object]]:
    messages = lab.chats[-1].body["messages"] if lab.chats else []
    return [message for message in messages if isinstance(message, dict)] if isinstance(messages, list) else []
