"""Whether the audit trail is the one that was written, or where it stops being it.

Every event is stored as the bytes of its `body`, which names the event before by its hash; so whoever
changes an event changes every hash after it. What this finds: a body or a column that was altered, an
event that was removed, put elsewhere or slipped in, and, up to the newest event that an earlier
verification has marked, a tail that was cut off or a whole trail that was written anew.

What it cannot find: events that were removed from the end before any verification had seen them, by
somebody who can also switch off the guards of the tables. A copy of the mark (its seq and hash) kept
elsewhere, or verifying more often, is the answer to that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .states import TrailFault

#: `prev` of the first event.
GENESIS = "0" * 64
#: Columns that stand beside the body and must say the same.
_COPIED = ("seq", "at", "actor", "event", "subject_kind", "subject_id", "operator_user_id", "prev")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """An event by its place and its hash: the end of a trail that was found sound."""

    seq: int
    hash: str


#: What the first event follows.
START = Mark(seq=0, hash=GENESIS)


@dataclass(frozen=True, kw_only=True)
class BrokenLink:
    """The first event that is not as it was written."""

    seq: int
    fault: TrailFault

    @property
    def sentence(self) -> str:
        return f"Event {self.seq}: {_SENTENCES[self.fault]}"


_SENTENCES = {
    TrailFault.MISSING: "it should stand here and does not.",
    TrailFault.ALTERED: "its content was altered after it had been written.",
    TrailFault.COLUMN_ALTERED: "a column beside its content was altered.",
    TrailFault.UNCHAINED: "it does not follow the event before it.",
    TrailFault.REWRITTEN: "an earlier verification saw another event here; the trail was written anew.",
    TrailFault.CUT_OFF: "an earlier verification saw it, and now the trail ends before it.",
}


@dataclass(frozen=True, kw_only=True)
class TrailVerdict:
    """What a verification found."""

    #: the last sound event; `seq` is how many there are
    head: Mark
    #: when that event happened, epoch seconds; None where there is none
    head_at: int | None
    broken: BrokenLink | None


def event_hash(body: str) -> str:
    """The hash of an event: SHA-256 over its stored bytes."""
    return hashlib.sha256(body.encode()).hexdigest()


class TrailWalk:
    """Goes along the trail, slice by slice, and stops at the first broken link."""

    def __init__(self, marked: Mark | None) -> None:
        #: the newest event of an earlier verification that found everything sound
        self._marked = marked
        self._head = START
        self._head_at: int | None = None
        self._broken: BrokenLink | None = None

    @property
    def next_after(self) -> int:
        """The seq after which the next slice begins."""
        return self._head.seq

    def go_on(self, events: Sequence[Mapping[str, Any]]) -> bool:
        """Look at the events that follow, in the order of `seq`; False once a link is broken."""
        for event in events:
            fault = self._fault_of(event)
            if fault is not None:
                self._broken = BrokenLink(seq=self._head.seq + 1, fault=fault)
                return False
            self._head = Mark(seq=event["seq"], hash=event["hash"])
            self._head_at = event["at"]
        return True

    def end(self) -> TrailVerdict:
        """What was found, once there are no more events."""
        marked = self._marked
        if self._broken is None and marked is not None and self._head.seq < marked.seq:
            self._broken = BrokenLink(seq=self._head.seq + 1, fault=TrailFault.CUT_OFF)
        return TrailVerdict(head=self._head, head_at=self._head_at, broken=self._broken)

    def _fault_of(self, event: Mapping[str, Any]) -> TrailFault | None:
        if event["seq"] != self._head.seq + 1:
            return TrailFault.MISSING
        if event_hash(event["body"]) != event["hash"]:
            return TrailFault.ALTERED
        if not _says_the_same(event):
            return TrailFault.COLUMN_ALTERED
        if event["prev"] != self._head.hash:
            return TrailFault.UNCHAINED
        marked = self._marked
        if marked is not None and marked.seq == event["seq"] and marked.hash != event["hash"]:
            return TrailFault.REWRITTEN
        return None


def _says_the_same(event: Mapping[str, Any]) -> bool:
    """Whether the columns beside the body are what the body says."""
    try:
        fields = json.loads(event["body"])
        return all(fields[name] == event[name] for name in _COPIED)
    except (ValueError, KeyError, TypeError):
        return False
