"""What the engine needs from the world, as protocols: the books, the host, the clock.

The real ones are store/ (SQL) and host/ (LNbits); tests bring others. All obey the contract tests in
tests/contract/. `Books` live inside one transaction: everything done through them commits together
or not at all, and nothing of the host may be awaited meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

from .core.host_facts import HostLimits, WalletFacts
from .core.lease import Lease
from .core.model import (
    Due,
    HostPayment,
    Landing,
    Leg,
    LegHolder,
    Machine,
    Minted,
    Plan,
    PlanInput,
    PlatformFee,
    Sent,
    Settlement,
)
from .core.progress import Progress
from .core.states import LegState, PayWay, SettlementState, TxType, WithdrawalState
from .core.trail import Mark, TrailVerdict
from .forward_book import ForwardBook
from .lightning import Lightning, OutsideBook
from .reconcile_book import ReconcileBook

#: The extension that an operator must be allowed to use for its machines' wallets to pay.
OWN_EXTENSION = "satmachineadmin"
#: The extension by which LPs use it.
LP_EXTENSION = "satmachineclient"


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


# The books ------------------------------------------------------------------------------------


class MachineBook(Protocol):
    async def get(self, machine_id: str) -> Machine | None: ...
    async def ids(self, operator_user_id: str | None = None) -> list[str]: ...
    async def bound_wallets(self) -> list[Mapping[str, Any]]: ...
    async def all_wallet_ids(self) -> frozenset[str]: ...
    async def count_sale(self, machine_id: str, paid_at: int) -> None: ...
    async def recent_rates(self, machine_id: str, count: int) -> list[str]: ...
    async def pause_payouts(self, machine_id: str, reason: str) -> None: ...
    async def resume_payouts(self, machine_id: str) -> None: ...


class PlatformBook(Protocol):
    async def fee(self, tx_type: TxType) -> PlatformFee: ...
    async def config(self) -> Mapping[str, Any]: ...
    async def wallet_id(self) -> str | None: ...


class LpBook(Protocol):
    async def payout_wallets(self, enrolment_ids: Iterable[str]) -> dict[str, str]: ...
    async def reserve(self, amounts_minor: Mapping[str, int]) -> None: ...
    async def release(self, amounts_minor: Mapping[str, int]) -> None: ...
    async def spend(self, fills: Mapping[str, tuple[int, int, int]]) -> None: ...


class SettlementBook(Protocol):
    async def get(self, settlement_id: str) -> Settlement | None: ...
    async def due(self, limit: int) -> list[Due]: ...
    async def overdue_holds(self, limit: int) -> list[str]: ...
    async def overdue_hold(self, settlement_id: str) -> Settlement | None: ...
    async def land(
        self,
        machine: Machine,
        payment: HostPayment,
        landing: Landing,
        fee: PlatformFee,
        *,
        payer_wallet_id: str | None = None,
    ) -> Settlement: ...
    async def move(
        self,
        settlement: Settlement,
        after: SettlementState,
        *,
        progress: Progress | None = None,
        **columns: object,
    ) -> None: ...
    async def amend(
        self,
        settlement: Settlement,
        event: str,
        *,
        said: Mapping[str, object] | None = None,
        **columns: object,
    ) -> None: ...
    async def wait(self, settlement: Settlement, *, code: str, sentence: str, until: int | None) -> None: ...
    async def note_progress(self, settlement: Settlement, progress: Progress) -> None: ...
    def remark(self, settlement: Settlement, event: str, **said: object) -> None: ...
    async def take_over(self, settlement_id: str, before: str | None, claim: str) -> None: ...
    async def let_rest(self, settlement: Settlement) -> None: ...


class LegBook(Protocol):
    async def of(self, settlement_id: str) -> tuple[Leg, ...]: ...
    async def known_hashes(self, payment_hashes: Iterable[str]) -> frozenset[str]: ...
    async def write_plan(self, settlement: Settlement, plan: Plan, minted: Mapping[str, Minted]) -> None: ...
    async def write_fresh_attempt(
        self,
        settlement: Settlement,
        leg: Leg,
        minted: Minted | None,
        *,
        tries: int = 0,
        **columns: object,
    ) -> Leg: ...
    async def sent(self, leg_id: str) -> Sent: ...
    async def move(self, settlement: LegHolder, leg: Leg, after: LegState, **columns: object) -> None: ...
    async def mark_kept(self, leg: Leg, note: str) -> None: ...
    async def complete_at_once(self, settlement: LegHolder, sent: Sequence[Sent]) -> None: ...


class ScanBook(Protocol):
    async def changed_until(self, wallet_id: str) -> int | None: ...
    async def full_scan_at(self, wallet_id: str) -> int: ...
    async def advance(self, wallet_id: str, *, changed_until: int, full: bool) -> None: ...
    async def seen(self, wallet_id: str, payment_hashes: Iterable[str]) -> dict[str, str]: ...
    async def note(self, wallet_id: str, payment_hash: str, *, verdict: str, facts: str) -> None: ...
    async def open_hashes(self, wallet_id: str) -> list[str]: ...
    async def keep_open(self, wallet_id: str, payment_hashes: Iterable[str]) -> None: ...
    async def close_open(self, wallet_id: str, payment_hashes: Iterable[str]) -> None: ...


class PayoffBook(Protocol):
    async def due(self, limit: int) -> list[Mapping[str, Any]]: ...
    async def get(self, leg_id: str) -> Leg | None: ...
    async def wait(self, leg_id: str, *, code: str, sentence: str, until: int) -> None: ...


class PayerBook(Protocol):
    async def wallet_ids(self, operator_user_id: str) -> frozenset[str]: ...


class WithdrawalBook(Protocol):
    async def open(self, fields: Mapping[str, object]) -> str: ...
    async def by_secret(self, k1: str) -> Mapping[str, Any] | None: ...
    async def under_way(self, settlement_id: str) -> Mapping[str, Any] | None: ...
    async def move(
        self, withdrawal: Mapping[str, Any], after: WithdrawalState, **columns: object
    ) -> None: ...


class WorklistBook(Protocol):
    async def open(
        self,
        kind: str,
        subject_id: str,
        *,
        operator_user_id: str,
        machine_id: str,
        detail: str,
        figures: Mapping[str, object] | None = None,
        fingerprint: str = "",
    ) -> bool: ...
    async def open_of_machine(
        self, machine_id: str, kinds: Collection[str]
    ) -> Sequence[Mapping[str, Any]]: ...
    async def accepted(self, fingerprints: Iterable[str]) -> frozenset[str]: ...
    async def close(self, kind: str, subject_id: str) -> None: ...


class Books(Protocol):
    """The aggregates inside one transaction, at one instant (`now`, epoch seconds)."""

    @property
    def now(self) -> int: ...
    @property
    def machines(self) -> MachineBook: ...
    @property
    def platform(self) -> PlatformBook: ...
    @property
    def lps(self) -> LpBook: ...
    @property
    def settlements(self) -> SettlementBook: ...
    @property
    def legs(self) -> LegBook: ...
    @property
    def outside(self) -> OutsideBook: ...
    @property
    def forwards(self) -> ForwardBook: ...
    @property
    def scan(self) -> ScanBook: ...
    @property
    def payoffs(self) -> PayoffBook: ...
    @property
    def payers(self) -> PayerBook: ...
    @property
    def withdrawals(self) -> WithdrawalBook: ...
    @property
    def worklist(self) -> WorklistBook: ...
    @property
    def reconcile(self) -> ReconcileBook: ...

    async def plan_input(self, settlement: Settlement) -> PlanInput:
        """Everything that a plan of this settlement depends on."""

    async def require_lease(self, held: Lease) -> None:
        """Raise LeaseLost unless this process may still pay."""

    async def verify_trail(self) -> TrailVerdict:
        """Whether the audit trail is the one that was written; reads it all, in slices."""

    async def mark_trail(self, sound_until: Mark) -> None:
        """Remember how far it was, so that a later verification notices a shorter or another one."""


class Store(Protocol):
    def reading(self) -> AbstractAsyncContextManager[Books]:
        """Books to read from."""

    def transaction(self, place: str, actor: str = "engine") -> AbstractAsyncContextManager[Books]:
        """Books to write in, alone; `place` names the transaction for the crash tests."""


# The host -------------------------------------------------------------------------------------


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
        """How many successful payments with this prefix the host's books hold already."""

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
        """The slow way: how many successful payments with this prefix the host's books hold."""

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
