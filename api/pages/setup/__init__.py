"""The forms of «Учебный год»: what the administration needs for a school that has nothing yet."""

from __future__ import annotations

from api.pages.setup import bells, calendar, classes, lessons, pupils, staff, taught, words
from api.pages.setup.form import StepForm

FORMS: dict[str, StepForm] = {
    "calendar": calendar.FORM,
    "bells": bells.FORM,
    "words": words.FORM,
    "staff": staff.FORM,
    "classes": classes.FORM,
    "pupils": pupils.FORM,
    "subgroups": taught.SUBGROUPS,
    "assignments": taught.ASSIGNMENTS,
    "lessons": lessons.FORM,
}
