"""Reads the audit trail as it grows and holds every decision in it against the reference.

The trail says what was decided, by whom and in which order; who gets how much follows from that and is
computed anew (`reference.py`). So it does not matter which half of a command a crash let happen, nor in
which order the engine takes up sales of the same second.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from . import reference
from .ledger import (
    DIGITS,
    IN_FLIGHT,
    NETWORK_FEE_MSAT,
    PAID,
    Enrolment,
    Event,
    Leg,
    day_of,
    ppm_of,
)
from .transactions import Transactions


class Follower(Transactions):
    """Goes along the trail."""

    # The trail -----------------------------------------------------------------------------------

    def read(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """The next events; raises AssertionError at the first that should not be, from then on always."""
        assert not self.broken, self.broken
        try:
            self._read(rows)
        except Exception as broken:
            # The engine may be what called: it takes this for trouble of its own and goes on.
            self.broken = repr(broken)
            raise

    def _read(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            event: Event = json.loads(row["body"])
            last_hash, last_seq = self.head
            assert hashlib.sha256(row["body"].encode()).hexdigest() == row["hash"], "an event was altered"
            assert event["seq"] == last_seq + 1, "an event is missing"
            assert not last_hash or event["prev"] == last_hash, "the trail is not a chain"
            self.head = (row["hash"], event["seq"])
            self._follow(event, event["change"]["before"], event["change"]["after"])
        self._check_groups()
        self._check_reports()

    def _follow(self, event: Event, before: Event, after: Event) -> None:
        kind, subject = event["subject_kind"], event["subject_id"]
        if kind == "settlement" and not event["event"].startswith("withdrawal."):
            self._settlement(event, subject, before, after)
        elif kind == "settlement":
            self._refund_link(event, subject, after)
        elif kind == "transaction":
            self._transaction(event, subject, before, after)
        elif kind == "leg":
            self._leg(event, subject, before, after)
        elif event["event"].startswith("cash."):
            self._cash(subject, before, after)
        else:
            self._rule(event, subject, after)

    def _rule(self, event: Event, subject: str, after: Event) -> None:
        """What people choose."""
        match event["subject_kind"], event["event"]:
            case "platform", _:
                self.platform.update(after)
            case "machine", "split.back_to_default":
                self.rules.pop(subject, None)
            case "machine", "machine.paired":
                self.machines[subject]["is_paired"] = True
            case "machine", "machine.added" | "machine.changed":
                self.machines.setdefault(subject, {}).update(after)
            case "split_set", _:
                self.rules[after["machine_id"]] = [
                    (rule["label"], ppm_of(rule["share_pct"])) for rule in after["splits"]
                ]
            case "lp", _:
                self.choices[event["actor"]].update(after)
            case "enrolment", "enrolment.invited":
                self.lps[subject] = Enrolment(machine=after["machine_id"], user=after["username"])
            case "enrolment", "balance.settled":
                self._check_payoff(subject, after)
            case "enrolment", _:
                self.lps[subject].status = after["status"]

    def _cash(self, entry_id: str, before: Event, after: Event) -> None:
        if entry_id not in self.entries:
            self.entries[entry_id] = {**after, "status": "pending"}
            related = after.get("related_id")
            if after["kind"] == "correction" and related in self.sales:
                self._corrections[entry_id] = after
            return
        entry = self.entries[entry_id]
        self._check_arrow(
            "cash entry", entry["status"], *({"state": one["status"]} for one in (before, after))
        )
        entry["status"] = after["status"]
        if after["status"] == "confirmed":
            self.lps[entry["client_id"]].confirmed += entry["amount_minor"]

    # Settlements ---------------------------------------------------------------------------------

    def _settlement(self, event: Event, sale_id: str, before: Event, after: Event) -> None:
        what = event["event"].removeprefix("settlement.")
        self.reasons[sale_id] = after.get("reason", self.reasons.get(sale_id))
        self._expected[sale_id] -= {what}
        if what == "landed":
            self._land(sale_id, after)
        elif what == "facts_supplied":
            self._adopt(sale_id, after)
        elif what == "rate_supplied":
            self._supply(self.sales[sale_id], after)
        elif what == "dispensed":
            self._scale(sale_id, self.sales[sale_id], after)
        elif what == "corrected":
            self._correct(sale_id, after)
        if "state" in before and "state" in after:
            sale = self.sales[sale_id]
            self._check_arrow("settlement", sale.state, before, after)
            if self._staged[sale_id]:
                self._check_plan(sale_id, sale, day_of(event["at"]))
            self._swept[sale_id].clear()
            sale.state = after["state"]

    # Legs ----------------------------------------------------------------------------------------

    def _leg(self, event: Event, leg_id: str, before: Event, after: Event) -> None:
        if event["event"] == "leg.planned":
            self._planned(event, leg_id, after)
            return
        is_payment = event["event"] in ("leg.handed_over", "leg.completed_at_once")
        assert not (self.is_overtaken and is_payment), "a process paid that had lost its lease"
        leg = self.legs[leg_id]
        self._check_arrow("leg", leg.state, before, after)
        leg.state = after["state"]
        if leg.state == "voided" and before["state"] == "skipped":
            self._swept[leg.sale].append(leg)
        if leg.state == "paying":
            leg.carrier = after.get("carrier_id")
            leg.payee = after.get("destination_wallet_id") or leg.payee
        for name in ("sent_msat", "fee_msat"):
            if name in after:
                setattr(leg, name, after[name])
        if leg.state in PAID:
            if event["event"] == "leg.completed_at_once":
                leg.payee = self._receiver(leg)
            self._pay(leg)

    def _receiver(self, leg: Leg) -> str:
        """An LP's wallet is the one of this moment."""
        return leg.payee if leg.lp is None else str(self.choices[self.lps[leg.lp].user]["dca_wallet_id"])

    def _pay(self, leg: Leg) -> None:
        room = leg.sats * 1000 - leg.sent_msat - leg.fee_msat
        assert leg.sent_msat > 0 and leg.fee_msat >= 0 and room >= 0, f"{leg} is paid more than it has"
        if leg.carrier is None and not leg.key.startswith("forward:") and not self._is_outside(leg):
            assert (room, leg.fee_msat) == (0, 0), f"{leg} went with {leg.sent_msat} + {leg.fee_msat} msat"
        self.held_msat[leg.payer] -= leg.sent_msat + leg.fee_msat
        self.held_msat[leg.payee] += leg.sent_msat

    @staticmethod
    def _is_outside(leg: Leg) -> bool:
        return "@" in leg.payee or leg.state == "refunded"

    def _planned(self, event: Event, leg_id: str, after: Event) -> None:
        if "payer_wallet_id" in after:
            self._plan_payoff(event, leg_id, after)
            return
        sale_id = after["settlement_id"]
        # What came of a balance that was paid off goes on beside no sale.
        sale = self.sales.get(sale_id)
        payment = next((key for key, made in self.made.items() if made["settlement"] == sale_id), "")
        mark = f"sm1:{payment}:{after['leg_key']}:{after['attempt']}"
        leg = Leg(
            id=leg_id, sale=sale_id, key=after["leg_key"], kind=after["leg_type"], who=after["label"] or "",
            reason=after["reason"], sats=after["sats"], fiat=after["fiat_minor"], state=after["state"],
            payer=self.machines[sale.machine]["wallet_id"] if sale else "", mark=mark,
        )  # fmt: skip
        before = [one for one in self.legs.values() if (one.sale, one.key) == (sale_id, leg.key)]
        assert all(one.state == "voided" for one in before), f"{leg.key} stands twice in the books"
        if (sale and sale.state == "pending") or (leg.key.startswith("swept") and not before):
            self._staged[sale_id].append(leg)
        elif leg.key.startswith("forward:") and not before:
            self._forward(leg)
        else:
            self._follow_attempt(leg, before[-1])

    def _follow_attempt(self, leg: Leg, last: Leg) -> None:
        """The same leg anew: same sats, same cash, same day; released ones draw nobody's cash."""
        assert (leg.kind, leg.sats, leg.fiat) == (last.kind, last.sats, last.fiat), f"{leg} is not {last}"
        leg.day, leg.payer, leg.payee = last.day, last.payer, last.payee
        if last in self._swept[leg.sale]:
            self._swept[leg.sale].remove(last)
        leg.lp = None if leg.reason == "released" else last.lp
        if leg.kind == "super_fee":
            leg.payee = self.platform["super_fee_wallet_id"] or leg.payee
        elif leg.kind == "operator_split" and leg.who != last.who:
            leg.payee = self.wallet_of(leg.who)
        self.legs[leg.id] = leg

    def _forward(self, leg: Leg) -> None:
        """What an LP received goes on from where it arrived, all of it."""
        mark = leg.key.removeprefix("forward:")
        source = next(one for one in self.legs.values() if one.mark == mark)
        assert source.state == "completed" and source.lp is not None, f"{leg} passes on what did not arrive"
        assert leg.sats * 1000 == source.sent_msat, f"{leg} passes on another amount than {source}"
        leg.payer, leg.payee = source.payee, "home@outside"
        self.legs[leg.id] = leg

    def _plan_payoff(self, event: Event, leg_id: str, after: Event) -> None:
        lp = after["client_id"]
        leg = Leg(
            id=leg_id, sale="", key=f"balance:{leg_id}", kind="settlement", who=after["label"], reason=None,
            sats=after["sats"], fiat=after["fiat_minor"], state=after["state"], lp=lp,
            day=day_of(event["at"]), payer=after["payer_wallet_id"],
        )  # fmt: skip
        if after["attempt"] > 1:
            last = [one for one in self.legs.values() if one.lp == lp and one.kind == "settlement"]
            given_up = [
                one for one in last if one.state == "voided" and (one.sats, one.fiat) == (leg.sats, leg.fiat)
            ]
            assert given_up, "a payoff is tried again that was not given up"
            leg.day, leg.key = given_up[-1].day, given_up[-1].key
            self.legs[leg_id] = leg
        else:
            self._payoff = leg
        leg.mark = f"sm1:{leg.key}:{after['attempt']}"
        digits = DIGITS[self.machines[self.lps[lp].machine]["currency"]]
        wanted = reference.sats_at(after["fiat_minor"], after["exchange_rate"], digits)
        assert leg.sats == wanted, f"{leg.fiat} at {after['exchange_rate']} is {wanted} sats, not {leg.sats}"

    def _check_payoff(self, enrolment: str, after: Event) -> None:
        leg = self._payoff
        assert leg is not None and leg.id == after["leg_id"] and leg.lp == enrolment
        left = self.lps[enrolment].confirmed - self.used(enrolment)
        assert 0 < (leg.fiat or 0) <= left, f"{leg.fiat} are paid off, {left} are left"
        self.legs[leg.id], self._payoff = leg, None

    # After a step --------------------------------------------------------------------------------

    def _check_groups(self) -> None:
        """Whatever went out with one payment: what was sent of it, and what the network took."""
        together: dict[str, list[Leg]] = defaultdict(list)
        for leg in self.legs.values():
            if leg.state in (*PAID, *IN_FLIGHT) and (self._is_outside(leg) or leg.carrier):
                together[leg.carrier or leg.id].append(leg)
        for legs in together.values():
            sats = sum(leg.sats for leg in legs)
            sent = sum(leg.sent_msat for leg in legs)
            is_here = not any(self._is_outside(leg) for leg in legs)
            most = 1000 * (sats if is_here else reference.most_to_send(sats))
            is_forward = legs[0].kind == "autoforward"
            assert sent == most or (is_forward and sent < most), f"{sent} msat went out of {legs}"
            if legs[0].state in PAID:
                fee = sum(leg.fee_msat for leg in legs)
                wanted = 0 if is_here else NETWORK_FEE_MSAT
                assert fee == wanted, f"the network took {fee} msat of {sats} sats"
