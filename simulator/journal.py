"""What a machine knows of its customers' business, on its own disk, written before it is said to anybody.

What can go wrong: the power fails between a note and the next post. So each note is written down before it
is told, everything the server has not confirmed is posted again after a start, and a payout that was cut
off is reported as what the dispenser had counted. One file a transaction, replaced as a whole.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from .cash import Notes, total_minor
from .money import format_minor
from .stamp import denomination_text, describe_notes


class Stage(str, Enum):
    """Where the machine stands with a transaction."""

    #: cash-out: the invoice is asked for, or waits for the customer
    SELLING = "selling"
    #: cash-out: it is paid, notes are coming out
    DISPENSING = "dispensing"
    #: cash-out: what came out is to be reported
    REPORTING = "reporting"
    #: cash-in: notes are going in
    COLLECTING = "collecting"
    #: cash-in: the customer is done, the link is to be asked for, or waits to be used
    OFFERING = "offering"
    #: nothing is left to be done
    CLOSED = "closed"


STAGE_ARROWS = frozenset(
    {
        (Stage.SELLING, Stage.DISPENSING),
        (Stage.SELLING, Stage.REPORTING),
        (Stage.SELLING, Stage.CLOSED),
        (Stage.DISPENSING, Stage.REPORTING),
        (Stage.REPORTING, Stage.CLOSED),
        (Stage.COLLECTING, Stage.OFFERING),
        (Stage.COLLECTING, Stage.CLOSED),
        (Stage.OFFERING, Stage.CLOSED),
    }
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One transaction as the machine knows it. A step gives a new one."""

    txid: str
    stage: Stage
    #: grows with each change of what is to be posted
    version: int
    currency: str
    #: sats per one unit of fiat, as text
    exchange_rate: str
    #: cash-out: the notes that are to come out
    bills: tuple[Notes, ...] = ()
    #: cash-out: the notes that came out, one by one, in minor units
    given: tuple[int, ...] = ()
    #: cash-in: the notes that went in, one by one, in minor units
    taken: tuple[int, ...] = ()

    @property
    def asked_minor(self) -> int:
        """What a cash-out's customer asked for."""
        return total_minor(self.bills)

    @property
    def given_minor(self) -> int:
        return sum(self.given)

    @property
    def taken_minor(self) -> int:
        return sum(self.taken)

    @property
    def outcome(self) -> str:
        """What the dispenser did, by its own count."""
        if not self.given:
            return "failed"
        return "complete" if self.given_minor == self.asked_minor else "partial"

    def moved(self, stage: Stage, **facts: Any) -> Entry:
        """The entry in its next stage; an arrow that does not exist is a bug."""
        if (self.stage, stage) not in STAGE_ARROWS:
            raise RuntimeError(f"a transaction does not go from {self.stage.value} to {stage.value}")
        return replace(self, stage=stage, **facts)

    def post(self) -> tuple[str, dict[str, Any]]:
        """Route and body of the newest news: the same entry always says the same."""
        if self.stage is Stage.SELLING:
            return "cash-out", self._cash_out()
        if self.stage is Stage.REPORTING:
            return "dispense", self._dispense()
        if self.stage in (Stage.COLLECTING, Stage.OFFERING):
            return "cash-in", self._cash_in()
        raise RuntimeError(f"nothing is posted while {self.stage.value}")

    def _cash_out(self) -> dict[str, Any]:
        return {
            "txid": self.txid,
            "version": self.version,
            "fiat_amount": format_minor(self.asked_minor, self.currency),
            "exchange_rate": self.exchange_rate,
            "bills": describe_notes(self.bills, self.currency),
        }

    def _dispense(self) -> dict[str, Any]:
        body: dict[str, Any] = {"txid": self.txid, "version": self.version, "outcome": self.outcome}
        if self.outcome == "partial":
            body["fiat_amount"] = format_minor(self.given_minor, self.currency)
        if self.given:
            body["bills"] = describe_notes(counted(self.given), self.currency)
        return body

    def _cash_in(self) -> dict[str, Any]:
        notes = [
            {"id": str(number), "denomination": denomination_text(minor, self.currency)}
            for number, minor in enumerate(self.taken, start=1)
        ]
        return {
            "txid": self.txid,
            "version": self.version,
            "exchange_rate": self.exchange_rate,
            "notes": notes,
            "done": self.stage is Stage.OFFERING,
        }


def counted(notes: tuple[int, ...]) -> tuple[Notes, ...]:
    """Single notes as piles, the largest first."""
    kinds = sorted(set(notes), reverse=True)
    return tuple(Notes(denomination_minor=minor, count=notes.count(minor)) for minor in kinds)


class Journal:
    """The entries of one machine, in memory and, where there is a folder, on disk."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._open: dict[str, Entry] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for path in sorted(folder.glob("*.json")):
                entry = _read(path)
                self._open[entry.txid] = entry

    @property
    def open_entries(self) -> tuple[Entry, ...]:
        """What is not closed."""
        return tuple(self._open.values())

    def write(self, entry: Entry) -> Entry:
        """Makes the entry last, or forgets it where it is closed; gives it back."""
        if entry.stage is Stage.CLOSED:
            self._open.pop(entry.txid, None)
            if self._folder is not None:
                self._path(entry.txid).unlink(missing_ok=True)
            return entry
        self._open[entry.txid] = entry
        if self._folder is not None:
            _write(self._path(entry.txid), entry)
        return entry

    def _path(self, txid: str) -> Path:
        if self._folder is None:
            raise RuntimeError("this journal has no folder")
        return self._folder / f"{txid}.json"


def _write(path: Path, entry: Entry) -> None:
    """Writes beside, then replaces: a reader sees the old entry or the new one, never half of one."""
    facts = {
        "txid": entry.txid,
        "stage": entry.stage.value,
        "version": entry.version,
        "currency": entry.currency,
        "exchange_rate": entry.exchange_rate,
        "bills": [[some.denomination_minor, some.count] for some in entry.bills],
        "given": entry.given,
        "taken": entry.taken,
    }
    beside = path.with_suffix(".new")
    with open(beside, "w", encoding="utf-8") as file:
        json.dump(facts, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _read(path: Path) -> Entry:
    facts = json.loads(path.read_text(encoding="utf-8"))
    return Entry(
        txid=facts["txid"],
        stage=Stage(facts["stage"]),
        version=facts["version"],
        currency=facts["currency"],
        exchange_rate=facts["exchange_rate"],
        bills=tuple(Notes(denomination_minor=minor, count=count) for minor, count in facts["bills"]),
        given=tuple(facts["given"]),
        taken=tuple(facts["taken"]),
    )
