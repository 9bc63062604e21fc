"""The schema's steps can be run again, and bring what an older version wrote up to date."""

from __future__ import annotations

import pytest

from satmachineadmin import migrations
from satmachineadmin.store.books import Store
from tests.fakes.books import MigrationDb, migrate

pytestmark = pytest.mark.anyio


async def test_the_steps_stand_in_their_order() -> None:
    """LNbits runs them as they stand in the file and stores the last number: one out of order is skipped
    for good when the start is interrupted after it."""
    standing = [name for name in vars(migrations) if name[0] == "m" and name[1:4].isdigit()]
    assert standing == sorted(standing)


async def test_every_step_can_be_run_again(store: Store) -> None:
    """LNbits commits statement by statement: a step that was interrupted is run anew."""
    await migrate(store.database)
    await migrate(store.database)


async def test_a_leg_of_an_older_version_learns_whose_wallet_pays_it(store: Store) -> None:
    async with store.transaction("old") as books:
        await books.sql.run(
            """
            INSERT INTO satmachineadmin.dca_settlements (id, machine_id, operator_user_id, wallet_id,
                payment_hash, state, wire_sats, principal_sats, commission_sats, platform_fee_sats,
                operator_fee_sats, host_fee_msat, host_fee_from_commission_sats,
                host_fee_from_principal_sats, currency, super_fee_pct, super_fee_basis,
                super_fee_version, plan_version, retained_sats, legs_total, legs_completed, legs_failed,
                is_test, paid_at, landed_at, updated_at)
            VALUES ('s1', 'm1', 'olga', 'plaza', 'ab', 'processing', 1, 1, 0, 0, 0, 0, 0, 0, 'EUR', '0',
                'commission', 1, 1, 0, 1, 0, 0, false, 0, 0, 0)
            """
        )
        await books.sql.run(
            """
            INSERT INTO satmachineadmin.dca_payments (id, settlement_id, machine_id, operator_user_id,
                leg_type, leg_key, plan_version, attempt, position, state, sats, currency, label,
                external_id, created_at, updated_at)
            VALUES ('l1', 's1', 'm1', 'olga', 'dca', 'dca:ana', 1, 1, 0, 'pending', 1, 'EUR', '', 'x', 0, 0)
            """
        )
    await migrations.m104_every_kind_of_leg(MigrationDb(store.database))
    async with store.reading() as books:
        (leg,) = await books.legs.of("s1")
    assert (leg.payer_wallet_id, leg.tries, leg.carrier_id) == ("plaza", 0, None)
