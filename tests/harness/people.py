"""Users, wallets and payments as a server shows them: small values, made from its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: the name of LNbits' super user in every test, and the password of everybody
SUPER_USER = "platform"
PASSWORD = "correct horse battery"


@dataclass(frozen=True, kw_only=True)
class Wallet:
    id: str
    user_id: str
    name: str
    adminkey: str
    inkey: str

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Wallet:
        return cls(
            id=data["id"],
            user_id=data["user"],
            name=data["name"],
            adminkey=data["adminkey"],
            inkey=data["inkey"],
        )


@dataclass(frozen=True, kw_only=True)
class User:
    id: str
    username: str
    #: goes into `Authorization: Bearer`; stays valid over a restart
    token: str
    wallets: tuple[Wallet, ...]

    @property
    def wallet(self) -> Wallet:
        """The first wallet, which every account is made with."""
        return self.wallets[0]

    @classmethod
    def read(cls, data: Mapping[str, Any], token: str) -> User:
        return cls(
            id=data["id"],
            username=data["username"],
            token=token,
            wallets=tuple(Wallet.read(wallet) for wallet in data["wallets"]),
        )


@dataclass(frozen=True, kw_only=True)
class Payment:
    """One row of a wallet's history."""

    wallet_id: str
    checking_id: str
    payment_hash: str
    #: positive: received; negative: paid
    amount_msat: int
    fee_msat: int
    #: `success`, `pending` or `failed`
    status: str
    memo: str
    bolt11: str
    tag: str | None
    external_id: str | None
    extra: Mapping[str, Any]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Payment:
        return cls(
            wallet_id=data["wallet_id"],
            checking_id=data["checking_id"],
            payment_hash=data["payment_hash"],
            amount_msat=data["amount"],
            fee_msat=data["fee"],
            status=data["status"],
            memo=data.get("memo") or "",
            bolt11=data["bolt11"],
            tag=data.get("tag"),
            external_id=data.get("external_id"),
            extra=data.get("extra") or {},
        )
