"""LNbits asks every extension for migrations; this one keeps no tables."""
