"""Which wallets may be used for what, and what is still to come in those that become machines'."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..core.errors import MachineWalletRefused, SharedWallet, WalletNotYours
from ..host import accounts
from ..host.accounts import KnownWallet
from ..store.books import Books, Store


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """What is still to come in wallets that are about to become machines'.

    What is made from `asked_at` on (epoch seconds) is scanned for sales, and what was pending right after
    it is watched until it is decided: no payment falls in between, however long the books are waited for.
    """

    asked_at: int
    #: wallet → hashes of its payments that are not decided
    pending: Mapping[str, Sequence[str]]


async def ask_arrivals(store: Store, wallet_ids: Iterable[str]) -> Arrivals:
    """To be asked before the transaction that binds the wallets."""
    async with store.reading() as books:
        asked_at = books.now
    pending = {wallet_id: await accounts.pending_hashes(wallet_id) for wallet_id in wallet_ids}
    return Arrivals(asked_at=asked_at, pending=pending)


async def own_wallet(user_id: str, wallet_id: str) -> KnownWallet:
    """An ordinary wallet of the user; raises WalletNotYours or SharedWallet."""
    wallet = await accounts.find_wallet(wallet_id)
    if wallet is None or wallet.user_id != user_id:
        raise WalletNotYours(wallet_id=wallet_id)
    if wallet.is_shared:
        raise SharedWallet(wallet_id=wallet_id)
    return wallet


async def refuse_machine_wallet(books: Books, wallet_id: str) -> None:
    """No payout goes to a wallet that is or was a machine's."""
    if wallet_id in await books.machines.all_wallet_ids():
        raise MachineWalletRefused(wallet_id=wallet_id)
