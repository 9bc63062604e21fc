"""The benchmark's extension keeps no tables."""
