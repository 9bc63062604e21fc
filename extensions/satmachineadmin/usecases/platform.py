"""The platform's fee and wallet: the super user's own matter."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.errors import SharedWallet, TargetNotFound
from ..host import accounts
from ..store.books import Store
from ..store.sql import Row
from .permissions import require_platform
from .wallets import refuse_machine_wallet


async def platform_config(store: Store) -> Row:
    async with store.reading() as books:
        return await books.platform.config()


async def change_platform(store: Store, user_id: str, fields: Mapping[str, object]) -> None:
    """Set fee or wallet for sales that land from now on. Raises NotAllowed, TargetNotFound and others."""
    require_platform(accounts.is_platform(user_id))
    wallet_id = fields.get("super_fee_wallet_id")
    if wallet_id is not None:
        wallet = await accounts.find_wallet(str(wallet_id))
        if wallet is None:
            raise TargetNotFound(target=wallet_id)
        if wallet.is_shared:
            raise SharedWallet(wallet_id=wallet_id)
    async with store.transaction("platform", actor=user_id) as books:
        if wallet_id is not None:
            await refuse_machine_wallet(books, str(wallet_id))
        await books.platform.change(**fields)
