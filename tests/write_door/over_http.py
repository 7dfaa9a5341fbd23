"""Exercises of the HTTP door. A new route that writes needs one line here:

    "POST /api/v1/things/{thing_id}": lambda p: Send("anna", {"thing_id": …}, {"body": …}),

`p` is the place: `p.room()` forms a class of its own (pupils, a mother, a lesson of today, one of
tomorrow) and `room.path` fills addresses, `p.mark(room)` gives a mark there, `p.person("pupil")`
registers somebody. Do not lean on what other exercises leave behind. A form is a
`Form`; what is sent otherwise is a class of its own, like those in exercise.py. A route that
writes a table of the doors names it in `own={…}` (and `facts=False` when no fact comes); a new
table is put on a list of ledger.py, with its reason.

A new page or other GET needs a line in `LOOKS` only if Vera, the deputy, cannot open it at `KNOWN`.
"""

from __future__ import annotations

from tests import cast as c
from tests.api.test_regulation_pages import form_of, seal_of, send
from tests.write_door.exercise import Form, Prepare, Send
from tests.write_door.ground import A_JOB, Place
from tests.write_door.http_access import ACCESS
from tests.write_door.http_agenda import AGENDA, SECRET
from tests.write_door.http_archive import ARCHIVE, ARCHIVED_YEAR
from tests.write_door.http_classes import CLASSES
from tests.write_door.http_classroom import CLASSROOM, DEFENCE, SPOKEN
from tests.write_door.http_consents import CONSENTS, SOMEBODY_ERASED
from tests.write_door.http_control import CONTROL, INSPECTION, REMARK
from tests.write_door.http_copies import COPIES, COPY
from tests.write_door.http_credentials import CREDENTIALS
from tests.write_door.http_families import FAMILIES
from tests.write_door.http_files import FILE, FILES, LESSON
from tests.write_door.http_gradesheet import GRADESHEET
from tests.write_door.http_ledgers import LEDGERS
from tests.write_door.http_log import CHECK, LOG
from tests.write_door.http_notices import NOTICES
from tests.write_door.http_office import OFFICE
from tests.write_door.http_reports import RUN
from tests.write_door.http_standing import STANDING
from tests.write_door.http_talks import CONVERSATION, TALKS
from tests.write_door.http_webhooks import WEBHOOK, WEBHOOKS
from tests.write_door.http_year import SCHOOL_YEAR
from tests.write_door.sending import V1, new_id


def _adoption(p: Place) -> Form:
    """The form sends again what it has shown the effect of."""
    form = form_of(version="из формы", fill_days="9")
    seal = seal_of(send(p.client, p.desk("alla"), form).text)
    return Form("alla", {}, form | {"do": "adopt", "seal": seal, "order_no": "12-о"})


PAGES: dict[str, Prepare] = {
    "POST /regulation/edit": _adoption,
    "POST /search": lambda _: Form("anna", {}, {"q": "петр"}, facts=False),
    "POST /log": lambda _: Form("olga", {}, {"text": "не квитанция"}, facts=False),
}
#: what the scheduler does by the clock: its diary is the doors' own
SCHEDULE: dict[str, Prepare] = {
    f"POST {V1}/reports/{{form}}/runs": lambda _: Send(
        "vera",
        {"form": "summary_sheet"},
        {"format": "pdf", "term": 1, "class_id": c.CLASS_7A},
        own=frozenset({"report_run"}),
        facts=False,
    ),
    "POST /reports/{form}/runs": lambda _: Form(
        "vera",
        {"form": "summary_sheet"},
        {"key": new_id(), "format": "xlsx", "term": "1", "class_id": c.CLASS_7A},
        own=frozenset({"report_run"}),
        facts=False,
    ),
    f"POST {V1}/jobs/{{job}}/runs": lambda _: Send(
        "alla", {"job": A_JOB}, None, own=frozenset({"job_run"}), facts=False
    ),
    f"POST {V1}/reminders/{{reminder_id}}/dismissal": lambda p: Send(
        "anna", {"reminder_id": p.reminder(c.ANNA)}, None, own=frozenset({"reminder"}), facts=False
    ),
}
EXERCISES: dict[str, Prepare] = {
    **CLASSES,
    **OFFICE,
    **ACCESS,
    **LOG,
    **PAGES,
    **CREDENTIALS,
    **CONSENTS,
    **STANDING,
    **CONTROL,
    **TALKS,
    **LEDGERS,
    **SCHOOL_YEAR,
    **CLASSROOM,
    **FILES,
    **FAMILIES,
    **SCHEDULE,
    **NOTICES,
    **AGENDA,
    **WEBHOOKS,
    **GRADESHEET,
    **COPIES,
    **ARCHIVE,
}

#: Members of addresses and queries of what is read.
KNOWN = {
    "class_id": c.CLASS_7A,
    "pupil_id": c.PETYA,
    "mark_id": c.an_id("отметка для чтения"),
    "monday": "2026-08-31",
    "week": "2026-W36",
    "step": "words",
    "comment_id": SPOKEN,
    "defence_id": DEFENCE,
    "subject_id": c.ALGEBRA,
    "check_id": CHECK,
    "guardian_id": c.OLEG,
    "person_id": SOMEBODY_ERASED,
    "year": "2026",
    "inspection_id": INSPECTION,
    "conversation_id": CONVERSATION,
    "remark_id": REMARK,
    "job": A_JOB,
    "of_page": "teacher-register",
    "lesson_id": LESSON,
    "lesson": LESSON,
    "file_id": FILE,
    "term": "1",
    "due": "2026-09-03",
    "form": "summary_sheet",
    "archived_year": str(ARCHIVED_YEAR),
    "version": "1",
    "file": "journal",
    "run_id": RUN,
    "secret": SECRET,
    "copy_id": COPY,
    "webhook_id": WEBHOOK,
}
#: Who opens it, if not Vera; None: nobody is signed in.
LOOKS: dict[str, str | None] = {
    "/service-requests": "sveta",
    "/api/v1/service-requests": "sveta",
    "/api/v1/service-requests.csv": "sveta",
    "/sign-in": None,
    "/calendar/{secret}.ics": None,
    "/people/{person_id}/copy": "alla",
    "/api/v1/people/{person_id}/copies": "alla",
    "/api/v1/copies/{copy_id}/file": "alla",
    "/webhooks": "alla",
    "/api/v1/webhooks": "alla",
    "/api/v1/webhooks/{webhook_id}/dead": "alla",
    "/diary": "olga",
    "/marks": "olga",
    "/archive/{archived_year}/annotation": "dina",
    "/api/v1/people/{person_id}/erasure": "alla",
    "/api/v1/people/{person_id}/erasure/act": "alla",
}
