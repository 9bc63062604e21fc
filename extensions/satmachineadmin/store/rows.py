"""Between SQL rows and the values of core: the only place that knows the columns' text forms."""

from __future__ import annotations

from datetime import datetime, timezone

from ..core import cash_position, model, states
from ..core.balances import Balance
from ..core.limits import Pace
from ..core.units import parse_percent
from .sql import Row


def instant(seconds: int) -> datetime:
    """An aware UTC datetime of stored epoch seconds."""
    return datetime.fromtimestamp(seconds, timezone.utc)


def maybe_instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else instant(seconds)


def seconds(moment: datetime) -> int:
    """The stored form of an instant: whole epoch seconds."""
    return int(moment.timestamp())


def machine(row: Row) -> model.Machine:
    fallback = row["fallback_commission_pct"]
    return model.Machine(
        id=row["id"],
        operator_user_id=row["operator_user_id"],
        name=row["name"],
        npub=row["npub"],
        wallet_id=row["wallet_id"],
        currency=row["currency"],
        cash_out_fee_ppm=parse_percent(row["cash_out_fee_pct"]),
        cash_in_fee_ppm=parse_percent(row["cash_in_fee_pct"]),
        reference_rate=row["reference_rate"],
        rate_tolerance_ppm=parse_percent(row["rate_tolerance_pct"]),
        payout_policy=states.PayoutPolicy(row["payout_policy"]),
        payout_delay_minutes=row["payout_delay_minutes"],
        dispense_report_minutes=row["dispense_report_minutes"],
        fallback_commission_ppm=None if fallback is None else parse_percent(fallback),
        maintenance=bool(row["maintenance"]),
        active=bool(row["active"]),
        payouts_paused_reason=row["payouts_paused_reason"],
        is_paired=row["paired_at"] is not None,
        takes_unsigned=bool(row["takes_unsigned"]),
    )


def settlement(row: Row) -> model.Settlement:
    return model.Settlement(
        id=row["id"],
        machine_id=row["machine_id"],
        operator_user_id=row["operator_user_id"],
        wallet_id=row["wallet_id"],
        payment_hash=row["payment_hash"],
        state=states.SettlementState(row["state"]),
        reason=row["reason"],
        tx_type=None if row["tx_type"] is None else states.TxType(row["tx_type"]),
        wire_sats=row["wire_sats"],
        principal_sats=row["principal_sats"],
        commission_sats=row["commission_sats"],
        platform_fee_sats=row["platform_fee_sats"],
        operator_fee_sats=row["operator_fee_sats"],
        host_fee_msat=row["host_fee_msat"],
        host_fee_from_commission_sats=row["host_fee_from_commission_sats"],
        host_fee_from_principal_sats=row["host_fee_from_principal_sats"],
        fiat_minor=row["fiat_minor"],
        currency=row["currency"],
        exchange_rate=row["exchange_rate"],
        plan_version=row["plan_version"],
        is_test=bool(row["is_test"]),
        paid_at=instant(row["paid_at"]),
        landed_at=instant(row["landed_at"]),
        tries=row["tries"],
        waits_code=row["waits_code"],
        landed=landed(row),
    )


def landed(row: Row) -> model.Landed | None:
    if row["landed_principal_sats"] is None:
        return None
    return model.Landed(
        principal_sats=row["landed_principal_sats"],
        commission_sats=row["landed_commission_sats"],
        platform_fee_sats=row["landed_platform_fee_sats"],
        fiat_minor=row["landed_fiat_minor"],
    )


def leg(row: Row) -> model.Leg:
    minted = None
    if row["payment_hash"] is not None:
        minted = model.Minted(
            payment_hash=row["payment_hash"], preimage=row["preimage"] or "", bolt11=row["bolt11"] or ""
        )
    return model.Leg(
        id=row["id"],
        settlement_id=row["settlement_id"],
        machine_id=row["machine_id"],
        leg_type=states.LegType(row["leg_type"]),
        key=row["leg_key"],
        attempt=row["attempt"],
        state=states.LegState(row["state"]),
        reason=None if row["reason"] is None else states.SkipReason(row["reason"]),
        sats=row["sats"],
        fiat_minor=row["fiat_minor"],
        enrolment_id=row["client_id"],
        target=row["target"],
        target_kind=None if row["target_kind"] is None else states.TargetKind(row["target_kind"]),
        destination_wallet_id=row["destination_wallet_id"],
        label=row["label"],
        external_id=row["external_id"],
        minted=minted,
        payer_wallet_id=row["payer_wallet_id"],
        reserve_msat=row["reserve_msat"],
        tries=row["tries"],
        carrier_id=row["carrier_id"],
        error_code=row["error_code"],
        is_kept=row["kept_at"] is not None,
        error_message=row["error_message"],
    )


def balance(row: Row) -> Balance:
    """An enrolment's cash, checked after reading: no sum of it may be negative."""
    return Balance(
        confirmed_minor=row["confirmed_minor"],
        pending_minor=row["pending_minor"],
        paid_minor=row["paid_minor"],
        reserved_minor=row["reserved_minor"],
        leaving_minor=row["leaving_minor"],
    )


def pace(row: Row) -> Pace:
    """How fast an LP wants its cash to become sats."""
    return Pace(
        mode=states.DcaMode(row["default_dca_mode"]),
        daily_limit_minor=row["fixed_mode_daily_limit"],
        currency=row["fixed_mode_currency"],
    )


def cash_unit(row: Row) -> cash_position.Unit:
    return cash_position.Unit(
        unit=cash_position.CashUnitKind(row["unit"]),
        denomination_minor=row["denomination_minor"],
        expected=row["expected_count"],
        reported=row["reported_count"],
        difference=row["difference"],
        capacity=row["capacity"],
        base=row["base_count"],
        base_at=row["base_at"],
        refilled=row["refilled_since"],
        dispensed=row["dispensed_since"],
        taken=row["taken_since"],
        stayed_then_minor=row["stayed_then_minor"],
    )


def split_rule(row: Row) -> model.SplitRule:
    return model.SplitRule(
        position=row["position"],
        target=row["target"],
        target_kind=states.TargetKind(row["target_kind"]),
        wallet_id=row["wallet_id"],
        label=row["label"],
        share_ppm=parse_percent(row["share_pct"]),
    )
