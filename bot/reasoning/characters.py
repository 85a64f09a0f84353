"""Characters that are no text: they steer a terminal or the direction of other words, or show nothing at all."""

from __future__ import annotations

import unicodedata

import regex

from bot.domain.visible import is_seen

# Controls but newline and tab, lone surrogates, and what turns the direction of what stands around it. The marks
# U+200E, U+200F and U+061C turn nothing but themselves and stay: Hebrew and Arabic are written with them.
_CONTROLS = {point for point in (*range(0x20), *range(0x7F, 0xA0)) if chr(point) not in "\n\t"}
_TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
STEERING: dict[int, str | None] = dict.fromkeys((*_CONTROLS, *_TURNING, *range(0xD800, 0xE000)))
# A vertical tab, a form feed and the next line end a line: words on both sides are not one.
STEERING |= dict.fromkeys((0x0B, 0x0C, 0x85), "\n")
_UNSEEN = regex.compile(
    r"[\u00ad\u17b4\u17b5\u180e\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e001f\U000e0080-\U000e00ff]"
    r"|(?<=[\ufe00-\ufe0f\U000e0100-\U000e01ef])[\ufe00-\ufe0f\U000e0100-\U000e01ef]+"  # one selects, more only hide
    r"|(?<!\p{Ideographic})[\U000e0100-\U000e01ef]+"
    r"|(?<=[\u200c\u200d\u034f])[\u200c\u200d\u034f]+"  # one joins or parts
    r"|(?<=[\x00-\x7f])[\u200b-\u200d\u034f]+(?=[\x00-\x7f])"  # and none is needed between these
    r"|\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f(*SKIP)(*FAIL)"  # flags, as that of Wales
    r"|[\U000e0020-\U000e007f]+"
)


def cleaned(text: str) -> str:
    """Return a person's text without what nobody sees in it; emoji, joiners and points stay as they are."""
    return harmless(text.replace("\r\n", "\n").translate({0x0D: "\n", 0x2028: "\n", 0x2029: "\n"})).strip()


def harmless(text: str) -> str:
    """Return a text without what steers a terminal, turns the direction of others, or hides."""
    return _UNSEEN.sub("", text.translate(STEERING))


def has_seen(text: str) -> bool:
    """Whether there is anything to see in a text; a mark that stands on no letter is not."""
    return any(is_seen(sign) and unicodedata.category(sign)[0] != "M" for sign in text)
