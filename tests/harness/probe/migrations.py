"""The probe keeps no tables."""
