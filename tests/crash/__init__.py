"""No crash of a payout loses or doubles a sat: processes that are killed, and books that are judged."""
