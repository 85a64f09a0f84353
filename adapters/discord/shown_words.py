"""What people read of a message: its words, and those that apps put into cards and components instead. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import discord
from discord.components import Component, TextDisplay

# Cards of other kinds are previews of what the words link to.
_CARD = "rich"


def shown_words(message: discord.Message | discord.MessageSnapshot) -> str:
    """Return the words of a message, then those of its cards and components, each part on lines of its own."""
    cards = (line for embed in message.embeds if embed.type == _CARD for line in _of_card(embed))
    return "\n".join(filter(None, [message.content or "", *cards, *_of_components(message.components)]))


def _of_card(embed: discord.Embed) -> Iterator[str]:
    yield embed.author.name or ""
    yield embed.title or ""
    yield embed.description or ""
    for field in embed.fields:
        yield ": ".join(filter(None, (field.name, field.value)))
    yield embed.footer.text or ""


def _of_components(components: Iterable[Component]) -> Iterator[str]:
    for component in components:
        if isinstance(component, TextDisplay):
            yield component.content
        yield from _of_components(getattr(component, "children", ()))
