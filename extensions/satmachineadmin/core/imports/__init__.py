"""An operator's books from elsewhere, as CSV: machines, LPs, opening balances, commission splits.

    tables, faults = read_files(files)          text → records, each with its place
    drafts, faults = read_rows(records)         records → what is meant
    decisions = decide(drafts, known)           what will happen, or what is wrong, row by row

All of it is pure: the same files and the same facts give the same decisions, so what a person confirmed
can be compared with what would be done.
"""

from __future__ import annotations

from .deciding import decide
from .decisions import Decision, ImportOutcome, digest, fault_decision
from .known import Known, KnownEnrolment, KnownMachine
from .rows import Draft, LpDraft, MachineDraft, OpeningDraft, SplitDraft, read_rows
from .tables import COLUMNS, MOST_FILES, MOST_ROWS, Fault, ImportKind, Place, read_files

__all__ = [
    "COLUMNS",
    "MOST_FILES",
    "MOST_ROWS",
    "Decision",
    "Draft",
    "Fault",
    "ImportKind",
    "ImportOutcome",
    "Known",
    "KnownEnrolment",
    "KnownMachine",
    "LpDraft",
    "MachineDraft",
    "OpeningDraft",
    "Place",
    "SplitDraft",
    "decide",
    "digest",
    "fault_decision",
    "read_files",
    "read_rows",
]
