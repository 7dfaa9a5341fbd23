"""Ids that a fact brings into the world. The log keeps them unique within a school, whoever sends
them: a mark of one class cannot come under the number of another's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.fact import Fact
from domain.journal import absence_facts, control_facts, file_facts, outcome_facts
from domain.journal import correction_facts as c
from domain.journal import facts as f
from domain.office import archive_facts, ledger_facts
from domain.people import talk_facts

_MINTED: dict[type[Fact], Callable[[Any], tuple[str, ...]]] = {
    f.TeacherAssigned: lambda fact: (fact.assignment_id,),
    f.SubstitutionAppointed: lambda fact: (fact.substitution_id,),
    f.LessonsScheduled: lambda fact: tuple(
        one.lesson_id for series in fact.series for one in series.lessons
    ),
    f.LessonAdded: lambda fact: (fact.lesson_id,),
    f.HomeworkAssigned: lambda fact: (fact.homework_id,),
    file_facts.LessonFileAttached: lambda fact: (fact.file_id,),
    f.MarkGiven: lambda fact: (fact.mark_id,),
    f.DebtRaised: lambda fact: (fact.debt_id,),
    control_facts.JournalInspected: lambda fact: (fact.inspection_id,),
    archive_facts.ArchiveAnnotated: lambda fact: (fact.annotation_id,),
    ledger_facts.TrainingHeld: lambda fact: (fact.training_id,),
    ledger_facts.ServiceRequested: lambda fact: (fact.request_id,),
    ledger_facts.StaffAway: lambda fact: (fact.absence_id,),
    talk_facts.ConversationOpened: lambda fact: (fact.conversation_id,),
    control_facts.RemarkOpened: lambda fact: (fact.remark_id,),
    absence_facts.AbsenceAnnounced: lambda fact: (fact.notice_id,),
    outcome_facts.PupilCommented: lambda fact: (fact.comment_id,),
    outcome_facts.ProjectDefenceRecorded: lambda fact: (fact.defence_id,),
    outcome_facts.ComprehensiveWorkRecorded: lambda fact: (fact.work_id,),
    c.CorrectionRequested: lambda fact: (fact.request_id,),
}


def minted(fact: Fact) -> tuple[str, ...]:
    """The ids that come from a caller and that are new with this fact."""
    mint = _MINTED.get(type(fact))
    return mint(fact) if mint else ()
