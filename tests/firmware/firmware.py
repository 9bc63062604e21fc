"""A small firmware for a bitSpire machine: the standard library, coincurve, and the documented interface.

It knows nothing of this repository's code, so whatever it needs to be told has to stand in the docs.

    machine = Firmware(Path("machine.json"))
    machine.pair("https://bank.example/satmachineadmin/api/v1/machine/pair#7K3M-…")
    machine.sell({"50": 4}, rate="1500.25", show=screen.qr_code, give=cassettes.pay_out)
    machine.buy(acceptor.notes(), rate="1500.25", show=screen.qr_code)
    machine.idle(cassettes.counts())

What was promised to the server is on the disk before it is sent. After a power cut, or days without a
line, `catch_up()` posts what was never answered.
"""

from __future__ import annotations

import calendar
import json
import os
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from coincurve import PrivateKey

from .line import Json, Line, Offline, Refused

SOFTWARE = "bitspire-docs 1.0"
LONG_POLL_S = 25
LATE_PAYMENT_S = 3600


# -- what the machine keeps over a power cut -------------------------------------------------------


@dataclass
class Post:
    path: str
    body: Json
    is_answered: bool = False


@dataclass
class Business:
    """One customer: what was posted of it, oldest first."""

    posts: list[Post] = field(default_factory=list)
    #: set while notes are on their way out: after a power cut nobody knows how many came
    is_giving: bool = False
    #: nothing can come of it any more: refused, expired, or a person has to look
    is_over: bool = False

    @property
    def version(self) -> int:
        return max((post.body["version"] for post in self.posts), default=0)

    def newest(self, path: str) -> Post | None:
        return next((post for post in reversed(self.posts) if post.path == path), None)


class Memory:
    """Everything that must not be forgotten, in one file that is replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        kept: Json = json.loads(path.read_text()) if path.exists() else {}
        self.secret: str = kept.get("secret") or secrets.token_hex(32)
        self.base: str = kept.get("base", "")
        self.businesses: dict[str, Business] = {
            txid: Business(posts=[Post(**post) for post in told.pop("posts")], **told)
            for txid, told in kept.get("businesses", {}).items()
        }

    def save(self) -> None:
        kept = {
            "secret": self.secret,
            "base": self.base,
            "businesses": {txid: asdict(business) for txid, business in self.businesses.items()},
        }
        draft = self._path.with_suffix(".new")
        with draft.open("w") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)


# -- the machine -----------------------------------------------------------------------------------


class Firmware:
    """A machine: what it does for customers, and what it tells the server."""

    def __init__(self, path: Path, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.memory = Memory(path)
        key = PrivateKey(bytes.fromhex(self.memory.secret))
        self.line = Line(self.memory.base, key, sleep=sleep)
        self.config: Json = {}
        #: what the operator has to look at: refusals that no repetition helps against
        self.troubles: list[str] = []
        self._heartbeat_at = 0.0

    def pair(self, scanned: str) -> Json:
        """Redeem what the QR code says: the address of `pair`, and the code behind the `#`."""
        address, _, code = scanned.partition("#")
        self.memory.base = self.line.base = address.removesuffix("/pair")
        self.memory.save()  # the key, before anybody knows it
        self.config = self.line.ask("POST", "/pair", {"code": code})
        return self.config

    def read_config(self) -> Json:
        self.config = self.line.ask("GET", "/config")
        return self.config

    def idle(self, cash_units: list[Json], screen: str = "idle") -> None:
        """What is done between customers; being off line is no reason to stop."""
        try:
            if self.line.now() >= self._heartbeat_at:
                self.heartbeat(cash_units, screen)
            self.catch_up()
            self.leave_no_sale_open()
        except Offline as error:
            self.troubles.append(str(error))

    def heartbeat(self, cash_units: list[Json], screen: str = "idle") -> Json:
        told = {"software": SOFTWARE, "screen": screen, "cash_units": cash_units}
        answer = self.line.ask("POST", "/heartbeat", told)
        self._follow(answer)
        self._heartbeat_at = self.line.now() + self.config["heartbeat_seconds"]
        return answer

    def _follow(self, answer: Json) -> None:
        """The operator changed something: read it, unless that is known already."""
        if answer.get("config_version", 0) > self.config.get("version", 0):
            self.read_config()

    # -- telling ---------------------------------------------------------------------------------

    def post(self, txid: str, path: str, **content: Any) -> Json:
        """Tell something new about a transaction: on the disk first, then to the server."""
        business = self.memory.businesses.setdefault(txid, Business())
        post = Post(path, {"txid": txid, "version": business.version + 1, **content})
        business.posts.append(post)
        business.is_giving = False
        self.memory.save()
        try:
            answer = self._send_as_newest(post)
        except Refused as refused:
            # it changed nothing there, so it changes nothing here
            business.posts.remove(post)
            if not business.posts:
                del self.memory.businesses[txid]
            self.memory.save()
            if refused.code == "ratchet":
                self.troubles.append(f"{txid}: {refused}")
            raise
        self._follow(answer)
        return answer

    def _send_as_newest(self, post: Post) -> Json:
        try:
            return self._send(post)
        except Refused as refused:
            if refused.code != "stale":
                raise
            # the disk is older than what the server was told: go on from there
            post.body["version"] = refused.fields["version"] + 1
            return self._send(post)

    def _send(self, post: Post) -> Json:
        answer = self.line.ask("POST", post.path, post.body)
        post.is_answered = True
        self.memory.save()
        return answer

    def catch_up(self) -> list[Json]:
        """Post whatever was never answered, oldest first; the transactions as they stand now.

        But for invoices: nobody has seen one, and the customer has left.
        """
        return self._again(lambda post: not post.is_answered and post.path != "/cash-out")

    def everything_again(self) -> list[Json]:
        """Post the newest of everything, as after a restore, however long ago it was."""
        return self._again(lambda post: True)

    def _again(self, wanted: Callable[[Post], bool]) -> list[Json]:
        answers = []
        for txid, business in list(self.memory.businesses.items()):
            for post in business.posts:
                if not wanted(post) or post is not business.newest(post.path):
                    continue
                try:
                    answers.append(self._send(post))
                except Refused as refused:
                    post.is_answered = True
                    if refused.code == "transaction_closed":
                        answers.append(self._begin_anew(post.body))
                    elif refused.code != "stale":
                        self.troubles.append(f"{txid}: {refused}")
        self.memory.save()
        return answers

    def _begin_anew(self, cash_in: Json) -> Json:
        """The server has offered what it knew of; the notes that came after are another transaction."""
        known = {note["id"] for note in self.transaction(cash_in["txid"])["notes"]}
        rest = [note for note in cash_in["notes"] if note["id"] not in known]
        cash_in["notes"] = [note for note in cash_in["notes"] if note["id"] in known]
        rate = cash_in["exchange_rate"]
        return self.post(new_txid(), "/cash-in", exchange_rate=rate, notes=rest, done=True)

    def leave_no_sale_open(self) -> None:
        """A customer paid when the machine had given up, or while it had no power: nothing came out."""
        for txid, business in list(self.memory.businesses.items()):
            if business.is_over or not business.newest("/cash-out") or business.newest("/dispense"):
                continue
            try:
                sale = self.transaction(txid)
            except Refused:
                business.is_over = True
                continue
            if sale["paid"] and business.is_giving:
                self.troubles.append(f"{txid}: the power went while notes came out; count them")
                business.is_over = True
            elif sale["paid"]:
                self.post(txid, "/dispense", outcome="failed")
            else:
                # a payment that is under way may make even an expired sale a paid one
                business.is_over = epoch(sale["expires_at"]) + LATE_PAYMENT_S < self.line.now()
        self.memory.save()

    def transaction(self, txid: str) -> Json:
        return self.line.ask("GET", f"/transactions/{txid}")

    def wait_while(self, txid: str, state: str, seconds: float) -> Json:
        """The transaction once it is in another state than this, or as it is when the time is over."""
        until = self.line.now() + seconds
        while True:
            wait = max(0, min(LONG_POLL_S, int(until - self.line.now())))
            found = self.line.ask("GET", f"/transactions/{txid}?wait={wait}&known={state}")
            if found["state"] != state or self.line.now() >= until:
                return found

    # -- a customer takes notes ------------------------------------------------------------------

    def sell(
        self,
        bills: Mapping[str, int],
        *,
        rate: str,
        show: Callable[[str], object],
        give: Callable[[Mapping[str, int]], Mapping[str, int]],
    ) -> Json:
        """A whole cash-out. `give` pays the notes out and says which came; none before it is paid."""
        sale = self.ask_invoice(bills, rate)
        show(sale["invoice"])
        sale = self.wait_while(sale["txid"], "invoiced", self.config["quote_seconds"] + LONG_POLL_S)
        if not sale["paid"]:
            return sale
        self.memory.businesses[sale["txid"]].is_giving = True
        self.memory.save()
        return self.report(sale["txid"], bills, give(bills))

    def ask_invoice(self, bills: Mapping[str, int], rate: str) -> Json:
        return self.post(
            new_txid(), "/cash-out", fiat_amount=sum_of(bills), exchange_rate=rate, bills=listed(bills)
        )

    def report(self, txid: str, wanted: Mapping[str, int], came: Mapping[str, int]) -> Json:
        """Which notes came out: all, some or none of those that were wanted."""
        given, whole = Decimal(sum_of(came)), Decimal(sum_of(wanted))
        content: Json = {"outcome": "complete" if given == whole else "partial" if given else "failed"}
        if content["outcome"] == "partial":
            content["fiat_amount"] = sum_of(came)
        if given:
            content["bills"] = listed(came)
        return self.post(txid, "/dispense", **content)

    # -- a customer gives notes ------------------------------------------------------------------

    def buy(self, notes: Iterable[str], *, rate: str, show: Callable[[str], object], patience: float) -> Json:
        """A whole cash-in. A note beyond what may be taken goes back to the customer."""
        purchase = self.begin_buying(rate)
        for denomination in notes:
            if self.takes(purchase, denomination):
                purchase = self.take_note(purchase["txid"], denomination)
        purchase = self.finish_buying(purchase["txid"])
        if purchase["state"] == "held":
            purchase = self.wait_while(purchase["txid"], "held", patience)
        if purchase["lnurl"]:
            show(purchase["lnurl"])
            purchase = self.wait_while(purchase["txid"], purchase["state"], patience)
        return purchase

    def begin_buying(self, rate: str) -> Json:
        return self.post(new_txid(), "/cash-in", exchange_rate=rate, notes=[], done=False)

    def takes(self, purchase: Json, denomination: str) -> bool:
        """Whether one note more may go into the box."""
        taken = sum(Decimal(note["denomination"]) for note in self._cash_in(purchase["txid"])["notes"])
        most = purchase["most_fiat_amount"]
        return most is None or taken + Decimal(denomination) <= Decimal(most)

    def take_note(self, txid: str, denomination: str) -> Json:
        """A note went into the box: all notes so far are said again."""
        known = self._cash_in(txid)
        note = {"id": str(len(known["notes"]) + 1), "denomination": denomination}
        return self._post_cash_in(txid, notes=[*known["notes"], note])

    def finish_buying(self, txid: str) -> Json:
        return self._post_cash_in(txid, done=True)

    def _cash_in(self, txid: str) -> Json:
        newest = self.memory.businesses[txid].newest("/cash-in")
        assert newest is not None, f"{txid} is no cash-in"
        return newest.body

    def _post_cash_in(self, txid: str, **changes: Any) -> Json:
        known = self._cash_in(txid)
        content = {name: known[name] for name in ("exchange_rate", "notes", "done")}
        return self.post(txid, "/cash-in", **{**content, **changes})


def new_txid() -> str:
    return time.strftime("%Y%m%d-", time.gmtime()) + secrets.token_hex(6)


def epoch(when: str) -> int:
    return calendar.timegm(time.strptime(when, "%Y-%m-%dT%H:%M:%SZ"))


def sum_of(notes: Mapping[str, int]) -> str:
    return str(sum((Decimal(value) * count for value, count in notes.items()), Decimal(0)))


def listed(notes: Mapping[str, int]) -> list[Json]:
    return [{"denomination": value, "count": count} for value, count in notes.items() if count]
