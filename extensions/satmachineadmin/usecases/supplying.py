"""Facts of a sale that the payment did not carry and the operator knows."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.errors import AmountsDisagree, FactsKnown, ImplausibleRate, InvariantViolated
from ..core.model import Machine, Settlement
from ..core.rates import fiat_agrees, fiat_of, is_plausible, reference_for
from ..core.states import SettlementState, TxType
from ..core.units import rate_fraction
from ..engine.land import RECENT_SALES
from ..ports import Host
from ..store import rows
from ..store.books import Books, Store
from .permissions import may

#: A settlement that was put aside, or may be, takes its facts by being adopted.
_WITHOUT_FACTS = (SettlementState.REJECTED, SettlementState.DISMISSED)


@dataclass(frozen=True, kw_only=True)
class Priced:
    """The principal of a sale at a rate."""

    currency: str
    principal_sats: int
    exchange_rate: str
    fiat_minor: int
    #: what the rate is compared with; None with nothing to compare
    reference_rate: str | None
    is_plausible: bool


async def preview_rate(
    store: Store,
    host: Host,
    user_id: str,
    settlement_id: str,
    *,
    exchange_rate: str,
    fiat_minor: int | None,
) -> Priced:
    """What the sale comes to at this rate. Raises FactsKnown, AmountsDisagree."""
    host_rate = await _host_rate(store, host, user_id, settlement_id)
    async with store.reading() as books:
        _settlement, priced = await _price(
            books, user_id, settlement_id, exchange_rate, fiat_minor, host_rate
        )
    return priced


async def supply_rate(
    store: Store,
    host: Host,
    user_id: str,
    settlement_id: str,
    *,
    exchange_rate: str,
    fiat_minor: int | None,
    confirm: bool,
) -> None:
    """Write down the rate of a sale that landed without one, once.

    Without an amount of fiat it is what the principal costs at the rate. Raises FactsKnown,
    AmountsDisagree, and ImplausibleRate unless confirmed.
    """
    host_rate = await _host_rate(store, host, user_id, settlement_id)
    async with store.transaction("supply_rate", actor=user_id) as books:
        settlement, priced = await _price(books, user_id, settlement_id, exchange_rate, fiat_minor, host_rate)
        if not priced.is_plausible and not confirm:
            raise ImplausibleRate(exchange_rate=exchange_rate, reference_rate=priced.reference_rate)
        await books.settlements.amend(
            settlement,
            "rate_supplied",
            exchange_rate=priced.exchange_rate,
            fiat_minor=priced.fiat_minor,
        )


async def machine_of(books: Books, machine_id: str) -> Machine:
    machine = await books.machines.get(machine_id)
    if machine is None:
        raise InvariantViolated("a settlement's machine exists")
    return machine


async def _host_rate(store: Store, host: Host, user_id: str, settlement_id: str) -> str | None:
    async with store.reading() as books:
        row = may(user_id, "supply_rate", await books.settlements.row(settlement_id), "settlement")
    return await host.rate_at_hand(row["currency"])


async def _price(
    books: Books,
    user_id: str,
    settlement_id: str,
    exchange_rate: str,
    fiat_minor: int | None,
    host_rate: str | None,
) -> tuple[Settlement, Priced]:
    row = may(user_id, "supply_rate", await books.settlements.row(settlement_id), "settlement")
    settlement = rows.settlement(row)
    known_rate, known_minor = settlement.exchange_rate, settlement.fiat_minor
    if settlement.tx_type is not TxType.CASH_OUT or settlement.state in _WITHOUT_FACTS:
        raise FactsKnown()
    if known_rate is not None and known_minor is not None:
        raise FactsKnown()
    if known_rate not in (None, exchange_rate) or (fiat_minor and known_minor not in (None, fiat_minor)):
        raise FactsKnown()
    minor = known_minor if known_minor is not None else fiat_minor
    if minor is None:
        minor = fiat_of(settlement.principal_sats, exchange_rate, settlement.currency)
    if not fiat_agrees(settlement.principal_sats, minor, exchange_rate, settlement.currency):
        raise AmountsDisagree()
    machine = await machine_of(books, settlement.machine_id)
    reference = reference_for(machine, await books.machines.recent_rates(machine.id, RECENT_SALES), host_rate)
    return settlement, Priced(
        currency=settlement.currency,
        principal_sats=settlement.principal_sats,
        exchange_rate=exchange_rate,
        fiat_minor=minor,
        reference_rate=reference,
        is_plausible=is_plausible(rate_fraction(exchange_rate), reference, machine.rate_tolerance_ppm),
    )
