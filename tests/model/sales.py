"""Sales in the reference's books: what landed, what was supplied, scaled, planned, swept and corrected."""

from __future__ import annotations

from collections import Counter

from . import reference
from .ledger import ALL_BACK, DIGITS, Event, Ledger, Leg, ppm_of
from .reference import Line, Sale, Stake


class Sales(Ledger):
    """Holds the figures of every decision about a sale against the reference."""

    def _land(self, sale_id: str, after: Event) -> None:
        made = self.made[after["payment_hash"]]
        machine_id = next(key for key, one in self.machines.items() if one["wallet_id"] == made["wallet"])
        machine = self.machines[machine_id]
        assert made["settlement"] is None, "one payment landed twice"
        made["settlement"] = sale_id
        principal, commission = made["principal"], made["commission"]
        if made["is_unstamped"] and machine["fallback_commission_pct"] is not None:
            principal = reference.half_up(
                made["wire"] * reference.WHOLE, reference.WHOLE + ppm_of(machine["fallback_commission_pct"])
            )
            commission = made["wire"] - principal
        elif made["is_unstamped"]:
            principal = commission = 0
        is_out = made["is_cash_out"]
        sale = self.sales[sale_id] = self._sale(
            machine_id, is_out, made["wire"], principal, commission, made["host_fee_msat"], after["state"]
        )
        sale.fiat, sale.rate = made["fiat"], made["rate"]
        sale.landed = (*sale.landed[:3], sale.fiat)
        self._check_figures(sale, after)
        may_be = ["held"]
        policy = machine["payout_policy"]
        self.is_calm = self.is_calm and not made["is_wild"]
        is_signed = "is_above" in made
        is_forged = not is_signed and machine.get("is_paired") and not machine.get("takes_unsigned")
        is_lost = made["is_unstamped"] and machine["fallback_commission_pct"] is None
        if made["is_lying"] or is_lost or is_forged:
            may_be = ["rejected"]
        elif (
            not machine["maintenance"]
            and not (is_signed and made["is_above"])
            and (policy == "at_once" or (policy == "on_dispense" and not is_out))
        ):
            may_be = ["pending"] if self.is_calm else ["pending", "held"]
        assert after["state"] in may_be, f"a sale landed {after['state']} that is to be one of {may_be}"

    def _sale(
        self,
        machine: str,
        is_out: bool,
        wire: int,
        principal: int,
        commission: int,
        fee_msat: int,
        state: str,
    ) -> Sale:
        """A sale under the platform's fee of this moment."""
        pct = self.platform["super_fee_pct" if is_out else "super_fee_cash_in_pct"]
        share = reference.platform_share(commission, principal, ppm_of(pct), self.platform["super_fee_basis"])
        sale = Sale(
            machine=machine, is_cash_out=is_out, wire=wire, principal=principal, commission=commission,
            platform=share, host_fee_msat=fee_msat, fiat=None, rate=None, state=state, landed=(0, 0, 0, None),
        )  # fmt: skip
        sale.landed = (principal, commission, sale.parts()[2], None)
        return sale

    def _check_figures(self, sale: Sale, after: Event) -> None:
        platform = sale.parts()[2]
        wanted = {
            "principal_sats": sale.principal, "commission_sats": sale.commission,
            "platform_fee_sats": platform, "operator_fee_sats": sale.commission - platform,
            "fiat_minor": sale.fiat,
        }  # fmt: skip
        if after.get("state") == "rejected" and after["principal_sats"] == 0:
            return
        found = {name: after[name] for name in wanted}
        assert found == wanted, f"the figures are {found}, they should be {wanted}"

    def _adopt(self, sale_id: str, after: Event) -> None:
        old = self.sales[sale_id]
        sign = 1 if old.is_cash_out else -1
        wire = after["principal_sats"] + sign * after["commission_sats"]
        assert wire == old.wire, "adopted beside the wire"
        sale = self.sales[sale_id] = self._sale(
            old.machine, old.is_cash_out, old.wire, after["principal_sats"], after["commission_sats"],
            old.host_fee_msat, old.state,
        )  # fmt: skip
        sale.fiat, sale.rate = after["fiat_minor"], after["exchange_rate"]
        sale.landed = (*sale.landed[:3], sale.fiat)
        self._check_figures(sale, after)

    def _supply(self, sale: Sale, after: Event) -> None:
        """The rate of a sale without one; after it was scaled, of all of it."""
        sale.rate = after["exchange_rate"]
        wanted = reference.fiat_at(sale.principal, after["exchange_rate"], self._digits(sale))
        assert sale.fiat in (None, after["fiat_minor"]), "fiat that was known was changed"
        assert sale.fiat is not None or after["fiat_minor"] == wanted, f"the fiat should be {wanted}"
        sale.fiat = after["fiat_minor"]
        landed = sale.landed[0]
        whole = sale.fiat
        if landed != sale.principal:
            whole = reference.half_up(sale.fiat * landed, sale.principal) if sale.principal else None
        if sale.landed[3] is None:
            sale.landed = (*sale.landed[:3], whole)

    def _digits(self, sale: Sale) -> int:
        return DIGITS[self.machines[sale.machine]["currency"]]

    def _scale(self, sale_id: str, sale: Sale, after: Event) -> None:
        part, whole = self.asked_part
        if after["dispensed_note"] == ALL_BACK:
            part, whole = 0, 1
        elif after["dispensed_note"].startswith("The machine reports"):
            part, whole = self.reported_part[sale_id]
        sale.principal, sale.commission, sale.platform, sale.fiat = reference.scaled(sale, part, whole)
        self._check_figures(sale, after)
        wanted = reference.half_up(sale.wire * part, whole)
        assert after["dispensed_sats"] == wanted, f"{wanted} sats came out, not {after['dispensed_sats']}"

    def _correct(self, sale_id: str, after: Event) -> None:
        """What each LP has given for the sats it was paid, against what it should have given."""
        sats: Counter[str] = Counter()
        given: Counter[str] = Counter()
        for leg in self.legs.values():
            if leg.sale == sale_id and leg.kind == "dca" and leg.state == "completed" and leg.lp:
                sats[leg.lp] += leg.sats
                given[leg.lp] += leg.fiat or 0
        for entry_id, entry in self.entries.items():
            if entry.get("related_id") == sale_id and entry_id not in self._corrections:
                given[entry["client_id"]] -= entry["amount_minor"]
        right = reference.corrected(
            list(sats.values()), after["corrected_rate"], self._digits(self.sales[sale_id])
        )
        wanted = {lp: given[lp] - minor for lp, minor in zip(sats, right, strict=True) if given[lp] != minor}
        found = {entry["client_id"]: entry["amount_minor"] for entry in self._corrections.values()}
        assert found == wanted, f"a correction booked {found} instead of {wanted}"
        self._corrections.clear()
        self.is_calm = False

    # Plans ---------------------------------------------------------------------------------------

    def _check_plan(self, sale_id: str, sale: Sale, day: str) -> None:
        """The legs that a plan or a sweep has written, all of them, are what the reference plans."""
        staged, swept = self._staged.pop(sale_id), self._swept[sale_id]
        stakes = self.stakes(sale.machine, day)
        rules = self.rules_at(sale.machine)
        platform_wallet = self.platform["super_fee_wallet_id"]
        if staged[0].key.startswith("swept"):
            wanted = self._swept_lines(sale_id, sale, swept, [stake for _lp, stake in stakes])
        else:
            wanted = reference.plan(sale, platform_wallet, rules, [stake for _lp, stake in stakes])
        found = Counter(leg.line for leg in staged)
        assert found == Counter(wanted), f"planned {sorted(map(str, found))}, to be {wanted}"
        enrolments = {stake.name: lp for lp, stake in stakes}
        for leg in staged:
            leg.day = day
            if leg.kind == "dca" and leg.reason is None:
                leg.lp = enrolments[leg.who]
            elif leg.reason is None:
                leg.payee = self.wallet_of(leg.who) if leg.who else platform_wallet
            self.legs[leg.id] = leg

    def _swept_lines(self, sale_id: str, sale: Sale, swept: list[Leg], stakes: list[Stake]) -> list[Line]:
        """Over rules, wallets and balances of now; the cash is what no other leg of the sale has."""
        lines: list[Line] = []
        principal = [leg for leg in swept if leg.kind == "dca"]
        for leg in swept:
            if leg.kind == "super_fee":
                lines.append(Line("super_fee", "", None, leg.sats))
            elif leg.kind == "operator_split":
                lines += reference.lines_of_rules(leg.sats, self.rules_at(sale.machine))
        if principal:
            elsewhere = sum(
                leg.fiat or 0
                for leg in self.legs.values()
                if leg.sale == sale_id and leg.kind == "dca" and leg.state != "voided"
            )
            fiat = max(0, (sale.fiat or 0) - elsewhere)
            if all(leg.fiat is not None for leg in principal):
                fiat = min(fiat, sum(leg.fiat or 0 for leg in principal))
            lines += reference.lines_for_lps(fiat, sum(leg.sats for leg in principal), stakes)
        return lines
