"""Who signs: from a request's header to the machine that sent it, the cheapest check first.

What can go wrong: somebody else is taken for a machine, a request is done twice, or a flood keeps the
server from its work. So nothing is computed or looked up before what costs less has passed: the header,
what it says, whether a machine has the key (known in memory), the signature; the database is asked last,
and is the one that decides: there the key is looked up again, and the event is taken once and for all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..core.errors import NotSigned, TooManyRequests, UnknownKey
from ..core.model import Machine
from ..core.signed_request import SignedEvent, check_clock, check_request, read_event
from ..core.throttle import Throttle
from ..store import rows
from ..store.books import Store
from ..store.sql import Row

#: Requests of one key: so many in so many seconds.
KEY_REQUESTS, KEY_SECONDS = 60, 30
#: Refused signatures under one key from one address.
REFUSED_REQUESTS, REFUSED_SECONDS = 60, 30
#: A key that is not known may have become one in another process: so often it is looked at the most.
KEYS_MS = 5000


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as it arrived."""

    #: its Authorization headers
    headers: Sequence[str]
    #: absolute, from the configured public address
    address: str
    method: str
    body: bytes
    #: who is on the other end of the line
    client: str


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A request of a machine, proved to be the machine's and new."""

    machine: Machine
    #: the machine's row of dca_machines
    row: Row
    #: the machine's key, lower-case hex
    key: str
    #: the event that was used up by this request
    event_id: str


class Gate:
    """What is remembered between requests; one a process."""

    def __init__(
        self, store: Store, now: Callable[[], int], is_genuine: Callable[[SignedEvent], bool]
    ) -> None:
        self._store = store
        self._now = now
        self._is_genuine = is_genuine
        self._by_key = Throttle(KEY_REQUESTS, KEY_SECONDS)
        self._refused = Throttle(REFUSED_REQUESTS, REFUSED_SECONDS)
        #: the machines' keys; None until they are read, and again once one may have changed
        self._keys: frozenset[str] | None = None
        self._keys_read_ms = 0

    async def admit(self, asked: Asked) -> Signed:
        """The machine behind a request.

        Raises NotSigned, UnknownKey, TooManyRequests, ClockSkew, Replayed.
        """
        event = read_event(asked.headers)
        check_request(event, address=asked.address, method=asked.method, body=asked.body)
        if not await self._knows(event.pubkey):
            raise UnknownKey()
        self._require_genuine(event, asked.client)
        check_clock(event, self._now())
        _require_pace(self._by_key.take(event.pubkey, _now_ms()))
        async with self._store.transaction("signed") as books:
            row = await books.pairings.machine_of_key(event.pubkey)
            if row is None:
                raise UnknownKey()
            await books.pairings.use_event(event.id, event.created_at)
        return Signed(machine=rows.machine(row), row=row, key=event.pubkey, event_id=event.id)

    def forget_keys(self) -> None:
        """A key may have changed: they are read again when the next request comes."""
        self._keys = None

    async def _knows(self, key: str) -> bool:
        """Whether a machine has this key, as far as memory says; what is revoked is found out inside."""
        now_ms = _now_ms()
        if self._keys is None or (key not in self._keys and now_ms >= self._keys_read_ms + KEYS_MS):
            self._keys_read_ms = now_ms
            async with self._store.reading() as books:
                self._keys = await books.pairings.keys()
        return key in self._keys

    def _require_genuine(self, event: SignedEvent, client: str) -> None:
        """Raise NotSigned for a signature that is none, and TooManyRequests after many of those."""
        name, now_ms = f"{client} {event.pubkey}", _now_ms()
        _require_pace(self._refused.wait_seconds(name, now_ms))
        if not self._is_genuine(event):
            self._refused.take(name, now_ms)
            raise NotSigned(reason="the id or the signature is not the event's")


def _require_pace(wait_seconds: int) -> None:
    if wait_seconds:
        raise TooManyRequests(retry_after=wait_seconds)


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
