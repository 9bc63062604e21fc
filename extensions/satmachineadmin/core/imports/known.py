"""What is known about the things that the files name: of LNbits, and of the books as they stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from ..model import SplitRule
from ..states import EnrolmentStatus


@dataclass(frozen=True, kw_only=True)
class KnownMachine:
    """A machine of the operator."""

    id: str
    name: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class KnownEnrolment:
    """An LP at one of the machines."""

    id: str
    machine_id: str
    #: as the operator calls it
    name: str
    status: EnrolmentStatus
    has_accepted: bool
    #: an opening balance is entered, and neither cancelled nor corrected away
    has_opening: bool
    user_id: str


@dataclass(frozen=True, kw_only=True)
class Known:
    """Everything that a decision depends on beside the files."""

    #: the operator's ordinary wallets: id → name
    wallets: Mapping[str, str]
    #: username → user id; None where there is no such user
    users: Mapping[str, str | None]
    #: receiver as written → where it leads, or why it cannot be used
    targets: Mapping[str, SplitRule | str]
    machines: Collection[KnownMachine]
    enrolments: Collection[KnownEnrolment]
    #: wallets that can be no new machine's: id → why
    unfree_wallets: Mapping[str, str]
    #: keys that can be no new machine's: key → why
    npubs: Mapping[str, str]
    #: wallets that are or were a machine's: they receive no payouts
    machine_wallets: Collection[str]
    #: sets in force: machine id, or nothing for the default → its rules
    splits: Mapping[str, tuple[SplitRule, ...]]
    #: the operator's day
    today: date
