"""LNbits as protocols: its history, its two ways of paying within itself, and what they pass around.

host/ is the real one. What leaves this LNbits is in ports/lightning.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from ..core.host_facts import HostLimits, WalletFacts
from ..core.model import (
    HostPayment,
    Minted,
)
from ..core.states import PayWay
from .books import Books
from .lightning import Lightning

#: The extension that an operator must be allowed to use for its machines' wallets to pay.
OWN_EXTENSION = "satmachineadmin"
#: The extension by which LPs use it.
LP_EXTENSION = "satmachineclient"


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """One internal payment: a pair of rows in the host's books."""

    leg_id: str
    payer_wallet_id: str
    payee_wallet_id: str
    amount_msat: int
    #: the host's service fee, paid by the payer on top
    fee_msat: int
    minted: Minted
    memo: str
    #: what the payment carries: `tag` and what the payee may know
    extra: Mapping[str, object]
    external_id: str


@dataclass(frozen=True, kw_only=True)
class PayoutFacts:
    """What the host says at the moment of paying, for core.payout.decide_payout."""

    payer: WalletFacts | None
    receivers: Mapping[str, WalletFacts]
    limits: HostLimits
    payer_balance_msat: int
    #: what the wallet has paid since midnight UTC
    sent_today_msat: int
    seconds_since_last_payment: int | None
    #: why the host forbids this user the extension; None when it does not
    extension_refusal: str | None


class Found(Enum):
    """What the host's books say of an internal payment, looked up by its hash."""

    #: debit and credit are there
    PAID = "paid"
    #: the debit is there, the credit is not: LNbits stopped in between
    HALF = "half"
    #: nothing was debited and the invoice can still be paid
    PAYABLE = "payable"
    #: nothing was debited and the invoice cannot be paid any more
    DEAD = "dead"


class HostRefused(Exception):
    """The host did not do it, and said why. Whether money moved has to be looked up."""


class PaymentHistory(Protocol):
    """The host's payment table: the truth about what was paid."""

    async def changed_since(self, wallet_ids: Collection[str], since: int) -> list[HostPayment]:
        """Rows changed at or after `since` (epoch seconds); our own payouts are left out."""

    async def pending(self, wallet_ids: Collection[str]) -> list[HostPayment]:
        """Rows that are not decided yet; our own payouts are left out."""

    async def with_hashes(self, wallet_id: str, payment_hashes: Collection[str]) -> list[HostPayment]:
        """Rows of one wallet with these hashes."""

    async def successful(
        self, wallet_id: str, *, created_from: int, offset: int, limit: int
    ) -> list[HostPayment]:
        """A slice of all successful rows created at or after `created_from`, the oldest first."""

    async def all_sides(self, payment_hashes: Collection[str]) -> list[HostPayment]:
        """Rows with these hashes in whatever wallet: both sides of an internal payment."""

    async def marked_since(self, since: int) -> list[HostPayment]:
        """Outgoing rows with the mark of our payouts, of whatever wallet, changed since (epoch seconds)."""

    async def paid_under(self, wallet_id: str, external_id_prefix: str) -> list[HostPayment]:
        """What left a wallet, or may have, with an external id that begins so, the oldest first."""

    async def walk(self, wallet_id: str, *, created_from: float, limit: int) -> list[HostPayment]:
        """A slice of all rows of a wallet created at or after an instant, the oldest first."""

    async def balance_msat(self, wallet_id: str) -> int:
        """What the wallet holds by the host's own rule: a walk over its history."""

    async def users_of(self, wallet_ids: Collection[str]) -> dict[str, str]:
        """The user of each wallet, deleted wallets included."""


class PayoutTransaction(Protocol):
    """The one transaction in which both the host's rows and ours are written."""

    @property
    def books(self) -> Books: ...

    async def facts(self, receiver_wallet_ids: Collection[str]) -> PayoutFacts:
        """What the host says now, under its locks."""

    async def paid_before(self, external_id_prefix: str) -> int:
        """How many payments with this prefix have left the paying wallet by the host's books, or may have."""

    async def transfer(self, transfers: Sequence[Transfer]) -> None:
        """Write both rows of every payment, and the host's service fee rows."""


class Host(Protocol):
    """LNbits, as far as the engine needs it."""

    @property
    def history(self) -> PaymentHistory: ...
    @property
    def lightning(self) -> Lightning: ...
    @property
    def platform_user_id(self) -> str:
        """The owner of the host."""

    async def pay_way(self) -> PayWay:
        """How internal legs are paid at present."""

    async def mint(self, amounts_sats: Mapping[str, int], memo: str) -> dict[str, Minted]:
        """An invoice of our own for each key: hash, preimage and bolt11, known to nobody yet."""

    async def rate_at_hand(self, currency: str) -> str | None:
        """Sats per one unit of the currency if the host has it cached; never asks the net."""

    def payout(self, wallet_id: str) -> AbstractAsyncContextManager[PayoutTransaction]:
        """The fast way: one transaction over the host's books and ours, under the host's locks.

        Commits at the end, rolls back when anything is raised. Raises FastWayClosed when the
        conditions of the fast way do not hold at this moment.
        """

    def announce(self, transfers: Sequence[Transfer]) -> None:
        """After the commit: tell payees and payer, one at a time, at most once."""

    async def facts(
        self, wallet_id: str, receiver_wallet_ids: Collection[str], extension: str = OWN_EXTENSION
    ) -> PayoutFacts:
        """The slow way: what the host says now; `extension` is the one that the payer must be allowed."""

    async def paid_before(self, wallet_id: str, external_id_prefix: str) -> int:
        """The slow way: how many payments with this prefix have left a wallet, or may have."""

    async def make_invoice(self, transfer: Transfer) -> Minted:
        """The slow way: an internal invoice in the payee's wallet; raises HostRefused."""

    async def pay_invoice(self, transfer: Transfer) -> None:
        """The slow way: pay that very invoice; raises HostRefused, money moved or not."""

    async def look_up(self, payment_hash: str) -> Found:
        """What became of an internal payment of ours."""

    async def notify(self, user_id: str, text: str) -> None:
        """Send a person a message by the ways that they told the host; at most once, never raises."""

    async def complete_half(self, payment_hash: str) -> None:
        """Write the missing credit of a payment whose debit is there, exactly once, and announce it."""


class FastWayClosed(Exception):
    """The fast way is not safe at this moment; the slow way does the same job."""
