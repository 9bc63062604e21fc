"""Balances: an operator pays what is left of an LP's cash off, from a wallet of its own."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.errors import (
    ArrowNotAllowed,
    FundingShort,
    ImplausibleRate,
    InvalidInput,
    MachineWalletRefused,
    NotFound,
    NothingLeft,
)
from ..core.model import Machine
from ..core.rates import is_plausible, reference_for, sats_of
from ..core.states import LegState
from ..core.units import MAX_SATS, rate_fraction
from ..engine.land import RECENT_SALES
from ..engine.payoff import Payoff
from ..host import accounts
from ..ports import Host
from ..store import rows
from ..store.books import Books, Store
from ..store.sql import Row
from .permissions import may
from .supplying import machine_of
from .wallets import own_wallet


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an operator asks for."""

    funding_wallet_id: str
    exchange_rate: str
    #: None: all that is left
    fiat_minor: int | None


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What it comes to."""

    label: str
    currency: str
    remaining_minor: int
    fiat_minor: int
    exchange_rate: str
    sats: int
    reference_rate: str | None
    is_plausible: bool
    #: sats in the funding wallet
    funding_sats: int


async def preview_payoff(store: Store, host: Host, user_id: str, enrolment_id: str, asked: Asked) -> Quote:
    """What would be paid. Raises WalletNotYours, SharedWallet, MachineWalletRefused, NothingLeft."""
    funding_sats, host_rate = await _look_around(store, host, user_id, enrolment_id, asked)
    async with store.reading() as books:
        _enrolment, _machine, quote = await _quote(
            books, user_id, enrolment_id, asked, funding_sats, host_rate
        )
    return quote


async def settle_balance(
    store: Store,
    host: Host,
    user_id: str,
    enrolment_id: str,
    asked: Asked,
    *,
    confirm: bool,
    notes: str,
) -> str:
    """Write the leg and reserve its cash; the runner pays it. The leg's id.

    Raises what the preview raises, FundingShort, and ImplausibleRate unless confirmed.
    """
    funding_sats, host_rate = await _look_around(store, host, user_id, enrolment_id, asked)
    async with store.reading() as books:
        _enrolment, _machine, expected = await _quote(
            books, user_id, enrolment_id, asked, funding_sats, host_rate
        )
    minted = (await host.mint({"payoff": expected.sats}, memo="Satoshi Machine payout"))["payoff"]
    async with store.transaction("settle", actor=user_id) as books:
        enrolment, machine, quote = await _quote(books, user_id, enrolment_id, asked, funding_sats, host_rate)
        if quote.sats != expected.sats:
            raise NothingLeft(username=enrolment["username"])
        if not quote.is_plausible and not confirm:
            raise ImplausibleRate(exchange_rate=quote.exchange_rate, reference_rate=quote.reference_rate)
        if funding_sats < quote.sats:
            raise FundingShort(sats=quote.sats, held_sats=funding_sats)
        await books.lps.reserve({enrolment_id: quote.fiat_minor})
        return books.made(
            await books.payoffs.add(
                {
                    "machine_id": machine.id,
                    "operator_user_id": user_id,
                    "client_id": enrolment_id,
                    "label": enrolment["username"],
                    "currency": machine.currency,
                    "exchange_rate": quote.exchange_rate,
                    "fiat_minor": quote.fiat_minor,
                    "sats": quote.sats,
                    "payer_wallet_id": asked.funding_wallet_id,
                },
                minted,
                notes=notes,
            )
        )


async def retry_payoff(store: Store, host: Host, user_id: str, enrolment_id: str, leg_id: str) -> str:
    """A failed payoff once more: same wallet, fiat and sats. The fresh leg's id."""
    async with store.reading() as books:
        row = await _failed(books, user_id, enrolment_id, leg_id)
    minted = (await host.mint({leg_id: row["sats"]}, memo="Satoshi Machine payout"))[leg_id]
    async with store.transaction("settle_retry", actor=user_id) as books:
        row = await _failed(books, user_id, enrolment_id, leg_id)
        await books.legs.move(await _holder(books, row), rows.leg(row), LegState.VOIDED)
        return books.made(await books.payoffs.add_attempt(row, minted))


async def release_payoff(store: Store, user_id: str, enrolment_id: str, leg_id: str) -> None:
    """Give a failed payoff up: its cash is the LP's balance again."""
    async with store.transaction("settle_release", actor=user_id) as books:
        row = await _failed(books, user_id, enrolment_id, leg_id)
        await books.legs.move(await _holder(books, row), rows.leg(row), LegState.VOIDED)
        await books.lps.release({enrolment_id: row["fiat_minor"]})


async def _failed(books: Books, user_id: str, enrolment_id: str, leg_id: str) -> Row:
    """A failed payoff of this LP; what is not failed is paid, on its way, or given up already."""
    may(user_id, "settle", await books.lps.enrolment(enrolment_id), "LP")
    row = may(user_id, "settle", await books.payoffs.row(leg_id), "payment")
    if row["client_id"] != enrolment_id:
        raise NotFound(what="payment")
    if row["state"] != LegState.FAILED:
        raise ArrowNotAllowed(thing="leg", before=row["state"], after=LegState.VOIDED)
    return row


async def _holder(books: Books, row: Row) -> Payoff:
    return Payoff(
        leg=rows.leg(row),
        operator_user_id=row["operator_user_id"],
        machine=await machine_of(books, row["machine_id"]),
        paid_at=rows.instant(row["created_at"]),
    )


async def _look_around(
    store: Store, host: Host, user_id: str, enrolment_id: str, asked: Asked
) -> tuple[int, str | None]:
    """What the funding wallet holds, and LNbits' rate if it has one at hand."""
    async with store.reading() as books:
        enrolment = may(user_id, "settle", await books.lps.enrolment(enrolment_id), "LP")
        machine = await machine_of(books, enrolment["machine_id"])
    wallet = await own_wallet(user_id, asked.funding_wallet_id)
    return await accounts.balance_sats(wallet.id) or 0, await host.rate_at_hand(machine.currency)


async def _quote(
    books: Books,
    user_id: str,
    enrolment_id: str,
    asked: Asked,
    funding_sats: int,
    host_rate: str | None,
) -> tuple[Row, Machine, Quote]:
    enrolment = may(user_id, "settle", await books.lps.enrolment(enrolment_id), "LP")
    machine = await machine_of(books, enrolment["machine_id"])
    if asked.funding_wallet_id in await books.machines.all_wallet_ids():
        raise MachineWalletRefused(wallet_id=asked.funding_wallet_id)
    remaining = rows.balance(enrolment).remaining_minor
    if remaining == 0:
        raise NothingLeft(username=enrolment["username"])
    minor = remaining if asked.fiat_minor is None else min(asked.fiat_minor, remaining)
    sats = sats_of(minor, asked.exchange_rate, machine.currency)
    if not 0 < sats <= MAX_SATS:
        raise InvalidInput(field="exchange_rate", problem=f"at this rate it comes to {sats} sats")
    reference = reference_for(machine, await books.machines.recent_rates(machine.id, RECENT_SALES), host_rate)
    return (
        enrolment,
        machine,
        Quote(
            label=enrolment["username"],
            currency=machine.currency,
            remaining_minor=remaining,
            fiat_minor=minor,
            exchange_rate=asked.exchange_rate,
            sats=sats,
            reference_rate=reference,
            is_plausible=is_plausible(
                rate_fraction(asked.exchange_rate), reference, machine.rate_tolerance_ppm
            ),
            funding_sats=funding_sats,
        ),
    )
