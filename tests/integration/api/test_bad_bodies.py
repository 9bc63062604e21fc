"""Bad input in a body: a clear 4xx in the one error shape, and nothing is written."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from tests.harness import REPOSITORY, User
from tests.harness.shop import DCA, LP

from .routes import ROUTES, Field, Route
from .values import BAD_BODIES, BAD_VALUES, ON_SQLITE, TELLING, UNKNOWN_FIELDS, bodies_with
from .world import UNKNOWN_ID, World, bare_client, digest

WITH_BODY = [route for route in ROUTES if route.body]
ERRORS = (REPOSITORY / "docs/reference/errors.md").read_text()
CODES = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", ERRORS, flags=re.MULTILINE))


def caller_of(world: World, route: Route) -> User:
    """Somebody who may do it, so that only the input is wrong."""
    if route.path.endswith("/super-config") or "/operators" in route.path or "/predecessors" in route.path:
        return world.server.super_user
    return world.olga.lps["ana"] if route.is_lp else world.olga.operator


def complaint(response: httpx.Response, *, field: str | None = None) -> str | None:
    """What is wrong with a refusal; None when it is as documented."""
    if not 400 <= response.status_code < 500:
        return f"answered {response.status_code}"
    try:
        body = response.json()
    except ValueError:
        return f"answered no JSON: {response.text[:100]}"
    if not isinstance(body.get("detail"), str) or " " not in body["detail"]:
        return f"no sentence in {body}"
    if CODES.get(body.get("code", "")) != str(response.status_code):
        return f"an undocumented code in {response.status_code} {body}"
    if body["code"] == "invalid_input" and not (body.get("field") and body.get("problem")):
        return f"field or problem missing in {body}"
    if field and body["code"] == "invalid_input" and body["field"].split(".")[0] != field:
        return f"{body} does not name {field}"
    return None


def bad_values_of(spec: Field) -> dict[str, str]:
    wrong = {kind: text for kind, text in BAD_VALUES.items() if kind not in spec.legal}
    return wrong | {f"text {text[:20]!r}": json.dumps(text) for text in spec.bad}


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_every_field_refuses_what_it_cannot_be(world: World, route: Route) -> None:
    """Missing, of another type, negative, not a number, too long, not printable: 4xx, nothing written.

    On PostgreSQL only what a database could stumble over.
    """
    ids, before, wrong = world.ids["olga"], digest(world.server), []
    is_whole = world.server.database_url is None
    good = route.good_body(ids)

    with bare_client(world.server, caller_of(world, route)) as client:
        for name, spec in route.body.items():
            cases = list(bodies_with(good, name, bad_values_of(spec)))
            if "missing" not in spec.legal:
                cases.append(("missing", json.dumps({k: v for k, v in good.items() if k != name}).encode()))
            for kind, content in cases:
                if not is_whole and kind not in TELLING:
                    continue
                response = client.request(route.method, route.url(ids), content=content)
                if why := complaint(response, field=name):
                    wrong.append(f"{name} is {kind}: {why}")

    assert wrong == []
    assert digest(world.server) == before


#: A route of each extension that writes, and one that only looks.
READERS = (f"POST {DCA}/deposits", f"PUT {LP}/preferences", f"POST {DCA}/commission-splits/what-if")


@ON_SQLITE
@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_a_body_that_is_none_is_refused(world: World, route: Route) -> None:
    """No JSON, no object, no Unicode, nested without end, unknown fields: 422, nothing written.

    All routes are read by the same code: every kind is sent to a few, to each of the others one of each sort.
    """
    ids, before, wrong = world.ids["olga"], digest(world.server), []
    fine = json.dumps(route.good_body(ids))[:-1]
    pairs = json.dumps([[name, value] for name, value in route.good_body(ids).items()]).encode()
    bodies = {"a list of pairs": pairs, **BAD_BODIES}
    bodies |= {kind: f"{fine}, {more}}}".encode() for kind, more in UNKNOWN_FIELDS.items()}
    if str(route) not in READERS:
        bodies = {kind: bodies[kind] for kind in ("nothing", "a list of pairs", "no UTF-8", "the owner")}

    with bare_client(world.server, caller_of(world, route)) as client:
        for kind, content in bodies.items():
            response = client.request(route.method, route.url(ids), content=content)
            why = complaint(response)
            if why is None and response.status_code != 422:
                why = f"{response.status_code} instead of 422"
            if why:
                wrong.append(f"{kind}: {why}")

    assert wrong == []
    assert digest(world.server) == before


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_ids_in_a_body_are_ones_own_or_nothing(world: World, route: Route) -> None:
    """Unknown, malformed and another operator's ids are answered alike, and nothing is written."""
    ids, before, wrong = world.ids["olga"], digest(world.server), []
    cases: list[tuple[str, Any, int]] = []
    for name, spec in route.body.items():
        if spec.unknown is not None:
            for malformed in ("x", UNKNOWN_ID.upper(), UNKNOWN_ID + "0", "%00", "null", "' OR 1=1 --"):
                cases.append((name, malformed, spec.unknown))
            cases.append((name, UNKNOWN_ID, spec.unknown))
        if spec.foreign is not None:
            cases.append((name, world.ids["otto"][spec.foreign[0]], spec.foreign[1]))

    with bare_client(world.server, caller_of(world, route)) as client:
        for name, value, expected in cases:
            body = route.good_body(ids) | {name: value}
            response = client.request(route.method, route.url(ids), content=json.dumps(body).encode())
            why = complaint(response)
            # an LP's wallet id has a form of its own, so what has another form is no wallet of anybody
            if why is None and response.status_code not in (expected, 422):
                why = f"{response.status_code} instead of {expected}"
            if why:
                wrong.append(f"{name} = {value}: {why}")

    assert wrong == []
    assert digest(world.server) == before


BAD_LINES = {
    "no list": {"splits": {}},
    "no line": {"splits": []},
    "51 lines": {"splits": [{"target": "$wallet_id", "share_pct": "2"}] * 51},
    "a line that is none": {"splits": ["x"]},
    "no target": {"splits": [{"share_pct": "100"}]},
    "a list of pairs": {"splits": [[["target", "$wallet_id"], ["share_pct", "100"]]]},
    "an unknown field": {"splits": [{"target": "$wallet_id", "share_pct": "100", "wallet_id": "x"}]},
    "a lone surrogate": {"splits": [{"target": "\ud800", "share_pct": "100"}]},
    "a NUL": {"splits": [{"target": "a\0", "share_pct": "100"}]},
    "a number": {"splits": [{"target": "$wallet_id", "share_pct": 100}]},
    "five decimals": {"splits": [{"target": "$wallet_id", "share_pct": "99.99999"}]},
    "99.9999 %": {"splits": [{"target": "$wallet_id", "share_pct": "99.9999"}]},
    "200 %": {"splits": [{"target": "$wallet_id", "share_pct": "100"}] * 2},
    "a negative share": {"splits": [{"target": "$wallet_id", "share_pct": "-1"}]},
    "a long label": {"splits": [{"target": "$wallet_id", "share_pct": "100", "label": "x" * 61}]},
    "a long target": {"splits": [{"target": "x" * 10_240, "share_pct": "100"}]},
    "an unknown wallet": {"splits": [{"target": UNKNOWN_ID, "share_pct": "100"}]},
    "an address without a domain": {"splits": [{"target": "olga@example", "share_pct": "100"}]},
    "half an LNURL": {"splits": [{"target": "lnurl1dp68gurn8ghj7", "share_pct": "100"}]},
    "an LNURL-withdraw": {"splits": [{"target": "lnurlw://example.com/w", "share_pct": "100"}]},
    "a link without encryption": {"splits": [{"target": "http://example.com/p", "share_pct": "100"}]},
}


@ON_SQLITE
@pytest.mark.parametrize("scope", ["default", "machine"])
def test_lines_of_a_split_that_cannot_be_paid_are_refused(world: World, scope: str) -> None:
    from .routes import filled

    ids, before, wrong = world.ids["olga"], digest(world.server), []
    with bare_client(world.server, world.olga.operator) as client:
        for kind, body in BAD_LINES.items():
            whole = filled(body, ids) | ({"machine_id": ids["machine_id"]} if scope == "machine" else {})
            response = client.put(
                "/satmachineadmin/api/v1/dca/commission-splits", content=json.dumps(whole).encode()
            )
            why = complaint(response) or (response.status_code != 422 and f"{response.status_code}")
            if why:
                wrong.append(f"{kind}: {why}")

    assert wrong == []
    assert digest(world.server) == before
