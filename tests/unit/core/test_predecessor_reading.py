"""What a predecessor's rows mean, whatever their columns were called at the time."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

import pytest

from satmachineadmin.core.errors import PredecessorUnreadable
from satmachineadmin.core.predecessor.columns import COLUMNS, Cells
from satmachineadmin.core.predecessor.found import read
from satmachineadmin.core.states import DcaMode, EnrolmentStatus, TxType

from .old_rows import CLIENT, DEPOSIT, LEG, LP, MACHINE, SALE, SPLIT, found


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (1_795_000_000, 1_795_000_000),
        (1_795_000_000.75, 1_795_000_000),
        ("1795000000", 1_795_000_000),
        ("2026-11-18 11:06:40", 1_795_000_000),
        ("2026-11-18T11:06:40Z", 1_795_000_000),
        ("2026-11-18 12:06:40+01:00", 1_795_000_000),
        (datetime(2026, 11, 18, 11, 6, 40, tzinfo=timezone.utc).replace(tzinfo=None), 1_795_000_000),
        ("yesterday", None),
        (None, None),
        ("", None),
    ],
)
def test_an_instant_is_read_in_every_way_that_it_was_written(written: object, seconds: int | None) -> None:
    assert Cells("dca_payments", {"created_at": written}).time("created_at") == seconds


def test_the_newest_of_a_columns_names_is_read_and_an_empty_one_passed_over() -> None:
    cells = Cells("dca_settlements", {"wire_sats": None, "gross_sats": 7})
    assert (cells.value("wire"), cells.has("wire"), cells.has("rate")) == (7, True, False)


@pytest.mark.parametrize("table", sorted(set(COLUMNS) - {"super_config", "dca_lp"}))
def test_a_table_without_what_it_is_of_no_use_without_is_refused_by_name(table: str) -> None:
    with pytest.raises(PredecessorUnreadable) as refused:
        read("somewhere", {table: []}, {table: ["something"]})
    assert refused.value.fields["table"] == table
    assert "id" in str(refused.value.fields["columns"])


def test_unknown_tables_are_counted_and_unknown_columns_kept() -> None:
    one = read(
        "somewhere",
        {"dca_machines": [{**MACHINE, "colour": "red"}], "telemetry": [{"a": 1}]},
        {"dca_machines": [*MACHINE, "colour"], "telemetry": ["a"]},
    )
    assert one.counts == {"dca_machines": 1, "telemetry": 1}
    assert one.raw["dca_machines", "m"]["colour"] == "red"


@pytest.mark.parametrize(
    ("table", "row", "problem"),
    [
        ("dca_machines", {**MACHINE, "currency": "XXQ"}, "Its currency is none that these books know."),
        ("dca_deposits", {**DEPOSIT, "amount": "much"}, "Its amount is no number."),
        ("dca_deposits", {**DEPOSIT, "amount": float("nan")}, "Its amount is no number."),
        ("dca_settlements", {**SALE, "wire_sats": None}, "It says nothing of the sats that were paid."),
        ("dca_settlements", {**SALE, "principal_sats": 1.5}, "Its principal is no number of sats."),
        ("dca_payments", {**LEG, "amount_sats": -1}, "Its sats is no number of sats."),
        ("dca_payments", {**LEG, "amount_fiat": "some"}, "The fiat that it drew is no number."),
        ("dca_commission_splits", {**SPLIT, "fraction": None}, "A share of this split is no number."),
        (
            "dca_commission_splits",
            {**SPLIT, "fraction": 0.5},
            "The shares of this split come to 0.5: neither to 1 nor to 100 %.",
        ),
    ],
)
def test_a_row_that_cannot_be_read_says_why_and_is_kept(
    table: str, row: dict[str, object], problem: str
) -> None:
    one = found(**{table: [row]})
    assert [(unread.table, unread.row_id, unread.problem) for unread in one.unread] == [
        (table, row["id"], problem)
    ]
    assert one.raw[table, str(row["id"])] == row


def test_statuses_and_directions_are_read_whatever_their_spelling() -> None:
    one = found(
        dca_clients=[{**CLIENT, "id": "1", "status": "Active"}, {**CLIENT, "id": "2", "status": "gone"}],
        dca_settlements=[
            {**SALE, "id": "1", "tx_type": "cash-in"},
            {**SALE, "id": "2", "tx_type": "cash_out"},
        ],
    )
    assert [row.status for row in one.enrolments] == [EnrolmentStatus.ACTIVE, EnrolmentStatus.PAUSED]
    assert [row.tx_type for row in one.sales] == [TxType.CASH_IN, TxType.CASH_OUT]


def test_what_an_lp_chose_is_its_latest_row_and_its_own_table_before_any_enrolment() -> None:
    first = {**CLIENT, "wallet_id": "old", "updated_at": 900}
    one = found(dca_clients=[first, {**first, "id": "c2", "wallet_id": "new", "updated_at": 901}], dca_lp=[])
    assert [choice.wallet_id for choice in one.choices] == ["new"]
    one = found(dca_clients=[first], dca_lp=[{**LP, "updated_at": 1}])
    assert [choice.wallet_id for choice in one.choices] == ["anas"]


def test_a_limit_without_a_number_is_no_limit_and_an_address_that_is_off_stays_off() -> None:
    (one,) = found(dca_lp=[{**LP, "default_dca_mode": "fixed", "fixed_mode_daily_limit": 0}]).choices
    assert (one.mode, one.daily_limit) == (DcaMode.FLOW, None)
    limited = {**LP, "default_dca_mode": "fixed", "fixed_mode_daily_limit": 12.5}
    (one,) = found(dca_lp=[{**limited, "autoforward_ln_address": "a@b.c", "autoforward_enabled": 0}]).choices
    assert (one.mode, one.daily_limit, one.ln_address, one.forwards) == (
        DcaMode.FIXED,
        Decimal("12.5"),
        "a@b.c",
        False,
    )


@pytest.mark.parametrize("whole", [1, 100])
def test_shares_are_fractions_or_percent_by_what_they_come_to(whole: int) -> None:
    rows = [
        {**SPLIT, "id": str(place), "fraction": whole * share} for place, share in enumerate((0.7, 0.1, 0.2))
    ]
    (split,) = found(dca_commission_splits=rows).splits
    assert [share.share_ppm for share in split.shares] == [700_000, 100_000, 200_000]


def test_control_characters_and_endless_notes_are_cut_and_nothing_else_of_a_text_is() -> None:
    (deposit,) = found(dca_deposits=[{**DEPOSIT, "notes": "<b>a\x00\x07b</b>\nc" + "x" * 5000}]).deposits
    assert deposit.notes.startswith("<b>ab</b>\ncxxx")
    assert len(deposit.notes) == 2000
