"""`python -m benchmarks.size`: how long pages wait for lists when the books are years old.

A real LNbits is asked over HTTP, one request after the other on one connection, with 100,000 sales and
500,000 legs of one operator in our tables (benchmarks/filling.py). Of each list every filter, sort and page
is tried a few times; the slowest of them is what is measured. Then the indexes and totals that only make
lists fast are dropped, and the same is asked once more. Only its own section of RESULTS.md is replaced.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from tests.harness import Api, LnbitsServer
from tests.harness.people import User
from tests.harness.shop import DCA, LP, Shop

from . import asking, asking_lp, downloading, filling, keeping, report, showing
from .databases import POSTGRES, SQLITE, databases
from .stats import median, percentile

_EXTENSIONS = Path(__file__).resolve().parents[1] / "extensions"
RESULTS = Path(__file__).with_name("RESULTS.md")
EXPECTED_MS = 100
#: Tries of every way of asking, and of the slowest one without indexes and totals.
_TRIES, _TRIES_WITHOUT = 3, 20
#: The slowest ways that are told while it runs.
_SHOWN = 4
#: Each of those at the busiest machine gets ten thousand fills of a hundred thousand sales.
_LPS, _LPS_OF_THE_BUSIEST = 20, 14
#: Files are fetched so many times.
_FILES = 10


@dataclass(frozen=True, kw_only=True)
class Figure:
    """The slowest way of asking for one thing."""

    database: str
    question: asking.Question
    way: dict[str, Any]
    p50_ms: float
    p95_ms: float
    #: time that LNbits' own process worked on one request, whatever else the machine did meanwhile
    cpu_ms: float
    without_p95_ms: float | None

    @property
    def name(self) -> str:
        return self.question.name


@dataclass
class Findings:
    """Everything that was measured."""

    figures: list[Figure] = field(default_factory=list)
    downloads: list[downloading.Download] = field(default_factory=list)
    pages: list[showing.Shown] = field(default_factory=list)
    #: of the LP that is asked for
    fills: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.size", description=__doc__)
    parser.add_argument("--db", choices=(SQLITE, POSTGRES, "both"), default="both")
    parser.add_argument("--sales", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=200, help="of the slowest way of asking")
    parser.add_argument("--loads", type=int, default=10, help="of each page")
    parser.add_argument(
        "--only",
        default="",
        help="a part of the names of what is asked, fetched and shown: 'LP: ' is the LP's",
    )
    parser.add_argument("--without", action="store_true", help="and without indexes and totals")
    parser.add_argument("--no-file", action="store_true", help="do not write benchmarks/RESULTS.md")
    chosen = parser.parse_args()
    sys.path.insert(0, str(_EXTENSIONS))
    machine, found = report.machine(), Findings()
    kinds = [SQLITE, POSTGRES] if chosen.db == "both" else [chosen.db]
    with databases() as made, tempfile.TemporaryDirectory(prefix="satmachine-benchmark-") as folder:
        for kind in kinds:
            server = LnbitsServer(Path(folder) / kind, database_url=made.fresh(kind))
            with contextlib.closing(server):
                _measure(server, kind, chosen, found)
    section = _section(found, machine, chosen.sales)
    print(section)
    if not chosen.no_file:
        RESULTS.write_text(report.replaced(RESULTS.read_text(), report.SIZE_TITLE, section))


def _measure(server: LnbitsServer, kind: str, chosen: argparse.Namespace, found: Findings) -> None:
    """Everything on one database."""
    server.start()
    shop = _open_shop(server)
    server.stop()
    _say(f"{kind}: {chosen.sales} sales are written ...")
    began = time.monotonic()
    filling.fill(server, shop, sales=chosen.sales)
    _say(f"{kind}: written in {time.monotonic() - began:.0f} s")
    server.start()
    lp = _known_lp(server, shop)
    found.fills = server.api(shop.lps["lp0"]).get(f"{LP}/summary")["fills"]
    _say(f"{kind}: an LP with {found.fills} fills")
    asked = [
        _slowest(server, shop, kind, question, chosen.requests)
        for question in [*_questions(server, shop), *asking_lp.questions(lp)]
        if chosen.only in question.name
    ]
    found.downloads += downloading.measure(server, shop.lps["lp0"], kind, only=chosen.only, files=_FILES)
    pages = [page for page in showing.pages(lp.month) if chosen.only in page.name]
    found.pages += showing.measure(server, _people(server, shop), kind, pages, chosen.loads)
    if chosen.without:
        keeping.drop_what_makes_lists_fast(server)
        asked = [_without(server, shop, figure) for figure in asked]
    found.figures += asked


def _open_shop(server: LnbitsServer) -> Shop:
    """Three machines and twenty LPs, over HTTP as people make them."""
    shop = Shop.open(server, cash={})
    machines = [shop.machine["id"]]
    for name in ("Market", "Station"):
        wallet = server.create_wallet(shop.operator, name)
        body = {"name": name, "wallet_id": wallet.id, "currency": "EUR", "reference_rate": "5"}
        machines.append(shop.api.post(f"{DCA}/machines", body)["id"])
    first = shop.machine
    for number in range(_LPS):
        place = 0 if number < _LPS_OF_THE_BUSIEST else 1 + number % 2
        shop.machine = {"id": machines[place]}
        shop.enrol(f"lp{number}", None)
    shop.machine = first
    _enrol_again(shop, "lp0", machines[-1])
    return shop


def _enrol_again(shop: Shop, name: str, machine_id: str) -> None:
    """An LP has cash at another machine, too."""
    lp = shop.lps[name]
    body = {"machine_id": machine_id, "username": lp.username, "display_name": name}
    client = shop.api.post(f"{DCA}/clients", body)
    shop.server.api(lp).post(f"{LP}/enrolments/{client['id']}/accept", {})


def _questions(server: LnbitsServer, shop: Shop) -> list[asking.Question]:
    def one(columns: str, table: str, order: str) -> dict[str, Any]:
        return server.sql(f"SELECT {columns} FROM satmachineadmin.{table} ORDER BY {order} LIMIT 1")[0]

    sale = one("id, payment_hash, paid_at", "dca_settlements", "paid_at")
    day = datetime.fromtimestamp(sale["paid_at"], tz=timezone.utc).date() + timedelta(days=300)
    return asking.questions(
        asking.Known(
            machine_ids=[row["id"] for row in filling.machines(server)],
            client_id=shop.clients["lp0"]["id"],
            sale_id=sale["id"],
            hash_of_a_sale=sale["payment_hash"],
            hash_of_a_leg=one("payment_hash", "dca_payments", "sats DESC")["payment_hash"],
            partner=shop.partners[0].id,
            one_day=day.isoformat(),
        )
    )


def _known_lp(server: LnbitsServer, shop: Shop) -> asking_lp.KnownLp:
    """What the LP knows whose books are the fullest, as it asks for it itself."""
    api = server.api(shop.lps["lp0"])
    months = [one["month"] for one in api.get(f"{LP}/statements")["data"] if one["is_over"]]

    def newest(leg_type: str) -> dict[str, Any]:
        found: dict[str, Any] = api.get(f"{LP}/transactions", leg_type=leg_type, state="completed")["data"][0]
        return found

    return asking_lp.KnownLp(
        enrolment_ids=[one["id"] for one in api.get(f"{LP}/enrolments")["data"]],
        hash_of_a_fill=newest("dca")["payment_hash"],
        hash_of_a_forward=newest("autoforward")["payment_hash"],
        one_day=f"{months[len(months) // 2]}-15",
        month=months[0],
        text=api.get(f"{LP}/statement", month=months[0])["text"],
    )


def _people(server: LnbitsServer, shop: Shop) -> dict[asking.Asker, User]:
    return {
        asking.Asker.OPERATOR: shop.operator,
        asking.Asker.LP: shop.lps["lp0"],
        asking.Asker.PLATFORM: server.super_user,
    }


def _slowest(server: LnbitsServer, shop: Shop, kind: str, question: asking.Question, requests: int) -> Figure:
    api, ways = server.api(_people(server, shop)[question.asker]), list(question.ways())
    tried = [median([_ask(api, question, way) for _ in range(_TRIES)]) for way in ways]
    for milliseconds, way in sorted(zip(tried, ways, strict=True), key=lambda one: -one[0])[:_SHOWN]:
        _say(f"    {milliseconds:.0f} ms {way}")
    way = ways[tried.index(max(tried))]
    began_ms = server.cpu_ms
    took = [_ask(api, question, way) for _ in range(requests)]
    cpu_ms = (server.cpu_ms - began_ms) / requests
    figure = Figure(
        database=kind,
        question=question,
        way=way,
        p50_ms=median(took),
        p95_ms=percentile(took, 95),
        cpu_ms=cpu_ms,
        without_p95_ms=None,
    )
    _say(f"{kind}: {figure.name}: {figure.p50_ms:.0f} / {figure.p95_ms:.0f} ms, CPU {cpu_ms:.0f} ms")
    return figure


def _ask(api: Api, question: asking.Question, way: dict[str, Any]) -> float:
    """Milliseconds of one request."""
    began = time.perf_counter()
    if question.body is None:
        response = api.raw("GET", question.path, params=way)
    else:
        response = api.raw("POST", question.path, json={**question.body, **way})
    took = 1000 * (time.perf_counter() - began)
    if response.status_code != 200:
        raise SystemExit(f"{question.path} {way}: {response.status_code} {response.text}")
    return took


def _without(server: LnbitsServer, shop: Shop, figure: Figure) -> Figure:
    """The same question once the indexes and the totals are gone."""
    api = server.api(_people(server, shop)[figure.question.asker])
    took = [_ask(api, figure.question, figure.way) for _ in range(_TRIES_WITHOUT)]
    _say(f"{figure.database}: {figure.name}: {percentile(took, 95):.0f} ms without")
    return replace(figure, without_p95_ms=percentile(took, 95))


def _section(found: Findings, machine: str, sales: int) -> str:
    command = " ".join(["python -m benchmarks.size", *sys.argv[1:]])
    head = (
        "database", "what", "ways", "the slowest", "p50 ms", "p95 ms", "CPU ms", "without: p95 ms",
        f"expected: {EXPECTED_MS} ms",
    )  # fmt: skip
    rows = [
        (
            one.database,
            one.name,
            f"{len(list(one.question.ways()))}",
            "&".join(
                f"{name}={value:.12}" if isinstance(value, str) else f"{name}={value}"
                for name, value in one.way.items()
            )
            or "-",
            f"{one.p50_ms:.0f}",
            f"{one.p95_ms:.0f}",
            f"{one.cpu_ms:.0f}",
            "-" if one.without_p95_ms is None else f"{one.without_p95_ms:.0f}",
            "met" if one.p95_ms <= EXPECTED_MS else "MISSED",
        )
        for one in found.figures
    ]
    told = f"{sales} sales with {filling.LEGS_OF_A_SALE * sales} legs"
    fills = f"the LP that is asked for has {found.fills} fills" if found.fills else ""
    parts = [
        report.SIZE_TITLE,
        f"Written by `{command}`: {', '.join(filter(None, [told, fills]))}; {machine}.",
        report.table(head, rows),
        downloading.section(found.downloads),
        showing.section(found.pages),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
