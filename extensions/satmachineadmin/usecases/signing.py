"""Who signs: from a request's header to the machine that sent it, the cheapest check first.

What can go wrong: somebody else is taken for a machine, a request is done twice, or a flood keeps the
server from its work. So nothing is computed or looked up before what costs less has passed: the header,
what it asks for, whether a machine has the key (known in memory), the body's digest, the signature. The
database is asked last, and is the one that decides: there the key is looked up again, and the event is
taken once and for all.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ..core.errors import ClockSkew, NotSigned, Refusal, Replayed, TooManyRequests, UnknownKey
from ..core.hearing import RIGHT_CLOCK_SECONDS, clock_sentence
from ..core.model import Machine
from ..core.signed_request import SignedEvent, check_asked, check_clock, check_payload, read_event
from ..core.states import MatterKind
from ..core.throttle import MOST_NAMES, Throttle
from ..store import rows
from ..store.books import Books, Store
from ..store.sql import Row

#: Requests of one key: so many in so many seconds.
KEY_REQUESTS, KEY_SECONDS = 60, 30
#: Refused signatures under one key from one address.
REFUSED_REQUESTS, REFUSED_SECONDS = 60, 30
#: Refused pairing codes from one address.
PAIR_REQUESTS, PAIR_SECONDS = 10, 60
#: A key that is not known may have become one in another process: so often it is looked at the most.
KEYS_MS = 5000
#: So often it is written down at most that a machine was heard, or that it is wrong.
HEARD_SECONDS, NOTED_SECONDS = 15, 60
#: Writes down what is wrong with a machine.
_Wrong = Callable[[Books, Row, SignedEvent], Awaitable[None]]
#: What a machine's request proves to be over.
_OVER = (MatterKind.CLOCK_SKEW, MatterKind.MACHINE_SILENT)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as it arrived."""

    #: its Authorization headers
    headers: Sequence[str]
    #: absolute, from the configured public address
    address: str
    method: str
    #: reads the body, which is not done for somebody unknown
    body: Callable[[], Awaitable[bytes]]
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


@dataclass(frozen=True, kw_only=True)
class Stranger:
    """A key that is proved to be the caller's, and is no machine's yet."""

    #: lower-case hex
    key: str
    #: who is on the other end of the line
    client: str


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
        self._pairing = Throttle(PAIR_REQUESTS, PAIR_SECONDS)
        self._heard = Throttle(1, HEARD_SECONDS)
        self._noted = Throttle(1, NOTED_SECONDS)
        #: the newest events that were used: a copy of one costs its machine nothing
        self._used: OrderedDict[str, None] = OrderedDict()
        #: the machines' keys; None until they are read, and again once one may have changed
        self._keys: frozenset[str] | None = None
        self._keys_read_ms = 0
        #: grows when a key may have changed, so that what is being read meanwhile is not kept
        self._keys_version = 0

    async def admit(self, asked: Asked) -> Signed:
        """The machine behind a request.

        Raises NotSigned, UnknownKey, TooManyRequests, ClockSkew, Replayed.
        """
        event = _claimed(asked)
        if not await self._knows(event.pubkey):
            raise UnknownKey()
        check_payload(event, await asked.body())
        self._require_genuine(event, asked.client)
        try:
            check_clock(event, self._now())
        except ClockSkew:
            await self._note(event, self._skewed)
            raise
        wait_seconds = self._by_key.take(event.pubkey, _now_ms())
        if wait_seconds:
            await self._note(event, self._flooded)
            raise TooManyRequests(retry_after=wait_seconds)
        return await self._use(event)

    async def admit_stranger(self, asked: Asked) -> Stranger:
        """The key behind a request to be paired, which no machine has yet.

        Raises NotSigned, TooManyRequests, ClockSkew, Replayed.
        """
        event = _claimed(asked)
        check_payload(event, await asked.body())
        self._require_genuine(event, asked.client)
        check_clock(event, self._now())
        now_ms = _now_ms()
        wait_seconds = self._pairing.wait_seconds(asked.client, now_ms)
        wait_seconds = wait_seconds or self._by_key.take(event.pubkey, now_ms)
        if wait_seconds:
            raise TooManyRequests(retry_after=wait_seconds)
        async with self._store.transaction("signed") as books:
            await books.pairings.use_event(event.id, event.created_at)
        self._remember(event)
        return Stranger(key=event.pubkey, client=asked.client)

    @contextmanager
    def pairing(self, stranger: Stranger) -> Iterator[None]:
        """What a stranger asks to be paired with; a refusal counts against its address."""
        try:
            yield
        except Refusal:
            self._pairing.take(stranger.client, _now_ms())
            raise

    def forget_keys(self) -> None:
        """A key may have changed: they are read again when the next request comes."""
        self._keys, self._keys_version = None, self._keys_version + 1

    async def _knows(self, key: str) -> bool:
        """Whether a machine has this key, as far as memory says; what is revoked is found out inside."""
        now_ms = _now_ms()
        keys = self._keys
        if keys is None or (key not in keys and now_ms >= self._keys_read_ms + KEYS_MS):
            version, self._keys_read_ms = self._keys_version, now_ms
            async with self._store.reading() as books:
                keys = await books.pairings.keys()
            if version == self._keys_version:
                self._keys = keys
        return key in keys

    def _require_genuine(self, event: SignedEvent, client: str) -> None:
        """Raise NotSigned for a signature that is none, TooManyRequests after many of those, and Replayed
        for a copy of a request that was answered lately."""
        name, now_ms = f"{client} {event.pubkey}", _now_ms()
        wait_seconds = self._refused.wait_seconds(name, now_ms)
        if wait_seconds:
            raise TooManyRequests(retry_after=wait_seconds)
        if not self._is_genuine(event):
            self._refused.take(name, now_ms)
            raise NotSigned(reason="the id or the signature is not the event's")
        if event.id in self._used:
            raise Replayed()

    async def _use(self, event: SignedEvent) -> Signed:
        """Take the event, once and for all, and note that its machine was heard."""
        async with self._store.transaction("signed") as books:
            row = await books.pairings.machine_of_key(event.pubkey)
            if row is None:
                raise UnknownKey()
            await books.pairings.use_event(event.id, event.created_at)
            if self._heard.take(event.pubkey, _now_ms()) == 0:
                await _hear(books, row)
        self._remember(event)
        return Signed(machine=rows.machine(row), row=row, key=event.pubkey, event_id=event.id)

    def _remember(self, event: SignedEvent) -> None:
        self._used[event.id] = None
        if len(self._used) > MOST_NAMES:
            self._used.popitem(last=False)

    async def _note(self, event: SignedEvent, what: _Wrong) -> None:
        """Put what is wrong with a machine before its operator, once in a while."""
        if self._noted.take(f"{what.__name__} {event.pubkey}", _now_ms()):
            return
        async with self._store.transaction("signed_wrong") as books:
            row = await books.pairings.machine_of_key(event.pubkey)
            if row is not None:
                await what(books, row, event)

    @staticmethod
    async def _skewed(books: Books, row: Row, event: SignedEvent) -> None:
        """The clock is wrong, if it was not right a moment ago: then somebody has sent an old event again."""
        report = await books.machine_reports.of(row["id"])
        if report is not None and report["seen_at"] > books.now - RIGHT_CLOCK_SECONDS:
            return
        await _open(books, row, MatterKind.CLOCK_SKEW, clock_sentence(event.created_at - books.now))

    @staticmethod
    async def _flooded(books: Books, row: Row, _event: SignedEvent) -> None:
        await books.machine_reports.flooded(row["id"])
        await _open(
            books,
            row,
            MatterKind.MACHINE_FLOODS,
            f"The machine sends more than {KEY_REQUESTS} requests in {KEY_SECONDS} seconds. Those beyond are "
            f"refused; nobody else is affected.",
        )


def _claimed(asked: Asked) -> SignedEvent:
    """What the request says of itself; nothing of it is proved."""
    event = read_event(asked.headers)
    check_asked(event, address=asked.address, method=asked.method)
    return event


async def _hear(books: Books, row: Row) -> None:
    await books.machine_reports.heard(row["id"])
    for matter in await books.worklist.open_of_machine(row["id"], _OVER):
        await books.worklist.close(matter["kind"], row["id"])


async def _open(books: Books, row: Row, kind: MatterKind, detail: str) -> None:
    await books.worklist.open(
        kind, row["id"], operator_user_id=row["operator_user_id"], machine_id=row["id"], detail=detail
    )


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
