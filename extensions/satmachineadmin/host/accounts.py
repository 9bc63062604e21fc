"""Users and wallets of LNbits, as far as the API asks for them. No key and no balance is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lnbits.core.crud import (
    get_account,
    get_account_by_username,
    get_wallet,
    get_wallet_for_key,
)
from lnbits.core.crud.payments import get_payments
from lnbits.core.crud.settings import get_super_settings
from lnbits.core.crud.wallets import get_standalone_wallet
from lnbits.core.db import db as core_db
from lnbits.core.models import Wallet
from lnbits.settings import settings

from ..store import host_tables
from ..store.sql import Row, in_list

#: What a person is called that has no name.
NAMELESS = "somebody"
_SLICE = 500


@dataclass(frozen=True, kw_only=True)
class KnownWallet:
    """A wallet of this LNbits."""

    id: str
    user_id: str
    name: str
    #: a shared mirror: its money lives in another wallet
    is_shared: bool


def _known(wallet: Wallet | None) -> KnownWallet | None:
    if wallet is None or wallet.deleted:
        return None
    return KnownWallet(
        id=wallet.id,
        user_id=wallet.user,
        name=wallet.name,
        is_shared=not wallet.is_lightning_wallet or wallet.shared_wallet_id is not None,
    )


async def find_wallet(wallet_id: str) -> KnownWallet | None:
    """The wallet as it stands, a shared mirror as a mirror."""
    return _known(await get_standalone_wallet(wallet_id))


async def find_wallet_by_key(key: str) -> KnownWallet | None:
    """The wallet that an invoice key stands for. An admin key is refused: nobody should hand it out."""
    wallet = await get_wallet_for_key(key)
    if wallet is None or wallet.inkey != key:
        return None
    return await find_wallet(wallet.id)


async def wallet_names(wallet_ids: Collection[str]) -> dict[str, str]:
    """The names of those of the wallets that are there: one question, however many they are."""
    listed, values = in_list("wallet", sorted(wallet_ids))
    rows: list[Row] = await core_db.fetchall(host_tables.wallet_names(listed), values)
    return {str(row["id"]): str(row["name"]) for row in rows}


async def ordinary_wallets(user_id: str) -> dict[str, str]:
    """The names of a user's own wallets, by their ids; shared mirrors are none of them."""
    rows: list[Row] = await core_db.fetchall(host_tables.WALLETS_OF, {"user_id": user_id})
    return {str(row["id"]): str(row["name"]) for row in rows if not _is_shared(row)}


def _is_shared(row: Row) -> bool:
    return row["wallet_type"] != "lightning" or row["shared_wallet_id"] is not None


async def balance_sats(wallet_id: str) -> int | None:
    """What a wallet holds; None when it is gone."""
    wallet = await get_wallet(wallet_id)
    return None if wallet is None else int(wallet.balance)


async def pending_hashes(wallet_id: str) -> list[str]:
    """Payments of a wallet that are not decided yet: when it becomes a machine's, they are watched."""
    payments = await get_payments(wallet_id=wallet_id, pending=True, limit=1000)
    return [payment.payment_hash for payment in payments]


async def users_among(user_ids: Collection[str]) -> dict[str, str]:
    """Those of the users that have an account here, each with a name for a person to read."""
    found: dict[str, str] = {}
    for some in _slices(user_ids):
        listed, values = in_list("user", some)
        rows: list[Row] = await core_db.fetchall(host_tables.users_among(listed), values)
        found |= {str(row["id"]): str(row["username"] or "") or NAMELESS for row in rows}
    return found


async def owners_of_ordinary(wallet_ids: Collection[str]) -> dict[str, str]:
    """The users of those of the wallets that are there; shared mirrors are none of them."""
    found: dict[str, str] = {}
    for some in _slices(wallet_ids):
        listed, values = in_list("wallet", some)
        rows: list[Row] = await core_db.fetchall(host_tables.owners_of(listed), values)
        found |= {str(row["id"]): str(row["user_id"]) for row in rows if not _is_shared(row)}
    return found


def _slices(ids: Collection[str]) -> Iterator[list[str]]:
    """A statement binds no more than some ten thousand values."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), _SLICE):
        yield ordered[start : start + _SLICE]


async def find_user_id(username: str) -> str | None:
    """The id of the user with exactly this name."""
    account = await get_account_by_username(username)
    return None if account is None or account.username != username else str(account.id)


async def logins_among(npubs: Collection[str]) -> set[str]:
    """Those of some Nostr keys (lower-case hex) that people log in with, switched off or not."""
    if not npubs:
        return set()
    listed, values = in_list("npub", sorted(npubs))
    rows: list[Row] = await core_db.fetchall(host_tables.logins(listed), values)
    return {str(row["npub"]) for row in rows}


async def is_login(npub: str) -> bool:
    """Whether somebody logs in with this Nostr key."""
    return bool(await logins_among([npub]))


async def user_name(user_id: str) -> str:
    """A name for a person to read; never the id."""
    account = await get_account(user_id)
    return (account.username if account else None) or NAMELESS


async def has_password(user_id: str) -> bool:
    """Whether a user can log in with a password."""
    account = await get_account(user_id)
    return account is not None and account.has_password


async def is_password(user_id: str, password: str) -> bool:
    """Whether this is the user's password. It is hashed beside the loop, which that would hold up."""
    account = await get_account(user_id)
    if account is None:
        return False
    try:
        return await asyncio.to_thread(account.verify_password, password)
    except ValueError:  # longer than any password can be
        return False


async def load_platform() -> str:
    """The super user, for a command beside LNbits: there nobody has read LNbits' settings yet."""
    stored = await get_super_settings()
    if stored is not None and stored.super_user:
        settings.super_user = stored.super_user
    return str(settings.super_user)


def is_platform(user_id: str) -> bool:
    """Whether this is the LNbits super user."""
    return bool(settings.is_super_user(user_id))
