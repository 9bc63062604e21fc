"""What is asked of full books: every list with its filters, sorts and pages, and what every page polls.

What an LP asks is in asking_lp.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tests.harness.shop import DCA

#: The last page that can be asked for, and the longest.
DEEPEST, LONGEST = 10_000, 200
Filters = dict[str, Any]


class Asker(str, Enum):
    """Who asks."""

    OPERATOR = "operator"
    LP = "lp"
    PLATFORM = "platform"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A route, and all the ways in which it can be asked."""

    name: str
    path: str
    #: each is asked with every sort
    filters: Sequence[Filters] = ({},)
    sorts: Sequence[str] = ()
    asker: Asker = Asker.OPERATOR
    #: filters that are asked with the default sort alone, such as texts that are searched
    searches: Sequence[Filters] = field(default=())
    #: of a request that reads by POST; its ways are fields of it
    body: Filters | None = None

    def ways(self) -> Iterator[Filters]:
        """Every combination worth asking for: first page, deepest page, longest page."""
        if not self.sorts:
            yield from self.filters
        for sort in self.sorts:
            for descending in (True, False):
                order = {"sortby": sort, "direction": "desc" if descending else "asc"}
                for filters in self.filters:
                    yield {**filters, **order}
                yield {**order, "offset": DEEPEST}
                yield {**order, "offset": DEEPEST, "limit": LONGEST}
        for search in self.searches:
            yield dict(search)
            yield {**search, "offset": DEEPEST}


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is asked for by its id, and days that few and that most sales are of."""

    machine_ids: Sequence[str]
    client_id: str
    sale_id: str
    hash_of_a_sale: str
    hash_of_a_leg: str
    partner: str
    one_day: str

    @property
    def few(self) -> Filters:
        """The machine with the fewest sales."""
        return {"machine_id": self.machine_ids[-1]}

    @property
    def most(self) -> Filters:
        return {"machine_id": self.machine_ids[0]}


def questions(known: Known) -> list[Question]:
    """Everything that an operator's and the platform owner's pages ask for."""
    return [
        _sales(known),
        _search(known),
        _legs(known),
        *_of_the_rest(known),
        *_of_people(known),
        *_of_pages(known),
        *_of_others(),
    ]


def _texts(*texts: str) -> list[Filters]:
    return [{"search": text} for text in texts]


def _sales(known: Known) -> Question:
    few, most = known.few, known.most
    day = {"since": known.one_day, "until": known.one_day}
    return Question(
        name="settlements",
        path=f"{DCA}/settlements",
        sorts=("paid_at", "wire_sats", "principal_sats", "commission_sats", "state"),
        filters=(
            {},
            few,
            most,
            {"state": "errored"},
            {"state": "processed"},
            {"state": "pending"},
            {"tx_type": "cash_in"},
            {**most, "tx_type": "cash_in", "state": "processed"},
            {**few, "state": "errored"},
            {"mark": "test"},
            {"mark": "commission_differs"},
            {**few, "mark": "test", "state": "processed"},
            day,
            {**day, **few, "tx_type": "cash_in"},
            {"since": known.one_day},
            {"until": "2001-01-01"},
            {**few, "until": known.one_day},
        ),
    )


def _search(known: Known) -> Question:
    """By each kind of thing, found once, never and very often; alone and with filters."""
    words = ("customer", "customer case", "customer phone", "case 2000", "nothing-like-this")
    texts = _texts(
        known.hash_of_a_sale, known.hash_of_a_leg, known.hash_of_a_sale[:12], known.sale_id,
        "tx-", "tx-00", "tx-0000020", "100000", "100,000.00 EUR", "lp", "lp7", "p1", "a", *words,
    )  # fmt: skip
    filters: tuple[Filters, ...] = (
        {},
        known.few,
        {"state": "errored"},
        {"mark": "test"},
        {"since": known.one_day, "until": known.one_day},
        {"sortby": "wire_sats"},
    )
    return Question(
        name="search",
        path=f"{DCA}/settlements",
        searches=[{**text, **one} for text in texts for one in filters],
        filters=(),
    )


def _legs(known: Known) -> Question:
    few, most = known.few, known.most
    return Question(
        name="legs",
        path=f"{DCA}/payments",
        sorts=("created_at", "sats", "state"),
        filters=(
            {},
            few,
            most,
            {"state": "failed"},
            {"state": "completed"},
            {"state": "pending"},
            {"leg_type": "dca"},
            {"leg_type": "settlement"},
            {**few, "leg_type": "settlement"},
            {**most, "leg_type": "super_fee", "state": "completed"},
            {**few, "state": "unresolved"},
            {"settlement_id": known.sale_id},
        ),
        searches=_texts(known.hash_of_a_leg, known.hash_of_a_leg[:12], "nothing-like-this", "a"),
    )


def _of_the_rest(known: Known) -> list[Question]:
    few, machine_ids = known.few, known.machine_ids
    return [
        Question(
            name="cash entries",
            path=f"{DCA}/deposits",
            sorts=("created_at", "cash_date", "amount"),
            filters=({}, few, {"client_id": known.client_id}, {"status": "pending"}, {"status": "cancelled"}),
            searches=_texts("envelope 99", "nothing-like-this"),
        ),
        Question(
            name="worklist",
            path=f"{DCA}/worklist",
            sorts=("opened_at", "kind"),
            filters=({"is_open": True}, {"is_open": False}, few),
            searches=_texts("99 times", "nothing-like-this"),
        ),
        Question(
            name="audit trail",
            path=f"{DCA}/audit-events",
            sorts=("at",),
            filters=(
                {},
                {"subject_kind": "machine"},
                {"subject_kind": "leg"},
                {"subject_kind": "nothing"},
                {"subject_id": known.sale_id},
                {"until": "2024-01-01T00:00:00Z"},
                {"since": "2999-01-01T00:00:00Z"},
                {"subject_kind": "machine", "until": "2024-01-01T00:00:00Z"},
            ),
            searches=_texts(machine_ids[0], "landed", "nothing-like-this"),
        ),
    ]


def _of_people(known: Known) -> list[Question]:
    few, machine_ids, client_id = known.few, known.machine_ids, known.client_id
    return [
        Question(
            name="LPs and their balances",
            path=f"{DCA}/clients",
            sorts=("created_at", "username", "remaining", "deposited", "received_sats", "status"),
            filters=({}, few),
            searches=[{"search": "lp"}],
        ),
        Question(name="an LP", path=f"{DCA}/clients/{client_id}"),
        Question(name="an LP's balance", path=f"{DCA}/clients/{client_id}/balance"),
        Question(name="machines", path=f"{DCA}/machines", sorts=("created_at", "name", "last_sale_at")),
        Question(name="a machine", path=f"{DCA}/machines/{machine_ids[0]}"),
        Question(name="a machine's proof", path=f"{DCA}/machines/{machine_ids[0]}/proof"),
        Question(name="a machine's wallets", path=f"{DCA}/machines/{machine_ids[0]}/wallets"),
        Question(name="remembered payers", path=f"{DCA}/known-payers"),
        Question(name="splits", path=f"{DCA}/commission-splits/versions", sorts=("created_at", "version")),
    ]


def _of_pages(known: Known) -> list[Question]:
    line = {"target": known.partner, "share_pct": "100"}
    return [
        Question(
            name="overview",
            path=f"{DCA}/overview",
            filters=({"period": "today"}, {"period": "week"}, {"period": "month"}),
        ),
        Question(name="status (every page, every 15 s)", path=f"{DCA}/status"),
        Question(name="a sale", path=f"{DCA}/settlements/{known.sale_id}"),
        Question(name="what a sweep pays", path=f"{DCA}/settlements/{known.sale_id}/sweep"),
        Question(name="what can be swept", path=f"{DCA}/sweepable", filters=(known.most, known.few)),
        Question(name="stuck sales", path=f"{DCA}/settlements/stuck"),
        Question(
            name="what-if",
            path=f"{DCA}/commission-splits/what-if",
            body={"splits": [line], "last": 200},
            filters=({}, known.few),
        ),
        Question(name="months", path=f"{DCA}/reports/months"),
    ]


def _of_others() -> list[Question]:
    return [
        Question(
            name="operators (platform)",
            path=f"{DCA}/operators",
            asker=Asker.PLATFORM,
            sorts=("moved_at",),
            filters=({}, {"days": 366}),
        ),
    ]
