"""Every projection, in the order in which they are folded."""

from __future__ import annotations

from collections.abc import Callable

from projections.audit.fold import Audit
from projections.classroom.fold import Classroom
from projections.compliance.fold import Compliance
from projections.consents.fold import Consents
from projections.control.fold import Control
from projections.diary.fold import Diary
from projections.directory.fold import Directory
from projections.grants.fold import Grants
from projections.ledgers.fold import Ledgers
from projections.office.fold import Office
from projections.projection import Place, Projection
from projections.redflags.fold import RedFlags
from projections.register.fold import Register
from projections.talks.fold import Talks
from projections.terms.fold import Results
from projections.trail.fold import Trail
from projections.tree import Tree

#: name → how to make one for a school
PROJECTIONS: dict[str, Callable[[Place], Projection]] = {
    Directory.name: Directory,
    Register.name: Register,
    Diary.name: Diary,
    Trail.name: Trail,
    Tree.name: Tree,
    Audit.name: Audit,
    Consents.name: Consents,
    Grants.name: Grants,
    Office.name: Office,
    Compliance.name: Compliance,
    Control.name: Control,
    Talks.name: Talks,
    Ledgers.name: Ledgers,
    Classroom.name: Classroom,
    RedFlags.name: RedFlags,
    Results.name: Results,
}
