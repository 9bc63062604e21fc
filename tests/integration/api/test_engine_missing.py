"""The LP's extension without the engine: a clear 503, and everything again when the engine is back."""

from __future__ import annotations

from pathlib import Path

from tests.harness.farm import SQLITE, ServerFarm
from tests.harness.shop import LP

_READS = (
    "preferences",
    "enrolments",
    "summary",
    "positions",
    "chart",
    "cash",
    "transactions",
    "statements",
    "reports/koinly.csv",
)


def test_without_the_engine_the_lp_is_told_and_with_it_all_is_well(farm: ServerFarm, tmp_path: Path) -> None:
    """503 engine_missing on every route of the LP while satmachineadmin is deactivated."""
    with farm.running(tmp_path, SQLITE) as server:
        ana = server.create_user("ana")
        api, admin = server.api(ana), server.api(server.super_user)
        before = api.get(f"{LP}/preferences")

        admin.put("/api/v1/extension/satmachineadmin/deactivate")
        answers = [
            *(api.get(f"{LP}/{path}", expect=503) for path in _READS),
            api.put(f"{LP}/preferences", {"dca_wallet_id": ana.wallet.id}, expect=503),
            api.post(f"{LP}/enrolments/{'0' * 32}/accept", {}, expect=503),
        ]
        assert {answer["code"] for answer in answers} == {"engine_missing"}
        assert all(" " in answer["detail"] for answer in answers)
        assert server.api().get(f"{LP}/preferences", expect=401)["code"] == "not_authenticated"

        admin.put("/api/v1/extension/satmachineadmin/activate")
        assert api.get(f"{LP}/preferences") == before
        refusal = api.put(f"{LP}/preferences", {"dca_wallet_id": ana.wallet.id}, expect=409)
        assert refusal["code"] == "no_invitation_accepted"
        assert server.log_defects() == []
