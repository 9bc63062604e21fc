"""Who gets what answer: the policy of every route, written by hand and held by test_authorization_matrix.

A row says for whom a route is, and what such a caller is answered about a thing of its own, about somebody
else's, and about one that there is not. Whoever it is not for has no such thing and is answered as about
somebody else's. `-`: the route takes nobody's thing, and everybody gets an answer about itself (behind a
slash where whoever it is not for gets another one). The platform's routes answer 403 to all others, whatever
they ask about. Nobody, and the holder of a wallet's key, gets 401 everywhere; a user who has the extension
switched off 403.

A refusal of one's own thing is a conflict with the state that it is in (a held sale, a paid leg).
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.harness.shop import DCA, LP

_TABLE = """
# method path                                   for       own another's missing
GET    /status                                  operator  200 -   -
GET    /overview                                operator  200 -   -
GET    /machines                                operator  200 -   -
POST   /machines                                operator  201 400 400
POST   /machines/earlier                        operator  200 400 400
GET    /machines/{machine_id}                   operator  200 404 404
PUT    /machines/{machine_id}                   operator  200 404 404
GET    /machines/{machine_id}/proof             operator  200 404 404
POST   /machines/{machine_id}/check             operator  200 404 404
GET    /machines/{machine_id}/wallets           operator  200 404 404
POST   /machines/{machine_id}/wallets/{wallet_id}/close  operator  404 404 404
POST   /machines/{machine_id}/pairing           operator  201 404 404
POST   /machines/{machine_id}/pairing/cancel    operator  200 404 404
POST   /machines/{machine_id}/revoke            operator  409 404 404
PUT    /machines/{machine_id}/limits            operator  200 404 404
GET    /machines/{machine_id}/cash-position             operator  200 404 404
POST   /machines/{machine_id}/cash-position/refilled    operator  201 404 404
POST   /machines/{machine_id}/cash-position/emptied     operator  201 404 404
GET    /transactions                            operator  200 -   -
GET    /transactions/{transaction_id}           operator  200 404 404
POST   /transactions/{transaction_id}/release   operator  200 404 404
POST   /transactions/{transaction_id}/extend    operator  200 404 404
POST   /transactions/{transaction_id}/give-back operator  200 404 404
GET    /clients                                 operator  200 -   -
POST   /clients                                 operator  409 404 404
GET    /clients/{client_id}                     operator  200 404 404
PUT    /clients/{client_id}                     operator  200 404 404
POST   /clients/{enrolment_id}/invitation       operator  201 404 404
GET    /clients/{client_id}/balance             operator  200 404 404
POST   /clients/{client_id}/settle/preview      operator  200 404 404
POST   /clients/{client_id}/settle              operator  422 404 404
POST   /clients/{client_id}/settle/{entry_id}/retry    operator  404 404 404
POST   /clients/{client_id}/settle/{entry_id}/release  operator  404 404 404
GET    /deposits                                operator  200 -   -
POST   /deposits                                operator  201 404 404
POST   /deposits/move                           operator  201 404 404
GET    /deposits/{entry_id}                     operator  200 404 404
POST   /deposits/{entry_id}/confirm             operator  200 404 404
POST   /deposits/{entry_id}/cancel              operator  200 404 404
POST   /deposits/{confirmed_entry_id}/correct   operator  201 404 404
GET    /commission-splits                       operator  200 404 404
PUT    /commission-splits                       operator  200 404 422
DELETE /commission-splits                       operator  200 404 404
GET    /commission-splits/versions              operator  200 -   -
POST   /commission-splits/example               operator  200 -   -
POST   /commission-splits/what-if               operator  200 404 422
POST   /commission-splits/replace-target        operator  200 404 422
POST   /imports/preview                         operator  200 -   -
POST   /imports                                 operator  409 -   -
GET    /settings                                operator  200 -   -
PUT    /settings                                operator  200 -   -
POST   /approval                                operator  409/200 - -
GET    /settlements                             operator  200 -   -
GET    /settlements/stuck                       operator  200 -   -
GET    /settlements/{settlement_id}             operator  200 404 404
POST   /settlements/{settlement_id}/release     operator  200 404 404
POST   /settlements/{settlement_id}/adopt/preview          operator  409 404 404
POST   /settlements/{settlement_id}/adopt       operator  409 404 404
POST   /settlements/{settlement_id}/dismiss     operator  200 404 404
POST   /settlements/{settlement_id}/correct/preview        operator  409 404 404
POST   /settlements/{settlement_id}/correct     operator  409 404 404
GET    /settlements/{settlement_id}/sweep       operator  200 404 404
POST   /settlements/{settlement_id}/sweep       operator  409 404 404
POST   /settlements/{settlement_id}/supply-rate/preview    operator  409 404 404
POST   /settlements/{settlement_id}/supply-rate operator  409 404 404
POST   /settlements/{settlement_id}/refund      operator  409 404 404
POST   /settlements/{settlement_id}/refund/cancel          operator  409 404 404
POST   /settlements/{settlement_id}/retry       operator  409 404 404
POST   /settlements/{settlement_id}/force-reset operator  409 404 404
POST   /settlements/{settlement_id}/partial-dispense          operator  200 404 404
POST   /settlements/{settlement_id}/partial-dispense/preview  operator  200 404 404
POST   /settlements/{settlement_id}/notes       operator  201 404 404
GET    /sweepable                               operator  200 404 404
GET    /known-payers                            operator  200 -   -
DELETE /known-payers/{payer_id}                 operator  200 404 404
GET    /payments                                operator  200 -   -
POST   /payments/{leg_id}/release               operator  409 404 404
POST   /payments/{leg_id}/keep                  operator  409 404 404
GET    /audit-events                            operator  200 -   -
POST   /audit/verify                            operator  200 -   -
GET    /worklist                                operator  200 -   -
POST   /worklist/{matter_id}/check              operator  200 404 404
POST   /worklist/{matter_id}/accept             operator  200 404 404
POST   /worklist/{matter_id}/deny               operator  409 404 404
GET    /reports/sales.csv                       operator  200 -   -
GET    /reports/legs.csv                        operator  200 -   -
GET    /reports/cash.csv                        operator  200 -   -
GET    /reports/lps.csv                         operator  200 -   -
GET    /reports/machines.csv                    operator  200 -   -
GET    /reports/transactions.csv                operator  200 -   -
GET    /reports/worklist.csv                    operator  200 -   -
GET    /reports/audit.csv                       operator  200 -   -
GET    /reports/earlier-sales.csv               operator  200 -   -
GET    /reports/earlier-legs.csv                operator  200 -   -
GET    /reports/journal.hledger                 operator  200 -   -
GET    /reports/journal.beancount               operator  200 -   -
GET    /reports/months                          operator  200 -   -
GET    /reports/month                           operator  200 -   -
GET    /reports/month.csv                       operator  200 -   -
POST   /reports/month/close                     operator  422 -   -
GET    /super-config                            operator  200 -   -
PUT    /super-config                            platform  200 200 422
GET    /operators                               platform  200 -   -
POST   /operators                               platform  201 201 422
POST   /operators/{operator_id}/approve         platform  200 200 404
POST   /operators/{operator_id}/withdraw        platform  200 200 404
GET    /predecessors                            platform  200 -   -
POST   /predecessors/{predecessor}/preview      platform  404 404 404
POST   /predecessors/{predecessor}/move         platform  404 404 404
GET    /earlier-sales                           operator  200 -   -
GET    /earlier-sales/{earlier_sale_id}         operator  200 404 404
GET    @/preferences                            lp        200 -   -
PUT    @/preferences                            lp        200 400 400
GET    @/preferences/history                    lp        200 -   -
POST   @/preferences/address/test               lp        422 -   -
POST   @/preferences/address/confirm            lp        409 -   -
GET    @/enrolments                             lp        200 -   -
POST   @/enrolments/{enrolment_id}/accept       lp        200 404 404
GET    @/summary                                lp        200 -   -
GET    @/chart                                  lp        200 -   -
POST   @/invitation/look                        lp        200 403 404
POST   @/invitation/accept                      lp        200 403 404
GET    @/positions                              lp        200 -   -
GET    @/cash                                   lp        200 404 404
POST   @/cash/{entry_id}/dispute                lp        200 404 404
POST   @/cash/{entry_id}/withdraw-dispute       lp        409 404 404
GET    @/transactions                           lp        200 404 404
GET    @/reports/transactions.csv               lp        200 404 404
GET    @/reports/cash.csv                       lp        200 404 404
GET    @/reports/koinly.csv                     lp        200 404 404
GET    @/earlier                                lp        200 -   -
GET    @/reports/earlier.csv                    lp        200 404 404
GET    @/statements                             lp        200 -   -
GET    @/statement                              lp        200/409 - -
POST   @/statement/check                        lp        200 -   -
"""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A row of the table."""

    #: `operator`, `platform` or `lp`
    whose: str
    own: int
    #: None: the route takes nobody's thing
    foreign: int | None
    missing: int | None
    #: about itself, to whoever it is not for
    otherwise: int

    def about(self, thing: str) -> int:
        """The answer to whom it is for, about its `own` thing, a `foreign` or a `missing` one."""
        status: int | None = getattr(self, thing)
        return self.own if status is None else status

    def about_no_thing_of_its_own(self, thing: str) -> int:
        """The answer to whoever it is not for: what its friends have is somebody else's."""
        status = self.missing if thing == "missing" else self.foreign
        return self.otherwise if status is None else status


def _row(line: str) -> tuple[str, Policy]:
    method, path, whose, first, *others = line.split()
    own, _slash, otherwise = first.partition("/")
    foreign, missing = (None if status == "-" else int(status) for status in others)
    assert (foreign is None) is (missing is None), line
    address = f"{LP}{path[1:]}" if path.startswith("@") else f"{DCA}{path}"
    return f"{method} {address}", Policy(
        whose=whose, own=int(own), foreign=foreign, missing=missing, otherwise=int(otherwise or own)
    )


_ROWS = [_row(line) for line in _TABLE.strip().splitlines() if not line.startswith("#")]
#: route, as `GET /satmachineadmin/…`, → its policy
POLICY = dict(_ROWS)
assert len(POLICY) == len(_ROWS), "a route has one row"
