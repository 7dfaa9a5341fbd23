"""Replaying a bag alone: its facts are folded again and give the sheets that lie beside them.

Neither a database nor the school is needed, only this program.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from domain.refusals import Invalid
from projections.archive import verify
from projections.archive.reading import About, about, annotated, opened, placed, signed
from projections.archive.sheets import FOLDER, sheets
from projections.archive.year import Year


class Replayed(msgspec.Struct, frozen=True):
    """`sheets` were compared; `differing` names those that the facts do not give, that are missing
    or that are too many. `root`: over the last fact, hex.
    """

    about: About
    facts: int
    sheets: int
    differing: list[str]
    root: str


def replay_bag(path: Path, keys: tuple[str, ...] = (), notes: tuple[bytes, ...] = ()) -> Replayed:
    """Verify a journal's bag and fold it again. Raises Invalid, UnknownFact (a newer program)."""
    bag = opened(path)
    told = about(bag)
    if told.kind != "journal":
        raise Invalid("archive.no_journal", "В этом архиве нет записей: нужен архив журнала.")
    root = checked(path, keys, notes).root
    year = Year(told.school, told.year)
    for one in placed(bag):
        year.fold(one)
    drawn = dict(sheets(year, annotated(bag)))
    there = {name for name in bag.names if name.startswith(f"{FOLDER}/")}
    differing = sorted(
        name
        for name in there | drawn.keys()
        if name not in there or name not in drawn or verify.whole(bag, name) != drawn[name]
    )
    return Replayed(told, told.last - told.start, len(drawn), differing, root)


def checked(path: Path, keys: tuple[str, ...] = (), notes: tuple[bytes, ...] = ()) -> verify.Report:
    """What `verify.py` says. Raises Invalid."""
    try:
        return verify.check(str(path), keys, notes, signed)
    except (verify.Wrong, OSError) as fault:
        raise Invalid("archive.wrong", f"{path}: не сошлось: {fault}.") from fault
