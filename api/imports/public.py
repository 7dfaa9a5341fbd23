"""Public gradebooks as lists and marks of a Russian school, for the same import as everybody's.

OULAD (Kuzilek et al., 2017) and the k12 gradebooks of data-edu/dataedu are CC BY 4.0. They are no
Russian marks: percents become marks by thresholds of ours. A course presentation is a class of its
year; an assessment is a lesson outside the timetable, with its kind of work and its weight. People
of the data sets are numbers; here a number is spelled in syllables, because a name has no digits.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from api.imports.datasets import DataSet
from api.imports.desk import Desk, Preparation, Prepared
from api.imports.k12 import k12
from api.imports.oulad import oulad
from domain.access import Actor
from domain.writing import Request

PublicKind = Literal["oulad", "k12"]
PUBLIC_KINDS: tuple[PublicKind, ...] = ("oulad", "k12")

_NO_REQUEST = Request(b"", b"")  # a rehearsal records nothing


def read_public(kind: PublicKind, folder: Path, school_id: str, zone: str) -> DataSet:
    """Read a data set from its folder. Raises NotFound when the files are not there."""
    return (oulad if kind == "oulad" else k12)(folder, school_id, zone)


def prepare_public(desk: Desk, data: DataSet, *, by: Actor) -> Prepared:
    """Open the years of a data set and import its tables, all in one preparation.

    It stops at the first table with errors. Raises the refusal of a year that is open otherwise.
    """
    preparation = Preparation(desk, by)
    for year in data.years:
        preparation.school.open_year(year, by=by, request=_NO_REQUEST).result()
    plans = []
    for sheet in data.sheets:
        plan = preparation.add(sheet.kind, sheet.data, year=sheet.year, create_lessons=True)
        plans.append(plan)
        if plan.errors:
            break
    return preparation.done(tuple(plans))
