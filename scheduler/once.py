"""`python -m scheduler.once NAME SCHOOL`: a job carried out now. `letopis jobs run` does the same.

It says nothing and ends with: 0 it is done; 1 it has failed; 2 there is no such job; 3 another
process is at it.
"""

from __future__ import annotations

import logging
import os
import sys
from uuid import uuid4

from projections.postgres.settings import Settings
from scheduler.keeper import Keeper
from scheduler.timetable import kept
from scheduler.work import workshop_of

DONE, FAILED, UNKNOWN, BUSY = range(4)


def main(name: str, slug: str) -> int:
    """Carry it out with the settings of the environment, which name a database."""
    settings = Settings.from_env(os.environ)
    line = next((one for one in kept(settings) if one.name == name), None)
    if line is None:
        return UNKNOWN
    with workshop_of(settings, str(settings.database_url)) as shop:
        school = next(one for one in shop.schools() if one.slug == slug)
        good = Keeper(shop).by_hand(line, school, uuid4(), school.school_id)
    return BUSY if good is None else DONE if good else FAILED


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    sys.exit(main(*sys.argv[1:]))
