"""What was taken over: the platform's routes, the operator's, and the LP's."""

from __future__ import annotations

from tests.harness.shop import DCA, LP

from .route import Field, Route

MOVING_ROUTES = (
    Route(method="GET", path=f"{DCA}/predecessors"),
    Route(method="POST", path=f"{DCA}/predecessors/{{predecessor}}/preview", only_looks=True),
    Route(
        method="POST",
        path=f"{DCA}/predecessors/{{predecessor}}/move",
        body={"confirmation": Field(good="of another preview", bad=("x" * 101,))},
    ),
    Route(
        method="GET",
        path=f"{DCA}/earlier-sales",
        filters=("machine_id", "status"),
        is_list=True,
        sorts=("paid_at", "wire_sats"),
    ),
    Route(method="GET", path=f"{DCA}/earlier-sales/{{earlier_sale_id}}"),
    Route(method="GET", path=f"{LP}/earlier", is_list=True),
    Route(method="GET", path=f"{LP}/reports/earlier.csv", filters=("since", "until", "enrolment_id")),
)
