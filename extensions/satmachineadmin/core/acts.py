"""What a person asks for once: a key that the caller chose, and what it was sent with.

The same key with the same content is the same act, whoever carries it here and however often; a key
means nothing to another user or at another address.
"""

from __future__ import annotations

import hashlib
import re

from .errors import InvalidInput

HEADER = "Idempotency-Key"
#: For how long a key is known.
KEPT_SECONDS = 7 * 86_400
#: Printable ASCII without space, quote and backslash; in quotes too, as a structured header writes text.
_KEY = re.compile(r'"([!#-\[\]-~]{1,255})"|([!#-\[\]-~]{1,255})')


def read_key(texts: list[str]) -> str:
    """The key of a request's headers of that name. Raises InvalidInput."""
    found = _KEY.fullmatch(texts[0]) if len(texts) == 1 else None
    if found is None:
        problem = "write 1 to 255 printable ASCII characters, once, without spaces, quotes and backslashes"
        raise InvalidInput(field=HEADER, problem=problem)
    return found[1] or found[2]


def act_id(*, user_id: str, method: str, path: str, key: str) -> str:
    """One act of one user at one address. The key itself is in no table: it opens the stored answer."""
    return _digest(user_id, method, path, key)


def content_digest(key: str, query: str, body: bytes) -> str:
    """What was asked for: the same bytes are the same content. Nobody without the key can guess it from
    this, not even a short one (a password)."""
    return hashlib.sha256(_digest(key, query).encode() + body).hexdigest()


def _digest(*parts: str) -> str:
    """No two rows of parts have one digest: each part comes with its length."""
    counted = [f"{len(part)}:{part}" for part in parts]
    return hashlib.sha256("".join(counted).encode(errors="surrogateescape")).hexdigest()
