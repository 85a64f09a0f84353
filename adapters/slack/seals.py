"""Seals: a form brings back what it was opened with, or is refused. Slack keeps it; whoever sends it could forge it.

Made from the bot's token, a seal holds in every process and after a restart; a form that is open while the token is
replaced has to be opened anew.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

SEAL = "seal"
# The button whose form it is: what that may be is decided when it is pressed, as of any button.
UNSEALED = frozenset({SEAL, "button"})
# Half of the digest: nobody guesses 128 bits, and a form keeps little.
DIGITS = 32


class Seals:
    """Seals what a form keeps, for the one person it is opened for."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"lyceum form\0" + secret.encode()).digest()

    def sealed(self, kept: Mapping[str, str], *, form: str, user: str) -> dict[str, str]:
        """Return what a form keeps, with its seal."""
        return {**kept, SEAL: self._seal(kept, form=form, user=user)}

    def holds(self, kept: Mapping[str, str], *, form: str, user: str) -> bool:
        """Whether a form of this kind, sent off by this person, brings back what was sealed for them."""
        seal = self._seal(kept, form=form, user=user)
        return hmac.compare_digest(kept.get(SEAL, "").encode(), seal.encode())

    def _seal(self, kept: Mapping[str, str], *, form: str, user: str) -> str:
        said = sorted((name, value) for name, value in kept.items() if name not in UNSEALED)
        written = json.dumps([form, user, said]).encode()
        return hmac.new(self._key, written, hashlib.sha256).hexdigest()[:DIGITS]
