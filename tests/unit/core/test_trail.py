"""Which fault a verification names, and where, for everything that can be done to a trail."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from satmachineadmin.core.states import TrailFault
from satmachineadmin.core.trail import GENESIS, Mark, TrailVerdict, TrailWalk, event_hash

Event = dict[str, Any]
LENGTH = 12


def trail(length: int = LENGTH, first: int = 1, prev: str = GENESIS, what: str = "did") -> list[Event]:
    """Events as store/audit.py writes them."""
    events: list[Event] = []
    for seq in range(first, length + 1):
        columns: Event = {
            "seq": seq, "at": 1_000 + seq, "actor": "olga", "event": f"thing.{what}", "subject_kind": "thing",
            "subject_id": f"{seq}", "operator_user_id": "olga", "prev": prev,
        }  # fmt: skip
        body = json.dumps({**columns, "change": {"before": {}, "after": {"n": seq}}}, sort_keys=True)
        prev = event_hash(body)
        events.append({**columns, "body": body, "hash": prev})
    return events


def verdict(events: list[Event], marked: Mark | None = None, slice_size: int = 5) -> TrailVerdict:
    walk = TrailWalk(marked)
    while True:
        part = [event for event in events if event["seq"] > walk.next_after][:slice_size]
        if not walk.go_on(part) or len(part) < slice_size:
            return walk.end()


def mark_of(events: list[Event]) -> Mark:
    return Mark(seq=events[-1]["seq"], hash=events[-1]["hash"])


def test_a_trail_as_it_was_written_is_whole() -> None:
    events = trail()
    for slice_size in (1, 3, LENGTH, 100):
        found = verdict(events, mark_of(events[:7]), slice_size)
        assert (found.broken, found.head, found.head_at) == (None, mark_of(events), 1_000 + LENGTH)


def test_a_trail_without_events_is_whole() -> None:
    found = verdict([])
    assert (found.broken, found.head.seq, found.head_at) == (None, 0, None)


def _edit_body(events: list[Event]) -> None:
    events[5]["body"] = events[5]["body"].replace("olga", "otto")


def _edit_body_and_hash(events: list[Event]) -> None:
    _edit_body(events)
    events[5]["actor"] = events[5]["operator_user_id"] = "otto"
    events[5]["hash"] = event_hash(events[5]["body"])


def _exchange(events: list[Event]) -> None:
    """The contents of two events change places."""
    events[5], events[6] = {**events[6], "seq": 6}, {**events[5], "seq": 7}


def _slip_in(events: list[Event]) -> None:
    """An event of one's own, the later ones renumbered."""
    own = trail(6, first=6, prev=events[4]["hash"], what="slipped in")
    events[5:] = own + [{**event, "seq": event["seq"] + 1} for event in events[5:]]


def _break_body(events: list[Event]) -> None:
    """Bytes that hash to their hash and are no event."""
    events[5]["body"] = "[]"
    events[5]["hash"] = event_hash("[]")


CORRUPTIONS: dict[str, tuple[Callable[[list[Event]], object], TrailFault, int]] = {
    "content edited": (_edit_body, TrailFault.ALTERED, 6),
    "content and its hash edited": (_edit_body_and_hash, TrailFault.UNCHAINED, 7),
    "content replaced by no event": (_break_body, TrailFault.COLUMN_ALTERED, 6),
    "hash edited": (lambda events: events[5].update(hash="f" * 64), TrailFault.ALTERED, 6),
    "first removed": (lambda events: events.pop(0), TrailFault.MISSING, 1),
    "one removed": (lambda events: events.pop(5), TrailFault.MISSING, 6),
    "several removed": (lambda events: events.__delitem__(slice(4, 9)), TrailFault.MISSING, 5),
    "two exchanged": (_exchange, TrailFault.COLUMN_ALTERED, 6),
    "one slipped in": (_slip_in, TrailFault.COLUMN_ALTERED, 7),
}


def _column_edit(name: str, value: object) -> Callable[[list[Event]], object]:
    return lambda events: events[5].update({name: value})


for _name, _value in {
    "at": 1, "actor": "otto", "event": "thing.undid", "subject_kind": "other", "subject_id": "7",
    "operator_user_id": "otto", "prev": "e" * 64,
}.items():  # fmt: skip
    CORRUPTIONS[f"column {_name} edited"] = (_column_edit(_name, _value), TrailFault.COLUMN_ALTERED, 6)


@pytest.mark.parametrize("name", CORRUPTIONS)
@pytest.mark.parametrize("slice_size", [1, 5, 100])
def test_the_first_broken_link_is_named(name: str, slice_size: int) -> None:
    corrupt, fault, seq = CORRUPTIONS[name]
    events = trail()
    corrupt(events)

    found = verdict(events, None, slice_size)

    assert found.broken is not None
    assert (found.broken.fault, found.broken.seq) == (fault, seq)
    assert found.head.seq == seq - 1, "what lies before is sound"
    assert found.broken.sentence.startswith(f"Event {seq}: ")


def test_a_tail_that_was_cut_off_is_noticed_as_far_as_it_was_marked() -> None:
    events = trail()
    for left in (0, 1, 8):
        found = verdict(events[:left], mark_of(events[:9]))
        assert found.broken is not None
        assert (found.broken.fault, found.broken.seq) == (TrailFault.CUT_OFF, left + 1)
    assert verdict(events[:9], mark_of(events[:9])).broken is None, "nobody had seen more"


def test_a_trail_that_was_written_anew_is_noticed_at_the_mark() -> None:
    """All hashes are right in themselves: only what was seen before contradicts."""
    events = trail()
    anew = events[:3] + trail(LENGTH, first=4, prev=events[2]["hash"], what="never did")
    assert verdict(anew).broken is None

    found = verdict(anew, mark_of(events[:9]))

    assert found.broken is not None
    assert (found.broken.fault, found.broken.seq) == (TrailFault.REWRITTEN, 9)


def test_every_fault_has_a_sentence_and_a_case() -> None:
    cases = {fault for _corrupt, fault, _seq in CORRUPTIONS.values()}
    assert cases | {TrailFault.CUT_OFF, TrailFault.REWRITTEN} == set(TrailFault)
