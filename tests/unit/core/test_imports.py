"""What becomes of each row of an import, and what is wrong with those that are left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core.imports import (
    COLUMNS,
    MOST_ROWS,
    Decision,
    ImportKind,
    ImportOutcome,
    Known,
    KnownEnrolment,
    KnownMachine,
    decide,
    digest,
    fault_decision,
    read_files,
    read_rows,
)
from satmachineadmin.core.model import SplitRule
from satmachineadmin.core.states import EnrolmentStatus, TargetKind

TODAY = date(2026, 11, 22)
PLAZA = KnownMachine(id="m1", name="Plaza", currency="EUR")
ANA = KnownEnrolment(
    id="e1", machine_id="m1", name="ana", status=EnrolmentStatus.ACTIVE, has_accepted=True,
    has_opening=False, user_id="ana's id",
)  # fmt: skip


def rule(target: str, share_ppm: int = 0) -> SplitRule:
    return SplitRule(
        position=0, target=target, target_kind=TargetKind.WALLET, wallet_id=target, label=target,
        share_ppm=share_ppm,
    )  # fmt: skip


KNOWN = Known(
    wallets={"w1": "market", "w2": "corner", "w3": "twin", "w4": "twin", "w5": "busy"},
    users={"ben": "ben's id", "nobody": None},
    targets={"bob": rule("bob"), "eve": rule("eve"), "plaza": rule("plaza"), "bad": "It is no receiver."},
    machines=[PLAZA],
    enrolments=[ANA],
    unfree_wallets={"w5": "It belongs to a machine already."},
    npubs={"ab" * 32: "Some machine has this key already."},
    machine_wallets=["plaza"],
    splits={},
    today=TODAY,
)


def decided(*texts: str, known: Known = KNOWN) -> list[Decision]:
    """The decisions on files as they would be shown."""
    files = [(f"{number}.csv", text) for number, text in enumerate(texts)]
    records, faults = read_files(files)
    drafts, more = read_rows(records)
    every = [*faults, *more]
    return decide(drafts, every, known) + [fault_decision(fault) for fault in every]


def one(*texts: str, known: Known = KNOWN) -> Decision:
    (only,) = decided(*texts, known=known)
    return only


def outcomes(*texts: str, known: Known = KNOWN) -> list[str]:
    return [row.outcome.value for row in decided(*texts, known=known)]


def wrong(text: str, known: Known = KNOWN) -> tuple[int, str | None, str]:
    """Line, column and sentence of the one row that is wrong."""
    (row,) = [row for row in decided(text, known=known) if row.outcome is ImportOutcome.WRONG]
    return row.place.line, row.column, row.sentence or ""


# Files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_as_any_spreadsheet_writes_it(separator: str, line_end: str) -> None:
    """With a byte order mark, empty lines, another order of columns, spaces and quotes."""
    lines = ["\ufeffLP, Machine,username", "", 'ben , "Plaza",', ",,", "cleo,Plaza,ben"]
    text = line_end.join(line.replace(",", separator) for line in lines)
    text = text.replace(f'{separator} "Plaza"', f'{separator}"Plaza"')
    rows = decided(text.replace(f"LP{separator} Machine", f"LP{separator}Machine"))
    assert [(row.place.line, row.outcome.value) for row in rows] == [(3, "add"), (5, "add")]
    assert rows[1].user_id == "ben's id"


def test_a_cell_with_line_ends_counts_its_lines() -> None:
    text = 'machine,lp,amount,notes\nPlaza,ana,10,"one\ntwo"\nPlaza,zoe,10,\n'
    rows = decided(text)
    assert [(row.place.line, row.outcome.value) for row in rows] == [(2, "add"), (4, "wrong")]


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", None, "empty"),
        ("name,price\na,b\n", None, "names no columns"),
        ("machine,lp,color\nPlaza,ana,red\n", "color", "no such column"),
        ("machine,lp,lp\nPlaza,ana,ben\n", "lp", "twice"),
        ('machine,lp\n"Plaza,ana\n', None, "no CSV"),
        ("machine,lp\nPlaza,ben,x\n", None, "2 columns"),
        ("machine,lp\nPlaza," + "x" * 2001 + "\n", "lp", "longer"),
        ("machine,lp\nPlaza,a\x01b\n", "lp", "control"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(text: str, column: str | None, words: str) -> None:
    _line, found, sentence = wrong(text)
    assert (found, words in sentence) == (column, True)


def test_files_together_are_bounded() -> None:
    """More rows than one transaction writes: none of them is read."""
    half = "machine,lp\n" + "Plaza,x\n" * (MOST_ROWS // 2 + 1)
    row = one(half, half)
    assert row.outcome is ImportOutcome.WRONG and str(MOST_ROWS) in (row.sentence or "")


@given(st.text(alphabet=st.sampled_from('a,;"\n\r\t=machinelp0 '), max_size=200))
def test_no_text_breaks_the_reading(text: str) -> None:
    """Whatever it is, it is rows that are read or faults that say why not."""
    for row in decided(text, "machine,lp\n" + text):
        assert row.outcome is not ImportOutcome.WRONG or row.sentence


# Machines --------------------------------------------------------------------------------------

MACHINE = "machine,wallet,currency,npub,cash_out_fee_pct,payout_policy\n"


def test_a_machine_gets_a_wallet_by_its_id_or_its_name() -> None:
    rows = decided(MACHINE + "Market,market,EUR,,5,\nCorner,w2,USD,,,on_dispense\n")
    assert [(row.outcome.value, row.wallet_id) for row in rows] == [("add", "w1"), ("add", "w2")]


def test_a_machine_that_is_there_is_left_as_it_is() -> None:
    assert one(MACHINE + "Plaza,market,EUR,,,\n").outcome is ImportOutcome.SAME


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",market,EUR,,,", "machine"),
        ("Market,,EUR,,,", "wallet"),
        ("Market,nothing,EUR,,,", "wallet"),
        ("Market,twin,EUR,,,", "wallet"),
        ("Market,busy,EUR,,,", "wallet"),
        ("Market,market,XXX,,,", "currency"),
        ("Market,market,,,,", "currency"),
        ("Market,market,EUR,nsec1,,", "npub"),
        ("Market,market,EUR," + "ab" * 32 + ",,", "npub"),
        ("Market,market,EUR,,101,", "cash_out_fee_pct"),
        ("Market,market,EUR,,=1+1,", "cash_out_fee_pct"),
        ("Market,market,EUR,,,soon", "payout_policy"),
    ],
)
def test_a_machine_that_cannot_be_says_at_which_cell(row: str, column: str) -> None:
    assert wrong(MACHINE + row + "\n")[:2] == (2, column)


def test_two_machines_share_neither_name_nor_wallet_nor_key() -> None:
    key = "cd" * 32
    rows = f"A,market,EUR,{key},,\nA,corner,EUR,,,\nB,w1,EUR,,,\nC,corner,EUR,{key},,\n"
    assert outcomes(MACHINE + rows) == ["add", "wrong", "wrong", "wrong"]


# LPs and their cash ----------------------------------------------------------------------------


def test_lps_and_cash_may_name_machines_that_the_same_files_bring() -> None:
    """In whatever order the files come."""
    rows = decided(
        "machine,lp,amount,cash_date\nMarket,zoe,1000.50,2026-11-01\nPlaza,ana,5,\n",
        "machine,lp\nMarket,zoe\n",
        MACHINE + "Market,market,EUR,,,\n",
    )
    assert {row.outcome for row in rows} == {ImportOutcome.ADD}
    new, old = [row for row in rows if row.place.kind is ImportKind.OPENING_BALANCES]
    assert (new.amount_minor, new.waits_for_lp, new.enrolment_id) == (100050, True, None)
    assert (old.amount_minor, old.waits_for_lp, old.enrolment_id) == (500, False, "e1")


def test_what_depends_on_a_wrong_row_is_wrong_as_well() -> None:
    rows = outcomes(
        MACHINE + "Market,nothing,EUR,,,\n", "machine,lp\nMarket,zoe\n", "machine,lp,amount\nMarket,zoe,5\n"
    )
    assert rows == ["wrong", "wrong", "wrong"]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("Nowhere,ana,5,", "machine"),
        ("Plaza,zoe,5,", "lp"),
        ("Plaza,ana,0,", "amount"),
        ("Plaza,ana,-5,", "amount"),
        ("Plaza,ana,1.234,", "amount"),
        ("Plaza,ana,1e3,", "amount"),
        ("Plaza,ana,=5,", "amount"),
        ("Plaza,ana,5,2027-01-01", "cash_date"),
        ("Plaza,ana,5,22.11.2026", "cash_date"),
    ],
)
def test_an_opening_balance_that_cannot_be_says_at_which_cell(row: str, column: str) -> None:
    assert wrong(f"machine,lp,amount,cash_date\n{row}\n")[:2] == (2, column)


def test_no_lp_gets_a_second_opening_balance() -> None:
    """Neither by the same file, nor by reading it again."""
    text = "machine,lp,amount\nPlaza,ana,5\n"
    assert outcomes(text + "Plaza,ana,5\n") == ["add", "wrong"]
    assert outcomes(text, known=replace(KNOWN, enrolments=[replace(ANA, has_opening=True)])) == ["wrong"]


def test_a_name_that_fits_two_lps_fits_none() -> None:
    twins = replace(KNOWN, enrolments=[ANA, replace(ANA, id="e2", user_id="another")])
    assert wrong("machine,lp,amount\nPlaza,ana,5\n", twins)[1] == "lp"


@pytest.mark.parametrize(
    ("row", "column"),
    [("Nowhere,zoe,", "machine"), ("Plaza,,", "lp"), ("Plaza,zoe,nobody", "username")],
)
def test_an_lp_that_cannot_be_says_at_which_cell(row: str, column: str) -> None:
    assert wrong(f"machine,lp,username\n{row}\n")[:2] == (2, column)


def test_nobody_is_an_lp_of_one_machine_twice() -> None:
    """By whatever name; an enrolment that has ended is not taken up again by an import."""
    assert outcomes("machine,lp,username\nPlaza,ana,\nPlaza,zoe,\nPlaza,zoe,\n") == ["same", "add", "wrong"]
    assert outcomes("machine,lp,username\nPlaza,ben,ben\nPlaza,benny,ben\n") == ["add", "wrong"]
    ended = replace(ANA, user_id="ben's id", status=EnrolmentStatus.ENDED)
    assert outcomes("machine,lp,username\nPlaza,ana,ben\n", known=replace(KNOWN, enrolments=[ended])) == [
        "wrong"
    ]


# Splits ----------------------------------------------------------------------------------------

SPLIT = "machine,target,share_pct,label\n"


def test_a_split_is_taken_over_as_a_whole_or_not_at_all() -> None:
    """The shares of each machine's set, and of the default, sum to 100 %."""
    whole = "Plaza,bob,60,\nPlaza,eve,40,Eve\n"
    assert outcomes(SPLIT + whole + ",bob,100,\n") == ["add", "add", "add"]
    assert outcomes(SPLIT + "Plaza,bob,60,\nPlaza,eve,39,\n,bob,100,\n") == ["wrong", "wrong", "add"]
    assert outcomes(SPLIT + "Plaza,bob,100,\nPlaza,bad,0,\n") == ["wrong", "wrong"]
    assert set(outcomes(SPLIT + whole + "Plaza,eve,x,\n")) == {"wrong"}


def test_a_machines_wallet_receives_no_share() -> None:
    """Neither one that is a machine's nor one that becomes it by these files."""
    assert wrong(SPLIT + "Plaza,plaza,100,\n")[1] == "target"
    known = replace(KNOWN, targets={"w1": rule("w1")})
    rows = decided(MACHINE + "Market,w1,EUR,,,\n", SPLIT + ",w1,100,\n", known=known)
    assert [row.outcome.value for row in rows] == ["add", "wrong"]


def test_a_split_that_is_in_force_already_is_left_as_it_is() -> None:
    known = replace(KNOWN, splits={"": (rule("bob", 1_000_000),)})
    assert outcomes(SPLIT + ",bob,100,\n", known=known) == ["same"]
    assert outcomes(SPLIT + ",bob,100,Bob\n", known=known) == ["add"]


# Previews --------------------------------------------------------------------------------------


def test_text_of_a_spreadsheet_stays_as_it_was_written() -> None:
    """A formula is a name like any other here; exports make it harmless."""
    name = "=cmd|' /C calc'!A0"
    row = one(f"machine,lp\nPlaza,{name}\n")
    assert (row.outcome, row.words["lp"]) == (ImportOutcome.ADD, name)


@pytest.mark.parametrize(
    "change",
    [
        {"today": date(2026, 10, 1)},
        {"enrolments": [replace(ANA, has_opening=True)]},
        {"enrolments": [replace(ANA, has_accepted=False)]},
        {"machines": [replace(PLAZA, id="m2")]},
        {"machines": [replace(PLAZA, currency="USD")]},
    ],
)
def test_another_outcome_is_another_preview(change: dict[str, Any]) -> None:
    files = [("a.csv", "machine,lp,amount,cash_date\nPlaza,ana,5,2026-11-22\n")]
    first = digest(files, decided(files[0][1]))
    assert digest(files, decided(files[0][1], known=replace(KNOWN, **change))) != first
    assert digest(files, decided(files[0][1])) == first


def test_another_byte_is_another_preview() -> None:
    text = "machine,lp\nPlaza,zoe\n"
    assert digest([("a.csv", text)], decided(text)) != digest([("a.csv", text + "\n")], decided(text + "\n"))


def test_every_kind_is_told_from_the_others_by_what_it_needs() -> None:
    for kind, columns in COLUMNS.items():
        header = ",".join(columns)
        (row, *_others) = decided(header + "\n" + ",".join("x" for _column in columns) + "\n")
        assert row.place.kind is kind
