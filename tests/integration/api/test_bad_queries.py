"""Bad input in a path or a query: a clear 4xx or an empty list, never a 5xx."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from .routes import ROUTES, Route
from .test_bad_bodies import caller_of, complaint
from .values import ON_SQLITE
from .world import UNKNOWN_ID, World, bare_client, digest

LISTS = [route for route in ROUTES if route.is_list]
WITH_ID = [route for route in ROUTES if "{" in route.path]
BAD_IDS = (
    UNKNOWN_ID, UNKNOWN_ID.upper(), UNKNOWN_ID[:-1], UNKNOWN_ID + "0", "x", "0", "-1", "null", "undefined",
    "%", "\0", "a\nb", "' OR '1'='1", "{what}", "٣" * 32, "x" * 5_000, UNKNOWN_ID + "\n", "\ufffd",
)  # fmt: skip
#: of these, what PostgreSQL could take differently
TELLING_IDS = (UNKNOWN_ID, "\0", "' OR '1'='1", "%", "x" * 5_000, "\ufffd")
BAD_LIMITS = ("0", "-1", "201", "1000000000", "1" + "0" * 30, "1.5", "NaN", "x", "", "\0", "٣x")
BAD_OFFSETS = ("-1", "10001", "1" + "0" * 30, "1.5", "x", "")
BAD_SORTS = ("", "id", "name; DROP TABLE x", "operator_user_id", "x" * 50, "\0")
BAD_DIRECTIONS = ("", "up", "ASC", "asc\n", "asc, id", "\0")
BAD_SEARCHES = ("\0", "a\x07b")
#: filters by a word of a closed list; all others are by id
WORDS = {
    "status",
    "state",
    "kind",
    "tx_type",
    "leg_type",
    "active",
    "as_real_sale",
    "mark",
    "is_default",
    "is_in_force",
    "is_ended",
    "maintenance",
    "paused",
    "currency",
    "period",
}
NO_WORDS = ("nothing", "", "PENDING", "\0", "' OR 1=1 --", "x" * 200)


def _bad_ids(world: World) -> tuple[str, ...]:
    return BAD_IDS if world.server.database_url is None else TELLING_IDS


@pytest.mark.parametrize("route", WITH_ID, ids=str)
def test_what_is_no_id_of_ones_own_is_not_there(world: World, route: Route) -> None:
    """404 not_found for unknown and malformed ids and for another operator's; nothing is written."""
    before, wrong = digest(world.server), []
    name = route.path[route.path.index("{") + 1 : route.path.index("}")]
    # No operator is another one's to the platform, and no predecessor.
    foreign = [] if name in ("operator_id", "predecessor") else [world.ids["otto"][name]]
    values = [*_bad_ids(world), *foreign]

    with bare_client(world.server, caller_of(world, route)) as client:
        for value in values:
            path = route.path.replace(f"{{{name}}}", quote(value, safe=""))
            response = client.request(route.method, path, json=route.good_body(world.ids["olga"]))
            why = complaint(response)
            if why is None and (response.status_code, response.json()["code"]) != (404, "not_found"):
                why = response.text
            if why:
                wrong.append(f"{value[:40]!r}: {why}")

    assert wrong == []
    assert digest(world.server) == before


@ON_SQLITE
@pytest.mark.parametrize("route", LISTS, ids=str)
def test_a_page_that_is_none_is_refused(world: World, route: Route) -> None:
    """limit, offset, and on the operator's lists sortby, direction and search: 422 names the parameter."""
    cases = [("limit", value) for value in BAD_LIMITS] + [("offset", value) for value in BAD_OFFSETS]
    if not route.is_lp:
        cases += [("sortby", value) for value in BAD_SORTS]
        cases += [("direction", value) for value in BAD_DIRECTIONS]
        cases += [("search", value) for value in (*BAD_SEARCHES, "x" * (route.longest_search + 1))]
    wrong = []

    with bare_client(world.server, caller_of(world, route)) as client:
        for name, value in cases:
            response = client.get(route.path, params={name: value})
            why = complaint(response, field=name)
            if why is None and response.status_code != 422:
                why = response.text
            if why:
                wrong.append(f"{name}={value[:40]!r}: {why}")

    assert wrong == []


@pytest.mark.parametrize("route", [route for route in ROUTES if route.filters], ids=str)
def test_a_filter_that_matches_nothing_gives_nothing(world: World, route: Route) -> None:
    """An unknown word is refused; an id that is not one's own leads to nothing, as if it were not there."""
    before, wrong = digest(world.server), []
    foreign, ids = world.ids["otto"], _bad_ids(world)

    with bare_client(world.server, caller_of(world, route)) as client:
        for name in route.filters:
            values = NO_WORDS if name in WORDS else (*ids, foreign.get(name, foreign["processed_id"]))
            for value in values:
                response = client.request(route.method, route.path, params={name: value})
                is_empty = route.is_list and response.status_code == 200 and response.json()["total"] == 0
                if is_empty and name not in WORDS:
                    continue
                if why := complaint(response):
                    wrong.append(f"{name}={value[:40]!r}: {why}")

    assert wrong == []
    assert digest(world.server) == before


@pytest.mark.parametrize("route", [route for route in LISTS if not route.is_lp], ids=str)
def test_search_takes_every_character_for_itself(world: World, route: Route) -> None:
    """`%`, `_` and the escape character match themselves, not everything; no Unicode is too odd."""
    texts = ("%", "_", "!", "!%", "%%%", "\\", "'", '"', "--", "é", "İ", "𝔸", "\u202e", "\ufffd", "x" * 100)

    with bare_client(world.server, caller_of(world, route)) as client:
        answers = {text: client.get(route.path, params={"search": text}) for text in texts}
        surrogate = client.get(f"{route.path}?search=%ED%A0%80")

    assert {text: answer.status_code for text, answer in answers.items() if answer.status_code != 200} == {}
    # PostgreSQL's lower-case of İ is a plain i in some locales, which then finds every i.
    for text, answer in [(text, answer) for text, answer in answers.items() if text != "İ"]:
        strangers = [row for row in answer.json()["data"] if text not in str(row.values())]
        assert strangers == [], text
    assert surrogate.status_code == 200


@pytest.mark.parametrize("route", [route for route in LISTS if not route.is_lp], ids=str)
def test_every_documented_sort_works_in_both_directions(world: World, route: Route) -> None:
    api = world.server.api(caller_of(world, route))
    for name in route.sorts:
        up = [row["id"] for row in api.get(route.path, sortby=name, direction="asc", limit=200)["data"]]
        down = [row["id"] for row in api.get(route.path, sortby=name, direction="desc", limit=200)["data"]]
        assert sorted(up) == sorted(down), name


def test_a_user_id_that_is_none_is_refused(world: World) -> None:
    """LNbits takes `?usr=` where it allows logins by id; what is no id is no login."""
    with bare_client(world.server, None) as client:
        for value in ("x", "", "\0", UNKNOWN_ID, "0" * 32):
            response = client.get("/satmachineadmin/api/v1/dca/status", params={"usr": value})
            assert complaint(response) is None, (value, response.text)
            assert response.status_code in (401, 422), value
