"""What a sale comes to where LNbits or its wallets are not as one would think, both ways of paying."""

from __future__ import annotations

import pytest
from lnbits.core.crud import delete_wallet
from lnbits.settings import settings

from satmachineadmin.core.states import PayWay
from satmachineadmin.usecases.preferences import choose_preferences

from .engine import Engine
from .plaza import PAID_OUT, WIRE_SATS, Plaza

pytestmark = pytest.mark.anyio

#: what a funding source keeps of the incoming payment, in msat → what everybody has in the end
HOST_FEES = {
    "a fee of whole sats comes out of the operator's part": (
        11_000, {**PAID_OUT, "partner": 59},
    ),
    "what it leaves of a sat stays with the machine": (
        11_400, {**PAID_OUT, "partner": 58},
    ),
    "a fee above the operator's part comes out of the principal": (
        80_000, {"ana": 495, "ben": 495, "platform": 30},
    ),
    "a fee above all that is left is borne by the platform at last": (
        1_090_000, {"platform": 10},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOST_FEES)
async def test_a_fee_on_the_incoming_payment_is_borne_shown_and_overdraws_nobody(
    plaza: Plaza, engine: Engine, way: PayWay, name: str
) -> None:
    """DESIGN §4.6: the commission first, then the principal; the LPs' cash is drawn as it was dispensed."""
    fee_msat, in_the_end = HOST_FEES[name]
    await plaza.sell(host_fee_msat=fee_msat)
    assert await plaza.balance_msat() == WIRE_SATS * 1000 - fee_msat
    await engine.work()

    shown = await plaza.shown()
    assert (shown["state"], shown["wire_sats"], shown["host_fee_msat"]) == ("processed", WIRE_SATS, fee_msat)
    assert await plaza.balances() == in_the_end
    assert await plaza.balance_msat() == WIRE_SATS * 1000 - fee_msat - sum(in_the_end.values()) * 1000
    has_principal = "ana" in in_the_end
    assert await plaza.draws() == dict.fromkeys(("ana", "ben"), 100_00 if has_principal else 0)
    await engine.reconcile()
    assert await plaza.matters() == []


async def test_a_service_fee_on_internal_payments_is_borne_by_the_legs(
    plaza: Plaza, engine: Engine, way: PayWay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1 % of what is sent, to the msat; what is left of a sat of a leg stays in the machine's wallet."""
    fees = await plaza.lnbits.create_wallet(plaza.people.partner, "fees")
    monkeypatch.setattr(settings, "lnbits_service_fee_wallet", fees.id)
    monkeypatch.setattr(settings, "lnbits_service_fee", 1.0)
    monkeypatch.setattr(settings, "lnbits_service_fee_ignore_internal", False)
    await plaza.sell()
    await engine.work()

    assert await plaza.states() == ["processed"]
    # 495 + 4.95, 69 + 0.69, 29 + 0.29: the most that each leg can send.
    sent = {"ana": 495, "ben": 495, "partner": 69, "platform": 29}
    fees_msat = 4_950 + 4_950 + 690 + 290
    assert {name: sats for name, sats in (await plaza.balances()).items() if name != "machine"} == sent
    assert await plaza.lnbits.balance_msat(fees) == fees_msat
    assert await plaza.balance_msat() == WIRE_SATS * 1000 - sum(sent.values()) * 1000 - fees_msat
    await engine.reconcile()
    assert await plaza.matters() == []


async def test_an_lp_whose_wallet_took_nothing_is_paid_as_soon_as_it_chooses_another(
    plaza: Plaza, engine: Engine, way: PayWay
) -> None:
    """Without waiting for the next look, which is an hour off at last."""
    ana, closed = plaza.people.lps["ana"], plaza.wallets["ana"]
    await delete_wallet(user_id=ana.id, wallet_id=closed.id)
    await plaza.sell()
    await engine.work()
    assert await plaza.states() == ["errored"]
    await engine.work()
    assert await plaza.states() == ["errored"]

    another = await plaza.lnbits.create_wallet(ana, "another")
    await choose_preferences(engine.store, ana.id, {"dca_wallet_id": another.id})
    await engine.work()
    assert await plaza.states() == ["processed"]
    assert await plaza.lnbits.balance_msat(another) == PAID_OUT["ana"] * 1000
    await choose_preferences(engine.store, ana.id, {"dca_wallet_id": ana.wallet.id})
