"""Seals: signed checkpoints of the log's tree, receipts, and what can be checked with them."""
