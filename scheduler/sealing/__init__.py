"""Sealing: checkpoints of the log are signed, witnessed and published."""
