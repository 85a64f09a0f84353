"""Which language a lesson, and each of its chunks, is in. Folder names of courses are mapped to BCP 47 tags."""

from __future__ import annotations

import re
from collections import Counter

# What folders are called, where that is not the language's tag. The region that is meant anyhow is left out.
NAMED = {
    "br": "pt-BR", "cn": "zh", "hk": "zh-HK", "mo": "zh-MO", "tw": "zh-TW", "vn": "vi", "jp": "ja", "kr": "ko",
    "cz": "cs", "dk": "da", "gr": "el", "ua": "uk", "iw": "he", "in": "id", "zh-cn": "zh", "zh-hans": "zh",
    "zh-hant": "zh-TW", "ja-jp": "ja", "ko-kr": "ko", "es-mx": "es", "es-es": "es", "fr-fr": "fr", "de-de": "de",
    "it-it": "it", "ru-ru": "ru", "tr-tr": "tr", "vi-vn": "vi", "he-il": "he", "en-us": "en", "en-gb": "en",
    "hi-in": "hi", "pl-pl": "pl", "nl-nl": "nl", "uk-ua": "uk", "id-id": "id", "fa-ir": "fa",
}  # fmt: skip
TAGS = {
    "af", "am", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "eo", "es", "et",
    "eu", "fa", "fi", "fil", "fr", "ga", "gl", "gu", "ha", "he", "hi", "hr", "hu", "hy", "id", "ig", "is", "it",
    "ja", "ka", "kk", "km", "kn", "ko", "ky", "lo", "lt", "lv", "mk", "ml", "mn", "mr", "ms", "mt", "my", "nb",
    "ne", "nl", "nn", "no", "or", "pa", "pcm", "pl", "ps", "pt", "ro", "ru", "rw", "sd", "si", "sk", "sl", "so",
    "sq", "sr", "sv", "sw", "ta", "te", "th", "tk", "tl", "tr", "uk", "ur", "uz", "vi", "xh", "yo", "zh", "zu",
}  # fmt: skip
SCRIPTS = {
    "Hebrew": "\u0590-\u05ff\ufb1d-\ufb4f",
    "Arabic": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff",
    "Cyrillic": "\u0400-\u052f",
    "Greek": "\u0370-\u03ff",
    "Devanagari": "\u0900-\u097f",
    "Bengali": "\u0980-\u09ff",
    "Gurmukhi": "\u0a00-\u0a7f",
    "Gujarati": "\u0a80-\u0aff",
    "Tamil": "\u0b80-\u0bff",
    "Telugu": "\u0c00-\u0c7f",
    "Kannada": "\u0c80-\u0cff",
    "Malayalam": "\u0d00-\u0d7f",
    "Thai": "\u0e00-\u0e7f",
    "Burmese": "\u1000-\u109f",
    "Kana": "\u3040-\u30ff",
    "Hangul": "\u1100-\u11ff\uac00-\ud7af",
    "Han": "\u3400-\u4dbf\u4e00-\u9fff",
    "Latin": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
}
# The scripts a language is written in; all others in Latin letters. The first language of a script is the likeliest.
WRITTEN = {
    "he": ("Hebrew",), "ar": ("Arabic",), "fa": ("Arabic",), "ur": ("Arabic",), "ps": ("Arabic",), "sd": ("Arabic",),
    "ru": ("Cyrillic",), "uk": ("Cyrillic",), "bg": ("Cyrillic",), "sr": ("Cyrillic", "Latin"), "be": ("Cyrillic",),
    "mk": ("Cyrillic",), "kk": ("Cyrillic",), "ky": ("Cyrillic",), "mn": ("Cyrillic",), "el": ("Greek",),
    "hi": ("Devanagari",), "mr": ("Devanagari",), "ne": ("Devanagari",), "bn": ("Bengali",), "pa": ("Gurmukhi",),
    "gu": ("Gujarati",), "ta": ("Tamil",), "te": ("Telugu",), "kn": ("Kannada",), "ml": ("Malayalam",),
    "th": ("Thai",), "my": ("Burmese",), "ja": ("Kana", "Han"), "ko": ("Hangul",), "zh": ("Han",),
}  # fmt: skip
# Terms and names stay in Latin letters in every language, and a wide letter says as much as three of them.
OWN_SHARE = {"ja": 0.08, "zh": 0.08}
SHARE = 0.2
WIDE = 3
# A language with letters of its own has at least a third of what is said.
OVER_WIDE = 2
# Particles alone are more of a text in Japanese.
KANA_IN_CHINESE = 0.1
# By the likeliest language of a script: others, the letters they have before it, and those that they have not.
OWN_LETTERS = {
    "ru": (
        ("be", "ўЎ", ""), ("kk", "әғқңұ", ""), ("mk", "ѓќѕ", ""), ("sr", "ђљњћџ", ""), ("uk", "іїєґ", "ыъэ"),
        ("bg", "ъ", "ыэ"),
    ),
    "ar": (("ur", "ٹڈڑےں", ""), ("fa", "پچژگ", "")),
}  # fmt: skip
OWN_LETTERS_SHARE = 0.01
# Fewer letters than these tell nothing.
LETTERS = 40
ASIDE = re.compile(r"^[ \t>]*(`{3,}|~{3,}).*?(?:^[ \t>]*\1|\Z)|`[^`\n]*`|https?://\S+", re.DOTALL | re.MULTILINE)
COUNTED = {script: re.compile(f"[{letters}]") for script, letters in SCRIPTS.items()}


def tag_of(code: str) -> str:
    """Return the BCP 47 tag of a folder's or file's language code; "" where it is none."""
    code = code.strip().replace("_", "-")
    if code.lower() in NAMED:
        return NAMED[code.lower()]
    language, _, region = code.partition("-")
    if language.lower() not in TAGS or not re.fullmatch(r"[A-Za-z]{2}|[A-Za-z]{4}|[0-9]{3}|", region):
        return ""
    region = region.title() if len(region) == len("Hant") else region.upper()
    return f"{language.lower()}-{region}" if region else language.lower()


def language_of(text: str, *, declared: str) -> str:
    """Return the language of a text from the share of each script; `declared` where nothing speaks against it."""
    words = ASIDE.sub(" ", text)
    letters = Counter({script: len(found.findall(words)) for script, found in COUNTED.items()})
    if letters.total() < LETTERS:
        return declared
    if _is_own(letters, declared.partition("-")[0]):
        return declared
    return _of_its_letters(_likeliest(letters), words)


def _is_own(letters: Counter[str], base: str) -> bool:
    """Whether a text may be in a language, going by its letters."""
    wide = letters["Kana"] + letters["Han"]
    if base in OWN_SHARE:
        # Both write Han; a text of any length in Japanese has Kana, and one in Chinese quotes a few at most.
        is_other = not letters["Kana"] if base == "ja" else letters["Kana"] > KANA_IN_CHINESE * wide
        return wide >= OWN_SHARE[base] * letters.total() and not (is_other and wide >= LETTERS)
    own = sum(letters[script] for script in WRITTEN.get(base, ("Latin",)))
    return own >= SHARE * letters.total() and own * OVER_WIDE >= wide * WIDE


def _of_its_letters(language: str, words: str) -> str:
    """Return the language of a script that has letters no other of its script has, or most of its neighbours lack."""
    for other, own, foreign in OWN_LETTERS.get(language, ()):
        count = sum(words.count(letter) for letter in own)
        if count >= OWN_LETTERS_SHARE * len(words) and not any(letter in words for letter in foreign):
            return other
    return language


def _likeliest(letters: Counter[str]) -> str:
    """Return the first language of the script most of the text is written in."""
    wide = letters["Kana"] + letters["Han"]
    if wide * WIDE > letters.total() - wide:
        return "ja" if letters["Kana"] > KANA_IN_CHINESE * wide else "zh"
    most = letters.most_common(1)[0][0]
    return next((language for language, scripts in WRITTEN.items() if most in scripts and most != "Latin"), "en")
