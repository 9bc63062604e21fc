"""Lists of what was taken over: sales and payouts of before the move, which nothing here pays."""

from __future__ import annotations

from .lists import Listing
from .sql import SCHEMA

EARLIER_SALES = Listing(
    select="sale.*",
    source=f"{SCHEMA}.earlier_sales AS sale",
    table="earlier_sales",
    sorts={"paid_at": "sale.paid_at", "wire_sats": "sale.wire_sats"},
    default_sort="paid_at",
    searches=("sale.txid", "sale.payment_hash", "sale.machine_name", "sale.notes", "sale.error_message"),
)
EARLIER_LEGS = Listing(
    select="""leg.*, COALESCE(machine.name, sale.machine_name, '') AS machine_name,
        COALESCE(sale.payment_hash, '') AS sale_payment_hash, sale.txid""",
    source=f"""{SCHEMA}.earlier_legs AS leg
        LEFT JOIN {SCHEMA}.earlier_sales AS sale ON sale.id = leg.sale_id
        LEFT JOIN {SCHEMA}.dca_machines AS machine ON machine.id = leg.machine_id""",
    table="earlier_legs",
    sorts={"paid_at": "leg.paid_at"},
    default_sort="paid_at",
)
#: Of one LP: its enrolments name it.
EARLIER_PAYOUTS = Listing(
    select="leg.*, machine.name AS machine_name",
    source=f"""{SCHEMA}.earlier_legs AS leg
        JOIN {SCHEMA}.dca_clients AS client ON client.id = leg.client_id
        JOIN {SCHEMA}.dca_machines AS machine ON machine.id = client.machine_id""",
    sorts={"paid_at": "leg.paid_at"},
    default_sort="paid_at",
)
