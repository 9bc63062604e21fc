"""Records of an import, each read by itself: what its row means, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias, TypeVar

from ..errors import Refusal
from ..npub import key_hex
from ..states import PayoutPolicy
from ..units import currency_digits, format_percent, parse_percent, parse_rate
from .tables import Fault, ImportKind, Place, Record

T = TypeVar("T")
LONGEST_NAME = 60
LONGEST_LOCATION = 120
LONGEST_NOTES = 2000


@dataclass(frozen=True, kw_only=True)
class MachineDraft:
    place: Place
    name: str
    #: an id or a name among the operator's wallets
    wallet: str
    #: its other columns, as the books keep them
    fields: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class LpDraft:
    place: Place
    machine: str
    name: str
    #: None: whoever opens the link
    username: str | None


@dataclass(frozen=True, kw_only=True)
class OpeningDraft:
    place: Place
    machine: str
    lp: str
    #: as written: how many decimals it may have depends on the machine's currency
    amount: str
    #: None: today
    cash_date: date | None
    notes: str


@dataclass(frozen=True, kw_only=True)
class SplitDraft:
    place: Place
    #: empty: the default of all machines
    machine: str
    target: str
    label: str
    share_ppm: int


Draft: TypeAlias = MachineDraft | LpDraft | OpeningDraft | SplitDraft


class _Cells:
    """The cells of one row; a refusal of a cell names its column."""

    def __init__(self, record: Record) -> None:
        self.place = record.place
        self._cells = record.cells

    def text(self, column: str, longest: int, *, is_needed: bool = False) -> str:
        text = self._cells[column]
        if is_needed and not text:
            raise _Wrong(column, "It is empty.")
        if len(text) > longest:
            raise _Wrong(column, f"It is longer than {longest} characters.")
        return text

    def read(self, column: str, parse: Callable[[str], T], otherwise: T) -> T:
        """What a cell says; an empty one says what it says `otherwise`."""
        text = self._cells[column]
        if not text:
            return otherwise
        try:
            return parse(text)
        except Refusal as refusal:
            raise _Wrong(column, refusal.sentence()) from refusal
        except ValueError as problem:
            raise _Wrong(column, str(problem)) from problem


class _Wrong(Exception):
    def __init__(self, column: str, sentence: str) -> None:
        super().__init__(sentence)
        self.column, self.sentence = column, sentence


def read_rows(records: Sequence[Record]) -> tuple[list[Draft], list[Fault]]:
    """What each row means; a row that cannot be read is a fault and no draft."""
    readers: dict[ImportKind | None, Callable[[_Cells], Draft]] = {
        ImportKind.MACHINES: _machine,
        ImportKind.LPS: _lp,
        ImportKind.OPENING_BALANCES: _opening,
        ImportKind.SPLITS: _split,
    }
    drafts: list[Draft] = []
    faults: list[Fault] = []
    for record in records:
        try:
            drafts.append(readers[record.place.kind](_Cells(record)))
        except _Wrong as wrong:
            faults.append(Fault(place=record.place, column=wrong.column, sentence=wrong.sentence))
    return drafts, faults


def _machine(cells: _Cells) -> MachineDraft:
    policy = cells.read("payout_policy", _policy, PayoutPolicy.AT_ONCE)
    currency = cells.text("currency", 3, is_needed=True)
    cells.read("currency", currency_digits, 0)
    fields: dict[str, Any] = {
        "currency": currency,
        "location": cells.text("location", LONGEST_LOCATION),
        "npub": cells.read("npub", _key, None),
        "payout_policy": policy,
        "payout_delay_minutes": cells.read("payout_delay_minutes", _minutes, 30),
        "dispense_report_minutes": cells.read("dispense_report_minutes", _minutes, 15),
        "cash_out_fee_pct": cells.read("cash_out_fee_pct", _percent, "0"),
        "cash_in_fee_pct": cells.read("cash_in_fee_pct", _percent, "0"),
        "rate_tolerance_pct": cells.read("rate_tolerance_pct", _percent, "10"),
        "fallback_commission_pct": cells.read("fallback_commission_pct", _percent, "") or None,
        "reference_rate": cells.read("reference_rate", parse_rate, None),
    }
    return MachineDraft(
        place=cells.place,
        name=cells.text("machine", LONGEST_NAME, is_needed=True),
        wallet=cells.text("wallet", 64, is_needed=True),
        fields=fields,
    )


def _lp(cells: _Cells) -> LpDraft:
    return LpDraft(
        place=cells.place,
        machine=cells.text("machine", LONGEST_NAME, is_needed=True),
        name=cells.text("lp", LONGEST_NAME, is_needed=True),
        username=cells.text("username", LONGEST_NAME) or None,
    )


def _opening(cells: _Cells) -> OpeningDraft:
    return OpeningDraft(
        place=cells.place,
        machine=cells.text("machine", LONGEST_NAME, is_needed=True),
        lp=cells.text("lp", LONGEST_NAME, is_needed=True),
        amount=cells.text("amount", 40, is_needed=True),
        cash_date=cells.read("cash_date", _day, None),
        notes=cells.text("notes", LONGEST_NOTES),
    )


def _split(cells: _Cells) -> SplitDraft:
    cells.text("share_pct", 40, is_needed=True)
    return SplitDraft(
        place=cells.place,
        machine=cells.text("machine", LONGEST_NAME),
        target=cells.text("target", 2000, is_needed=True),
        label=cells.text("label", LONGEST_NAME),
        share_ppm=cells.read("share_pct", parse_percent, 0),
    )


def _percent(text: str) -> str:
    return format_percent(parse_percent(text))


def _policy(text: str) -> PayoutPolicy:
    try:
        return PayoutPolicy(text)
    except ValueError:
        raise ValueError(f"Write one of {', '.join(PayoutPolicy)}.") from None


def _key(text: str) -> str | None:
    found = key_hex(text)
    if found is None:
        raise ValueError("Write the machine's key as npub1… or as 64 hex digits.")
    return found


def _minutes(text: str) -> int:
    minutes = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
    if not 1 <= minutes <= 1440:
        raise ValueError("Write whole minutes, from 1 to 1440.")
    return minutes


def _day(text: str) -> date:
    try:
        if len(text) != len("2026-11-22"):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("Write the day as 2026-11-22.") from None
