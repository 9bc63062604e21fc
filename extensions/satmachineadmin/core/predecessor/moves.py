"""What is known here of what the predecessor holds, and what may become of it: the values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from ..model import SplitRule
from ..states import Word
from ..units import currency_digits, round_half_up
from . import records
from .shares import OldSplit


class MoveOutcome(Word):
    """What becomes of something that the predecessor holds. Closed."""

    #: written into these books
    ADD = "add"
    #: here already: from an earlier run, or by hand
    THERE = "there"
    #: not taken over, because of this; its row is kept
    LEFT = "left"


@dataclass(frozen=True, kw_only=True)
class KnownPlace:
    """A machine of these books, by its wallet."""

    id: str
    operator_user_id: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class Unrecorded:
    """A payment into a machine's wallet that the predecessor did not write down as a sale."""

    payment_hash: str
    sats: int
    paid_at: int


@dataclass(frozen=True, kw_only=True)
class Known:
    """What these books and LNbits know of the things that were found."""

    #: ids of accounts of this LNbits, of those that were asked for
    users: Collection[str]
    #: ordinary wallets → their user
    wallets: Mapping[str, str]
    #: wallet → the machine that holds it
    machines: Mapping[str, KnownPlace]
    #: every wallet that some machine holds
    machine_wallets: Collection[str]
    #: wallet of a machine that was found → what came in there and is in no book
    unrecorded: Mapping[str, Sequence[Unrecorded]]
    #: wallets that receive payouts: of partners, LPs, the platform
    receivers: Collection[str]
    #: keys that people log in with, or other machines have
    keys: Collection[str]
    #: (machine of these books, user) → (enrolment, whether it has cash entries)
    enrolments: Mapping[tuple[str, str], tuple[str, bool]]
    #: users that have chosen here
    chosen: Collection[str]
    #: target as it was entered → who that is, or why nobody can be paid there
    targets: Mapping[str, SplitRule | str]
    #: (operator, machine of these books or None) that have a split here
    splits: Collection[tuple[str, str | None]]
    #: (wallet, payment hash) of sales of these books in the wallets of the machines that were found → state
    sales: Mapping[tuple[str, str], str]
    #: (table, id) of rows that an earlier run has taken over → what became of them
    moved: Mapping[tuple[str, str], str]


@dataclass(frozen=True, kw_only=True)
class MachineMove:
    old: records.OldMachine
    outcome: MoveOutcome
    problem: str = ""
    #: its id here, where it is here
    machine_id: str = ""
    #: None where it had none, or the key is another's by now: it pairs anew
    npub: str | None = None
    unrecorded: Sequence[Unrecorded] = ()


@dataclass(frozen=True, kw_only=True)
class Entry:
    old: records.OldDeposit
    minor: int
    exact: Fraction

    @property
    def counts(self) -> bool:
        return self.old.status in records.COUNTED

    @property
    def is_pending(self) -> bool:
        return self.old.status in records.WAITING

    @property
    def is_rounded(self) -> bool:
        return self.exact != self.minor


@dataclass(frozen=True, kw_only=True)
class EnrolmentMove:
    """An LP at a machine. Several rows of one person at one machine become one."""

    old: records.OldEnrolment
    #: the others of this person at this machine
    merged: Sequence[records.OldEnrolment]
    outcome: MoveOutcome
    problem: str = ""
    enrolment_id: str = ""
    #: whether its cash is taken over, and if not, why
    has_cash: bool = True
    cash_problem: str = ""
    entries: Sequence[Entry] = ()
    #: what its paid legs drew, exactly
    drawn: Fraction = Fraction(0)
    fills: int = 0
    received_sats: int = 0

    @property
    def takes_cash(self) -> bool:
        """Whether its cash is written."""
        return self.has_cash and self.outcome is not MoveOutcome.LEFT

    @property
    def balance(self) -> Fraction:
        """What the predecessor says that is left, exactly."""
        return sum((one.exact for one in self.entries if one.counts), Fraction(0)) - self.drawn

    @property
    def balance_minor(self) -> int:
        """The same in whole minor units, and never less than nothing."""
        return max(0, round_half_up(self.balance))

    @property
    def overdrawn_minor(self) -> int:
        """What sales drew beyond what there was."""
        return max(0, -round_half_up(self.balance))

    @property
    def drawn_minor(self) -> int:
        """The entry that brings the deposits to the balance, to be taken off."""
        return sum(one.minor for one in self.entries if one.counts) - self.balance_minor


@dataclass(frozen=True, kw_only=True)
class ChoicesMove:
    old: records.OldChoices
    outcome: MoveOutcome
    problem: str = ""
    #: what the limit of a day is in: the predecessor had one number for all of an LP's machines
    currency: str = ""

    @property
    def limit(self) -> Fraction | None:
        """The limit in minor units, exactly; None without one."""
        limit = self.old.daily_limit
        return None if limit is None else Fraction(limit) * 10 ** currency_digits(self.currency)


@dataclass(frozen=True, kw_only=True)
class SplitMove:
    old: OldSplit
    outcome: MoveOutcome
    problem: str = ""
    rules: Sequence[SplitRule] = ()


@dataclass(frozen=True, kw_only=True)
class SaleMove:
    """A sale of the past with its legs."""

    old: records.OldSale
    legs: Sequence[records.OldLeg]
    outcome: MoveOutcome
    problem: str = ""
    #: the state of the settlement that its payment is in these books as well, where somebody had added the
    #: machine before the move
    here: str = ""

    @property
    def needs_a_person(self) -> bool:
        """Whether something of it was still to be paid, or may be paid by both."""
        is_open = self.old.status not in records.DONE or any(leg.is_open for leg in self.legs)
        return is_open or bool(self.here)


class Move(Protocol):
    """What becomes of one thing."""

    @property
    def outcome(self) -> MoveOutcome: ...
    @property
    def problem(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Plan:
    machines: Sequence[MachineMove]
    enrolments: Sequence[EnrolmentMove]
    choices: Sequence[ChoicesMove]
    splits: Sequence[SplitMove]
    sales: Sequence[SaleMove]
    #: legs of no sale that are not here yet: balances that were paid off
    loose_legs: Sequence[records.OldLeg] = ()
    #: rows that nothing is made of, and why
    strays: Sequence[records.Unread] = ()

    @property
    def moves(self) -> tuple[Move, ...]:
        """What is told of one by one, in the order in which it is written."""
        return (*self.machines, *self.enrolments, *self.choices, *self.splits, *self.sales)

    @property
    def is_empty(self) -> bool:
        return not self.loose_legs and not any(move.outcome is MoveOutcome.ADD for move in self.moves)
