"""How a machine comes to its key, and loses it: one code, one machine, and nobody else's key."""

from __future__ import annotations

from typing import Any

import pytest

from satmachineadmin.core.errors import (
    InvalidInput,
    KeyPaired,
    KeyTaken,
    NotFound,
    NotPaired,
    PairingClosed,
    Refusal,
)
from satmachineadmin.core.pairing import OPEN_SECONDS, new_code
from satmachineadmin.host import accounts
from satmachineadmin.usecases import pairing
from satmachineadmin.usecases.machine_limits import set_limits
from satmachineadmin.usecases.machines import change_machine

from .conftest import MakeRig
from .rig import OPERATOR, Rig, machine_fields

pytestmark = pytest.mark.anyio
KEY, OTHER_KEY = "ab" * 32, "cd" * 32


@pytest.fixture(autouse=True)
def logins(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The keys that people log in with."""
    known: set[str] = set()

    async def is_login(npub: str) -> bool:
        return npub in known

    monkeypatch.setattr(accounts, "is_login", is_login)
    return known


async def machine(rig: Rig) -> dict[str, Any]:
    (row,) = await rig.rows("SELECT * FROM satmachineadmin.dca_machines WHERE id = :id", id=rig.machine_id)
    return row


async def a_code(rig: Rig, machine_id: str | None = None) -> str:
    code = new_code()
    await pairing.open_pairing(rig.store, OPERATOR, machine_id or rig.machine_id, code)
    return code


async def another_machine(rig: Rig) -> str:
    rig.host.add_wallet("market", OPERATOR)
    async with rig.store.transaction("setup", actor=OPERATOR) as books:
        return await books.machines.add(machine_fields("market"), scan_from=books.now)


async def test_a_code_binds_the_key_that_redeems_it(make_rig: MakeRig) -> None:
    rig = await make_rig()
    before = await machine(rig)

    await pairing.redeem_code(rig.store, await a_code(rig), KEY)

    after = await machine(rig)
    assert (after["npub"], after["paired_at"]) == (KEY, int(rig.clock.now().timestamp()))
    assert after["config_version"] > before["config_version"]


async def test_a_code_is_read_however_it_was_typed(make_rig: MakeRig) -> None:
    rig = await make_rig()
    code = await a_code(rig)

    await pairing.redeem_code(rig.store, f" {code.lower().replace('-', ' ')} ", KEY)

    assert (await machine(rig))["npub"] == KEY


async def test_pairing_pays_out_when_the_notes_are_out(make_rig: MakeRig) -> None:
    """What is paid at once today waits for the report that a machine with a key sends; it is audited."""
    rig = await make_rig()

    await pairing.redeem_code(rig.store, await a_code(rig), KEY)

    assert (await machine(rig))["payout_policy"] == "on_dispense"
    changed = await rig.rows("SELECT event FROM satmachineadmin.audit_events WHERE event = 'machine.changed'")
    assert len(changed) == 1


async def test_pairing_leaves_a_policy_that_waits(make_rig: MakeRig) -> None:
    rig = await make_rig()
    fields = {"payout_policy": "after_minutes", "payout_delay_minutes": 30}
    await change_machine(rig.store, OPERATOR, rig.machine_id, fields)

    await pairing.redeem_code(rig.store, await a_code(rig), KEY)

    assert (await machine(rig))["payout_policy"] == "after_minutes"


async def test_the_same_key_may_redeem_its_code_again_and_nobody_else_may(make_rig: MakeRig) -> None:
    rig = await make_rig()
    code = await a_code(rig)
    first = await pairing.redeem_code(rig.store, code, KEY)
    rig.clock.advance(seconds=OPEN_SECONDS * 2)

    again = await pairing.redeem_code(rig.store, code, KEY)

    assert dict(again) == dict(first)
    with pytest.raises(PairingClosed):
        await pairing.redeem_code(rig.store, code, OTHER_KEY)
    assert (await machine(rig))["npub"] == KEY


async def test_a_code_ends_with_its_hour(make_rig: MakeRig) -> None:
    rig = await make_rig()
    late, in_time = await a_code(rig), OPEN_SECONDS - 1
    rig.clock.advance(seconds=OPEN_SECONDS)
    with pytest.raises(PairingClosed):
        await pairing.redeem_code(rig.store, late, KEY)

    code = await a_code(rig)
    rig.clock.advance(seconds=in_time)
    await pairing.redeem_code(rig.store, code, KEY)


@pytest.mark.parametrize("how", ["another one", "cancelled", "revoked", "redeemed and revoked"])
async def test_a_code_that_was_taken_back_is_of_no_use(make_rig: MakeRig, how: str) -> None:
    rig = await make_rig()
    await pairing.redeem_code(rig.store, await a_code(rig), OTHER_KEY)
    code = await a_code(rig)
    if how == "another one":
        await a_code(rig)
    elif how == "cancelled":
        await pairing.cancel_pairing(rig.store, OPERATOR, rig.machine_id)
    else:
        if how == "redeemed and revoked":
            await pairing.redeem_code(rig.store, code, KEY)
        await pairing.revoke_key(rig.store, OPERATOR, rig.machine_id, "stolen")

    with pytest.raises(PairingClosed):
        await pairing.redeem_code(rig.store, code, KEY)

    assert (await machine(rig))["npub"] != KEY


@pytest.mark.parametrize("code", ["", "x", "0" * 19, "0" * 20, "7K3M-7K3M-7K3M-7K3M-7K3!", "ü" * 20])
async def test_what_is_no_code_opens_nothing(make_rig: MakeRig, code: str) -> None:
    rig = await make_rig()

    with pytest.raises(PairingClosed):
        await pairing.redeem_code(rig.store, code, KEY)


async def test_the_key_before_is_nobodys_from_the_moment_another_one_is_bound(make_rig: MakeRig) -> None:
    rig = await make_rig()
    await pairing.redeem_code(rig.store, await a_code(rig), KEY)

    await pairing.redeem_code(rig.store, await a_code(rig), OTHER_KEY)

    async with rig.store.reading() as books:
        assert await books.pairings.machine_of_key(KEY) is None
        assert await books.pairings.keys() == {OTHER_KEY}


async def test_a_key_is_one_machines(make_rig: MakeRig) -> None:
    rig = await make_rig()
    await pairing.redeem_code(rig.store, await a_code(rig), KEY)
    code = await a_code(rig, await another_machine(rig))

    with pytest.raises(KeyTaken) as refused:
        await pairing.redeem_code(rig.store, code, KEY)

    assert refused.value.fields == {"owner": "another machine"}
    await pairing.redeem_code(rig.store, code, OTHER_KEY)


async def test_a_key_that_somebody_logs_in_with_is_no_machines(make_rig: MakeRig, logins: set[str]) -> None:
    rig = await make_rig()
    code = await a_code(rig)
    logins.add(KEY)

    with pytest.raises(KeyTaken):
        await pairing.redeem_code(rig.store, code, KEY)
    with pytest.raises(KeyTaken):
        await change_machine(rig.store, OPERATOR, rig.machine_id, {"npub": KEY})

    assert (await machine(rig))["npub"] is None


async def test_a_key_that_was_typed_by_hand_may_be_paired(make_rig: MakeRig) -> None:
    rig = await make_rig()
    await change_machine(rig.store, OPERATOR, rig.machine_id, {"npub": KEY})

    await pairing.redeem_code(rig.store, await a_code(rig), KEY)

    assert (await machine(rig))["paired_at"] is not None


@pytest.mark.parametrize("typed", [OTHER_KEY, None])
async def test_a_key_that_a_machine_has_made_is_not_typed_over(make_rig: MakeRig, typed: str | None) -> None:
    rig = await make_rig()
    await pairing.redeem_code(rig.store, await a_code(rig), KEY)

    with pytest.raises(KeyPaired):
        await change_machine(rig.store, OPERATOR, rig.machine_id, {"npub": typed})

    await change_machine(rig.store, OPERATOR, rig.machine_id, {"npub": KEY, "name": "Harbour"})
    assert (await machine(rig))["name"] == "Harbour"


async def test_after_a_revocation_the_machine_is_believed_no_more_than_before(make_rig: MakeRig) -> None:
    """Whoever stole it has the invoice key: what is not signed stays unbelieved."""
    rig = await make_rig()
    await pairing.redeem_code(rig.store, await a_code(rig), KEY)
    await pairing.revoke_key(rig.store, OPERATOR, rig.machine_id, "stolen")

    async with rig.store.reading() as books:
        known = await books.machines.get(rig.machine_id)
    assert known is not None
    assert (known.npub, known.is_paired, known.takes_unsigned) == (None, True, False)
    with pytest.raises(NotPaired):
        await pairing.revoke_key(rig.store, OPERATOR, rig.machine_id, "again")


async def test_only_its_operator_pairs_or_revokes_a_machine(make_rig: MakeRig) -> None:
    rig = await make_rig()
    for attempt in (
        pairing.open_pairing(rig.store, "otto", rig.machine_id, new_code()),
        pairing.cancel_pairing(rig.store, "otto", rig.machine_id),
        pairing.revoke_key(rig.store, "otto", rig.machine_id, "mine"),
        set_limits(rig.store, "otto", rig.machine_id, {"cash_out": {"day": "1.00"}}),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_neither_a_code_nor_its_digest_is_in_the_audit_trail(make_rig: MakeRig) -> None:
    rig = await make_rig()
    code = await a_code(rig)
    await pairing.redeem_code(rig.store, code, KEY)

    bodies = " ".join(row["body"] for row in await rig.rows("SELECT body FROM satmachineadmin.audit_events"))
    assert code not in bodies
    assert code.replace("-", "") not in bodies
    (kept,) = await rig.rows("SELECT code_digest FROM satmachineadmin.machine_pairings")
    assert kept["code_digest"] not in bodies


# Limits ---------------------------------------------------------------------------------------


async def test_limits_are_set_one_by_one_and_taken_back(make_rig: MakeRig) -> None:
    rig = await make_rig()
    before = await machine(rig)
    await set_limits(
        rig.store, OPERATOR, rig.machine_id, {"cash_out": {"transaction": "500.00", "day": "3000"}}
    )
    await set_limits(
        rig.store, OPERATOR, rig.machine_id, {"cash_out": {"day": None}, "cash_in": {"hold_above": "0"}}
    )

    after = await machine(rig)
    assert after["cash_out_transaction_minor"] == 50_000
    assert after["cash_out_day_minor"] is None
    assert after["cash_in_hold_above_minor"] == 0
    assert after["config_version"] == before["config_version"] + 2


@pytest.mark.parametrize("amount", ["-1", "1.001", "abc", "1e3", "", "9" * 31])
async def test_what_is_no_amount_is_no_limit(make_rig: MakeRig, amount: str) -> None:
    rig = await make_rig()

    with pytest.raises(InvalidInput) as refused:
        await set_limits(rig.store, OPERATOR, rig.machine_id, {"cash_in": {"hour": amount}})

    assert refused.value.fields["field"] == "cash_in.hour"


async def test_the_currency_stays_while_there_are_limits_in_it(make_rig: MakeRig) -> None:
    """100 EUR are 10,000 cents, and 10,000 yen would be something else."""
    rig = await make_rig()
    await set_limits(rig.store, OPERATOR, rig.machine_id, {"cash_out": {"day": "100.00"}})

    with pytest.raises(Refusal):
        await change_machine(rig.store, OPERATOR, rig.machine_id, {"currency": "JPY"})

    await set_limits(rig.store, OPERATOR, rig.machine_id, {"cash_out": {"day": None}})
    await change_machine(rig.store, OPERATOR, rig.machine_id, {"currency": "JPY"})
    assert (await machine(rig))["currency"] == "JPY"


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Harbour"},
        {"location": "Pier 3"},
        {"cash_out_fee_pct": "7"},
        {"cash_in_fee_pct": "3"},
        {"active": False},
        {"maintenance": True},
        {"payout_policy": "on_dispense"},
        {"dispense_report_minutes": 30},
        {"npub": KEY},
        {"currency": "JPY"},
    ],
    ids=lambda fields: next(iter(fields)),
)
async def test_the_version_grows_with_whatever_a_machine_is_told(
    make_rig: MakeRig, fields: dict[str, Any]
) -> None:
    rig = await make_rig()
    before = await machine(rig)

    await change_machine(rig.store, OPERATOR, rig.machine_id, fields)
    await change_machine(rig.store, OPERATOR, rig.machine_id, fields)

    assert (await machine(rig))["config_version"] == before["config_version"] + 1
