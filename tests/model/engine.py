"""The engine works, dies, is interrupted and overtaken; LNbits, the network and wallets fail and mend."""

from __future__ import annotations

from hypothesis import strategies as st

from satmachineadmin.core.outside import OutsideCode
from satmachineadmin.ports.lightning import TargetRefused
from tests.fakes.lightning import Ending

from .people import ELLA, FRED, GRETA, LPS, hex_id
from .run import Run, happens
from .world import Fuse

ADDRESSES = [ELLA, FRED, GRETA, *(f"{name}@home.com" for name in LPS)]
MORTAL_WALLETS = [*(f"{name}'s wallet" for name in LPS), "platform", hex_id("paula")]


class Engine(Run):
    """The engine, and what befalls it."""

    # The engine ----------------------------------------------------------------------------------

    @happens(
        10,
    )
    def works(self) -> None:
        self.run(self.w.engine("The engine works", self.w.works))

    @happens(
        10,
    )
    def works_on_everything(self) -> None:
        async def both() -> None:
            await self.w.works()
            await self.w.works_outside()

        self.run(self.w.engine("The engine works, outside too", both))

    @happens(8, seconds=st.sampled_from([5, 31, 130, 400, 3700, 86_400]))
    def time_passes(self, seconds: int) -> None:
        self.w.clock.advance(seconds=seconds)

        async def both() -> None:
            await self.w.works()
            await self.w.works_outside()

        self.run(self.w.engine(f"{seconds} seconds later the engine works, outside too", both))

    @happens(
        3,
    )
    def reconciles(self) -> None:
        self.run(self.w.engine("The engine compares its books with LNbits'", self.w.reconciles))

    @happens(
        6,
        accident=st.sampled_from(["dies", "dies", "is interrupted", "is overtaken"]),
        soon=st.integers(1, 120),
    )
    def accident_will_happen(self, accident: str, soon: int) -> None:
        calls = soon % 8 + 1
        if accident == "dies":
            self.w.say(f"The process will die {soon} steps from now")
            self.w.fuse = Fuse(soon)
        elif accident == "is overtaken":
            self.w.say(f"Another process will take over at the engine's call {calls} of LNbits")
            self.w.later = (calls, self.w.overtake)
        else:
            self.w.say(f"What comes next comes at the engine's call {calls} of LNbits")
            self.w.later = (calls, self.w.nothing_yet)

    # Trouble -------------------------------------------------------------------------------------

    @happens(4,
        trouble=st.sampled_from(
            ["none", "none", "slow way", "full wallets", "stops half way", "lies after paying", "no invoices",
             "only incoming", "waits between payments"]
        )
    )  # fmt: skip
    def host_changes(self, trouble: str) -> None:
        self.w.say(f"LNbits: {trouble}")
        self.w.trouble(trouble)

    @happens(
        3,
        endings=st.lists(st.sampled_from(list(Ending)), max_size=3),
        status=st.sampled_from(["success", "success", "failed"]),
    )
    def network_changes(self, endings: list[Ending], status: str) -> None:
        names = ", ".join(one.value for one in endings) or "as they should"
        self.w.say(f"What was pending is a {status}; the next payments that leave end {names}")
        self.w.decide(status)
        self.w.host.lightning.endings.clear()
        self.w.host.lightning.endings.extend(endings)

    @happens(
        3, address=st.sampled_from(ADDRESSES), how=st.sampled_from(["answers", "is silent", "takes little"])
    )
    def target_changes(self, address: str, how: str) -> None:
        self.w.say(f"{address} {how}")
        target = self.w.host.lightning.targets[address]
        is_silent = how == "is silent"
        target.refuses = TargetRefused(OutsideCode.TARGET_SILENT, "no answer") if is_silent else None
        target.max_msat = 5000 if how == "takes little" else 10**12

    @happens(3, wallet=st.sampled_from(MORTAL_WALLETS), is_gone=st.booleans())
    def wallet_changes(self, wallet: str, is_gone: bool) -> None:
        self.w.say(f"{wallet} is {'deleted' if is_gone else 'there'}")
        self.w.set_deleted(wallet, is_gone)

    @happens(
        3,
        wallet=st.sampled_from(["machine 0", "machine 1", *(f"{name}'s wallet" for name in LPS)]),
        share=st.integers(0, 4),
        sats=st.integers(1, 5000),
    )
    def somebody_pays(self, wallet: str, share: int, sats: int) -> None:
        held = self.w.host.balance_sats(wallet) * share // 4
        if held > 0:
            self.w.say(f"{held} sats are spent from {wallet}")
            self.w.spend(wallet, held)
        elif share == 0:
            self.w.say(f"{sats} sats are put into {wallet}")
            self.w.receive(wallet, sats, memo="Admin credit")
