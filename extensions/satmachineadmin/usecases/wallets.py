"""Which wallets may be used for what."""

from __future__ import annotations

from ..core.errors import MachineWalletRefused, SharedWallet, WalletNotYours
from ..host import accounts
from ..host.accounts import KnownWallet
from ..store.books import Books


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
