"""What people choose: who takes part, how fast, where to, for how much, and when it is paid."""

from __future__ import annotations

from hypothesis import strategies as st

from satmachineadmin.core.states import EnrolmentStatus
from satmachineadmin.core.units import format_fiat
from satmachineadmin.usecases import enrolments, machines, platform, preferences, splits
from tests.unit.engine.rig import OPERATOR, PLATFORM

from .run import AT, CASH, PERCENT, SPLITS, WHICH, WHO, Run, drafts, happens


class Deciding(Run):
    """Rules, fees, policies and choices."""

    @happens(2, name=WHO, at=AT)
    def joins(self, name: str, at: int) -> None:
        self.does(f"{name} joins machine {at}", lambda: self.join(name, at))

    @happens(
        2,
        when=lambda self: self.w.books.lps,
        which=WHICH,
        status=st.sampled_from([EnrolmentStatus.PAUSED, EnrolmentStatus.ACTIVE, EnrolmentStatus.ENDED]),
    )
    def changes_enrolment(self, which: int, status: EnrolmentStatus) -> None:
        enrolment = list(self.w.books.lps)[which % len(self.w.books.lps)]
        self.does(
            f"Olga makes {self.w.books.lps[enrolment].user}'s enrolment {status}",
            lambda: enrolments.change_enrolment(
                self.w.store, OPERATOR, enrolment, username=None, status=status
            ),
        )

    async def _choose(self, name: str, choices: dict[str, object]) -> None:
        """A new address would wait for a day: the LP confirms it with its password."""
        waits_until = await preferences.choose_preferences(self.w.store, name, choices)
        if waits_until is not None:
            await preferences.confirm_address(self.w.store, name, f"{name}@home.com", "its password")

    @happens(
        6,
        name=WHO,
        choice=st.one_of(
            st.tuples(st.just("limit"), st.one_of(st.none(), CASH), AT),
            st.tuples(st.just("passed on from"), st.sampled_from([None, 0, 0, 30, 500]), AT),
            st.tuples(st.just("wallet"), st.none(), AT),
        ),
    )
    def lp_chooses(self, name: str, choice: tuple[str, int | None, int]) -> None:
        what, amount, at = choice
        choices: dict[str, object]
        if what == "wallet":
            choices = {"dca_wallet_id": f"{name}'s {'other ' if at else ''}wallet"}
        elif what == "limit" and amount is not None:
            currency = self.w.currencies[at]
            choices = {
                "default_dca_mode": "fixed", "fixed_mode_daily_limit": format_fiat(amount, currency),
                "fixed_mode_currency": currency,
            }  # fmt: skip
        elif what == "limit":
            choices = {"default_dca_mode": "flow"}
        elif amount is not None:
            choices = {
                "autoforward_enabled": True, "autoforward_min_sats": amount,
                "autoforward_ln_address": f"{name}@home.com",
            }  # fmt: skip
        else:
            choices = {"autoforward_enabled": False}
        said = ", ".join(f"{key} {value}" for key, value in choices.items())
        self.does(
            f"{name} chooses {said}",
            lambda: self._choose(name, choices),
        )

    @happens(2, at=st.sampled_from([None, 0, 1]), which=st.integers(-1, len(SPLITS) - 1))
    def replaces_split(self, at: int | None, which: int) -> None:
        machine = None if at is None else self.w.machines[at]
        where = "everywhere" if at is None else f"at machine {at}"
        if which < 0 and machine is not None:
            self.does(
                f"Olga goes back to her default rules {where}",
                lambda: splits.back_to_default(self.w.store, OPERATOR, machine),
            )
            return
        draft = drafts(SPLITS[which])
        self.does(
            f"Olga splits {where} over {', '.join(rule.label for rule in draft)}",
            lambda: splits.replace_split(self.w.store, OPERATOR, machine, draft),
        )

    @happens(
        2,
        out=PERCENT,
        cash_in=PERCENT,
        basis=st.sampled_from(["commission", "principal"]),
        has_wallet=st.booleans(),
    )
    def changes_platform(self, out: str, cash_in: str, basis: str, has_wallet: bool) -> None:
        fields = {
            "super_fee_pct": out, "super_fee_cash_in_pct": cash_in, "super_fee_basis": basis,
            "super_fee_wallet_id": "platform" if has_wallet else None,
        }  # fmt: skip
        self.does(
            f"The platform takes {out} % of the {basis} ({cash_in} % of a cash-in), wallet: {has_wallet}",
            lambda: platform.change_platform(self.w.store, PLATFORM, fields),
        )

    @happens(2,
        at=AT, policy=st.sampled_from(["at_once", "at_once", "after_minutes", "on_dispense"]),
        maintenance=st.sampled_from([False, False, True]), fallback=st.sampled_from([None, "10"]),
    )  # fmt: skip
    def changes_machine(self, at: int, policy: str, maintenance: bool, fallback: str | None) -> None:
        fields = {
            "payout_policy": policy, "payout_delay_minutes": 5, "maintenance": maintenance,
            "fallback_commission_pct": fallback,
        }  # fmt: skip
        self.does(
            f"Olga sets machine {at} to {policy}, maintenance {maintenance}, fallback {fallback}",
            lambda: machines.change_machine(self.w.store, OPERATOR, self.w.machines[at], fields),
        )
