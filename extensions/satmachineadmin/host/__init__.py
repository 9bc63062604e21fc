"""LNbits, behind the ports of the engine. Only this package and tasks.py know LNbits' core."""
