"""A bitSpire machine in software: quotes, invoices, waits, dispenses, prints a receipt.

It knows the public machine interface and nothing else. Today that is the machine "that only knows
LNbits' own API": it creates its cash-out invoice with the invoice key of the machine's wallet and
writes its facts into the invoice's `extra` (see `stamp`). Nothing in here imports LNbits or the
extensions, so it can be pointed at any LNbits from any computer.
"""
