"""The table of contents of the write side: every command of a school, one short method each.

Every method takes who acts (`by`) and the request (`request`: its idempotency), queues a pure
decision and answers a future of the receipt. Refusals arrive through the future; Busy and Invalid
may be raised at once.
"""

from __future__ import annotations

from domain.audit.commands import AuditCommands
from domain.journal.classroom_commands import ReasonInput
from domain.journal.control_commands import ControlCommands
from domain.journal.file_commands import FileCommands
from domain.journal.lesson_commands import LessonCommands
from domain.journal.mark_commands import MarkCommands, MarkInput
from domain.journal.outcome_commands import OutcomeCommands
from domain.journal.request_commands import RequestCommands
from domain.journal.result_commands import ResultCommands
from domain.journal.roster_commands import RosterCommands
from domain.journal.term_commands import TermCommands
from domain.office.archive_commands import ArchiveCommands
from domain.office.bell_commands import BellCommands
from domain.office.check_commands import CheckCommands
from domain.office.commands import OfficeCommands
from domain.office.grant_commands import GrantCommands
from domain.office.ledger_commands import LedgerCommands
from domain.office.signal_commands import SignalCommands
from domain.people.account_commands import AccountCommands, Handing
from domain.people.commands import PeopleCommands
from domain.people.standing_commands import StandingCommands
from domain.people.talk_commands import TalkCommands

__all__ = ["Handing", "MarkInput", "ReasonInput", "School"]


class School(
    OfficeCommands,
    BellCommands,
    GrantCommands,
    LedgerCommands,
    CheckCommands,
    SignalCommands,
    ArchiveCommands,
    PeopleCommands,
    AccountCommands,
    StandingCommands,
    TalkCommands,
    RosterCommands,
    LessonCommands,
    FileCommands,
    MarkCommands,
    TermCommands,
    ControlCommands,
    OutcomeCommands,
    ResultCommands,
    RequestCommands,
    AuditCommands,
):
    """One school: commands in, receipts out."""
