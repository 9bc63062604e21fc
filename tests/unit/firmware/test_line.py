"""What the firmware does when a server does not simply answer: a stub of one, and no real sleep."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from coincurve import PrivateKey

from tests.firmware.line import Line, Offline, Refused

Answer = tuple[int, dict[str, str], dict[str, Any]]


class Stub(HTTPServer):
    """Gives the answers that it was told, in turn, and keeps the events that were sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[Answer] = []
        self.events: list[dict[str, Any]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Stub

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        told = base64.b64decode(self.headers["Authorization"].removeprefix("Nostr "), validate=True)
        self.server.events.append(json.loads(told))
        status, headers, body = self.server.answers.pop(0)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the test says what it expects."""


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def line(stub: Stub, slept: list[float]) -> Line:
    base = f"http://127.0.0.1:{stub.server_port}"
    return Line(base, PrivateKey(), sleep=slept.append, clock=lambda: 1_000_000.5)


def ask(line: Line) -> dict[str, Any]:
    return line.ask("POST", "/heartbeat", {"screen": "idle"})


OK: Answer = (200, {}, {"config_version": 1})


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_left_alone_for_as_long_as_it_says(
    stub: Stub, line: Line, slept: list[float], status: int
) -> None:
    stub.answers = [(status, {"Retry-After": "7"}, {"code": "too_many_requests", "retry_after": 7}), OK]
    assert ask(line) == OK[2]
    assert slept == [7]


def test_each_wait_is_twice_the_last_one_where_nothing_longer_is_asked_for(
    stub: Stub, line: Line, slept: list[float]
) -> None:
    line.tries = 9
    busy: Answer = (429, {"Retry-After": "3"}, {"code": "too_many_requests"})
    stub.answers = [busy] * 8 + [OK]
    ask(line)
    assert slept == [3, 3, 4, 8, 16, 32, 60, 60]


def test_a_busy_server_is_given_up_after_some_tries_and_nothing_is_refused(stub: Stub, line: Line) -> None:
    stub.answers = [(503, {"Retry-After": "1"}, {"detail": "later"})] * 4
    with pytest.raises(Offline, match="later"):
        ask(line)


def test_a_request_is_signed_anew_each_time_it_is_sent(stub: Stub, line: Line) -> None:
    stub.answers = [(503, {}, {}), (401, {}, {"code": "replayed"}), OK]
    ask(line)
    assert len({event["id"] for event in stub.events}) == 3
    payloads = {tuple(tag) for event in stub.events for tag in event["tags"] if tag[0] == "payload"}
    assert len(payloads) == 1


def test_a_wrong_clock_is_corrected_by_the_servers_and_stays_right(stub: Stub, line: Line) -> None:
    stub.answers = [(401, {}, {"code": "clock_skew", "server_time": 2_000_000}), OK, OK]
    ask(line)
    ask(line)
    assert [event["created_at"] for event in stub.events] == [1_000_000, 2_000_000, 2_000_000]


def test_a_server_that_never_likes_the_clock_is_not_asked_for_ever(stub: Stub, line: Line) -> None:
    stub.answers = [(401, {}, {"code": "clock_skew", "server_time": 2_000_000})] * 3
    with pytest.raises(Refused, match="clock_skew"):
        ask(line)


def test_a_line_without_a_server_is_off(line: Line, slept: list[float]) -> None:
    line.base = "http://127.0.0.1:1"
    with pytest.raises(Offline, match="ConnectionRefused"):
        ask(line)
    assert slept == [1, 2, 4]


def test_an_answer_that_is_no_json_is_no_answer(stub: Stub, line: Line) -> None:
    """A captive portal, or a proxy that has lost its server."""
    line.tries = 1
    stub.answers = [(200, {"Content-Length": "1"}, {})]
    with pytest.raises(Offline):
        ask(line)


def test_a_refusal_is_told_with_its_fields_and_not_repeated(stub: Stub, line: Line) -> None:
    stub.answers = [(409, {}, {"code": "stale", "detail": "later", "version": 5})]
    with pytest.raises(Refused) as caught:
        ask(line)
    assert (caught.value.status, caught.value.code, caught.value.fields["version"]) == (409, "stale", 5)
    assert len(stub.events) == 1
