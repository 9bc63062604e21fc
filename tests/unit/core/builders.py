"""Values for the tests of core: a plausible sale at a plausible machine, changed field by field."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from satmachineadmin.core.host_facts import WalletFacts
from satmachineadmin.core.model import (
    HostPayment,
    Leg,
    LpStake,
    Machine,
    PlanInput,
    PlatformFee,
    Settlement,
    SplitRule,
    SplitSet,
)
from satmachineadmin.core.states import (
    FeeBasis,
    LegState,
    LegType,
    PayoutPolicy,
    SettlementState,
    TargetKind,
    TxType,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)
MACHINE_KEY = "7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e"
MACHINE_NPUB = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg"
OTHER_KEY = "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d"

_MACHINE = Machine(
    id="m1",
    operator_user_id="olga",
    name="Plaza",
    npub=MACHINE_KEY,
    wallet_id="plaza",
    currency="EUR",
    cash_out_fee_ppm=61_500,
    cash_in_fee_ppm=50_000,
    reference_rate="1500",
    rate_tolerance_ppm=100_000,
    payout_policy=PayoutPolicy.AT_ONCE,
    payout_delay_minutes=0,
    dispense_report_minutes=15,
    fallback_commission_ppm=None,
    maintenance=False,
    active=True,
)

#: 200.00 EUR at 1500 sats each: 300 000 sats of principal and 18 450 of commission
STAMP: dict[str, object] = {
    "source": "bitspire",
    "type": "cash_out",
    "principal_sats": 300_000,
    "fee_sats": 18_450,
    "exchange_rate": 1500.0,
    "currency": "EUR",
    "fiat_amount": 200.0,
    "txid": "tx-1",
}

#: 100.00 EUR of notes: 150 000 sats of principal less 7 500 of commission
CASH_IN_STAMP: dict[str, object] = {
    **STAMP,
    "type": "cash_in",
    "principal_sats": 150_000,
    "fee_sats": 7_500,
    "fiat_amount": 100,
}

PLATFORM_FEE = PlatformFee(ppm=300_000, basis=FeeBasis.COMMISSION, version=2)


def machine(**changes: Any) -> Machine:
    return replace(_MACHINE, **changes)


def payment(*, stamp: dict[str, object] | None = None, **changes: Any) -> HostPayment:
    """An incoming payment of 318 450 sats on the machine's wallet, stamped unless told otherwise."""
    plain = HostPayment(
        wallet_id="plaza",
        checking_id="c1",
        payment_hash="ab" * 32,
        amount_msat=318_450_000,
        fee_msat=0,
        status="success",
        memo="",
        tag=None,
        external_id=None,
        fiat_provider=None,
        extra=STAMP if stamp is None else stamp,
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(plain, **changes)


def settlement(**changes: Any) -> Settlement:
    """The sale of `STAMP`, landed with a platform fee of 30 %."""
    plain = Settlement(
        id="s1",
        machine_id="m1",
        operator_user_id="olga",
        wallet_id="plaza",
        payment_hash="ab" * 32,
        state=SettlementState.PENDING,
        reason=None,
        tx_type=TxType.CASH_OUT,
        wire_sats=318_450,
        principal_sats=300_000,
        commission_sats=18_450,
        platform_fee_sats=5_535,
        operator_fee_sats=12_915,
        host_fee_msat=0,
        host_fee_from_commission_sats=0,
        host_fee_from_principal_sats=0,
        fiat_minor=20_000,
        currency="EUR",
        exchange_rate="1500",
        plan_version=0,
        is_test=False,
        paid_at=NOON,
        landed_at=NOON,
    )
    return replace(plain, **changes)


def rule(position: int, share_ppm: int) -> SplitRule:
    return SplitRule(
        position=position,
        target=f"w{position}",
        target_kind=TargetKind.WALLET,
        wallet_id=f"w{position}",
        label=f"target {position}",
        share_ppm=share_ppm,
    )


def split_set(*shares_ppm: int) -> SplitSet:
    rules = tuple(rule(position, share_ppm) for position, share_ppm in enumerate(shares_ppm))
    return SplitSet(id="split-1", version=1, machine_id=None, rules=rules)


def stake(enrolment_id: str, balance_minor: int, cap_minor: int | None = None) -> LpStake:
    return LpStake(
        enrolment_id=enrolment_id, label=enrolment_id, balance_minor=balance_minor, cap_minor=cap_minor
    )


def plan_input(**changes: Any) -> PlanInput:
    """The sale of `STAMP`, a split of 50/30/20, and ana and ben with 600.00 and 200.00 EUR."""
    plain = PlanInput(
        settlement=settlement(),
        platform_wallet_id="platform",
        split_set=split_set(500_000, 300_000, 200_000),
        stakes=(stake("ana", 60_000), stake("ben", 20_000)),
    )
    return replace(plain, **changes)


def leg(leg_id: str, sats: int, **changes: Any) -> Leg:
    """A leg of an LP, ready to be paid."""
    plain = Leg(
        id=leg_id,
        settlement_id="s1",
        machine_id="m1",
        leg_type=LegType.DCA,
        key=f"dca:{leg_id}",
        attempt=1,
        state=LegState.PENDING,
        reason=None,
        sats=sats,
        fiat_minor=100,
        enrolment_id=leg_id,
        target=None,
        target_kind=None,
        destination_wallet_id=None,
        label=leg_id,
        external_id=f"sm1:ab:dca:{leg_id}:1",
        minted=None,
        payer_wallet_id="plaza",
    )
    return replace(plain, **changes)


def wallet(wallet_id: str, **changes: Any) -> WalletFacts:
    plain = WalletFacts(id=wallet_id, user_id="somebody", deleted=False, is_shared=False, balance_msat=0)
    return replace(plain, **changes)
