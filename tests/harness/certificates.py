"""The certificates of the world, read once a process: nobody here speaks TLS.

httpx reads them anew for every client, whatever it is going to ask: 20 to 50 ms of CPU. LNbits makes one for
each of its own questions; the tests make one for each person, and one for each look whether a server is up.
"""

from __future__ import annotations

import ssl
from typing import Any

from httpx._transports import default as transports

_read = transports.create_ssl_context
_kept: dict[bool, ssl.SSLContext] = {}


def _shared(*, verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
    """What httpx makes: the same one again for whoever has no wish of its own."""
    if verify is not True or cert is not None:
        return _read(verify=verify, cert=cert, trust_env=trust_env)
    if trust_env not in _kept:
        _kept[trust_env] = _read(trust_env=trust_env)
    return _kept[trust_env]


def read_once() -> None:
    """Clients of this process, and of those that are forked from it, share what was read."""
    transports.create_ssl_context = _shared  # type: ignore[assignment]
    _shared()
    _shared(trust_env=False)
