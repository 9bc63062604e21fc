"""What a framework would answer by itself has the one error shape too, at every route of the table."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests.harness.shop import DCA, LP

from .route import Route
from .routes import PUBLIC_ROUTES, ROUTES
from .test_bad_bodies import caller_of, complaint
from .values import ON_SQLITE
from .world import EXTENSION_PREFIXES, World, bare_client, digest

pytestmark = ON_SQLITE
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
WRITES = [route for route in ROUTES if route.method != "GET"]
PATHS = sorted({route.path for route in (*ROUTES, *PUBLIC_ROUTES)})
MEBIBYTE = 1_048_576


def served_at(path: str) -> set[str]:
    """The methods of every route that this address could mean: `stuck` could be a settlement's id as well."""
    every = (*ROUTES, *PUBLIC_ROUTES)
    return {route.method for route in every if re.fullmatch(re.sub(r"{\w+}", "[^/]+", route.path), path)}


@pytest.mark.parametrize("path", PATHS)
def test_a_method_that_an_address_has_not_is_405_and_says_which_it_has(world: World, path: str) -> None:
    url, before = path.format_map(_Anything(world.ids["olga"])), digest(world.server)
    with bare_client(world.server, world.olga.operator) as client:
        for method in set(METHODS) - served_at(path):
            response = client.request(method, url)
            assert complaint(response) is None, response.text
            assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
            assert set(response.headers["Allow"].split(", ")) >= served_at(path)
    assert digest(world.server) == before


class _Anything(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "0" * 32


NOWHERE = ("x", "v1", "v1/", "v1/dca", "v1/dca/x", "v1/dca/machines/", "v1/dca/machines/x/y/z", "v1/%00")


@pytest.mark.parametrize("prefix", EXTENSION_PREFIXES)
@pytest.mark.parametrize("rest", NOWHERE)
def test_an_address_that_nothing_has_is_404(world: World, prefix: str, rest: str) -> None:
    """Whoever asks, and however: what is not there is nobody's."""
    with bare_client(world.server, world.olga.operator) as client:
        for method in METHODS:
            response = client.request(method, prefix + rest)
            assert complaint(response) is None, response.text
            assert (response.status_code, response.json()["code"]) == (404, "not_found")


def chunks(size: int) -> Iterator[bytes]:
    """A body whose length nobody says beforehand."""
    for _ in range(0, size, 65_536):
        yield b" " * 65_536


@pytest.mark.parametrize("route", WRITES, ids=str)
def test_a_body_that_is_too_large_is_not_read(world: World, route: Route) -> None:
    before, url = digest(world.server), route.url(world.ids["olga"])
    with bare_client(world.server, caller_of(world, route)) as client:
        contents: list[bytes | Iterator[bytes]] = [b" " * (MEBIBYTE + 1)]
        if route in WRITES[:3]:  # counted as it comes, by the same code for all
            contents.append(chunks(2 * MEBIBYTE))
        for content in contents:
            response = client.request(route.method, url, content=content)
            assert complaint(response) is None, response.text
            assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
    assert digest(world.server) == before


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_parameter_that_a_route_does_not_know_is_refused(world: World, route: Route) -> None:
    """Also one that is given twice: who filters by two would get the rows of one."""
    before, url, wrong = digest(world.server), route.url(world.ids["olga"]), []
    good = route.good_body(world.ids["olga"])
    known = [*route.filters, *(("limit", "offset") if route.is_list else ())]
    cases = [(name, [(name, "1")]) for name in ("sort", "Limit", "machine", "limit ", "x" * 61, "\ufffd\n")]
    cases += [(name, [(name, "1"), (name, "1")]) for name in known]
    with bare_client(world.server, caller_of(world, route)) as client:
        for name, params in cases:
            response = client.request(route.method, f"{url}?{urlencode(params)}", json=good)
            why = complaint(response, field=name[:60])
            if why is None and (response.status_code, response.json()["field"]) != (422, name[:60]):
                why = response.text
            if why:
                wrong.append(f"{name!r}: {why}")
    assert wrong == []
    assert digest(world.server) == before


@pytest.mark.parametrize("prefix", [f"{DCA}/imports/preview", f"{LP}/statement/check"])
def test_whoever_leaves_in_the_middle_of_its_request_is_no_error_of_the_program(
    world: World, prefix: str
) -> None:
    """The power goes at a machine, a page is closed: its body says that more comes, and none does."""
    caller = world.olga.operator if prefix.startswith(DCA) else world.olga.lps["ana"]
    head = f"POST {prefix} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {caller.token}\r\n"
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", world.server.port), timeout=10) as line:
            line.sendall(f'{head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"'.encode())
    world.server.wait_for(lambda: world.server.api(caller).raw("GET", "/api/v1/health").is_success, "health")
    assert world.server.log_defects() == []
