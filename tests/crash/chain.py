"""The kill chain: each life of a real server ends at the next place, and begins with what the last one left.

After each death: nothing was paid that our books do not explain, and nothing twice. After the last one,
within a minute and without a person: everything is decided, or in the worklist with its reason; every
wallet holds in LNbits' own balances what it must, and the node has paid each invoice once.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections import Counter
from pathlib import Path

import httpx

from tests.harness import LnbitsServer
from tests.harness.fake_node import FEE_MSAT, FakeNode
from tests.harness.farm import ServerFarm
from tests.harness.http import UnexpectedStatus
from tests.harness.pay_links import PayLinks
from tests.harness.shop import DCA
from tests.judge import STATEMENTS, Snapshot, complaints

from .episodes import EPISODES, TAMPERED_WITH
from .steps import Step
from .town import Town, use_node

#: A start, and what leads to the place.
PATIENCE_SECONDS = 90
#: Without a person (the task's own limit).
DECIDED_SECONDS = 60
#: What its places provoke on purpose.
EXPECTED = (
    "could not advance settlement", "stopped settlement", "could not pay the payoff", "could not advance leg",
)  # fmt: skip
_UNDECIDED = """
    SELECT settlement.id, settlement.state, settlement.waits_code, settlement.error_message
    FROM satmachineadmin.dca_settlements AS settlement
    WHERE settlement.state IN ('pending', 'processing') OR (settlement.state = 'errored'
        AND settlement.next_try_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM satmachineadmin.worklist WHERE subject_id = settlement.id AND closed_at IS NULL))
"""
_ERRORED = "SELECT id, error_message FROM satmachineadmin.dca_settlements WHERE state = 'errored'"
_UNDECIDED_LEGS = """
    SELECT leg.id, leg.leg_type, leg.state, leg.error_message FROM satmachineadmin.dca_payments AS leg
    WHERE leg.state IN ('pending', 'paying', 'unresolved') AND NOT EXISTS (
        SELECT 1 FROM satmachineadmin.worklist
        WHERE subject_id IN (leg.id, leg.settlement_id) AND closed_at IS NULL)
"""


_UNDECIDED_LINKS = """
    SELECT link.id, link.state, link.error_message FROM satmachineadmin.withdrawals AS link
    JOIN satmachineadmin.machine_transactions AS one ON one.id = link.transaction_id
    WHERE link.kind = 'cash_in' AND (link.state = 'claimed' OR (link.state = 'paid' AND one.state <> 'paid'))
"""


def episodes_in_order(seed: int) -> list[list[Step]]:
    """All lives, the episodes shuffled but for seed 0."""
    episodes = [list(episode()) for episode in EPISODES]
    if seed:
        random.Random(seed).shuffle(episodes)
    return episodes


def run(town: Town, episodes: list[list[Step]]) -> None:
    """Every life of the chain, each until its death at the place that it was armed for."""
    town.server.kill()
    number = 0
    for episode in episodes:
        if _open(town):
            _rest(town)
        for step in episode:
            number += 1
            try:
                _live(town, step, number)
                _judge_death(town)
            except AssertionError as failure:
                raise AssertionError(f"life {number}, to be killed at {step.place}: {failure}") from failure
        town.mend()


def _live(town: Town, step: Step, number: int) -> None:
    """One life, from what happened before it until its death."""
    if step.down is not None:
        step.down(town)
    town.hurry()
    mark = town.server.folder / f"mark{number}"
    place = f"{step.place}:{step.times}"
    town.server.launch({"SATMACHINE_FAILPOINT": place, "SATMACHINE_FAILPOINT_MARK": str(mark)})
    if step.up is not None:
        # it may die before it is asked, while it answers, or not be asked again what was done before
        with contextlib.suppress(httpx.HTTPError, UnexpectedStatus, AssertionError):
            town.server.wait_until_up()
            step.up(town)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while town.server.is_running and time.monotonic() < deadline:
        town.hurry()
        with contextlib.suppress(AssertionError):
            town.server.wait_until_exit(1)
    if town.server.is_running:
        raise AssertionError(f"it was not reached:\n{town.server.log_tail(30)}")
    assert town.server.exit_code == -9, f"it ended with {town.server.exit_code}"
    assert mark.read_text() == place


def _rest(town: Town) -> None:
    """A life that lasts until everything is decided."""
    town.hurry()
    town.server.start()
    town.server.wait_for(lambda: not _open(town), "decision", DECIDED_SECONDS)
    town.server.kill()


def _judge_death(town: Town) -> None:
    """What was paid is explained by our books, and no leg was paid twice, by whichever attempts."""
    town.ledger.wait_until_quiet()
    seen = Snapshot(**town.server.snapshot(STATEMENTS))
    assert [one for one in complaints(seen) if not any(words in one for words in TAMPERED_WITH)] == []
    debits = [row for row in seen.payments if row["amount"] < 0 and row["status"] == "success"]
    times = Counter(row["external_id"].rpartition(":")[0] for row in debits)
    assert max(times.values(), default=0) <= 1, f"paid twice: {times.most_common(2)}"


def finish(town: Town) -> None:
    """The last life, which nobody kills."""
    town.hurry()
    town.server.start()
    for settlement_id in town.stopped():  # what an error of the program stopped is for a person
        town.plain.api.post(f"{DCA}/settlements/{settlement_id}/retry", {})
    began = time.monotonic()
    town.server.wait_for(lambda: not _open(town), "decision", DECIDED_SECONDS)
    print(f"everything was decided after {time.monotonic() - began:.1f} s")  # noqa: T201
    town.hurry()  # what was refused once goes on at its next look: all causes are lifted
    town.server.wait_for(lambda: not town.sql(_ERRORED), "next look", DECIDED_SECONDS)
    town.server.stop()
    _judge(town)


def _open(town: Town) -> list[dict[str, object]]:
    return [*town.sql(_UNDECIDED), *town.sql(_UNDECIDED_LEGS), *town.sql(_UNDECIDED_LINKS)]


def _judge(town: Town) -> None:
    assert complaints(Snapshot(**town.server.snapshot(STATEMENTS))) == []
    left_msat = sum(town.node.paid_msat.values()) + FEE_MSAT * len(town.node.paid_msat)
    assert town.held_msat() + left_msat == town.total_msat, f"sats were lost or made; {left_msat} msat left"
    sales = {shop: len(hashes) for shop, hashes in town.sold.items()}
    held = {
        "ana": town.balance_msat(town.plain.lps["ana"].wallet),
        "bob": town.balance_msat(town.outside.lps["bob"].wallet),
        "partner of plain": town.balance_msat(town.plain.partners[0]),
        "partner of extra": town.balance_msat(town.extra.partners[0]),
    }
    halves = len(town.jammed)
    assert held == {
        "ana": 1_000_000 * sales["plain"] + 100_000 * town.paid_off(),
        "bob": 1_000_000 * sales["outside"],
        "partner of plain": 70_000 * sales["plain"],
        "partner of extra": 70_000 * sales["extra"] + 35_000 * halves,
    }
    platform_msat = 30_000 * sum(sales.values()) + 15_000 * halves
    assert town.balance_msat(town.plain.platform_wallet) == platform_msat


def play(farm: ServerFarm, folder: Path, database: str, seed: int) -> None:
    """The whole chain on a server of its own."""
    made = farm.server(folder, database)
    server = LnbitsServer(folder, port=made.port, database_url=made.database_url)
    server.expected_defects = list(EXPECTED)
    with FakeNode() as node, PayLinks() as links:
        use_node(server, node)
        try:
            server.start()
            town = Town.open(server, node, links)
            run(town, episodes_in_order(seed))
            finish(town)
        finally:
            server.close()
    assert server.log_defects() == []
