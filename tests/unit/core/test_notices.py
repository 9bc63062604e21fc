"""A message says what kind of thing waits and where, and nothing that is nobody else's business."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core.notices import MOST_LINES, Notice, Untold, by_operator, message, notice_of
from satmachineadmin.core.reconcile import DifferenceKind
from satmachineadmin.core.states import MatterKind


def untold(kind: str = "legs_failed", name: str | None = "Plaza", user: str = "olga") -> Untold:
    return Untold(user_id=user, kind=kind, machine_name=name)


@pytest.mark.parametrize("kind", [*MatterKind, *DifferenceKind])
def test_every_matter_is_told_in_a_sentence(kind: str) -> None:
    assert message([untold(kind)]).splitlines()[1].startswith("- Plaza: ")


def test_differences_and_restored_books_are_pauses_and_the_rest_is_not() -> None:
    kinds: list[str] = [*MatterKind, *DifferenceKind]

    assert {kind for kind in kinds if notice_of(kind) is Notice.PAUSED} == {
        *DifferenceKind,
        MatterKind.RESTORED,
    }
    assert {kind for kind in kinds if notice_of(kind) is Notice.DISPUTED} == {MatterKind.CASH_DISPUTED}


def test_several_matters_are_one_message_with_each_line_once() -> None:
    text = message([untold(), untold(), untold(name="Market"), untold("wallet_differs")])

    assert text.splitlines() == [
        "Satoshi Machine needs you:",
        "- Plaza: parts of a sale could not be paid",
        "- Market: parts of a sale could not be paid",
        "- Plaza: payouts are paused, since these books and LNbits disagree",
        "See the overview of Satoshi Machine.",
    ]


def test_a_long_list_is_cut_and_counted() -> None:
    lines = message([untold(name=f"M{number}") for number in range(MOST_LINES + 7)]).splitlines()

    assert len(lines) == MOST_LINES + 3
    assert lines[-2] == "- and 7 more"


@given(st.text(max_size=60))
def test_a_machines_name_is_no_markup_and_stays_on_its_line(name: str) -> None:
    lines = message([untold(name=name)]).split("\n")

    assert len(lines) == 3
    assert not set(lines[1][2:]) & set("_*`[]()#|{}\\")


def test_everybody_hears_of_their_own() -> None:
    found = by_operator([untold(), untold(user="otto"), untold("cash_disputed", user="oscar")])

    assert {user: len(matters) for user, matters in found.items()} == {"olga": 1, "otto": 1, "oscar": 1}
