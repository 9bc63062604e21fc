"""What an LP sees of its own, held against the host's history and the tables, whatever happened before."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from satmachineadmin.core.statement import Verdict
from satmachineadmin.core.states import LegState, LegType
from satmachineadmin.store.books import Store
from satmachineadmin.usecases.lp_files import open_file
from satmachineadmin.usecases.lp_views import Fill, Filter
from satmachineadmin.usecases.statements import check_statement, list_statements, month_statement
from tests.fakes.host import FakeHost


async def what_an_lp_sees(store: Store, host: FakeHost, name: str) -> None:
    """Its fills are what its wallets received, its statements add up, and each is still what it was."""
    async with store.reading() as books:
        places = await books.sql.all(
            "SELECT * FROM satmachineadmin.dca_clients WHERE user_id = :user", user=name
        )
    if not places:
        return
    file = await open_file(store, name, Filter())
    seen = [one async for slice_ in file.fills() for one in slice_]
    paid = [one.row for one in seen if one.row["state"] == LegState.COMPLETED]
    fills = [row for row in paid if row["leg_type"] != LegType.AUTOFORWARD]
    got = sum(row["sent_msat"] // 1000 for row in fills)
    assert got == sum(place["received_sats"] for place in places), f"the fills of {name}"
    assert got * 1000 == _received(host, name), f"what the wallets of {name} received"
    assert _forwarded(seen) == sum(place["forwarded_msat"] for place in places), f"what {name} passed on"
    turned = sum(row["fiat_minor"] for row in fills)
    assert turned == sum(place["paid_minor"] for place in places), f"the cash of {name}"
    await _check_statements(store, name, places, got)


def _received(host: FakeHost, name: str) -> int:
    """What payments of ours brought to an LP's wallets, in millisatoshi."""
    wallets = (f"{name}'s wallet", f"{name}'s other wallet")
    return sum(
        row.amount_msat
        for row in host.rows
        if row.wallet_id in wallets
        and row.amount_msat > 0
        and row.status == "success"
        and (row.external_id or "").startswith("sm1:")
    )


def _forwarded(seen: Sequence[Fill]) -> int:
    return sum(
        part["sent_msat"]
        for one in seen
        if one.row["leg_type"] == LegType.AUTOFORWARD and one.row["state"] == LegState.COMPLETED
        for part in one.parts
    )


async def _check_statements(store: Store, name: str, places: Sequence[Any], got: int) -> None:
    months = [month for month, _is_over in reversed(await list_statements(store, name))]
    closings: dict[str, str] = {}
    sats = 0
    for month in months:
        statement = await month_statement(store, name, month)
        for line in statement.lines:
            if line["line"] == "machine":
                parts = {key: Fraction(line[key]) for key in ("opening", "entered", "turned", "closing")}
                assert parts["opening"] + parts["entered"] - parts["turned"] == parts["closing"], line
                assert Fraction(closings.get(line["key"], "0")) == parts["opening"], line
                closings[line["key"]] = line["closing"]
            sats += line["sats"] if line["line"] == "fill" else 0
        checked = await check_statement(store, name, statement.text)
        assert checked.verdict is Verdict.UNCHANGED, checked
    assert sats == got, f"the statements of {name}"
    for place in places:
        digits = {"EUR": 2, "JPY": 0, "KWD": 3}
        left = Fraction(place["confirmed_minor"] - place["paid_minor"])
        closing = Fraction(closings.get(place["id"], "0"))
        assert closing in {left / 10**each for each in digits.values()}, f"the last closing of {name}"
