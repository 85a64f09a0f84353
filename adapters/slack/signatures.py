"""Whether a request comes from Slack: its signature, over the very bytes that came, and its time.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence

SIGNATURE, TIMESTAMP = "X-Slack-Signature", "X-Slack-Request-Timestamp"
VERSION = "v0"
# Slack's own bound: an older request may be one that somebody kept.
WITHIN_S = 300


def is_signed(raw: bytes, headers: Mapping[str, str], *, secrets: Sequence[str], now: float) -> bool:
    """Whether a request was signed with one of the secrets, at most five minutes before or after `now`.

    There are two secrets while one is replaced by the other. `headers` are looked at whatever their case.
    """
    named = {name.lower(): value for name, value in headers.items()}
    sent_at, signature = named.get(TIMESTAMP.lower(), ""), named.get(SIGNATURE.lower(), "")
    if not (sent_at.isascii() and sent_at.isdecimal() and signature.isascii()):
        return False
    if abs(now - int(sent_at)) > WITHIN_S:
        return False
    return any(hmac.compare_digest(signature_of(raw, sent_at, secret), signature) for secret in secrets)


def signature_of(raw: bytes, sent_at: str, secret: str) -> str:
    """Return the signature that Slack gives a request."""
    signed = b":".join([VERSION.encode(), sent_at.encode(), raw])
    return f"{VERSION}={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
