"""Machines: added and described by their operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..core.errors import (
    AlreadyExists,
    CurrencyFixed,
    InvalidInput,
    KeyPaired,
    KeyTaken,
    NotFound,
    WalletGetsPayouts,
    WalletInUse,
)
from ..core.model import Machine
from ..core.states import PayoutPolicy
from ..core.wallet_ties import Tie, is_awaited, why_not_changed, why_not_closed
from ..engine.reconcile import check_machine
from ..host import accounts
from ..ports import Host
from ..store import rows
from ..store.books import Books, Store
from ..store.sql import Row
from .machine_limits import has_limits
from .permissions import may
from .wallets import Arrivals, ask_arrivals, own_wallet

#: Who has a key that is no machine's.
A_PERSON = "a person's login"
#: What a new machine is where nothing else is said.
AT_FIRST: Mapping[str, object] = {
    "payout_policy": PayoutPolicy.AT_ONCE,
    "payout_delay_minutes": 30,
    "dispense_report_minutes": 15,
    "maintenance": False,
    "fallback_commission_pct": None,
    "active": True,
}


async def add_machine(
    store: Store,
    user_id: str,
    fields: Mapping[str, object],
    *,
    scan_from: int | None = None,
    noted: Mapping[str, object] | None = None,
) -> str:
    """Add a machine and bind its wallet: what the wallet received before `scan_from` is never settled.

    That is now; usecases/earlier.py asks before it says something else, and what it has `noted` goes into
    the trail. Payments that are pending at this moment are watched, so that a sale that is under way is
    not lost. Raises OperatorNotApproved, WalletNotYours, SharedWallet, WalletInUse, WalletGetsPayouts,
    AlreadyExists, KeyTaken.
    """
    wallet = await own_wallet(user_id, str(fields["wallet_id"]))
    if fields["npub"] is not None and await accounts.is_login(str(fields["npub"])):
        raise KeyTaken(owner=A_PERSON)
    arrivals = await ask_arrivals(store, [wallet.id])
    name = await accounts.user_name(user_id)
    async with store.transaction("machine", actor=user_id) as books:
        await books.standings.require(user_id)
        await books.standings.welcome(user_id, name)
        return books.made(
            await write_machine(books, user_id, fields, arrivals, scan_from=scan_from, noted=noted)
        )


async def write_machine(
    books: Books,
    user_id: str,
    fields: Mapping[str, object],
    arrivals: Arrivals,
    *,
    scan_from: int | None = None,
    noted: Mapping[str, object] | None = None,
) -> str:
    """A machine in the books, beside what else its caller writes; its sales begin with the `arrivals`.

    Raises WalletInUse, WalletGetsPayouts, AlreadyExists.
    """
    wallet_id = str(fields["wallet_id"])
    await require_free(books, wallet_id)
    if fields["npub"] is not None and await books.machines.has_npub(str(fields["npub"])):
        raise AlreadyExists(what="npub")
    machine_id = await books.machines.add(
        {**AT_FIRST, **fields, "operator_user_id": user_id},
        scan_from=arrivals.asked_at if scan_from is None else scan_from,
        noted=noted,
    )
    await books.scan.keep_open(wallet_id, arrivals.pending[wallet_id])
    return machine_id


async def change_machine(store: Store, user_id: str, machine_id: str, fields: Mapping[str, object]) -> None:
    """Change what an operator may change of its machine, as one act.

    How it pays out, and whether it is in maintenance, holds for sales that land from now on: those that
    are held already stay held on the terms they landed with. Another key means other hardware: the books
    stay the machine's. A key that a machine has made itself is no matter of typing: KeyPaired. Raises
    CurrencyFixed, AlreadyExists, KeyTaken, and what `own_wallet` and a change of the wallet are refused
    for: WalletInUse, WalletGetsPayouts, WalletBusy.
    """
    npub = fields.get("npub")
    is_login = npub is not None and await accounts.is_login(str(npub))
    wallet_id = fields.get("wallet_id")
    arrivals: Arrivals | None = None
    if wallet_id is not None:
        async with store.reading() as books:
            may(user_id, "change", await books.machines.row(machine_id), "machine")
        wallet = await own_wallet(user_id, str(wallet_id))
        arrivals = await ask_arrivals(store, [wallet.id])
    async with store.transaction("machine", actor=user_id) as books:
        row = may(user_id, "change", await books.machines.row(machine_id), "machine")
        await _check_change(books, row, fields)
        if npub != row["npub"] and is_login:
            raise KeyTaken(owner=A_PERSON)
        if arrivals is not None and wallet_id != row["wallet_id"]:
            await _change_wallet(books, rows.machine(row), str(wallet_id), arrivals)
        await books.machines.change(
            machine_id, {name: value for name, value in fields.items() if name != "wallet_id"}
        )


async def _check_change(books: Books, row: Row, fields: Mapping[str, object]) -> None:
    after = {**row, **fields}
    if after["active"] and not row["active"]:
        await books.standings.require(row["operator_user_id"])
    if after["payout_policy"] == PayoutPolicy.AFTER_MINUTES and not after["payout_delay_minutes"]:
        raise InvalidInput(
            field="payout_delay_minutes", problem="say how many minutes after a sale it is paid out"
        )
    if after["currency"] != row["currency"] and await books.machines.has_books(row["id"]):
        raise CurrencyFixed(currency=row["currency"])
    if after["currency"] != row["currency"] and has_limits(row):
        raise InvalidInput(field="currency", problem=f"the machine has limits in {row['currency']}")
    npub = after["npub"]
    if npub != row["npub"] and row["npub"] is not None and row["paired_at"] is not None:
        raise KeyPaired()
    if npub is not None and npub != row["npub"] and await books.machines.has_npub(str(npub)):
        raise AlreadyExists(what="npub")


async def _change_wallet(books: Books, machine: Machine, wallet_id: str, arrivals: Arrivals) -> None:
    """Bind another wallet while nothing is under way in the one of now."""
    await require_free(books, wallet_id, machine.id)
    ties = await books.machine_wallets.ties(machine, machine.wallet_id)
    refusal = why_not_changed(ties)
    if refusal is not None:
        raise refusal
    await books.machine_wallets.change(machine, wallet_id, scan_from=arrivals.asked_at)
    await books.scan.keep_open(wallet_id, arrivals.pending[wallet_id])


async def require_free(books: Books, wallet_id: str, machine_id: str | None = None) -> None:
    """No other machine's wallet, present or former, and nobody's receiver of payouts."""
    if await books.machines.wallet_owner(wallet_id) not in (None, machine_id):
        raise WalletInUse(wallet_id=wallet_id)
    if await books.machines.gets_payouts(wallet_id):
        raise WalletGetsPayouts(wallet_id=wallet_id)


async def close_wallet(store: Store, host: Host, user_id: str, machine_id: str, wallet_id: str) -> None:
    """Let a former wallet of a machine go, after a look at everything of the machine.

    From then on nothing that moves in it is the machine's. Raises NotFound, WalletStillNeeded.
    """
    async with store.reading() as books:
        machine, _wallet = await _former(books, user_id, machine_id, wallet_id)
        asked_at = books.now
    await check_machine(store, host, machine.id)
    open_rows = await host.history.pending([wallet_id])
    async with store.transaction("machine", actor=user_id) as books:
        machine, _wallet = await _former(books, user_id, machine_id, wallet_id)
        ties = await books.machine_wallets.ties(machine, wallet_id)
        proof = await books.reconcile.proof(wallet_id)
        if proof is None or proof["proved_at"] < asked_at:
            ties.add(Tie.NOT_PROVED)
        if any(is_awaited(payment, rows.instant(books.now)) for payment in open_rows):
            ties.add(Tie.INVOICE)
        refusal = why_not_closed(ties)
        if refusal is not None:
            raise refusal
        await books.machine_wallets.close(machine, wallet_id, proof["balance_msat"] if proof else 0)


async def _former(books: Books, user_id: str, machine_id: str, wallet_id: str) -> tuple[Machine, Row]:
    row = may(user_id, "close_wallet", await books.machines.row(machine_id), "machine")
    wallet = await books.machine_wallets.open_former(machine_id, wallet_id)
    if wallet is None:
        raise NotFound(what="former wallet")
    return rows.machine(row), wallet


@dataclass(frozen=True, kw_only=True)
class WalletSeen:
    """A wallet that a machine has or had."""

    #: with its newest proof
    row: Row
    #: None once it is closed
    ties: tuple[Tie, ...] | None


async def wallets_of(store: Store, user_id: str, machine_id: str) -> list[WalletSeen]:
    """The machine's wallets, the present one first, and what each is still needed for."""
    async with store.reading() as books:
        machine = rows.machine(may(user_id, "read", await books.machines.row(machine_id), "machine"))
        seen = []
        for row in await books.machine_wallets.of(machine_id):
            is_closed = row["closed_at"] is not None
            ties = set() if is_closed else await books.machine_wallets.ties(machine, row["wallet_id"])
            in_order = tuple(tie for tie in Tie if tie in ties)
            seen.append(WalletSeen(row=row, ties=None if is_closed else in_order))
    return seen


async def own_machine(store: Store, user_id: str, machine_id: str) -> Row:
    async with store.reading() as books:
        return may(user_id, "read", await books.machines.row(machine_id), "machine")
