"""Scenario: SQLite files that are switched to WAL, where a commit over two files is not atomic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .arena import Arena
from .judge import judge_settled, look
from .ledger import Ledger
from .lives import finish_everything

Told = tuple[str, str]


def switched_to_wal(arena: Arena) -> Mapping[str, object]:
    """Either file alone or both: the slow way takes over and says so, and gives way again."""
    told: dict[str, list[Told]] = {}
    for files in (["core"], ["ours"], ["core", "ours"]):
        name = "+".join(files)
        with arena.telling(f"{name} in WAL mode"):
            sales = [arena.sell()]
            result = arena.live(_finish_in_modes, arena, files).result
            sales += result["sales"]
            told[name] = result["told"]
            ways = [_way_of(arena, sold) for sold in sales]
            assert ways == ["fast", "slow", "fast"], f"paid {ways}"
            (way, _), (way_in_wal, why), (way_after, why_after) = told[name]
            assert (way, way_in_wal, way_after) == ("fast", "slow", "fast"), f"{told}"
            assert "wal mode" in why, why
            assert "self-test passed" in why_after, why_after
    return {"told": told}


def killed_in_wal(arena: Arena) -> Mapping[str, object]:
    """Files in WAL mode, a process that dies between two legs: each is paid once all the same."""
    for file in ("core", "ours"):
        arena.ledger.journal_mode(file, "wal")
    for place in ("slow.before_pay:2", "slow.after_pay:3", "slow_outcome.before_commit:2"):
        with arena.telling(f"killed at {place}"):
            sold = arena.sell()
            life = arena.live(finish_everything, place=place)
            assert life.was_killed and life.reached
            arena.live(finish_everything)
            assert _way_of(arena, sold) == "slow"
    return {}


def switched_at_the_last_moment(arena: Arena) -> Mapping[str, object]:
    """A tool switches a file to WAL when the payout waits for its locks: still no fast commit."""
    for file in ("core", "ours"):
        with arena.telling(f"{file} switched while waiting for the locks"):
            sold = arena.sell()
            arena.live(_switch_while_waiting, arena.ledger, file)
            assert _way_of(arena, sold) == "slow", "the transaction committed over a file in WAL mode"
            arena.ledger.journal_mode(file, "delete")
    return {}


def _way_of(arena: Arena, sold: str) -> str:
    """How a sale was paid; it is judged on the way."""
    evidence = look(arena.ledger, arena.world, sold)
    judge_settled(evidence, arena.world)
    (way,) = {leg["way"] for leg in evidence.standing}
    return str(way)


async def _finish_in_modes(arena: Arena, files: list[str]) -> dict[str, Any]:
    """One process that pays before, while, and after the files are in WAL mode."""
    sales, told = [], [await _finish_and_tell()]
    for mode in ("wal", "delete"):
        for file in files:
            arena.ledger.journal_mode(file, mode)
        sales.append(arena.sell())
        told.append(await _finish_and_tell())
    return {"sales": sales, "told": told}


async def _finish_and_tell() -> Told:
    from satmachineadmin.services import current

    await finish_everything()
    way, why = await current().host.way_in_use()
    return way.value, why


async def _switch_while_waiting(ledger: Ledger, file: str) -> None:
    from satmachineadmin.host import fast_payout

    wallet_lock = fast_payout._wallet_lock

    async def switch(wallet_id: str) -> Any:
        ledger.journal_mode(file, "wal")
        return await wallet_lock(wallet_id)

    fast_payout._wallet_lock = switch
    await finish_everything()
