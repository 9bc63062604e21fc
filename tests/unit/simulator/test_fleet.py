"""A fleet's day: the same seed writes the same one, and what must be refused is refused."""

from __future__ import annotations

import json
from collections.abc import Collection
from decimal import Decimal
from typing import Any, cast

import pytest

from simulator.client import LnbitsClient
from simulator.faults import Dispenser
from simulator.fleet.command import main
from simulator.fleet.pacer import Pacer
from simulator.fleet.play import Outcome, Performer
from simulator.fleet.script import Act, Fault, Lie, write_script
from simulator.rates import RandomWalk
from tests.fakes.machine_server import FakeMachineServer

from .bench import FakeTime, PairedBench, run

ALL = tuple(Fault)


def script(seed: int, faults: Collection[Fault] = ALL, machines: int = 12) -> tuple[Act, ...]:
    return write_script(
        seed=seed,
        machines=machines,
        day_ms=60_000,
        acts_each=10,
        faults=faults,
        denominations=(5000, 2000, 1000),
        walk=RandomWalk(seed, Decimal("66650"), Decimal("0.002")),
    )


def test_the_same_seed_writes_the_same_day() -> None:
    assert script(7) == script(7)
    assert script(7) != script(8)


def test_the_order_in_which_faults_are_named_does_not_matter() -> None:
    assert script(7, ALL) == script(7, tuple(reversed(ALL)))


def test_a_day_is_in_order_and_every_machine_has_its_customers() -> None:
    acts = script(7)
    assert [act.at_ms for act in acts] == sorted(act.at_ms for act in acts)
    assert {act.machine for act in acts} == set(range(12))
    assert all(0 <= act.at_ms < 60_000 and act.notes for act in acts)


def test_every_fault_that_was_asked_for_happens_and_no_other() -> None:
    assert {act.fault for act in script(7)} == {None, *ALL}
    assert {act.lie for act in script(7)} == {None, *Lie}
    assert {act.fault for act in script(7, ())} == {None}


def test_only_a_payout_can_be_partial() -> None:
    partial = [act for act in script(7) if act.dispenser is not Dispenser.COMPLETE]
    assert partial
    assert all(act.is_cash_out and act.fault is Fault.PARTIAL for act in partial)


def test_no_more_requests_go_out_in_a_minute_than_allowed() -> None:
    time = FakeTime()
    pacer = Pacer(10, clock=time.clock, sleep=time.sleep)
    started = time.now

    async def send() -> None:
        for _ in range(25):
            await pacer()

    run(send())
    assert time.now - started == 120
    assert (pacer.total, pacer.peak) == (25, 10)


class Purse:
    """A customer whose payments arrive."""

    def __init__(self, server: FakeMachineServer) -> None:
        self._server = server

    async def pay(self, _invoice: str) -> str:
        self._server.pay(next(reversed(self._server.transactions)))
        return ""


def played(act: Act, server: type[FakeMachineServer] = FakeMachineServer) -> tuple[Outcome, PairedBench]:
    bench = PairedBench()
    bench.server.__class__ = server

    async def play() -> Outcome:
        machine = await bench.paired()
        return await Performer(machine, cast(LnbitsClient, Purse(bench.server))).play(act)

    return run(play()), bench


def sale(**facts: Any) -> Act:
    common: dict[str, Any] = {"machine": 0, "at_ms": 0, "is_cash_out": True, "rate": Decimal("1500.25")}
    return Act(**{**common, "notes": (5000, 2000), **facts})


def test_a_sale_of_the_script_is_played_to_its_end() -> None:
    outcome, bench = played(sale())
    assert (outcome.end, outcome.minor, outcome.problem) == ("complete", 7000, "")
    assert bench.machine.journal.open_entries == ()


def test_a_sale_survives_lost_requests_and_answers() -> None:
    outcome, bench = played(sale(fault=Fault.NETWORK, dropped=2, lost=2))
    assert (outcome.end, outcome.problem) == ("complete", "")
    assert len(bench.server.transactions) == 1


@pytest.mark.parametrize("lie", [Lie.EARLY_REPORT, Lie.OTHER_AMOUNT, Lie.OTHER_OUTCOME])
def test_a_lie_that_is_refused_is_no_problem(lie: Lie) -> None:
    outcome, _bench = played(sale(fault=Fault.LIES, lie=lie))
    assert outcome.problem == ""


class Gullible(FakeMachineServer):
    """Believes whatever comes."""

    def _dispense(self, body: dict[str, Any]) -> Any:
        return self._keep(body, {"dispense": body["outcome"]})


def test_a_lie_that_is_believed_is_a_problem() -> None:
    outcome, _bench = played(sale(fault=Fault.LIES, lie=Lie.EARLY_REPORT), Gullible)
    assert outcome.problem == "the lie early_report was believed"


def test_a_replay_that_is_refused_is_no_problem() -> None:
    outcome, _bench = played(sale(fault=Fault.REPLAYS))
    assert (outcome.end, outcome.problem) == ("complete", "")


class Forgetful(FakeMachineServer):
    """Takes the same event as often as it comes."""

    def _signer(self, request: Any) -> str:
        self.events.clear()
        return super()._signer(request)


def test_a_replay_that_is_taken_is_a_problem() -> None:
    outcome, _bench = played(sale(fault=Fault.REPLAYS), Forgetful)
    assert outcome.problem.startswith("a replay was answered 200")


def test_the_script_can_be_read_before_it_is_played(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--script-only", "--seed", "5", "--machines", "2", "--customers", "2"]
    assert main(flags) == 0
    first = capsys.readouterr().out
    assert main(flags) == 0
    assert capsys.readouterr().out == first
    assert len(first.splitlines()) == 4


def test_a_fault_that_nobody_knows_is_refused() -> None:
    with pytest.raises(SystemExit):
        main(["--script-only", "--faults", "earthquake"])


def test_bodies_of_a_fleet_are_plain_json() -> None:
    _outcome, bench = played(sale())
    assert all(json.dumps(body) for _method, _path, body in bench.server.requests)
