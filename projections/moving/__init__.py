"""A school moves from one server to another without losing a fact, and is never open at both.

Four steps, each safe to repeat and to be killed in: `export` closes the school here and writes it
out; `bring` lays it there, closed, and shows that nothing is missing; `release` gives it away here,
for good, against the receipt of `bring`; `opened` opens it there, against that of `release`.
"""

from projections.moving.closing import closed, reopened
from projections.moving.papers import Paper
from projections.moving.steps import bring, export, opened, release

__all__ = ["Paper", "bring", "closed", "export", "opened", "release", "reopened"]
