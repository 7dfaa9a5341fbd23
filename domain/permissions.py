"""Who may do what: the one table, and no by default. Pure data; `access` applies it.

A role may do an act within a scope: in the whole school, for one's own class, lesson, child, for
oneself, or in the journals that were opened to one. A role that an act does not name may not.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from domain.values import Role


class Scope(StrEnum):
    """How far a permission reaches. Each is decided by dated facts, never by a flag."""

    SCHOOL = "school"
    OWN_CLASS = "own_class"  # appointed its class teacher
    OWN_SUBJECT = "own_subject"  # assigned to the subject in the class, now or before
    OWN_LESSON = "own_lesson"  # assigned on the day of the lesson, or substituting then
    OWN_CHILD = "own_child"  # linked as a guardian, with consent
    SELF = "self"
    GRANTED = "granted"  # journals opened to an auditor


class Act(StrEnum):
    """What may be done. Writing acts are named after the commands of `School`."""

    # reading
    READ_REGISTER = "read_register"
    READ_DIARY = "read_diary"
    READ_TRAIL = "read_trail"
    READ_PEOPLE = "read_people"
    READ_COMPLIANCE = "read_compliance"
    READ_RED_FLAGS = "read_red_flags"
    READ_REPORTS = "read_reports"
    # the year
    OPEN_YEAR = "open_year"
    ADOPT_REGULATION = "adopt_regulation"
    CHANGE_CALENDAR = "change_calendar"
    INTRODUCE_SUBJECT = "introduce_subject"
    INTRODUCE_WORK_TYPE = "introduce_work_type"
    APPOINT = "appoint"
    DISMISS = "dismiss"
    ADOPT_BELLS = "adopt_bells"
    ASSIGN_SHIFT = "assign_shift"
    CHANGE_DAY_BELLS = "change_day_bells"
    OPEN_JOURNALS = "open_journals"
    CLOSE_JOURNALS = "close_journals"
    REVIEW_RED_FLAG = "review_red_flag"
    # classes
    FORM_CLASS = "form_class"
    APPOINT_CLASS_TEACHER = "appoint_class_teacher"
    ADOPT_TIMETABLE = "adopt_timetable"
    SCHEDULE_LESSONS = "schedule_lessons"
    RESCHEDULE_LESSONS = "reschedule_lessons"
    CHANGE_DAY = "change_day"
    ADOPT_LESSON_PLAN = "adopt_lesson_plan"
    ENROL_PUPILS = "enrol_pupils"
    DEPART_PUPIL = "depart_pupil"
    TRANSFER_PUPIL = "transfer_pupil"
    SPLIT_CLASS = "split_class"
    ASSIGN_TEACHER = "assign_teacher"
    RELEASE_TEACHER = "release_teacher"
    APPOINT_SUBSTITUTE = "appoint_substitute"
    CLOSE_TERM = "close_term"
    REOPEN_TERM = "reopen_term"
    # lessons and marks
    ADD_LESSON = "add_lesson"
    MOVE_LESSON = "move_lesson"
    CANCEL_LESSON = "cancel_lesson"
    RECORD_TOPIC = "record_topic"
    TAKE_ATTENDANCE = "take_attendance"
    ASSIGN_HOMEWORK = "assign_homework"
    DECLARE_NO_HOMEWORK = "declare_no_homework"
    ATTACH_LESSON_FILE = "attach_lesson_file"
    REMOVE_LESSON_FILE = "remove_lesson_file"
    GIVE_MARKS = "give_marks"
    CORRECT_MARK = "correct_mark"
    ANNUL_MARK = "annul_mark"
    ANNUL_MARKS = "annul_marks"
    COMMENT_MARK = "comment_mark"
    RAISE_DEBTS = "raise_debts"
    RESOLVE_DEBT = "resolve_debt"
    ISSUE_TERM_MARKS = "issue_term_marks"
    CORRECT_TERM_MARK = "correct_term_mark"
    ANNUL_TERM_MARK = "annul_term_mark"
    # control
    INSPECT_JOURNAL = "inspect_journal"
    OPEN_REMARK = "open_remark"
    RESOLVE_REMARK = "resolve_remark"
    ACCEPT_REMARK = "accept_remark"
    RETURN_REMARK = "return_remark"
    HOLD_TRAINING = "hold_training"
    RECORD_STAFF_AWAY = "record_staff_away"
    RECORD_STAFF_BACK = "record_staff_back"
    REQUEST_SERVICE = "request_service"
    DECIDE_SERVICE = "decide_service"
    # the class teacher's
    SET_ABSENCE_REASONS = "set_absence_reasons"
    CONFIRM_ATTENDANCE_WEEK = "confirm_attendance_week"
    ANNOUNCE_ABSENCE = "announce_absence"
    ACKNOWLEDGE_DIARY = "acknowledge_diary"
    COMMENT_PUPIL = "comment_pupil"
    ANNOTATE_FORECAST = "annotate_forecast"
    SEND_PARENT_REPORTS = "send_parent_reports"
    RECORD_DEFENCE = "record_defence"
    CORRECT_DEFENCE = "correct_defence"
    ANNUL_DEFENCE = "annul_defence"
    RECORD_COMPREHENSIVE_WORK = "record_comprehensive_work"
    RECORD_METASUBJECT_LEVELS = "record_metasubject_levels"
    ISSUE_YEAR_MARKS = "issue_year_marks"
    RECORD_EXAM_MARKS = "record_exam_marks"
    ISSUE_FINAL_MARKS = "issue_final_marks"
    CORRECT_RESULT = "correct_result"
    RECORD_COUNCIL_DECISIONS = "record_council_decisions"
    REQUEST_CORRECTION = "request_correction"
    APPROVE_CORRECTION = "approve_correction"
    REJECT_CORRECTION = "reject_correction"
    # the archive
    ARCHIVE_YEAR = "archive_year"
    ANNOTATE_ARCHIVE = "annotate_archive"
    NOTE_ARCHIVE_WRITTEN = "note_archive_written"
    READ_ARCHIVE = "read_archive"
    READ_ARCHIVED_PEOPLE = "read_archived_people"
    # people
    REGISTER_PERSON = "register_person"
    RENAME_PERSON = "rename_person"
    ERASE_PERSON = "erase_person"
    ERASE_PAYLOADS = "erase_payloads"
    LINK_GUARDIAN = "link_guardian"
    UNLINK_GUARDIAN = "unlink_guardian"
    GIVE_CONSENT = "give_consent"
    WITHDRAW_CONSENT = "withdraw_consent"
    LIMIT_GUARDIAN = "limit_guardian"
    LIFT_GUARDIAN_LIMIT = "lift_guardian_limit"
    RECORD_MAJORITY = "record_majority"
    DECIDE_OWN_DIARY = "decide_own_diary"
    TURN_FORECAST = "turn_forecast"
    BREAK_GLASS = "break_glass"
    REVIEW_GLASS = "review_glass"
    REVIEW_FACTS = "review_facts"
    # between two people
    ASK_ABOUT_CHILD = "ask_about_child"
    ASK_ABOUT_PROGRAM = "ask_about_program"
    REPLY_IN_CONVERSATION = "reply_in_conversation"
    SEE_CONVERSATION = "see_conversation"
    CLOSE_CONVERSATION = "close_conversation"
    ISSUE_ACCOUNTS = "issue_accounts"
    RECEIVE_ACCOUNTS = "receive_accounts"
    REVOKE_ACCOUNT = "revoke_account"
    # the log about itself
    REQUEST_CHECK = "request_check"
    COMPLETE_CHECK = "complete_check"
    SEAL_ACCESS_DAY = "seal_access_day"
    CLOSE_FILL_CHECK = "close_fill_check"
    INTRODUCE_SEAL_KEY = "introduce_seal_key"
    RETIRE_SEAL_KEY = "retire_seal_key"
    # the server's own work
    READ_JOBS = "read_jobs"
    RUN_JOB = "run_job"
    KEEP_WEBHOOKS = "keep_webhooks"


Roles = Mapping[Role, Scope]


def _school(*roles: Role) -> dict[Role, Scope]:
    return dict.fromkeys(roles, Scope.SCHOOL)


#: Who runs the school. Nobody of them writes marks: that would be a red flag.
ADMINISTRATION = (Role.DIRECTOR, Role.DEPUTY, Role.ADMINISTRATOR, Role.SECRETARY)

_OFFICE = _school(*ADMINISTRATION)
_PLANNERS = _school(Role.DIRECTOR, Role.DEPUTY, Role.ADMINISTRATOR)
_LEADERS = _school(Role.DIRECTOR, Role.DEPUTY)
_KEEPERS = _school(Role.DIRECTOR, Role.ADMINISTRATOR)
_CONTROL = _school(Role.DIRECTOR, Role.DEPUTY)
_ANSWERING = _school(Role.DIRECTOR, Role.ADMINISTRATOR, Role.SECRETARY)
_OWN_CLASS: Roles = {Role.CLASS_TEACHER: Scope.OWN_CLASS}
_OF_CLASS: Roles = {**_OWN_CLASS, Role.TEACHER: Scope.OWN_SUBJECT}
_LESSON: Roles = {Role.TEACHER: Scope.OWN_LESSON}
_WARDS: Roles = {**_OFFICE, Role.CLASS_TEACHER: Scope.OWN_CLASS}
_ACCOUNTS: Roles = {**_PLANNERS, Role.CLASS_TEACHER: Scope.OWN_CLASS}

#: Whoever works in the school and keeps its journal; not the auditor.
_USERS = (*ADMINISTRATION, Role.CLASS_TEACHER, Role.TEACHER)
_TALKING: Roles = {**dict.fromkeys(_USERS, Scope.SELF), Role.PARENT: Scope.SELF}

PERMISSIONS: Mapping[Act, Roles] = {
    Act.READ_REGISTER: {
        **_OFFICE,
        Role.CLASS_TEACHER: Scope.OWN_CLASS,
        Role.TEACHER: Scope.OWN_SUBJECT,
        Role.AUDITOR: Scope.GRANTED,
    },
    Act.READ_DIARY: {
        **_OFFICE,
        Role.CLASS_TEACHER: Scope.OWN_CLASS,
        Role.PARENT: Scope.OWN_CHILD,
        Role.PUPIL: Scope.SELF,
    },
    Act.READ_TRAIL: {
        **_OFFICE,
        Role.CLASS_TEACHER: Scope.OWN_CLASS,
        Role.AUDITOR: Scope.GRANTED,
    },
    Act.READ_PEOPLE: _OFFICE,
    # clause 1.6; a week is the teacher's own until its check is closed
    Act.READ_COMPLIANCE: {**_PLANNERS, Role.TEACHER: Scope.SELF},
    Act.READ_RED_FLAGS: {**_PLANNERS, Role.AUDITOR: Scope.GRANTED},
    # clauses 2.2.7, 4.1.в: which forms, each says itself; a family its own child's letter
    Act.READ_REPORTS: {
        **_OFFICE,
        Role.CLASS_TEACHER: Scope.OWN_CLASS,
        Role.TEACHER: Scope.OWN_SUBJECT,
        Role.AUDITOR: Scope.GRANTED,
        Role.PARENT: Scope.OWN_CHILD,
    },
    Act.OPEN_YEAR: _KEEPERS,
    Act.ADOPT_REGULATION: _PLANNERS,  # by an order of the director
    Act.CHANGE_CALENDAR: _PLANNERS,
    Act.INTRODUCE_SUBJECT: _PLANNERS,
    Act.INTRODUCE_WORK_TYPE: _PLANNERS,
    Act.APPOINT: _KEEPERS,
    Act.DISMISS: _KEEPERS,
    Act.ADOPT_BELLS: _PLANNERS,
    Act.ASSIGN_SHIFT: _PLANNERS,
    Act.CHANGE_DAY_BELLS: _PLANNERS,  # by an order: a shortened day
    Act.OPEN_JOURNALS: _PLANNERS,  # by an order, for a time
    Act.CLOSE_JOURNALS: _PLANNERS,
    # another person than whom the flag is about
    Act.REVIEW_RED_FLAG: _school(Role.DIRECTOR, Role.DEPUTY),
    Act.FORM_CLASS: _OFFICE,
    Act.APPOINT_CLASS_TEACHER: _PLANNERS,
    Act.ADOPT_TIMETABLE: _OFFICE,
    Act.SCHEDULE_LESSONS: _OFFICE,
    Act.RESCHEDULE_LESSONS: _OFFICE,
    Act.ADOPT_LESSON_PLAN: {**_PLANNERS, Role.TEACHER: Scope.OWN_SUBJECT},
    Act.CHANGE_DAY: _PLANNERS,  # with substitutions: the deputy's
    Act.ENROL_PUPILS: _OFFICE,
    Act.DEPART_PUPIL: _OFFICE,
    Act.TRANSFER_PUPIL: _OFFICE,
    Act.SPLIT_CLASS: _PLANNERS,  # clause 3.3.5: the administrator, by an order
    Act.ASSIGN_TEACHER: _PLANNERS,
    Act.RELEASE_TEACHER: _PLANNERS,
    Act.APPOINT_SUBSTITUTE: _PLANNERS,
    Act.CLOSE_TERM: _PLANNERS,
    Act.REOPEN_TERM: _LEADERS,  # by an order
    Act.ADD_LESSON: {**_OFFICE, **_LESSON},
    Act.MOVE_LESSON: _OFFICE,
    Act.CANCEL_LESSON: _OFFICE,
    Act.RECORD_TOPIC: _LESSON,
    Act.TAKE_ATTENDANCE: _LESSON,
    Act.ASSIGN_HOMEWORK: _LESSON,
    Act.DECLARE_NO_HOMEWORK: _LESSON,
    Act.ATTACH_LESSON_FILE: _LESSON,
    Act.REMOVE_LESSON_FILE: _LESSON,
    Act.GIVE_MARKS: _LESSON,
    Act.CORRECT_MARK: _LESSON,
    Act.ANNUL_MARK: _LESSON,
    Act.ANNUL_MARKS: _LESSON,
    Act.COMMENT_MARK: _LESSON,
    Act.RAISE_DEBTS: _LESSON,
    Act.RESOLVE_DEBT: _LESSON,
    Act.ISSUE_TERM_MARKS: _LESSON,
    Act.CORRECT_TERM_MARK: _LESSON,
    Act.ANNUL_TERM_MARK: {**_LEADERS, **_LESSON},  # one's own of today; else another person's
    # clauses 1.6, 4.2.б, 5.2: the deputies control; 4.2.а: the teacher puts right
    Act.INSPECT_JOURNAL: _CONTROL,
    Act.OPEN_REMARK: _CONTROL,
    Act.RESOLVE_REMARK: {Role.CLASS_TEACHER: Scope.OWN_CLASS, Role.TEACHER: Scope.OWN_SUBJECT},
    Act.ACCEPT_REMARK: _CONTROL,  # another person than who answered
    Act.RETURN_REMARK: _CONTROL,
    Act.HOLD_TRAINING: _PLANNERS,  # clauses 3.1.1, 4.2.б-2, 4.3-1
    Act.RECORD_STAFF_AWAY: _OFFICE,  # clause 3.3.6: whose lessons wait for a substitute
    Act.RECORD_STAFF_BACK: _OFFICE,
    # clause 2.2.1: personal data of families, so whoever answers them alone
    Act.REQUEST_SERVICE: _ANSWERING,
    Act.DECIDE_SERVICE: _ANSWERING,
    Act.SET_ABSENCE_REASONS: _OWN_CLASS,  # clause 4.2.г
    Act.CONFIRM_ATTENDANCE_WEEK: _OWN_CLASS,
    Act.ANNOUNCE_ABSENCE: {Role.PARENT: Scope.OWN_CHILD},
    Act.ACKNOWLEDGE_DIARY: {Role.PARENT: Scope.OWN_CHILD},  # clauses 2.2.8, 2.2.9
    Act.COMMENT_PUPIL: {Role.TEACHER: Scope.OWN_SUBJECT},  # clause 4.1.г
    Act.ANNOTATE_FORECAST: {Role.TEACHER: Scope.OWN_SUBJECT},
    Act.SEND_PARENT_REPORTS: _OWN_CLASS,  # clause 4.1.в
    Act.RECORD_DEFENCE: _OF_CLASS,  # clause 4.2.а: any teacher of the class
    Act.CORRECT_DEFENCE: _OF_CLASS,
    Act.ANNUL_DEFENCE: _OF_CLASS,
    Act.RECORD_COMPREHENSIVE_WORK: _OWN_CLASS,
    Act.RECORD_METASUBJECT_LEVELS: _OWN_CLASS,
    Act.ISSUE_YEAR_MARKS: _LESSON,
    Act.RECORD_EXAM_MARKS: _LESSON,
    Act.ISSUE_FINAL_MARKS: _LESSON,
    Act.CORRECT_RESULT: _LESSON,
    Act.RECORD_COUNCIL_DECISIONS: _LEADERS,  # by the minutes of the council
    Act.REQUEST_CORRECTION: _LESSON,  # after the edit window
    Act.APPROVE_CORRECTION: _LEADERS,  # another person than who asked
    Act.REJECT_CORRECTION: _LEADERS,
    Act.ARCHIVE_YEAR: _KEEPERS,  # clause 5.3, by an order
    Act.ANNOTATE_ARCHIVE: _school(Role.DIRECTOR),  # tier T4: by an act
    Act.NOTE_ARCHIVE_WRITTEN: _KEEPERS,
    Act.READ_ARCHIVE: _PLANNERS,  # ids, no names
    Act.READ_ARCHIVED_PEOPLE: _KEEPERS,
    Act.REGISTER_PERSON: _OFFICE,
    Act.RENAME_PERSON: _OFFICE,
    Act.ERASE_PERSON: _KEEPERS,
    Act.ERASE_PAYLOADS: _KEEPERS,
    Act.LINK_GUARDIAN: _OFFICE,
    Act.UNLINK_GUARDIAN: _OFFICE,
    Act.GIVE_CONSENT: _WARDS,
    Act.WITHDRAW_CONSENT: _WARDS,
    Act.LIMIT_GUARDIAN: _OFFICE,  # by a court's decision
    Act.LIFT_GUARDIAN_LIMIT: _OFFICE,
    Act.RECORD_MAJORITY: _WARDS,
    Act.DECIDE_OWN_DIARY: {Role.PUPIL: Scope.SELF},  # from eighteen on
    Act.TURN_FORECAST: {Role.PARENT: Scope.OWN_CHILD, Role.PUPIL: Scope.SELF},  # from eighteen on
    Act.BREAK_GLASS: _PLANNERS,
    Act.REVIEW_GLASS: _PLANNERS,  # another person than who broke it
    Act.REVIEW_FACTS: {Role.TEACHER: Scope.SELF},  # clause 3.3.6
    # clause 2.2.4: about a child its guardian and those who teach it; 4.1.б: any user, the
    # administrator; one's own conversations and nobody else's, whatever the role
    Act.ASK_ABOUT_CHILD: {
        Role.CLASS_TEACHER: Scope.OWN_CLASS,
        Role.TEACHER: Scope.OWN_SUBJECT,
        Role.PARENT: Scope.OWN_CHILD,
    },
    Act.ASK_ABOUT_PROGRAM: _TALKING,
    Act.REPLY_IN_CONVERSATION: _TALKING,
    Act.SEE_CONVERSATION: _TALKING,
    Act.CLOSE_CONVERSATION: _TALKING,
    # clause 3.1.2: staff by the administrator, families by the class teacher, too
    Act.ISSUE_ACCOUNTS: _ACCOUNTS,
    Act.RECEIVE_ACCOUNTS: _ACCOUNTS,
    Act.REVOKE_ACCOUNT: _ACCOUNTS,
    Act.REQUEST_CHECK: {**_PLANNERS, Role.AUDITOR: Scope.SCHOOL},
    # the server's own command line and jobs, never a person at a desk
    Act.COMPLETE_CHECK: {},
    Act.SEAL_ACCESS_DAY: {},
    Act.CLOSE_FILL_CHECK: {},
    Act.INTRODUCE_SEAL_KEY: {},
    Act.RETIRE_SEAL_KEY: {},
    Act.READ_JOBS: _PLANNERS,
    Act.RUN_JOB: _KEEPERS,
    Act.KEEP_WEBHOOKS: _KEEPERS,
}


def holders(act: Act, scope: Scope = Scope.SCHOOL) -> tuple[Role, ...]:
    """The roles that may do this within the scope, in the order of the table."""
    return tuple(role for role, reach in PERMISSIONS[act].items() if reach is scope)
