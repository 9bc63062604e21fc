"""The engine: land, plan, pay. One verb a file; it talks to ports only."""
