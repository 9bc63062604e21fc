"""Moving over from the predecessor: what its tables say, and what becomes of each row. Pure."""
