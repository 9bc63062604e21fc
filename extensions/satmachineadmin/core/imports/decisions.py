"""What becomes of each row, and which preview this is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..model import SplitRule
from ..states import Word
from .rows import Draft
from .tables import Fault, Place


class ImportOutcome(Word):
    """What becomes of a row. Closed."""

    #: it is written
    ADD = "add"
    #: it is there already, and is left as it is
    SAME = "same"
    #: it is left out
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What becomes of a row, for a person and for whoever writes it."""

    place: Place
    outcome: ImportOutcome
    #: the row's words, for the sentence that says what happens
    words: Mapping[str, str] = field(default_factory=dict)
    #: of a row that is wrong
    column: str | None = None
    sentence: str | None = None
    draft: Draft | None = None
    #: whose it is: the id of a machine or an enrolment that is there, None where these files bring it
    machine_id: str | None = None
    enrolment_id: str | None = None
    #: a machine's wallet
    wallet_id: str | None = None
    #: an LP that is invited by its name
    user_id: str | None = None
    amount_minor: int = 0
    #: cash of an LP that has not accepted yet
    waits_for_lp: bool = False
    rule: SplitRule | None = None


def fault_decision(fault: Fault) -> Decision:
    """A row that could not be read."""
    return Decision(
        place=fault.place, outcome=ImportOutcome.WRONG, column=fault.column, sentence=fault.sentence
    )


def digest(files: Sequence[tuple[str, str]], decisions: Sequence[Decision]) -> str:
    """The files to the letter, and everything that would be written for them."""
    rows = [
        [
            one.place.file,
            one.place.line,
            one.outcome.value,
            sorted(one.words.items()),
            one.column,
            one.sentence,
            [one.machine_id, one.enrolment_id, one.wallet_id, one.user_id, one.amount_minor],
            one.waits_for_lp,
            None if one.rule is None else [one.rule.target, one.rule.label, one.rule.share_ppm],
        ]
        for one in decisions
    ]
    whole = [[list(file) for file in files], rows]
    return hashlib.sha256(json.dumps(whole).encode(errors="surrogatepass")).hexdigest()
