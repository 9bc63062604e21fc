"""Whatever is sent to the machine interface: 401 without a signature, a clear 4xx with one, nothing written.

A seeded fuzz. Half of it breaks what says who asks, the other half is soundly signed and says nonsense.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from coincurve import PrivateKey

from tests.harness.machine import BASE, DCA, Machine
from tests.harness.signing import event_of, header_of

from .route import Route
from .signed_routes import SIGNED_ROUTES
from .test_authorization_matrix import CALLERS, Caller
from .test_bad_bodies import bad_values_of, complaint
from .values import BAD_BODIES, ON_SQLITE, UNKNOWN_FIELDS, bodies_with
from .world import World, digest

pytestmark = ON_SQLITE
REQUESTS = [
    pytest.param(2_000, id="some"),
    pytest.param(20_000, id="many", marks=[pytest.mark.long, pytest.mark.timeout(1800)]),
]
#: A key may ask 60 times at once.
REQUESTS_OF_A_KEY = 50
#: What being heard leaves behind.
HEARD = {"satmachineadmin.signed_events", "satmachineadmin.machine_reports"}
NONSENSE: tuple[Any, ...] = (
    None, True, -1, 1.5, 10**30, "", "x", "x" * 1500, [], [[]], [["u"]], [["u", 1]], {}, "\u0000", "\ud800",
)  # fmt: skip
#: Paths and queries of the one route that has them.
NOWHERE = (
    "/transactions/20261129-000017",
    "/transactions/20261129-000017?wait=26",
    "/transactions/20261129-000017?wait=-1",
    "/transactions/20261129-000017?wait=x&known=nothing",
    "/transactions/20261129-000017?wait=1&wait=2",
    "/transactions/%00?wait=0",
    "/transactions/%F0%28%8C%28",
    "/transactions/" + "x" * 500,
    "/transactions/..%2F..%2Fconfig",
    "/config?colour=red",
)


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name)
def test_nobody_but_a_machine_is_answered(world: World, caller: Caller) -> None:
    """No login and no key of a wallet is a signature."""
    before, wrong = digest(world.server), {}

    for route in SIGNED_ROUTES:
        response = caller.api(world, route).raw(
            route.method, route.path.format(txid="20261129-000017"), json=route.good_body({}) or None
        )
        if complaint(response) or (response.status_code, response.json()["code"]) != (401, "not_signed"):
            wrong[str(route)] = response.text

    assert wrong == {}
    assert digest(world.server) == before


@pytest.mark.parametrize("requests", REQUESTS)
def test_whatever_a_machine_is_sent_to_say_is_refused(world: World, requests: int) -> None:
    fuzz, wrong = Fuzz(world, random.Random(requests)), []
    try:
        for number in range(requests):
            if number % 200 == 0:
                fuzz.renew()
            if why := fuzz.send():
                wrong.append(why)
        fuzz.renew()
    finally:
        fuzz.end()

    assert wrong == []
    assert fuzz.changed == set()


class Fuzz:
    """A machine that sends nonsense, with another key from time to time."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self._world = world
        self._chance = chance
        self._machine = Machine(world.server.url)
        self._left = 0
        self._before: dict[str, str] = {}
        #: tables that were written to, beside those that say that the machine was heard
        self.changed: set[str] = set()
        self._bodies = {str(route): list(_bad_bodies(route)) for route in SIGNED_ROUTES if route.body}

    def renew(self) -> None:
        """Look what was written so far, and begin with another key."""
        after = digest(self._world.server) if self._before else {}
        self.changed |= {name for name in after if after[name] != self._before[name]} - HEARD
        self._machine.close()
        self._machine = Machine(self._world.server.url)
        self._choose(self._machine.key_hex)
        self._left, self._before = REQUESTS_OF_A_KEY, digest(self._world.server)

    def end(self) -> None:
        self._machine.close()
        self._choose(None)

    def _choose(self, npub: str | None) -> None:
        machine_id = self._world.ids["olga"]["machine_id"]
        self._world.operator("olga").put(f"{DCA}/machines/{machine_id}", {"npub": npub})

    def send(self) -> str | None:
        """One request; what is wrong with its answer."""
        route = self._chance.choice(SIGNED_ROUTES)
        path = route.path.removeprefix(BASE).format(txid="20261129-000017")
        content = json.dumps(route.good_body({})).encode() if route.body else None
        if self._left and self._chance.random() < 0.5:
            self._left -= 1
            if content is None:
                path = self._chance.choice(NOWHERE)
            else:
                content = self._chance.choice(self._bodies[str(route)])
            header = self._machine.header(route.method, path, content)
        else:
            header = self._chance.choice(_SPOILED)(self._chance, self._machine, route.method, path, content)
        response = self._machine.send(route.method, path, content, header)
        why = complaint(response)
        return f"{route.method} {path[:80]} {content!r:.200} {header[:80]}: {why}" if why else None


def _bad_bodies(route: Route) -> Iterator[bytes]:
    """Each field with each value that it cannot have, bodies that are none, fields that nobody knows."""
    good = route.good_body({})
    for name, spec in route.body.items():
        for _kind, content in bodies_with(good, name, bad_values_of(spec)):
            yield content
    yield from BAD_BODIES.values()
    fine = json.dumps(good)[:-1]
    for more in UNKNOWN_FIELDS.values():
        yield f"{fine}, {more}}}".encode()


def _event(machine: Machine, method: str, path: str, content: bytes | None) -> dict[str, Any]:
    encoded = machine.header(method, path, content).removeprefix("Nostr ")
    event: dict[str, Any] = json.loads(base64.b64decode(encoded))
    return event


def _another_letter(
    chance: random.Random, machine: Machine, method: str, path: str, content: bytes | None
) -> str:
    header = machine.header(method, path, content)
    place = chance.randrange(6, len(header))
    letters = [letter for letter in string.ascii_letters + string.digits if letter != header[place]]
    return header[:place] + chance.choice(letters) + header[place + 1 :]


def _cut(chance: random.Random, machine: Machine, method: str, path: str, content: bytes | None) -> str:
    header = machine.header(method, path, content)
    return header[: chance.randrange(len(header))].strip() or "Nostr"


def _another_field(
    chance: random.Random, machine: Machine, method: str, path: str, content: bytes | None
) -> str:
    event = _event(machine, method, path, content)
    name = chance.choice([*event, "more"])
    return _written({**event, name: chance.choice([one for one in NONSENSE if one != event.get(name, "…")])})


def _a_field_less(
    chance: random.Random, machine: Machine, method: str, path: str, content: bytes | None
) -> str:
    event = _event(machine, method, path, content)
    del event[chance.choice(list(event))]
    return _written(event)


def _signed_otherwise(
    chance: random.Random, machine: Machine, method: str, path: str, content: bytes | None
) -> str:
    """Soundly signed, and for something else."""
    other: dict[str, Any] = chance.choice(
        [
            {"address": "https://bank.example/" + path},
            {"address": f"{machine.base_url}{BASE}{path}#"},
            {"method": "PATCH"},
            {"body": b"another one"},
            {"kind": 1},
            {"content": "hello"},
            {"further": [["u", "x"]]},
        ]
    )
    return machine.header(method, path, content, **other)


def _a_strangers(
    chance: random.Random, machine: Machine, method: str, path: str, content: bytes | None
) -> str:
    """Signed by another key; for pairing, which strangers may ask for, with a signature that is none."""
    key = PrivateKey(chance.randbytes(31).rjust(32, b"\x01"))
    event = event_of(
        key, address=f"{machine.base_url}{BASE}{path}", method=method, body=content, created_at=1
    )
    return header_of(event)


def _no_event(chance: random.Random, _machine: Machine, _method: str, _path: str, _body: bytes | None) -> str:
    return chance.choice(
        [
            "Nostr " + base64.b64encode(chance.randbytes(chance.randrange(400))).decode(),
            "Nostr " + "".join(chance.choices(string.printable[:94], k=chance.randrange(300))),
            "Nostr " + base64.b64encode(b"[" * 1500).decode(),
            "Nostr " + "A" * 5000,
            "Bearer " + "x" * 30,
            "nostr",
            "Basic dXNlcjpwYXNz",
        ]
    ).strip()


def _written(event: dict[str, Any]) -> str:
    return "Nostr " + base64.b64encode(json.dumps(event).encode()).decode()


_SPOILED: tuple[Callable[[random.Random, Machine, str, str, bytes | None], str], ...] = (
    _another_letter,
    _cut,
    _another_field,
    _a_field_less,
    _signed_otherwise,
    _a_strangers,
    _no_event,
)
