"""A school as each released version has left it: `tests/upgrade/<version>/`, as `letopis school
export` writes it. They are added with a release, never edited.

python -m tests.upgrade.released      adds that of the version in pyproject.toml
"""

from __future__ import annotations

import random
import sys
from importlib.metadata import version
from pathlib import Path

from projections import moving
from projections.moving.papers import Paper
from tests.benchmarks.ground import database
from tests.conftest import SECRET
from tests.projections.life import life
from tests.projections.test_rebuilt_equals_lived import Year

FOLDER = Path(__file__).parent
SLUG, STEPS, SEED = "kukarino", 1_000, 2026


def released() -> list[Path]:
    """The folders, by version."""
    return sorted(one.parent for one in FOLDER.glob("*/exported.json"))


def write(into: Path) -> Paper:
    """A school that has lived for a thousand steps, in which some forty kinds of facts come,
    written out. What the others are like, `tests/golden/facts` holds.
    """
    with database() as url:
        with life(url, SLUG) as at:
            year = Year(at, random.Random(SEED))
            for _ in range(STEPS):
                year.one(year.does())()
            at.fold_all()
        return moving.export(url, SECRET, SLUG, into)


if __name__ == "__main__":
    into = FOLDER / version("letopis")
    if (into / "exported.json").exists():
        sys.exit(f"{into} is there: what was released is never written again")
    sys.stdout.write(f"{into}: {write(into).head.position} facts\n")
