"""The reference's books: rules as they were decided, sales, legs, the LPs' cash, the wallets' sats."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from .reference import Line, Sale, Stake

Event = Mapping[str, Any]

DIGITS = {"EUR": 2, "JPY": 0, "KWD": 3}
#: What the network takes of every payment that leaves.
NETWORK_FEE_MSAT = 1250

_ARROWS = {
    "settlement": """held>pending pending>processing processing>processed processing>errored pending>errored
        errored>processing errored>pending errored>processed processing>pending processed>processing
        rejected>pending rejected>dismissed held>dismissed""",
    "leg": """pending>paying pending>completed pending>failed pending>voided paying>completed paying>refunded
        paying>failed paying>unresolved unresolved>completed unresolved>refunded unresolved>failed
        failed>voided skipped>voided""",
    "cash entry": """pending>confirmed pending>cancelled pending>disputed disputed>pending
        disputed>cancelled""",
    "transaction": """invoiced>paid collecting>offered collecting>held collecting>cancelled held>offered
        held>cancelled offered>cancelled offered>paid""",
    "link": "open>claimed claimed>paid claimed>open open>cancelled",
}
ARROWS = {kind: {tuple(arrow.split(">")) for arrow in arrows.split()} for kind, arrows in _ARROWS.items()}
PAID = ("completed", "refunded")
#: An LP's cash is out of its reach while its leg may still be paid, and once it was.
_HOLDING = ("pending", "paying", "failed", "unresolved", "completed")
#: Cash entries that are neither confirmed nor cancelled.
_WAITING = ("pending", "disputed")
IN_FLIGHT = ("paying", "unresolved")
#: What an operator says where all goes back to the customer, and where what stayed does.
ALL_BACK, STAYED = "nothing came out", "notes stayed in the machine"


@dataclass
class Leg:
    """A leg as the reference has it."""

    id: str
    sale: str
    key: str
    kind: str
    who: str
    reason: str | None
    sats: int
    fiat: int | None
    state: str
    #: whose cash it draws, an enrolment
    lp: str | None = None
    day: str = ""
    payer: str = ""
    payee: str = ""
    sent_msat: int = 0
    fee_msat: int = 0
    carrier: str | None = None
    #: what its payment bears in LNbits' books
    mark: str = ""

    @property
    def line(self) -> Line:
        return Line(self.kind, self.who if self.reason is None else "", self.reason, self.sats, self.fiat)


@dataclass
class Enrolment:
    machine: str
    user: str
    status: str = "invited"
    confirmed: int = 0


@dataclass
class Ledger:
    """What stands in them, and what follows from it."""

    #: sales as they were made, by payment hash: what the payment says
    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: wallets by what a leg's label names
    wallet_of: Callable[[str], str] = str
    #: the part of the notes that the operator named last, as (part, whole)
    asked_part: tuple[int, int] = (0, 1)
    #: the part that a machine has reported of a sale, as (part, whole)
    reported_part: dict[str, tuple[int, int]] = field(default_factory=dict)
    #: why a sale is held
    reasons: dict[str, str | None] = field(default_factory=dict)

    platform: dict[str, Any] = field(
        default_factory=lambda: {
            "super_fee_pct": "0",
            "super_fee_cash_in_pct": "0",
            "super_fee_basis": "commission",
            "super_fee_wallet_id": None,
        }
    )
    machines: dict[str, dict[str, Any]] = field(default_factory=dict)
    rules: dict[str | None, list[tuple[str, int]]] = field(default_factory=dict)
    lps: dict[str, Enrolment] = field(default_factory=dict)
    choices: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    sales: dict[str, Sale] = field(default_factory=dict)
    legs: dict[str, Leg] = field(default_factory=dict)
    held_msat: Counter[str] = field(default_factory=Counter)
    #: the first thing that should not have been
    broken: str = ""
    #: who works now has lost the right to pay
    is_overtaken: bool = False
    #: no rate was far from the others yet
    is_calm: bool = True
    #: hash and number of the last event
    head: tuple[str, int] = ("", 0)

    _staged: dict[str, list[Leg]] = field(default_factory=lambda: defaultdict(list))
    _swept: dict[str, list[Leg]] = field(default_factory=lambda: defaultdict(list))
    _corrections: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _payoff: Leg | None = None

    # What the world does -------------------------------------------------------------------------

    def received(self, wallet: str, msat: int) -> None:
        self.held_msat[wallet] += msat

    # Rules that hold for everything --------------------------------------------------------------

    def _check_arrow(self, kind: str, state: str, before: Event, after: Event) -> None:
        assert before["state"] == state, f"a {kind} moved from {before['state']}, it was {state}"
        assert (state, after["state"]) in ARROWS[kind], f"no arrow leads a {kind} {state} > {after['state']}"

    # Looking -------------------------------------------------------------------------------------

    def used(self, enrolment: str) -> int:
        """Cash of an LP that was given, or may still be; and what is about to be taken out."""
        leaving = sum(
            -entry["amount_minor"]
            for entry in self.entries.values()
            if entry["client_id"] == enrolment and entry["amount_minor"] < 0 and entry["status"] in _WAITING
        )
        return leaving + sum(
            leg.fiat or 0 for leg in self.legs.values() if leg.lp == enrolment and leg.state in _HOLDING
        )

    def stakes(self, machine: str, day: str) -> list[tuple[str, Stake]]:
        """Who takes part, in the order of enrolment: active, with a wallet, in fixed mode with a limit."""
        currency = self.machines[machine]["currency"]
        found = []
        for enrolment, lp in self.lps.items():
            chosen = self.choices.get(lp.user)
            if lp.machine != machine or lp.status != "active" or not chosen:
                continue
            balance = cap = lp.confirmed - self.used(enrolment)
            if chosen["default_dca_mode"] == "fixed":
                if chosen.get("fixed_mode_currency") != currency:
                    continue
                cap = max(0, chosen["fixed_mode_daily_limit"] - self._drawn_on(lp.user, currency, day))
            found.append((enrolment, Stake(lp.user, balance, cap)))
        return found

    def _drawn_on(self, user: str, currency: str, day: str) -> int:
        return sum(
            leg.fiat or 0
            for leg in self.legs.values()
            if leg.lp is not None
            and self.lps[leg.lp].user == user
            and self.machines[self.lps[leg.lp].machine]["currency"] == currency
            and leg.day == day
            and leg.state in _HOLDING
        )

    def rules_at(self, machine: str) -> list[tuple[str, int]]:
        return self.rules.get(machine, self.rules.get(None, []))


def ppm_of(percent: str) -> int:
    whole, _, decimals = percent.partition(".")
    return int(whole) * 10_000 + int(decimals.ljust(4, "0") or 0)


def day_of(at: int) -> str:
    return datetime.fromtimestamp(at, timezone.utc).date().isoformat()
