"""Whatever writes takes an Idempotency-Key and does what it does through `once()`: read from the routes.

docs/reference/api.md lists the calls that change nothing; tests/integration/api holds that list against
what a running server describes. What machines ask is signed, and done once by what it says itself.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from .tree import EXTENSION_IDS

KEY = "Idempotency-Key"
#: Below this a signature stands for the key.
MACHINE = "/satmachineadmin/api/v1/machine/"
#: No GET, and it changes nothing: by the last part of its path.
ONLY_LOOK = ("preview", "check", "verify", "example", "what-if", "look", "earlier", "test")


def routes(*, of_machines: bool) -> list[Any]:
    found = [
        route
        for extension in EXTENSION_IDS
        for route in getattr(import_module(extension), f"{extension}_ext").routes
        if isinstance(route, APIRoute) and "/api/v1/" in route.path
        if route.path.startswith(MACHINE) is of_machines
    ]
    return [pytest.param(route, id=f"{min(route.methods)} {route.path}") for route in found]


def headers(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.header_params)
    for inner in dependant.dependencies:
        yield from headers(inner)


def asked_first(dependant: Dependant) -> Iterator[str]:
    for inner in dependant.dependencies:
        yield getattr(inner.call, "__name__", "")
        yield from asked_first(inner)


@pytest.mark.parametrize("route", routes(of_machines=True))
def test_whatever_a_machine_asks_is_signed(route: APIRoute) -> None:
    """Before anything of the request is looked at, and only the new key of a machine is a stranger's."""
    is_pairing = route.path == f"{MACHINE}pair"
    assert type(route).__name__ == ("StrangerRoute" if is_pairing else "MachineRoute")
    assert ("stranger" if is_pairing else "signed") in asked_first(route.dependant)


@pytest.mark.parametrize("route", routes(of_machines=False))
def test_a_route_that_writes_takes_a_key_and_writes_once(route: APIRoute) -> None:
    """What the LP extension calls is done once by satmachineadmin.lp."""
    acts = "GET" not in route.methods and route.path.rsplit("/", 1)[1] not in ONLY_LOOK
    assert (KEY in headers(route.dependant)) == acts
    is_by_facade = route.endpoint.__module__.startswith("satmachineclient")
    assert is_by_facade or ("once(" in inspect.getsource(route.endpoint)) == acts


def test_what_the_lp_extension_calls_to_write_writes_once() -> None:
    from satmachineadmin import lp

    for write in (
        lp.choose_preferences,
        lp.confirm_address,
        lp.accept_enrolment,
        lp.accept_invitation,
        lp.dispute_cash_entry,
        lp.withdraw_dispute,
    ):
        assert "act.once(" in inspect.getsource(write)
