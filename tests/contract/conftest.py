"""Which of the contract tests run where: the real host needs a process with an LNbits inside it."""

from __future__ import annotations

import os

import pytest

pytest.register_assert_rewrite("tests.contract.host.contract")

# host/inside.py starts that process, once per database, for the folder lnbits/ alone.
collect_ignore = [] if "SATMACHINE_TEST_DB" in os.environ else ["lnbits"]
