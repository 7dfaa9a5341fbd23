"""Physical copies of the whole database and its write-ahead log, and the way back from them.

Everything is done by the programs that PostgreSQL ships: pg_basebackup, pg_receivewal,
pg_verifybackup. What is ours is the paper beside a copy: how long each school's log was, and the
root of its tree, so that what comes back can be held against what went.
"""

from projections.backups.copy import COPY, WAL, Copy, alone_in, copies, follow, take, tidy
from projections.backups.drill import Drill, Finding, aside, derived, findings, held, hold
from projections.backups.heads import Head, heads
from projections.backups.noting import Noted, newest, note
from projections.backups.restore import restored, settle
from projections.postgres.cluster import home_of

__all__ = [
    "COPY",
    "WAL",
    "Copy",
    "Drill",
    "Finding",
    "Head",
    "Noted",
    "alone_in",
    "aside",
    "copies",
    "derived",
    "findings",
    "follow",
    "heads",
    "held",
    "hold",
    "home_of",
    "newest",
    "note",
    "restored",
    "settle",
    "take",
    "tidy",
]
