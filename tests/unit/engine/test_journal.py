"""The journal: hledger and Beancount read it, and every account holds what the books say elsewhere."""

from __future__ import annotations

import csv
import importlib.util
import io
import shutil
import subprocess
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from satmachineadmin.core.journal import Party
from satmachineadmin.core.journal_text import FORMATS
from satmachineadmin.core.states import CashEntryKind
from satmachineadmin.engine.land import BoundWallet
from satmachineadmin.engine.prove import prove_wallet
from satmachineadmin.engine.refund import hand_in
from satmachineadmin.usecases.correcting import correct_settlement
from satmachineadmin.usecases.journal import journal_text

from .conftest import MakeRig
from .revise_states import dispense
from .rig import MACHINE_WALLET, OPERATOR, Rig
from .test_refund import RESERVE, customers_invoice, half_dispensed, make_link
from .test_settle import make_funded as make_funded
from .test_settle import settle

pytestmark = pytest.mark.anyio
ELLA = "ella@example.com"
needs_hledger = pytest.mark.skipif(
    shutil.which("hledger") is None, reason="NOT RUN for want of hledger (apt-get install hledger)"
)
needs_beancount = pytest.mark.skipif(
    importlib.util.find_spec("beancount") is None,
    reason="NOT RUN for want of Beancount (pip install beancount)",
)

Balances = dict[tuple[str, str], Decimal]


async def story(make_rig: MakeRig) -> Rig:
    """Everything that a journal can hold: partners here and outside, LPs, what is kept and why, a partial
    dispense, a corrected rate, cash that comes and goes, a payoff, a cash-in, top-ups, a suspect."""
    rig: Rig = await make_rig(cash={"ana": 900_00, 'ben "the; best"': 160_00}, outside=(ELLA,))
    rig.host.limits = RESERVE
    rig.host.lightning.fee_msat = 1250
    rig.host.receive(MACHINE_WALLET, 50_000, memo="Admin credit")
    first = rig.sell(principal_sats=1000, commission_sats=7000, fiat="200.00", rate="5")
    await rig.work(2)
    await rig.work_outside()
    await rig.work(2)
    rig.clock.advance(days=1)
    async with rig.store.transaction("setup") as books:
        await books.sql.run("UPDATE satmachineadmin.dca_machines SET payout_policy = 'on_dispense'")
    half = rig.sell(principal_sats=2000, commission_sats=200, fiat="400.00", rate="5")
    await rig.work()
    await dispense(rig, (await rig.settlement_of(half))["id"])
    async with rig.store.transaction("setup") as books:
        await books.sql.run("UPDATE satmachineadmin.dca_machines SET payout_policy = 'at_once'")
        await books.sql.run(
            "UPDATE satmachineadmin.dca_settlements SET state = 'pending', reason = NULL WHERE state = 'held'"
        )
    rig.clock.advance(days=1)
    rig.sell(principal_sats=9000, commission_sats=900, fiat="1800.00", rate="5")
    rig.host.receive(MACHINE_WALLET, 777)
    sent = rig.host.send(MACHINE_WALLET, 900)
    stamp = {**rig.stamp(principal_sats=1000, commission_sats=100), "type": "cash_in"}
    rig.host.change(sent, extra=stamp, fee_msat=1500)
    await rig.work(3)
    states = [row["state"] for row in await rig.settlements()]
    assert sorted(states) == ["processed", "processing", "processing", "processing", "rejected"], states
    await correct_settlement(
        rig.store, OPERATOR, (await rig.settlement_of(first))["id"], "8", "the feed was stale"
    )
    await move_cash(rig, "ana", CashEntryKind.DEPOSIT, 300_07)
    await move_cash(rig, "ana", CashEntryKind.CASH_RETURNED, -50_00)
    return rig


async def move_cash(rig: Rig, name: str, kind: CashEntryKind, minor: int) -> None:
    async with rig.store.transaction("cash", actor=OPERATOR) as books:
        entry_id = await books.cash.add(
            {
                "client_id": rig.enrolments[name], "machine_id": rig.machine_id,
                "operator_user_id": OPERATOR, "kind": kind, "amount_minor": minor, "currency": "EUR",
                "cash_date": "2026-11-22", "notes": "", "created_by": OPERATOR,
            }
        )  # fmt: skip
        entry = await books.cash.get(entry_id)
        assert entry is not None
        await books.cash.confirm(entry, by=OPERATOR)


async def text_of(rig: Rig, form: str, since: date | None = None, until: date | None = None) -> str:
    lines = journal_text(rig.store, rig.host, OPERATOR, FORMATS[form], since=since, until=until)
    return "".join([line async for line in lines])


def days_of(text: str) -> set[str]:
    """The days that transactions are of."""
    return {line[:10] for line in text.splitlines() if line.startswith("20") and line[11] == "*"}


async def prove(rig: Rig) -> None:
    async with rig.store.reading() as books:
        (row,) = await books.machines.bound_wallets()
    wallet = BoundWallet(wallet_id=row["wallet_id"], machine_id=row["machine_id"], scan_from=row["scan_from"])
    found = await prove_wallet(rig.store, rig.host, wallet)
    assert found is not None and found.proof.difference_msat == 0
    async with rig.store.transaction("proof") as books:
        await books.reconcile.keep_proof(found.proof)


def by_hledger(text: str, folder: Path) -> Balances:
    """What hledger makes of it, asserted balances checked, in its strict mode."""
    path = folder / "books.journal"
    path.write_text(text)
    done = subprocess.run(
        ["hledger", "-f", path, "bal", "--flat", "--no-total", "-O", "csv", "-s", "--layout=bare"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: Balances = {}
    for account, commodity, balance in list(csv.reader(io.StringIO(done.stdout)))[1:]:
        if Decimal(balance):
            found[account, commodity] = Decimal(balance)
    return found


def by_beancount(text: str, folder: Path) -> Balances:
    """What Beancount makes of it, asserted balances checked."""
    from beancount import loader
    from beancount.core import data

    path = folder / "books.beancount"
    path.write_text(text)
    entries, errors, _options = loader.load_file(str(path))
    assert [str(error.message) for error in errors] == []
    found: Balances = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, data.Transaction):
            for posting in entry.postings:
                assert posting.units is not None and posting.units.number is not None
                found[posting.account, posting.units.currency] += posting.units.number
    return {place: amount for place, amount in found.items() if amount}


READERS = [
    pytest.param("hledger", by_hledger, marks=needs_hledger),
    pytest.param("beancount", by_beancount, marks=needs_beancount),
]


async def figures(rig: Rig) -> tuple[Balances, Decimal]:
    """What the books say of each account elsewhere, and what LNbits says the wallet holds."""
    machine = Party(id=rig.machine_id, name="Plaza").segment
    found: Balances = {}
    clients = await rig.rows("SELECT * FROM satmachineadmin.dca_clients")
    for row in clients:
        lp = Party(id=row["id"], name=row["username"]).segment
        left = row["confirmed_minor"] - row["paid_minor"] - row["reserved_minor"] + row["leaving_minor"]
        found[f"Liabilities:LP:{machine}:{lp}", "EUR"] = Decimal(-left).scaleb(-2)
        found[f"Expenses:LPs:{machine}:{lp}", "SAT"] = Decimal(
            rig.host.balance_sats(f"{row['username']}'s wallet")
        )
    legs = await rig.legs()
    kept: dict[str, int] = defaultdict(int)
    for leg in legs:
        if leg["state"] == "skipped":
            kept[leg["reason"].replace("_", "-").title()] += leg["sats"] * 1000
        if leg["state"] in ("completed", "refunded"):
            kept["Fee-Unused"] += leg["fee_unused_msat"]
    for reason, msat in kept.items():
        found[f"Assets:Wallet:{machine}:Kept:{reason}", "SAT"] = Decimal(msat).scaleb(-3)
    owed = sum(leg["sats"] for leg in legs if leg["reason"] == "undispensed" and leg["state"] == "skipped")
    found[f"Liabilities:Customers:{machine}", "SAT"] = Decimal(-owed)
    found[f"Expenses:Platform:{machine}", "SAT"] = Decimal(rig.host.balance_sats("platform"))
    return (
        {place: amount for place, amount in found.items() if amount},
        Decimal(rig.host.balance_msat(MACHINE_WALLET)).scaleb(-3),
    )


@pytest.mark.parametrize(("form", "read"), READERS)
async def test_every_account_holds_what_the_books_say(
    make_rig: MakeRig, tmp_path: Path, form: str, read: Any
) -> None:
    rig = await story(make_rig)
    await prove(rig)

    text = await text_of(rig, form)
    balances = read(text, tmp_path)

    wanted, in_wallet = await figures(rig)
    assert {place: balances.get(place) for place in wanted} == wanted
    assert len(wanted) >= 8
    wallet = [amount for (account, _), amount in balances.items() if account.startswith("Assets:Wallet:")]
    assert sum(wallet) == in_wallet
    assert text.splitlines()[-1].startswith("; END ")


@pytest.mark.parametrize(("form", "read"), READERS)
async def test_a_payoff_is_paid_from_elsewhere_and_a_refund_is_owed_no_more(
    make_funded: MakeRig, tmp_path: Path, form: str, read: Any
) -> None:
    """The cash of a balance that was paid off is the operator's own; its sats come from another wallet."""
    rig, sale = await half_dispensed(make_funded)
    rig.host.lightning.fee_msat = 1250
    link = await make_link(rig, sale)
    await hand_in(rig.store, rig.host, link["k1"], await customers_invoice(rig, 495_000))
    await settle(rig)
    await rig.work(2)
    await rig.work_outside()
    await rig.work(2)
    await prove(rig)

    balances = read(await text_of(rig, form), tmp_path)

    wanted, in_wallet = await figures(rig)
    assert {place: balances.get(place) for place in wanted} == wanted
    machine = Party(id=rig.machine_id, name="Plaza").segment
    wallet = [amount for (account, _), amount in balances.items() if account.startswith("Assets:Wallet:")]
    assert sum(wallet) == in_wallet == Decimal("3.75")
    assert balances[f"Expenses:Refunds:{machine}", "SAT"] == 495
    assert balances[f"Equity:Funding:{machine}", "SAT"] == -500
    assert (f"Liabilities:Customers:{machine}", "SAT") not in balances
    assert balances[f"Assets:Cash:{machine}", "EUR"] == 100
    assert balances[f"Equity:Own-Cash:{machine}", "EUR"] == -100


@pytest.mark.parametrize(("form", "read"), READERS)
async def test_a_part_of_the_days_begins_with_what_was_before(
    make_rig: MakeRig, tmp_path: Path, form: str, read: Any
) -> None:
    """From the second day on the balances are the same, and there are fewer transactions."""
    rig = await story(make_rig)
    days = sorted(days_of(await text_of(rig, "hledger")))
    assert len(days) == 3

    whole = read(await text_of(rig, form), tmp_path)
    later = await text_of(rig, form, since=date.fromisoformat(days[1]))
    first = await text_of(rig, form, until=date.fromisoformat(days[0]))

    assert read(later, tmp_path) == whole
    assert "Opening balances" in later
    assert days_of(later) == {days[1], days[2]}
    assert days_of(first) == {days[0]}
    assert read(first, tmp_path) != whole


@needs_hledger
async def test_books_that_somebody_has_altered_are_no_journal_that_hledger_takes(
    make_rig: MakeRig, tmp_path: Path
) -> None:
    """What is asserted is not the journal's own sum."""
    rig = await story(make_rig)
    text = await text_of(rig, "hledger")
    by_hledger(text, tmp_path)
    async with rig.store.transaction("setup") as books:
        await books.sql.run("UPDATE satmachineadmin.dca_clients SET confirmed_minor = confirmed_minor + 1")

    with pytest.raises(AssertionError, match="balance assertion"):
        by_hledger(await text_of(rig, "hledger"), tmp_path)
    async with rig.store.transaction("setup") as books:
        await books.sql.run("UPDATE satmachineadmin.dca_clients SET confirmed_minor = confirmed_minor - 1")


@pytest.mark.parametrize(("form", "read"), READERS)
async def test_books_in_which_nothing_has_happened_are_a_journal_too(
    make_rig: MakeRig, tmp_path: Path, form: str, read: Any
) -> None:
    rig = await make_rig()
    assert read(await text_of(rig, form), tmp_path) == {}


async def test_a_journal_that_ends_early_says_so(make_rig: MakeRig) -> None:
    rig = await story(make_rig)
    rig.host.history.walk = broken  # type: ignore[method-assign]
    assert (await text_of(rig, "hledger")).splitlines()[-1].startswith("; INCOMPLETE")


async def broken(*_given: Any, **_more: Any) -> Any:
    raise OSError("the disk is gone")
