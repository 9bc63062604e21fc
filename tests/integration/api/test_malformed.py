"""What our own OpenAPI description calls malformed, made by schemathesis: 4xx, and nothing is written.

`test_bad_bodies` and `test_bad_queries` ask what a person would think of; here a machine thinks.
"""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from .routes import PUBLIC_ROUTES, ROUTES, Route
from .test_bad_bodies import caller_of, complaint
from .values import ON_SQLITE
from .world import World, bare_client, digest

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis needs Python 3.11")

#: 2,000 requests ordinarily, 20,000 in the long mode, spread over all routes
EXAMPLES = [
    pytest.param(-(-2_000 // len(ROUTES)), id="some"),
    pytest.param(-(-20_000 // len(ROUTES)), id="many", marks=pytest.mark.long),
]


@pytest.fixture(scope="session")
def operations(world: World) -> dict[tuple[str, str], Any]:
    """(method, path without the names of its ids) → what the description says of it."""
    described = world.server.api(None).get("/openapi.json")
    schema = schemathesis.openapi.from_dict(described)
    ours = schema.include(path_regex=r"^/satmachine(admin|client)/api/").get_all_operations()
    return {(one.ok().method.upper(), _nameless(one.ok().path)): one.ok() for one in ours}


@ON_SQLITE
@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_what_the_description_calls_malformed_is_refused(
    world: World, operations: dict[tuple[str, str], Any], route: Route, examples: int
) -> None:
    """A value that became harmless text on its way into a query may be answered; a write never is."""
    before, wrong = digest(world.server), []
    operation = operations[route.method, _nameless(route.path)]
    malformed = operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)

    with bare_client(world.server, caller_of(world, route)) as client:

        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=examples < 100,
        )
        @given(case=malformed)
        def ask(case: Any) -> None:
            response = client.send(_request(client, case, route, world.ids["olga"]))
            client.cookies.clear()
            if route.method == "GET" and response.is_success:
                return
            if why := complaint(response):
                wrong.append(f"{response.request.url} {response.request.content[:200]!r}: {why}")

        ask()

    assert wrong == []
    assert digest(world.server) == before


def test_every_route_is_described(operations: dict[tuple[str, str], Any]) -> None:
    table = {(route.method, _nameless(route.path)) for route in (*ROUTES, *PUBLIC_ROUTES)}
    assert set(operations) == table


def _request(client: httpx.Client, case: Any, route: Route, ids: dict[str, str]) -> httpx.Request:
    """What schemathesis made of body, query or path; who asks is real, and so are ids that are not wrong.

    What it did to headers and cookies is left out: they say who asks, and other tests look at those. Where
    nothing else is wrong, a parameter that no route has is added.
    """
    wrong = {place.name: part.mode.is_negative for place, part in case.meta.components.items()}
    sent = case.as_transport_kwargs(base_url=str(client.base_url))
    params = dict(sent.get("params") or {}) if wrong.get("QUERY") else {}
    is_path_wrong = wrong.get("PATH") and "{" in route.path
    if not (params or wrong.get("BODY") or is_path_wrong):
        params = {"no such parameter": "1"}
    url = sent["url"] if is_path_wrong else route.url(ids)
    return client.build_request(
        case.method, url, params=params, json=sent.get("json"), content=sent.get("data")
    )


def _nameless(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path.partition("?")[0])
