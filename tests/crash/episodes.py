"""The kill chain's script: where each life of the server ends, and what happens before it begins.

An episode is a row of places that follow from one situation: each life leaves it to the next. Episodes do
not need each other: a seed shuffles them, and what one leaves open is decided before the next begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tests.harness.people import Wallet

from .counter import cash_outs
from .kiosk import cash_ins
from .steps import Deed, Step, around
from .town import Town

#: The mark of a payment that no leg explains.
STRANGE = "sm1:unknown:0"
#: What the judge says of what somebody has tampered with, until it is mended.
TAMPERED_WITH = (STRANGE, "its last event says", "the link says (None")


def _sells(shop: str, times: int = 1) -> Deed:
    return lambda town: [town.sell(shop) for _ in range(times)]


def _last(town: Town, shop: str) -> str:
    return town.sold[shop][-1]


def a_start() -> Iterator[Step]:
    yield from around("lease")
    yield from around("reconcile_cursor")
    yield from around("machine_watch")


def sales() -> Iterator[Step]:
    """Three at once, the fast way."""
    yield from around("land", down=_sells("plain", 3))
    yield from around("cursor")
    yield from around("plan")
    yield Step(place="payout.before_commit")
    yield from around("takeover")
    yield Step(place="payout.after_commit")
    yield Step(place="announce.before_payer", down=_sells("plain"))
    yield Step(place="announce.after_payer", down=_sells("plain"))
    yield from around("reconcile_proof", down=_sells("plain"))
    yield from around("figures", down=_sells("plain"))
    yield from around("figures_anew", down=lambda town: town.count_days_anew())


def a_sale_that_was_pending() -> Iterator[Step]:
    yield from around("open", down=lambda town: town.sell("plain", status="pending"))
    yield Step(place="land.before_commit", down=_arrive)


def _arrive(town: Town) -> None:
    """The customer's payment succeeds, in both of LNbits' rows."""
    arrived = "UPDATE apipayments SET status = 'success' WHERE payment_hash = :hash"
    town.sql(arrived, hash=_last(town, "plain"))


def the_slow_way() -> Iterator[Step]:
    """One sale, whose payment is taken over again and again."""
    yield from around("slow_decision", down=_slow_sale)
    yield from around("slow.invoice")
    yield from around("slow_written_down")
    yield from around("slow_resume")
    yield from around("slow_refused", down=_drain)
    yield from around("slow_afresh", down=_give_up_invoice)
    yield from around("slow.pay")
    yield from around("slow_outcome")
    yield Step(place="slow.after_pay")
    yield from around("half.credit", down=_halve)
    yield from around("slow_finish")


def an_answer_that_came_late() -> Iterator[Step]:
    """A settlement that was stopped although its last leg, the third, had been paid."""
    yield Step(place="slow.after_pay", times=3, down=_slow_sale)
    yield from around("resume", down=_forget_answer)


def _go_slow(town: Town) -> None:
    town.use_fast_way(False)
    town.mending.append(partial(town.use_fast_way, True))


def _slow_sale(town: Town) -> None:
    _go_slow(town)
    town.sell("plain")


def _drain(town: Town, shop: str = "plain") -> None:
    """The operator spends what the machine's wallet holds, and brings it back later."""
    wallet = getattr(town, shop).machine_wallet
    sats = town.balance_msat(wallet) // 1000
    town.move(wallet, town.purse, sats)
    town.mending.append(lambda: town.move(town.purse, wallet, sats))


def _paying(town: Town) -> str:
    """The hash of the leg that is with LNbits."""
    (row,) = town.sql(
        "SELECT payment_hash FROM satmachineadmin.dca_payments WHERE state = 'paying' AND way = 'slow'"
    )
    return str(row["payment_hash"])


def _give_up_invoice(town: Town) -> None:
    """LNbits gives up an internal invoice that nobody has paid; the wallet is filled again."""
    town.mend()
    _go_slow(town)
    statement = "UPDATE apipayments SET status = 'failed' WHERE checking_id = :hash AND amount > 0"
    town.sql(statement, hash=_paying(town))


def _halve(town: Town) -> None:
    """LNbits stopped between debit and credit."""
    statement = "UPDATE apipayments SET status = 'pending' WHERE checking_id = :hash AND amount > 0"
    town.sql(statement, hash=_paying(town))


def _forget_answer(town: Town) -> None:
    (leg,) = town.sql(
        "SELECT id, settlement_id FROM satmachineadmin.dca_payments WHERE state = 'paying' AND way = 'slow'"
    )
    town.sql("UPDATE satmachineadmin.dca_payments SET state = 'unresolved' WHERE id = :id", id=leg["id"])
    statement = "UPDATE satmachineadmin.dca_settlements SET state = 'errored' WHERE id = :id"
    town.sql(statement, id=leg["settlement_id"])


def accidents() -> Iterator[Step]:
    """A leg that lost its invoice stops its settlement; a table that refuses lets it wait."""
    yield Step(place="payout.before_commit", down=_sells("plain"))
    yield from around("stop", down=partial(_lose_hashes, shop="plain"))
    yield Step(place="payout.before_commit", down=_mend_and_sell)
    yield from around("trouble", down=_occupy)


def _lose_hashes(town: Town, shop: str) -> None:
    """Our books were tampered with: invoices of open legs are gone."""
    change = "UPDATE satmachineadmin.dca_payments SET payment_hash = :hash WHERE id = :id"
    for leg in town.open_legs(shop):
        town.sql(change, hash=None, id=leg["id"])
        town.mending.append(partial(town.sql, change, hash=leg["payment_hash"], id=leg["id"]))


def _mend_and_sell(town: Town) -> None:
    """What was stopped is mended; a person goes on with it at the end. Meanwhile there is another sale."""
    town.mend()
    town.sell("plain")


def _occupy(town: Town) -> None:
    _occupy_id(town, town.plain.machine_wallet, str(town.open_legs("plain")[0]["payment_hash"]))


def _occupy_id(town: Town, payer: Wallet, payment_hash: str) -> None:
    """A row of somebody else's has the id that the debit of ours needs."""
    strange = town.move(payer, town.plain.customer, 0)
    change = "UPDATE apipayments SET checking_id = :new WHERE checking_id = :old"
    ours, theirs = f"internal_{payment_hash}", f"internal_{strange}"
    town.sql(change, new=ours, old=theirs)
    town.mending.append(partial(town.sql, f"{change} AND amount = 0", new=theirs, old=ours))


def waiting() -> Iterator[Step]:
    """A hold that is over, a full wallet, a facts' change."""
    yield from around("hold", down=_hold, up=_hold_is_over)
    yield Step(place="payout.after_commit", down=_fill)
    yield from around("retry")
    yield from around("alarm", down=_change_facts)


def _hold(town: Town) -> None:
    _set_policy(town, "after_minutes")
    town.mending.append(partial(_set_policy, town, "at_once"))
    town.sell("extra")


def _set_policy(town: Town, policy: str) -> None:
    statement = "UPDATE satmachineadmin.dca_machines SET payout_policy = :policy WHERE id = :id"
    town.sql(statement, policy=policy, id=town.extra.machine["id"])


def _hold_is_over(town: Town) -> None:
    town.server.wait_for(lambda: town.settlement(_last(town, "extra")), "held sale")
    town.hurry()


def _fill(town: Town) -> None:
    """An administrator limits what a wallet may hold."""
    _limit_wallets(town, 1)
    town.mending.append(partial(_limit_wallets, town, 0))
    town.sell("plain")


def _limit_wallets(town: Town, sats: int) -> None:
    statement = "UPDATE system_settings SET value = :value WHERE id = 'lnbits_wallet_limit_max_balance'"
    town.sql(statement, value=str(sats))


def _change_facts(town: Town) -> None:
    """LNbits' row of a sale that was settled says something else."""
    change = "UPDATE apipayments SET extra = :extra WHERE checking_id = :id"
    (row,) = town.sql("SELECT extra FROM apipayments WHERE checking_id = :id", id=town.swept)
    town.sql(change, extra=str(row["extra"]).replace('"txid": "', '"txid": "x'), id=town.swept)
    town.mending.append(partial(town.sql, change, extra=row["extra"], id=town.swept))


def payments_that_leave() -> Iterator[Step]:
    """To a Lightning address, over a node of its own."""
    yield from around("external.terms", down=_sells("outside"))
    yield from around("external.invoice")
    yield from around("external_written_down")
    yield from around("external_resume")
    yield from around("external.pay")
    yield from around("external.look_up")
    yield from around("external_outcome")


def a_node_that_takes_its_time() -> Iterator[Step]:
    """It answers when LNbits has asked by itself, which it does at a start: then we are the next to ask."""
    yield Step(place="external_outcome.after_commit", down=_sell_to_slow_node)
    yield Step(place="external.before_answer", down=_delay_answer, up=_answer)
    yield Step(place="external.after_answer", down=_delay_answer, up=_answer)


def payments_that_do_not_leave() -> Iterator[Step]:
    """Refused by the node, too small, too dear, tampered with."""
    yield from around("external_failed", down=_sell_to_refusing_node)
    yield from around("external_set_aside", down=_raise_minimum)
    yield Step(place="external.before_terms", down=_lower_minimum)
    yield from around("external_wait", down=partial(_drain, shop="outside"))
    yield Step(place="external_written_down.after_commit", down=lambda town: town.mend())
    yield from around("external_trouble", down=partial(_lose_hashes, shop="outside"))


def _delay_answer(town: Town) -> None:
    town.node.is_slow = True
    town.sweeps = _sweeps(town)


def _answer(town: Town) -> None:
    town.server.wait_for(lambda: _sweeps(town) > town.sweeps, "sweep of LNbits' own")
    town.node.is_slow = False


def _sweeps(town: Town) -> int:
    return town.server.log_text().count("Task: pending check finished")


def _sell_to_slow_node(town: Town) -> None:
    town.node.is_slow = True
    town.sell("outside")


def _sell_to_refusing_node(town: Town) -> None:
    town.node.refuses = True
    town.mending.append(lambda: setattr(town.node, "refuses", False))
    town.sell("outside")


def _raise_minimum(town: Town) -> None:
    town.mend()
    town.link.min_msat = 10**9
    town.sell("outside")


def _lower_minimum(town: Town) -> None:
    town.link.min_msat = 1000
    town.sell("outside")


def passing_on() -> Iterator[Step]:
    yield from around("forward", down=_sells("extra"))


def balances_paid_off() -> Iterator[Step]:
    yield Step(place="settle_decision.before_commit", down=_go_slow, up=Town.pay_off)
    yield Step(place="settle_decision.after_commit")
    yield from around("settle_written_down")
    yield from around("settle_resume")
    yield from around("settle_waits", down=_drain_purse)
    yield from around("settle_failed", down=_give_up_invoice)
    yield Step(place="payout.before_commit", down=lambda town: town.mend(), up=Town.pay_off)
    yield from around("settle_trouble", down=_occupy_payoff)


def _drain_purse(town: Town) -> None:
    sats = town.balance_msat(town.purse) // 1000
    town.move(town.purse, town.plain.customer, sats)
    town.mending.append(lambda: town.move(town.plain.customer, town.purse, sats))


def _occupy_payoff(town: Town) -> None:
    leg = town.sql(
        "SELECT payment_hash FROM satmachineadmin.dca_payments "
        "WHERE leg_type = 'settlement' AND state = 'pending' ORDER BY created_at, id"
    )[0]
    _occupy_id(town, town.purse, str(leg["payment_hash"]))


def refunds() -> Iterator[Step]:
    """A link is made, taken back, made again and claimed."""
    yield from around("refund_open", up=lambda town: town.refund(0))
    yield from around("refund_cancel", up=lambda town: town.refund(0, "/cancel"))
    yield Step(place="refund_open.after_commit", up=lambda town: town.refund(1))
    yield from around("refund_claimed", up=lambda town: town.claim(1))


def sweeping() -> Iterator[Step]:
    """The platform had no wallet when a sale was planned, long before."""
    yield from around("sweep", up=_sweep)


def _sweep(town: Town) -> None:
    settlement = town.settlement(town.swept)
    assert settlement is not None
    town.plain.api.post(f"/satmachineadmin/api/v1/dca/settlements/{settlement['id']}/sweep", {})


def an_lp_decides() -> Iterator[Step]:
    """A new address has waited for a day, and an LP wants to hear what came."""
    yield from around("new_address", down=_let_address_wait)
    yield from around("lp_notices", down=_want_to_hear)


def _let_address_wait(town: Town) -> None:
    town.sql(
        "UPDATE satmachineadmin.dca_lp SET autoforward_next_address = autoforward_ln_address, "
        "autoforward_next_at = 1 WHERE autoforward_enabled"
    )


def _want_to_hear(town: Town) -> None:
    town.sql("UPDATE satmachineadmin.dca_lp SET notifications = 'daily', told_until = 1")


def differences() -> Iterator[Step]:
    """What is due once a day, and a payment with our mark that no leg explains."""
    yield from around("verify", down=_forget_trail)
    yield from around("reconcile_trail")
    yield from around("reconcile_slice", down=_stand_at_the_end)
    yield from around("reconcile_unknown", down=_pay_with_our_mark)
    yield from around("reconcile_report")
    yield from around("notices", down=_forget_matters)
    yield Step(place="people.before_notify", down=_forget_matters)
    yield Step(place="people.after_notify", down=_forget_matters)
    yield from around("reconcile_gone", down=lambda town: town.mend(), up=_check)


def _forget_trail(town: Town) -> None:
    town.sql("DELETE FROM satmachineadmin.reconcile_cursors WHERE name = 'trail'")


def _stand_at_the_end(town: Town) -> None:
    """The audit has come past the last sale: it begins anew."""
    town.sql(
        "INSERT INTO satmachineadmin.reconcile_cursors (name, position, moved_at) VALUES ('sales', '~', 0) "
        "ON CONFLICT (name) DO UPDATE SET position = excluded.position"
    )


def _pay_with_our_mark(town: Town) -> None:
    wallet = town.extra.machine_wallet
    payment_hash = town.move(wallet, town.purse, 7, mark=STRANGE)
    town.mending.append(partial(_take_back, town, payment_hash))


def _take_back(town: Town, payment_hash: str) -> None:
    """It was an error of the administrator's: the rows go."""
    town.sql("DELETE FROM apipayments WHERE payment_hash = :hash", hash=payment_hash)


def _forget_matters(town: Town) -> None:
    """The payment that no leg explains is news once more, of which nobody was told lately."""
    town.sql("UPDATE satmachineadmin.worklist SET closed_at = 1, told_at = 1 WHERE kind = 'unknown_payments'")


def _check(town: Town) -> None:
    town.extra.api.post(f"/satmachineadmin/api/v1/dca/machines/{town.extra.machine['id']}/check")


EPISODES: tuple[Callable[[], Iterator[Step]], ...] = (
    a_start, sales, a_sale_that_was_pending, the_slow_way, an_answer_that_came_late, accidents, waiting,
    payments_that_leave, a_node_that_takes_its_time, payments_that_do_not_leave, passing_on,
    balances_paid_off, refunds, sweeping, an_lp_decides, cash_ins, cash_outs, differences,
)  # fmt: skip

#: What a real server is not brought to: tests/unit/engine/test_crash_matrix.py has it, in memory.
IN_MEMORY = {
    "external_restored": "a real server's reconciler finds the payment first, and pauses the machine",
    "cash_in_left": "it moves no sats",
    "claim_trouble": "it moves no sats",
}
