"""A machine's requests are sent until they are answered, no faster than the server allows."""

from __future__ import annotations

import httpx
import pytest

from simulator.client import HostUnreachable
from simulator.machine_client import ATTEMPTS, MachineRefused

from .bench import PairedBench, run

SLOW_DOWN = {"detail": "Too many requests.", "code": "too_many_requests", "retry_after": 17}


def test_a_machine_pairs_and_knows_its_configuration() -> None:
    bench = PairedBench()
    config = run(bench.client.pair(bench.server.code))
    assert (config.name, config.currency, config.version) == ("Plaza", "EUR", 7)
    assert bench.server.keys == {bench.key.public_hex}


def test_a_refusal_has_its_code_and_is_not_repeated() -> None:
    bench = PairedBench()
    with pytest.raises(MachineRefused) as refusal:
        run(bench.client.pair("WRONG"))
    assert (refusal.value.status, refusal.value.code) == (409, "pairing_closed")
    assert len(bench.server.events) == 1


def test_a_machine_that_is_not_paired_is_told_so() -> None:
    with pytest.raises(MachineRefused, match="unknown_key"):
        run(PairedBench().client.config())


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_left_alone_as_long_as_it_asks(status: int) -> None:
    bench = PairedBench()
    bench.server.before = [
        httpx.Response(status, json=SLOW_DOWN, headers={"retry-after": "17"}),
        httpx.Response(status, json=SLOW_DOWN, headers={"retry-after": "300"}),
    ]
    run(bench.client.pair(bench.server.code))
    assert bench.time.slept == [17, 300]


def test_waits_double_where_the_server_names_none() -> None:
    bench = PairedBench()
    bench.server.before = [httpx.Response(503) for _ in range(4)]
    run(bench.client.pair(bench.server.code))
    assert bench.time.slept == [0.5, 1, 2, 4]


def test_a_server_that_does_not_answer_is_given_up_for_now() -> None:
    bench = PairedBench()
    bench.server.before = [httpx.ReadTimeout("slow") for _ in range(ATTEMPTS)]
    with pytest.raises(HostUnreachable, match="slow"):
        run(bench.client.config())
    assert bench.server.before == []


def test_each_attempt_is_an_event_of_its_own() -> None:
    """The answer was lost; the same event a second time would be refused as a replay."""
    bench = PairedBench()
    bench.server.after = [httpx.ReadError("lost"), httpx.ReadError("lost")]
    run(bench.client.pair(bench.server.code))
    assert len({event["id"] for event in bench.server.events}) == 3


def test_a_clock_that_is_off_is_set_by_the_servers() -> None:
    bench = PairedBench()
    ahead = bench.time.clock
    bench.client._clock = lambda: ahead() + 3600
    run(bench.client.pair(bench.server.code))
    run(bench.client.config())
    assert bench.client.clock_offset == -3600
    assert len(bench.server.requests) == 2


def test_a_duplicated_post_gets_the_same_answer() -> None:
    bench = PairedBench()
    bench.faults.duplicates = True
    run(bench.client.pair(bench.server.code))
    assert [path for _, path, _ in bench.server.requests] == ["/pair", "/pair"]


def test_a_thief_who_repeats_a_request_is_refused() -> None:
    async def steal() -> httpx.Response:
        bench = PairedBench()
        await bench.client.pair(bench.server.code)
        await bench.client.heartbeat({})
        assert bench.client.last_sent is not None
        return await bench.client.replay(bench.client.last_sent)

    answer = run(steal())
    assert (answer.status_code, answer.json()["code"]) == (401, "replayed")


def test_an_answer_that_is_not_understood_is_no_yes() -> None:
    bench = PairedBench()
    bench.server.before = [httpx.Response(200, text="<html>hello</html>")]
    with pytest.raises(MachineRefused, match="not_understood"):
        run(bench.client.config())
