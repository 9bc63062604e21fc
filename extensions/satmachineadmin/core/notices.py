"""What operators are told of by mail, Nostr or Telegram: that something waits for them, and where.

A message goes through servers of others. So it says what kind of thing it is and at which machine, and
nothing of the sentences that stand on the page: no amount, no receiver, no key, no user.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .states import MatterKind, Word


class Notice(Word):
    """Kinds of messages, each of which an operator may switch off."""

    #: a sale that is not paid out and needs a person
    ERRORED = "errored"
    #: payouts that are paused, since these books and the host disagree
    PAUSED = "paused"
    #: a cash entry that an LP says is wrong
    DISPUTED = "disputed"


_SENTENCES = {
    MatterKind.PAYMENT_CHANGED: "a payment was changed after it had been settled",
    MatterKind.LANDING_FAILED: "a payment could not be read",
    MatterKind.LEGS_FAILED: "parts of a sale could not be paid",
    MatterKind.STOPPED: "a sale was stopped by an error of the program",
    MatterKind.UNDECIDED: "a payment that left this LNbits is not decided yet",
    MatterKind.NO_DISPENSE_REPORT: "the machine has not reported which notes came out",
    MatterKind.TRAIL_BROKEN: "the audit trail is not the one that was written",
    MatterKind.DISPENSE_FAILED: "the machine reports that no notes came out for a sale",
    MatterKind.LATE_DISPENSE: "fewer notes came out than were paid out for",
    MatterKind.CASH_IN_HELD: "a customer waits for sats for its banknotes",
    MatterKind.CLOCK_SKEW: "the machine's clock is wrong",
    MatterKind.MACHINE_SILENT: "the machine is silent",
    MatterKind.MACHINE_FLOODS: "the machine sends too many requests",
    MatterKind.UNFINISHED_BEFORE: "the predecessor left something unfinished",
    MatterKind.CASH_DISPUTED: "an LP disputes a cash entry",
}
_PAUSED = "payouts are paused, since these books and LNbits disagree"
#: Things of one message; more are counted.
MOST_LINES = 5
#: What Telegram would read as markup, and what breaks a line.
_MARKUP = re.compile(r"[_*`\[\]()~>#+=|{}\\\x00-\x1f]+")


@dataclass(frozen=True, kw_only=True)
class Untold:
    """An open matter that its operator was not told of yet."""

    user_id: str
    kind: str
    machine_name: str | None


def notice_of(kind: str) -> Notice:
    """What kind of message a matter is."""
    if kind == MatterKind.CASH_DISPUTED:
        return Notice.DISPUTED
    return Notice.ERRORED if kind in _SENTENCES else Notice.PAUSED


def message(matters: Sequence[Untold]) -> str:
    """One message of all matters of one operator, the same line once."""
    lines = list(dict.fromkeys(_line(matter) for matter in matters))
    shown, more = lines[:MOST_LINES], len(lines) - MOST_LINES
    rest = [f"- and {more} more"] if more > 0 else []
    return "\n".join(["Satoshi Machine needs you:", *shown, *rest, "See the overview of Satoshi Machine."])


def by_operator(matters: Iterable[Untold]) -> dict[str, list[Untold]]:
    """The matters by whom they are told to."""
    sorted_out: dict[str, list[Untold]] = {}
    for matter in matters:
        sorted_out.setdefault(matter.user_id, []).append(matter)
    return sorted_out


def plain(name: str) -> str:
    """A name without what a messenger would read as markup."""
    return " ".join(_MARKUP.sub(" ", name).split())


def _line(matter: Untold) -> str:
    sentence = next((text for kind, text in _SENTENCES.items() if kind == matter.kind), _PAUSED)
    name = plain(matter.machine_name or "")
    return f"- {name}: {sentence}" if name else f"- {sentence}"
