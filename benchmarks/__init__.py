"""How fast settlements are paid, and what everybody else feels of it: `python -m benchmarks --help`.

docs/benchmarks.md says what is measured and what it means; RESULTS.md has the latest figures. The
modules use satmachineadmin and LNbits from within, so they run in processes of their own.
"""
