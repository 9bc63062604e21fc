"""The demo: an LNbits with both extensions, people, cash, and a simulated machine that trades.

`python -m tools.demo --help`. Everything it makes lives in `.data/demo` below the checkout. Everything
that is set up goes through the public HTTP interfaces, as people would do it, and nothing needs the
internet.
"""
