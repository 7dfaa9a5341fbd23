"""A scheduler in a process of its own that can be killed at any moment; ticks come by its stdin.

    python -m tests.scheduler.a_scheduler URL

`tick MOMENT`: it looks, and answers what its job was about. `hang MOMENT`: the job writes its fact,
answers `begun`, and never comes back.
"""

from __future__ import annotations

import sys
from datetime import datetime, time
from threading import Event

from scheduler.jobs.checks import verify_log
from scheduler.keeper import Keeper
from scheduler.line import Line, Missed
from scheduler.periods import Daily
from scheduler.work import Work, workshop
from tests.conftest import SECRET


def main(url: str) -> None:
    """Until the end of stdin."""
    about: list[str] = []
    words = ["", ""]

    def job(work: Work) -> int:
        about.append(work.period.key)
        asked = verify_log(work)
        if words[0] == "hang":
            say("begun")
            Event().wait()
        return asked

    line = Line("night", "Ночь", Daily(time(2, 15)), Missed.EVERY, job, "проверок")
    with workshop(url, SECRET, clock=lambda: datetime.fromisoformat(words[1])) as shop:
        keeper = Keeper(shop, [line])
        say("ready")
        for told in sys.stdin:
            words[:] = told.split()
            about.clear()
            keeper.tick(line)
            say(" ".join(about) or "nothing")


def say(word: str) -> None:
    """A line for the test."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
