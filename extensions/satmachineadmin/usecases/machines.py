"""Machines: added and described by their operator."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.errors import AlreadyExists, InvalidInput, WalletInUse
from ..core.states import PayoutPolicy
from ..host import accounts
from ..store.books import Store
from ..store.sql import Row
from .permissions import may
from .wallets import own_wallet


async def add_machine(store: Store, user_id: str, fields: Mapping[str, object]) -> str:
    """Add a machine and bind its wallet: what the wallet received before this instant is never settled.

    Payments that are pending at this moment are watched, so that a sale that is under way is not lost.
    Raises WalletNotYours, SharedWallet, WalletInUse, AlreadyExists.
    """
    wallet = await own_wallet(user_id, str(fields["wallet_id"]))
    pending = await accounts.pending_hashes(wallet.id)
    async with store.transaction("machine", actor=user_id) as books:
        if await books.machines.wallet_owner(wallet.id) is not None:
            raise WalletInUse(wallet_id=wallet.id)
        if fields["npub"] is not None and await books.machines.has_npub(str(fields["npub"])):
            raise AlreadyExists(what="npub")
        machine_id = books.made(
            await books.machines.add(
                {
                    "payout_policy": PayoutPolicy.AT_ONCE,
                    "payout_delay_minutes": 30,
                    "dispense_report_minutes": 15,
                    "maintenance": False,
                    "fallback_commission_pct": None,
                    "active": True,
                    **fields,
                    "operator_user_id": user_id,
                },
                scan_from=books.now,
            )
        )
        await books.scan.keep_open(wallet.id, pending)
    return machine_id


async def change_machine(store: Store, user_id: str, machine_id: str, fields: Mapping[str, object]) -> None:
    """Change what an operator may change of its machine.

    How it pays out, and whether it is in maintenance, holds for sales that land from now on: those that
    are held already stay held on the terms they landed with.
    """
    async with store.transaction("machine", actor=user_id) as books:
        row = may(user_id, "change", await books.machines.row(machine_id), "machine")
        after = {**row, **fields}
        if after["payout_policy"] == PayoutPolicy.AFTER_MINUTES and not after["payout_delay_minutes"]:
            raise InvalidInput(
                field="payout_delay_minutes", problem="say how many minutes after a sale it is paid out"
            )
        await books.machines.change(machine_id, fields)


async def own_machine(store: Store, user_id: str, machine_id: str) -> Row:
    async with store.reading() as books:
        return may(user_id, "read", await books.machines.row(machine_id), "machine")
