"""Scenarios: SIGKILL at every statement, and at random instants. Each ends with a next start."""

from __future__ import annotations

import statistics
from collections.abc import Mapping

from .arena import Arena
from .judge import AuditTrail, judge_after_kill, judge_settled, look
from .lives import finish_everything
from .world import LEGS

Report = Mapping[str, object]

#: A dead process's lease is taken over at once, and what it left is a few legs.
NEXT_START_SECONDS = 20
#: Of one way on one database, in the ordinary run and in `make test-long`.
RANDOM_KILLS, MANY_RANDOM_KILLS = 30, 100
#: What changes nothing needs no kill of its own, and what goes by the clock is not reached by each run:
#: the random kills hit both, the matrix of tests/unit/engine the reconciler.
_ONLY_READING = ("reading.", "self_test.", "reconcile", "resume.", "verify", "forward.")
#: Kills within the milliseconds around the commit, where the two books become one.
COMMIT_KILLS, MANY_COMMIT_KILLS = 20, 40
_FOR_EVERY_LEG = ("slow.", "slow_written_down.", "slow_outcome.")
_COMMIT_SECONDS = {"sqlite": 0.006, "postgres": 0.002}


def every_statement(arena: Arena) -> Report:
    """A dry run counts the statements of each place; then one process dies at each of them.

    The slow way does the same for every leg: its first and its last leg are tried, and what both ways
    share is left to the fast one.
    """
    trail = AuditTrail(arena.ledger)
    _settle_undisturbed(arena, trail)
    counted = _settle_undisturbed(arena, trail)
    places = _places(counted) if arena.way == "fast" else _places_of_first_and_last_leg(counted)
    paid_by_place: dict[str, int] = {}
    for number, place in enumerate(places):
        with arena.telling(f"killed at {place}"):
            sold = arena.sell()
            life = arena.live(finish_everything, place=place)
            assert life.reached, "the point was not reached"
            assert life.was_killed, "the process survived its fail-point"
            paid = judge_after_kill(look(arena.ledger, arena.world, sold), arena.world, arena.way)
            if arena.way == "fast":
                is_after = place.startswith("payout.after_commit")
                assert paid == (LEGS if is_after else 0), f"{paid} legs were paid"
            paid_by_place[place] = paid
            _start_again(arena, trail, sold, as_lnbits_starts=number % 2 == 1)
    return {"places": paid_by_place, "events": trail.verify()}


def random_instants(arena: Arena, kills: int = RANDOM_KILLS) -> Report:
    """Processes die at instants spread over landing, planning and paying."""
    trail = AuditTrail(arena.ledger)
    _settle_undisturbed(arena, trail)
    seconds = statistics.median(_undisturbed_seconds(arena, trail) for _ in range(3))
    paid: list[int] = []
    survived = 0
    for number in range(kills):
        instant = arena.random.uniform(0, seconds)
        with arena.telling(f"kill {number} after {instant:.4f} s of {seconds:.4f} s"):
            sold = arena.sell()
            life = arena.start(finish_everything).kill_after(instant)
            if not life.was_killed:  # this machine got quicker: the next instants are earlier
                survived, seconds = survived + 1, seconds * 0.95
            paid.append(judge_after_kill(look(arena.ledger, arena.world, sold), arena.world, arena.way))
            _start_again(arena, trail, sold, as_lnbits_starts=number % 2 == 1)
    return {
        "kills": kills,
        "survived": survived,
        "nothing_paid": paid.count(0),
        "all_paid": paid.count(LEGS),
        "duration": seconds,
        "events": trail.verify(),
    }


def many_random_instants(arena: Arena) -> Report:
    """The same, for as long as nobody waits."""
    return random_instants(arena, MANY_RANDOM_KILLS)


def around_the_commit(arena: Arena, kills: int = COMMIT_KILLS) -> Report:
    """Processes die within a few milliseconds after they began to commit a payout."""
    trail = AuditTrail(arena.ledger)
    _settle_undisturbed(arena, trail)
    paid: list[int] = []
    survived = 0
    longest = _COMMIT_SECONDS[arena.kind]
    for number in range(kills):
        pause = arena.random.uniform(0, longest)
        with arena.telling(f"kill {number}, {pause * 1000:.2f} ms after the commit began"):
            sold = arena.sell()
            child = arena.start(_say_when_committing)
            child.wait_for_byte()
            survived += not child.kill_after_now(pause).was_killed
            paid.append(judge_after_kill(look(arena.ledger, arena.world, sold), arena.world, arena.way))
            _start_again(arena, trail, sold, as_lnbits_starts=False)
    return {
        "kills": kills,
        "survived": survived,
        "nothing_paid": paid.count(0),
        "all_paid": paid.count(LEGS),
        "events": trail.verify(),
    }


def many_around_the_commit(arena: Arena) -> Report:
    """The same, for as long as nobody waits."""
    return around_the_commit(arena, MANY_COMMIT_KILLS)


async def _say_when_committing(say: object) -> object:
    from satmachineadmin.store import database

    def reached(name: str) -> None:
        if name == "payout.before_commit":
            say()  # type: ignore[operator]

    database.reached = reached
    return await finish_everything()


def _settle_undisturbed(arena: Arena, trail: AuditTrail) -> dict[str, int]:
    """A sale that nobody disturbs; how often each place was reached."""
    sold = arena.sell()
    life = arena.live(finish_everything, place="count only")
    assert life.complaints == [], f"{life.complaints}"
    judge_settled(look(arena.ledger, arena.world, sold), arena.world)
    trail.verify()
    counted: dict[str, int] = life.result
    return counted


def _undisturbed_seconds(arena: Arena, trail: AuditTrail) -> float:
    sold = arena.sell()
    life = arena.live(finish_everything)
    judge_settled(look(arena.ledger, arena.world, sold), arena.world)
    trail.verify()
    return life.seconds


def _start_again(arena: Arena, trail: AuditTrail, sold: str, *, as_lnbits_starts: bool) -> None:
    """The next start finishes by itself, without waiting for the dead one's lease."""
    life = arena.live(finish_everything, as_lnbits_starts)
    assert not life.complaints, f"the next start complained: {life.complaints}"
    assert life.seconds < NEXT_START_SECONDS, f"the next start took {life.seconds:.1f} s"
    judge_settled(look(arena.ledger, arena.world, sold), arena.world)
    trail.verify()


def _places_of_first_and_last_leg(counted: Mapping[str, int]) -> list[str]:
    """The places of the slow way alone, without the legs in the middle."""
    chosen = []
    for place in sorted(counted):
        count = counted[place]
        of_one_leg = -(-count // LEGS) if place.startswith(_FOR_EVERY_LEG) else count
        numbers = [n for n in range(1, count + 1) if n <= of_one_leg or n > count - of_one_leg]
        chosen += [f"{place}:{number}" for number in numbers if place.startswith("slow")]
    return chosen


def _places(counted: Mapping[str, int]) -> list[str]:
    """Every fail-point of a run where something is written, in a stable order."""
    return [
        f"{place}:{number}"
        for place in sorted(counted)
        if not place.startswith(_ONLY_READING)
        for number in range(1, counted[place] + 1)
    ]
