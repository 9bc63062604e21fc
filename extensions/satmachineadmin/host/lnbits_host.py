"""LNbits as the engine's Host: history, both ways of paying, and which of them is in use."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal

from coincurve import PrivateKey
from lnbits.core.db import db as core_db
from lnbits.settings import settings
from lnbits.utils.cache import cache
from lnbits.utils.crypto import fake_privkey

from ..core.errors import Refusal
from ..core.model import Minted
from ..core.states import PayWay
from ..core.units import parse_rate
from ..ports import OWN_EXTENSION, FastWayClosed, Found, PayoutFacts, Transfer
from ..store.books import Store
from ..store.sql import Sql
from . import facts, fast_payout, mint, people, self_test, slow_payout
from .announce import Announcer
from .history import LnbitsHistory
from .lightning import LnbitsLightning

_SATS_PER_BITCOIN = 100_000_000
#: Digits after the point of a rate that is derived from LNbits' price.
_RATE_DIGITS = Decimal("0.000001")


class LnbitsHost:
    """Host over the LNbits that this extension runs in."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._announcer = Announcer()
        self._key: PrivateKey | None = None
        #: why the self-test closes the fast way; None once it has passed
        self._test_result: str | None = "not tried yet"
        #: why the last payout could not go the fast way; None when it could
        self._last_refusal: str | None = None
        self.history = LnbitsHistory()
        self.lightning = LnbitsLightning()

    def start(self) -> None:
        self._announcer.start()

    async def stop(self) -> None:
        await self._announcer.stop()

    # Which way -----------------------------------------------------------------------------

    async def pay_way(self) -> PayWay:
        if self._test_result is not None:
            self._test_result = await self_test.why_closed()
        return PayWay.FAST if self._test_result is None else PayWay.SLOW

    async def way_in_use(self) -> tuple[PayWay, str]:
        """The way that the next payout takes, as far as is known, and why."""
        async with self._store.reading() as books:
            is_allowed = (await books.platform.config())["fast_way_allowed"]
        if not is_allowed:
            return PayWay.SLOW, f"The fast way is closed: {fast_payout.SWITCHED_OFF}."
        await self.pay_way()
        closed = self._test_result or self._last_refusal
        if closed is not None:
            return PayWay.SLOW, f"The fast way is closed: {closed}."
        journal = "rollback journal" if self._store.database.is_sqlite else "PostgreSQL"
        return PayWay.FAST, f"LNbits {settings.version}, {journal}, self-test passed"

    # The fast way --------------------------------------------------------------------------

    async def mint(self, amounts_sats: Mapping[str, int], memo: str) -> dict[str, Minted]:
        if self._key is None:
            self._key = PrivateKey(bytes.fromhex(fake_privkey(settings.fake_wallet_secret)))
        now = int(time.time())
        return {key: mint.mint(sats, memo, now, self._key) for key, sats in amounts_sats.items()}

    @asynccontextmanager
    async def payout(self, wallet_id: str) -> AsyncIterator[fast_payout.FastTransaction]:
        try:
            async with fast_payout.open_payout(self._store, wallet_id) as transaction:
                yield transaction
        except FastWayClosed as closed:
            # What the platform decides is read anew each time; a file's journal mode is only seen here.
            self._last_refusal = None if str(closed) == fast_payout.SWITCHED_OFF else str(closed)
            raise
        self._last_refusal = None

    def announce(self, transfers: Sequence[Transfer]) -> None:
        self._announcer.tell(transfers)

    # The slow way --------------------------------------------------------------------------

    async def facts(
        self, wallet_id: str, receiver_wallet_ids: Collection[str], extension: str = OWN_EXTENSION
    ) -> PayoutFacts:
        return await facts.gather_now(wallet_id, receiver_wallet_ids, extension)

    async def paid_before(self, wallet_id: str, external_id_prefix: str) -> int:
        async with core_db.connect() as connection:
            sql = await Sql.on(connection.conn, "reading")
            return await facts.paid_before(sql, wallet_id, external_id_prefix)

    async def make_invoice(self, transfer: Transfer) -> Minted:
        return await slow_payout.make_invoice(transfer)

    async def pay_invoice(self, transfer: Transfer) -> None:
        await slow_payout.pay_invoice(transfer)

    async def look_up(self, payment_hash: str) -> Found:
        return await slow_payout.look_up(payment_hash)

    async def complete_half(self, payment_hash: str) -> None:
        if await slow_payout.complete_half(payment_hash):
            await self._announcer.tell_payee(payment_hash)

    # People --------------------------------------------------------------------------------

    @property
    def platform_user_id(self) -> str:
        return str(settings.super_user)

    async def notify(self, user_id: str, text: str) -> None:
        await people.notify(user_id, text)

    # Rates ---------------------------------------------------------------------------------

    async def rate_at_hand(self, currency: str) -> str | None:
        price = cache.get(f"btc-price-{currency}")
        if not price:
            return None
        try:
            rate = (_SATS_PER_BITCOIN / Decimal(repr(price))).quantize(_RATE_DIGITS)
            return parse_rate(f"{rate:f}")
        except (ArithmeticError, Refusal):
            return None
