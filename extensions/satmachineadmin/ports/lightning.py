"""The port to the world outside this LNbits: what targets say, invoices, payments that leave, their legs.

The real one is host/lightning.py; tests bring tests/fakes/lightning.py. Both obey the contract tests.
What talks to the net may take its time and may be cancelled: it touches no money and no database.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from ..core.model import Leg
from ..core.outside import Invoice, OutsideCode, TargetTerms
from ..core.states import LegType


class Verdict(Enum):
    """What the host's books say of a payment that was to leave it, looked up by its hash."""

    #: it was made
    COMPLETED = "completed"
    #: it is confirmed not to have been made
    FAILED = "failed"
    #: it is under way
    PENDING = "pending"
    #: the host's books know nothing of it
    NOT_THERE = "not_there"
    #: the host gave no answer
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The host's verdict on one payment."""

    verdict: Verdict
    #: what the payer paid on top, the host's service fee included
    fee_msat: int = 0


class TargetRefused(Exception):
    """A target outside gave no usable answer, for a reason with a code and a sentence."""

    def __init__(self, code: OutsideCode, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)


@dataclass(frozen=True, kw_only=True)
class OutsidePayment:
    """One payment that is handed to the host, written down before."""

    payer_wallet_id: str
    payment_hash: str
    bolt11: str
    memo: str
    #: what the payment carries: `tag` and what the payer may know
    extra: Mapping[str, object]
    external_id: str
    #: the extension that the payer's user must be allowed to use
    extension: str


@dataclass(frozen=True, kw_only=True)
class Charge:
    """An invoice that a machine's customer is to pay."""

    wallet_id: str
    amount_sats: int
    memo: str
    expiry_seconds: int
    #: what the payment carries
    extra: Mapping[str, object]
    external_id: str


class Lightning(Protocol):
    """Payments that may leave this LNbits, and invoices for those that come in."""

    async def charge(self, wanted: Charge) -> Invoice:
        """A new invoice of one of the host's wallets; raises HostRefused."""

    async def terms(self, target: str) -> TargetTerms:
        """What a Lightning address or LNURL asks for. Talks to the net; raises TargetRefused."""

    async def invoice(self, terms: TargetTerms, amount_msat: int) -> Invoice:
        """The target's invoice over this amount. Talks to the net; raises TargetRefused."""

    def read(self, bolt11: str) -> Invoice:
        """What an invoice says; raises TargetRefused when it cannot be read."""

    async def network(self, wallet_id: str, payment_hash: str) -> str:
        """The network that a payment of this LNbits went over, as an invoice's prefix names it."""

    async def pay(self, payment: OutsidePayment) -> None:
        """Pay that very invoice; raises HostRefused, money moved or not."""

    async def carried(self, payer_wallet_id: str, since: int) -> frozenset[str]:
        """The external ids of legs that went with others' payments from a wallet since an instant."""

    async def look_up(self, payment: OutsidePayment) -> Outcome:
        """What became of a payment of ours; asks the node where the host's books do not know.

        Talks to the net for a while, and never raises because of it.
        """


class OutsideBook(Protocol):
    """Legs with a payment of their own: those that leave this LNbits, and those of other payers."""

    async def due(self, leg_types: Collection[LegType]) -> Leg | None: ...
    async def gathered(self, target: str, payer_wallet_id: str, limit: int) -> list[Leg]: ...
    async def carried_by(self, leg_id: str) -> list[Leg]: ...
    async def moved_at(self, leg_id: str) -> int: ...
    async def note_address(self, leg: Leg, address: str) -> None: ...
    async def wait(self, leg: Leg, *, code: str, sentence: str, until: int) -> None: ...
    async def put_off(self, target: str, *, code: str, sentence: str, until: int) -> None: ...
