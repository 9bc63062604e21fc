"""A machine's software as somebody writes it who has nothing but docs/reference/machine-interface.md."""
