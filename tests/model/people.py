"""Who there is besides the operator and the platform, and LNbits' users and wallets as use cases see them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from satmachineadmin.host import accounts
from satmachineadmin.host.accounts import KnownWallet
from tests.fakes.host import FakeHost
from tests.unit.engine.rig import PLATFORM

PURSE = "purse"
PARTNERS = ("paula", "pedro", "petra")
#: targets of the operator: outside, outside with a least amount, and a wallet here behind an address
ELLA, FRED, GRETA = "ella@example.com", "fred@example.com", "greta@here.com"
#: the wallet here of a customer who has one
CUSTOMER = "carla's wallet"
LPS = ("ana", "ben", "cleo")


def hex_id(name: str) -> str:
    """A wallet's id as LNbits makes them, of a name."""
    return name.encode().hex().ljust(32, "0")[:32]


def people_of(current: Callable[[], FakeHost], monkeypatch: pytest.MonkeyPatch) -> None:
    """LNbits' users and wallets are those of the host in memory."""

    async def find_wallet(wallet_id: str) -> KnownWallet | None:
        wallet = current().wallets.get(wallet_id)
        if wallet is None or wallet.deleted:
            return None
        names = {hex_id(name): name for name in PARTNERS}
        return KnownWallet(
            id=wallet.id,
            user_id=wallet.user_id,
            name=names.get(wallet.id, wallet.id),
            is_shared=wallet.is_shared,
        )

    async def nobody(_key: str) -> None:
        return None

    async def balance_sats(wallet_id: str) -> int:
        return current().balance_sats(wallet_id)

    async def pending_hashes(_wallet_id: str) -> list[str]:
        return []

    async def user_name(user_id: str) -> str:
        return user_id

    async def find_user_id(username: str) -> str:
        return username

    async def has_password(_user_id: str) -> bool:
        return True

    async def is_password(_user_id: str, password: str) -> bool:
        return password == "its password"

    async def is_login(_npub: str) -> bool:
        return False

    monkeypatch.setattr(accounts, "is_login", is_login)
    monkeypatch.setattr(accounts, "has_password", has_password)
    monkeypatch.setattr(accounts, "is_password", is_password)
    monkeypatch.setattr(accounts, "find_wallet", find_wallet)
    monkeypatch.setattr(accounts, "find_wallet_by_key", nobody)
    monkeypatch.setattr(accounts, "balance_sats", balance_sats)
    monkeypatch.setattr(accounts, "pending_hashes", pending_hashes)
    monkeypatch.setattr(accounts, "find_user_id", find_user_id)
    monkeypatch.setattr(accounts, "user_name", user_name)
    monkeypatch.setattr(accounts, "is_platform", lambda user_id: user_id == PLATFORM)
