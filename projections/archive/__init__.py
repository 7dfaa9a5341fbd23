"""The archive of a school year: written, verified, replayed alone, restored (clause 5.3)."""
