"""Every route of the running server is in the table of these tests and in the reference, and none else."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.harness import REPOSITORY
from tests.harness.farm import SQLITE
from tests.harness.shop import DCA

from .routes import PUBLIC_ROUTES, ROUTES
from .world import EXTENSION_PREFIXES, World

pytestmark = pytest.mark.parametrize("database", [SQLITE], indirect=True, scope="session")


def without_names(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def served(world: World) -> dict[tuple[str, str], dict[str, Any]]:
    paths = world.server.api().get("/openapi.json")["paths"]
    return {
        (method.upper(), without_names(path)): operation
        for path, operations in paths.items()
        if path.startswith(EXTENSION_PREFIXES)
        for method, operation in operations.items()
    }


def test_the_table_has_every_route_of_the_server(world: World) -> None:
    assert {(route.method, without_names(route.path)) for route in (*ROUTES, *PUBLIC_ROUTES)} == set(
        served(world)
    )


def test_the_reference_has_every_route_of_the_server(world: World) -> None:
    pages = ("api.md", "machine-interface.md")
    text = "\n".join((REPOSITORY / "docs/reference" / page).read_text() for page in pages)
    documented = set()
    for prefix, section in re.findall(
        r"^## [^\n]*`(/\S+)`\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE
    ):
        for method, path in re.findall(r"^\| `([A-Z]+) (/\S*)`", section, re.MULTILINE):
            documented.add((method, without_names(prefix + path)))
    assert documented == set(served(world))


def test_whatever_changes_something_takes_a_key(world: World) -> None:
    """Each POST, PUT and DELETE but for those that only look, which the reference lists."""
    keyed = {
        call
        for call, operation in served(world).items()
        if "Idempotency-Key"
        in {one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"}
    }
    acts = [route for route in ROUTES if route.method != "GET" and not route.only_looks]
    assert keyed == {(route.method, without_names(route.path)) for route in acts}

    text = (REPOSITORY / "docs/reference/api.md").read_text()
    section = re.search(r"^## Idempotency\n(.*?)(?=^## )", text, re.DOTALL | re.MULTILINE)
    assert section
    listed = {without_names(path) for path in re.findall(r"`POST (/\S+)`", section[1])}
    assert listed == {without_names(route.path.removeprefix(DCA)) for route in ROUTES if route.only_looks}


def test_the_table_has_every_field_and_filter_of_the_server(world: World) -> None:
    """A field that somebody adds to a body or a query has to get its bad values here."""
    schemas = world.server.api().get("/openapi.json")["components"]["schemas"]
    operations = served(world)
    of_every_list = {"limit", "offset", "sortby", "direction", "search", "usr", "cookie_access_token"}
    for route in (*ROUTES, *PUBLIC_ROUTES):
        operation = operations[route.method, without_names(route.path)]
        body = operation.get("requestBody")
        fields: set[str] = set()
        if body:
            schema = body["content"]["application/json"]["schema"]
            fields = set(schemas[schema["$ref"].rsplit("/", 1)[1]]["properties"])
        assert set(route.body) == fields, route
        given = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
        assert set(route.filters) == given - of_every_list, route
        assert route.is_list == ("limit" in given), route
