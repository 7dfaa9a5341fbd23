"""The one table of live figures. A room adds its clause's measure here, in the clause's place."""

from __future__ import annotations

from domain.clauses import CLAUSES
from projections.figures import (
    books,
    classroom,
    control,
    families,
    filling,
    first,
    flags,
    journal,
    running,
    setting_up,
    terms,
    whole,
)
from projections.figures.figure import Conn, Context, Figure, Measure

#: clause → what measures it, the first one is what the clause is about; 1.1 measures the others
MEASURES: dict[str, tuple[Measure, ...]] = {
    "1.2": (whole.checked,),
    "1.3": (running.around_the_clock,),
    "1.4": (first.freshness,),
    "1.5": (whole.enabled,),
    "1.6": (flags.reviewed, filling.checked),
    "1.7": (filling.filled,),
    "1.8": (filling.whole,),
    "1.9": (families.reachable,),
    "1.10": (journal.term_marks,),
    "1.11": (first.consented,),
    "1.12": (families.own_child,),
    "1.13": (families.informed,),
    "2.1": (filling.at_once,),
    "2.2.1": (books.served,),
    "2.2.2": (whole.one_source,),
    "2.2.3": (whole.at_home,),
    "2.2.4": (books.about_child,),
    "2.2.5": (first.kept, terms.answered),
    "2.2.6": (whole.in_diaries,),
    "2.2.7": (whole.reports,),
    "2.2.8": (families.told,),
    "2.2.9": (families.signed,),
    "2.2.10": (whole.came_true,),
    "2.2.11": (filling.by_subject,),
    "3.1.1": (books.organised, setting_up.ready),
    "3.1.2": (families.entered,),
    "3.1.3": (journal.in_russian,),
    "3.3.5": (journal.in_one_group,),
    "3.3.6": (setting_up.by_substitutes,),
    "4.1.а": (running.daily,),
    "4.1.б": (books.about_program,),
    "4.1.в": (families.sent, families.opened),
    "4.1.г": (classroom.commented,),
    "4.1.д": (filling.in_order,),
    "4.2.а-1": (filling.everything,),
    "4.2.а-2": (filling.topics, journal.by_the_plan),
    "4.2.а-3": (filling.attendance, filling.marked),
    "4.2.а-4": (filling.homework,),
    "4.2.а-5": (classroom.defended,),
    "4.2.а-6": (control.answered,),
    "4.2.б-1": (control.of_the_deputy,),
    "4.2.б-2": (books.trained,),
    "4.2.г-1": (families.documents,),
    "4.2.г-2": (families.handed_out,),
    "4.2.г-3": (classroom.signed, classroom.explained),
    "4.2.г-4": (classroom.levelled,),
    "4.3-1": (books.taught,),
    "4.3-2": (flags.reliable, terms.founded),
    "5.1": (running.jobs_done, running.came_back),
    "5.2": (control.inspected,),
    "5.3": (whole.archived, whole.verifiable),
    "6": (journal.by_no_pupil,),
}


async def figures(
    conn: Conn, schema: str, context: Context, clauses: frozenset[str] | None = None
) -> dict[str, list[Figure]]:
    """clause → its figures, at least one, of the clauses asked for (None: of all)."""
    found = {
        clause: [await measure(conn, schema, context) for measure in measures]
        for clause, measures in MEASURES.items()
        if clauses is None or clause in clauses
    }
    return found if clauses is not None else {"1.1": [whole.covered(found, len(CLAUSES))], **found}
