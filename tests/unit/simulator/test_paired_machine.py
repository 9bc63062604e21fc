"""A paired machine's business, both ways: notes leave only for sats, and nothing is forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator.cash import CannotDispense, Notes
from simulator.cash_in import CashIn, NoteGivenBack
from simulator.cash_out import CashOut
from simulator.client import HostUnreachable
from simulator.faults import Dispenser
from simulator.journal import Entry, Journal, Stage
from simulator.machine_client import ATTEMPTS, MachineRefused
from simulator.paired import PairedMachine

from .bench import PairedBench, run

SEVENTY = (Notes(denomination_minor=5000, count=1), Notes(denomination_minor=1000, count=2))
LOST = [httpx.ReadError("lost") for _ in range(ATTEMPTS)]


def posts(bench: PairedBench, route: str) -> list[dict[str, Any]]:
    return [body for _, path, body in bench.server.requests if path == f"/{route}"]


async def paid_sale(bench: PairedBench) -> CashOut:
    sale = CashOut(await bench.paired(), SEVENTY)
    await sale.ask()
    bench.server.pay(sale.entry.txid)
    assert await sale.wait()
    return sale


def test_a_paid_sale_gives_its_notes_and_is_reported() -> None:
    bench = PairedBench()

    async def sell() -> CashOut:
        sale = await paid_sale(bench)
        await sale.dispense()
        await sale.report()
        return sale

    sale = run(sell())
    assert sale.transaction is not None
    assert sale.transaction.wire_sats == 105_018 + 6_301
    assert posts(bench, "dispense") == [
        {
            "txid": sale.entry.txid,
            "version": 2,
            "outcome": "complete",
            "bills": [{"denomination": "50", "count": 1}, {"denomination": "10", "count": 2}],
        }
    ]
    assert bench.machine.journal.open_entries == ()
    assert [some.count for some in bench.machine.till.cassettes] == [9, 10, 8]


def test_no_note_leaves_before_it_is_paid() -> None:
    bench = PairedBench()

    async def sell() -> None:
        sale = CashOut(await bench.paired(), SEVENTY)
        await sale.ask()
        await sale.dispense()

    with pytest.raises(RuntimeError, match="paid"):
        run(sell())
    assert [some.count for some in bench.machine.till.cassettes] == [10, 10, 10]


def test_notes_of_an_open_sale_are_not_on_offer() -> None:
    bench = PairedBench()

    async def sell_twice() -> None:
        machine = await bench.paired()
        fifties = (Notes(denomination_minor=5000, count=6),)
        await CashOut(machine, fifties).ask()
        with pytest.raises(CannotDispense):
            CashOut(machine, fifties)

    run(sell_twice())


def test_an_expired_sale_has_its_notes_on_offer_again() -> None:
    bench = PairedBench()

    async def sell() -> bool:
        sale = CashOut(await bench.paired(), SEVENTY)
        await sale.ask()
        bench.server.expire(sale.entry.txid)
        return await sale.wait()

    assert run(sell()) is False
    assert [some.count for some in bench.machine.notes_on_offer()] == [10, 10, 10]


@pytest.mark.parametrize(
    ("dispenser", "outcome", "amount"),
    [(Dispenser.PARTIAL, "partial", "50.00"), (Dispenser.FAILED, "failed", None)],
)
def test_what_did_not_come_out_is_reported(dispenser: Dispenser, outcome: str, amount: str | None) -> None:
    bench = PairedBench()
    bench.faults.dispenser = dispenser

    async def sell() -> None:
        sale = await paid_sale(bench)
        await sale.dispense()
        await sale.report()

    run(sell())
    report = posts(bench, "dispense")[0]
    assert (report["outcome"], report.get("fiat_amount")) == (outcome, amount)


def test_a_refused_sale_leaves_nothing_behind() -> None:
    bench = PairedBench()

    async def sell() -> None:
        bench.machine.till.fill((Notes(denomination_minor=5000, count=20),))
        await CashOut(await bench.paired(), (Notes(denomination_minor=5000, count=11),)).ask()

    with pytest.raises(MachineRefused, match="limit_exceeded"):
        run(sell())
    assert bench.machine.journal.open_entries == ()


def test_an_unanswered_report_is_posted_again_after_a_start(tmp_path: Path) -> None:
    first = PairedBench(tmp_path)

    async def sell() -> None:
        sale = await paid_sale(first)
        await sale.dispense()
        first.faults.network_down = True
        with pytest.raises(HostUnreachable):
            await sale.report()

    run(sell())
    again = PairedBench(tmp_path, first.server)
    assert [entry.stage for entry in again.machine.journal.open_entries] == [Stage.REPORTING]
    assert run(again.machine.catch_up()) == []
    assert posts(again, "dispense")[0]["outcome"] == "complete"
    assert [some.count for some in again.machine.till.cassettes] == [9, 10, 8]
    assert list((tmp_path / "journal").iterdir()) == []


def test_a_payout_that_was_cut_off_is_reported_as_what_was_counted(tmp_path: Path) -> None:
    first = PairedBench(tmp_path)

    class PowerIsGone(Exception):
        pass

    async def stop_after_first(_minor: int) -> None:
        raise PowerIsGone

    async def sell() -> None:
        sale = await paid_sale(first)
        with pytest.raises(PowerIsGone):
            await sale.dispense(stop_after_first)

    run(sell())
    again = PairedBench(tmp_path, first.server)
    run(again.machine.catch_up())
    assert posts(again, "dispense") == [
        {
            "txid": posts(again, "cash-out")[0]["txid"],
            "version": 2,
            "outcome": "partial",
            "fiat_amount": "50.00",
            "bills": [{"denomination": "50", "count": 1}],
        }
    ]


def test_a_sale_that_is_paid_after_its_customer_left_is_reported_as_failed() -> None:
    bench = PairedBench()

    async def sell() -> None:
        sale = CashOut(await bench.paired(), SEVENTY)
        await sale.ask()
        sale.leave()
        assert len(await bench.machine.catch_up()) == 1
        bench.server.pay(sale.entry.txid)
        assert await bench.machine.catch_up() == []

    run(sell())
    assert posts(bench, "dispense")[0]["outcome"] == "failed"
    assert [some.count for some in bench.machine.till.cassettes] == [10, 10, 10]


def test_a_sale_that_the_server_never_heard_of_is_forgotten() -> None:
    bench = PairedBench()

    async def sell() -> None:
        machine = await bench.paired()
        bench.server.before = list(LOST)
        with pytest.raises(HostUnreachable):
            await CashOut(machine, SEVENTY).ask()
        assert await machine.catch_up() == []

    run(sell())
    assert posts(bench, "cash-out") == []


async def purchase_of(machine: PairedMachine, *minors: int) -> CashIn:
    purchase = CashIn(machine)
    await purchase.start()
    for minor in minors:
        await purchase.insert(minor)
    return purchase


def test_notes_are_told_one_by_one_and_become_a_link() -> None:
    bench = PairedBench()

    async def buy() -> CashIn:
        purchase = await purchase_of(await bench.paired(), 5000, 2000)
        await purchase.finish()
        bench.server.pay(purchase.entry.txid)
        await purchase.wait()
        return purchase

    purchase = run(buy())
    said = [(body["version"], len(body["notes"]), body["done"]) for body in posts(bench, "cash-in")]
    assert said == [(1, 0, False), (2, 1, False), (3, 2, False), (4, 2, True)]
    assert purchase.transaction is not None
    assert purchase.transaction.wire_sats == 105_018 - 4_201
    assert bench.machine.journal.open_entries == ()
    assert [(some.denomination_minor, some.count) for some in bench.machine.till.box] == [
        (5000, 1),
        (2000, 1),
    ]


def test_a_note_whose_post_was_lost_is_told_with_the_next_one() -> None:
    bench = PairedBench()

    async def buy() -> None:
        purchase = await purchase_of(await bench.paired(), 5000)
        bench.server.before = list(LOST)
        await purchase.insert(1000)
        await purchase.insert(2000)

    run(buy())
    assert [len(body["notes"]) for body in posts(bench, "cash-in")] == [0, 1, 3]


def test_more_than_the_wallet_holds_is_given_back() -> None:
    bench = PairedBench()
    bench.server.wallet_fiat = "60.00"

    async def buy() -> None:
        purchase = await purchase_of(await bench.paired(), 5000)
        with pytest.raises(NoteGivenBack) as back:
            await purchase.insert(2000)
        assert back.value.most_minor == 1000

    run(buy())
    assert [some.denomination_minor for some in bench.machine.till.box] == [5000]


def test_without_sats_no_note_is_taken() -> None:
    bench = PairedBench()
    bench.server.wallet_fiat = "0.00"

    async def buy() -> None:
        await purchase_of(await bench.paired())

    with pytest.raises(MachineRefused, match="too_few_sats"):
        run(buy())
    assert bench.machine.journal.open_entries == ()


def test_notes_that_were_in_when_the_power_failed_become_a_link_after_the_start(tmp_path: Path) -> None:
    first = PairedBench(tmp_path)

    async def buy() -> None:
        purchase = await purchase_of(await first.paired(), 5000)
        first.server.before = list(LOST)
        await purchase.insert(1000)

    run(buy())
    again = PairedBench(tmp_path, first.server)
    run(again.machine.catch_up())
    last = posts(again, "cash-in")[-1]
    assert ([note["denomination"] for note in last["notes"]], last["done"]) == (["50", "10"], True)
    assert again.machine.journal.open_entries == ()
    assert sum(some.count for some in again.machine.till.box) == 2


def test_a_note_that_the_server_hears_of_too_late_becomes_a_transaction_of_its_own() -> None:
    """It had offered the first one by then, for want of a `done`."""
    bench = PairedBench()

    async def buy() -> None:
        purchase = await purchase_of(await bench.paired(), 5000)
        bench.server.before = list(LOST)
        await purchase.insert(1000)
        purchase.leave()
        bench.server.offer(purchase.entry.txid)
        await bench.machine.catch_up()
        await bench.machine.catch_up()

    run(buy())
    first, late = bench.server.transactions.values()
    assert (first["fiat_amount"], late["fiat_amount"]) == ("50.00", "10.00")
    assert late["txid"] == first["txid"] + "-late"
    assert bench.machine.journal.open_entries == ()


def test_a_purchase_goes_on_where_it_was_when_its_customer_still_stands_there(tmp_path: Path) -> None:
    first = PairedBench(tmp_path)

    async def buy() -> None:
        await purchase_of(await first.paired(), 5000)

    run(buy())
    again = PairedBench(tmp_path, first.server)

    async def go_on() -> str | None:
        entry = again.machine.journal.open_entries[0]
        purchase = CashIn.resumed(again.machine, entry)
        return (await purchase.finish()).lnurl

    assert run(go_on()) == "LNURL1FAKE"


def test_a_duplicated_life_is_the_same_life() -> None:
    bench = PairedBench()
    bench.faults.duplicates = True

    async def trade() -> None:
        sale = await paid_sale(bench)
        await sale.dispense()
        await sale.report()
        await (await purchase_of(bench.machine, 5000)).finish()

    run(trade())
    assert len(posts(bench, "dispense")) == 2
    assert len(bench.server.transactions) == 2


def test_an_entry_comes_back_from_disk_as_it_was(tmp_path: Path) -> None:
    entry = Entry(
        txid="7f3a",
        stage=Stage.DISPENSING,
        version=3,
        currency="EUR",
        exchange_rate="1500.25",
        bills=SEVENTY,
        given=(5000,),
    )
    Journal(tmp_path).write(entry)
    assert Journal(tmp_path).open_entries == (entry,)


def test_a_transaction_only_moves_along_its_arrows() -> None:
    entry = Entry(txid="7f3a", stage=Stage.COLLECTING, version=1, currency="EUR", exchange_rate="1")
    with pytest.raises(RuntimeError, match="from collecting to dispensing"):
        entry.moved(Stage.DISPENSING)


def test_the_heartbeat_tells_what_is_in_the_machine() -> None:
    bench = PairedBench()

    async def beat() -> None:
        await (await bench.paired()).heartbeat()

    run(beat())
    report = posts(bench, "heartbeat")[0]
    assert report["screen"] == "idle"
    assert report["cash_units"][0] == {"unit": "cassette", "denomination": "50", "count": 10, "capacity": 500}


def test_a_newer_configuration_is_asked_for() -> None:
    bench = PairedBench()

    async def beat() -> int:
        machine = await bench.paired()
        bench.server.config_version = 8
        await machine.heartbeat()
        await machine.keep_up()
        return machine.config.version

    assert run(beat()) == 8
