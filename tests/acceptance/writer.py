"""A process that writes comments on marks with given keys and can be killed at any moment.

    python -m tests.acceptance.writer URL FIRST LAST SLUG...

Comments repeat nothing by themselves (each is a new fact), so that only the request key keeps a
retried one from being written twice. A line is printed for each answer.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from tests.ground import engine_on, ground_of, number, request, school_on


def main(url: str, first: int, last: int, slugs: list[str]) -> None:
    """Write comments FIRST…LAST-1 to each school, some in flight at any time."""
    # Small groups: many commits to be killed around.
    with engine_on(url, clock=lambda: datetime.now(UTC), group=3) as engine:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        waiting = [
            school_on(engine, slug).comment_mark(
                ground_of(slug).class_id,
                number(f"{slug}/mark"),
                f"Молодец, раз {n}",
                by=ground_of(slug).teacher,
                request=request(f"{slug}/comment {n}"),
            )
            for n in range(first, last)
            for slug in slugs
        ]
        for answer in waiting:
            sys.stdout.write(f"{answer.result(30).position}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
