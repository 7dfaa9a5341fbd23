"""The trail as sentences: who, when, did what, to whom, from → to, and why."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from api.pages import wording
from api.pages.declension import did, feminine, to_whom, whose
from api.pages.diary import reason_words
from domain import red_flags
from domain.journal.control_facts import CHECKED_LABELS, Checked
from domain.journal.outcome_facts import LEVEL_LABELS, Level
from domain.values import ATTENDANCE_LABELS, AttendanceCode
from projections.trail.words import KIND_LABELS

#: kind → (verb of a man, what was done; {pupil} is in the dative, {of_pupil} in the genitive, name
#: and initial)
SENTENCES: dict[str, tuple[str, str]] = {
    "mark-given": ("поставил", "отметку {pupil}"),
    "mark-corrected": ("исправил", "отметку {pupil}"),
    "mark-annulled": ("аннулировал", "отметку {pupil}"),
    "mark-commented": ("написал", "комментарий к отметке {pupil}"),
    "topic-recorded": ("записал", "тему урока"),
    "topic-corrected": ("исправил", "тему урока"),
    "attendance-taken": ("отметил", "посещаемость {of_pupil}"),
    "attendance-corrected": ("исправил", "посещаемость {of_pupil}"),
    "absence-reason-set": ("указал", "причину пропуска {pupil}"),
    "attendance-week-confirmed": ("подтвердил", "пропуски за неделю"),
    "absence-announced": ("предупредил", "об отсутствии {pupil}"),
    "diary-acknowledged": ("ознакомился", "с неделей дневника {of_pupil}"),
    "pupil-commented": ("написал", "комментарий {pupil}"),
    "pupil-comment-corrected": ("изменил", "комментарий {pupil}"),
    "project-defence-recorded": ("записал", "защиту итоговой работы {pupil}"),
    "project-defence-corrected": ("исправил", "защиту итоговой работы {pupil}"),
    "project-defence-annulled": ("аннулировал", "защиту итоговой работы {pupil}"),
    "comprehensive-work-recorded": ("записал", "результат комплексной работы {pupil}"),
    "comprehensive-work-corrected": ("исправил", "результат комплексной работы {pupil}"),
    "metasubject-level-recorded": ("записал", "метапредметный уровень {pupil}"),
    "metasubject-level-corrected": ("исправил", "метапредметный уровень {pupil}"),
    "forecast-annotated": ("написал", "к прогнозу {pupil}"),
    "parent-report-sent": ("отправил", "письмо родителям {pupil}"),
    "archive-annotated": ("внёс", "пояснение к архиву: отметку {pupil} читать иначе"),
    "homework-assigned": ("задал", "домашнее задание"),
    "homework-corrected": ("исправил", "домашнее задание"),
    "homework-not-assigned": ("отметил", "«не задано»"),
    "lesson-file-attached": ("приложил", "файл к уроку"),
    "lesson-file-removed": ("убрал", "файл урока"),
    "lesson-added": ("добавил", "урок вне расписания"),
    "lesson-moved": ("перенёс", "урок"),
    "lesson-cancelled": ("отменил", "урок"),
    "lessons-withdrawn": ("снял", "уроки прежнего расписания"),
    "lesson-plan-adopted": ("принял", "план уроков"),
    "room-changed": ("перенёс", "урок в другой кабинет"),
    "debt-raised": ("записал", "долг {pupil}"),
    "debt-resolved": ("снял", "долг {pupil}"),
    "term-mark-issued": ("выставил", "отметку за период {pupil}"),
    "term-mark-corrected": ("исправил", "отметку за период {pupil}"),
    "term-mark-annulled": ("аннулировал", "отметку за период {pupil}"),
    "inspected": ("проверил", "журнал"),
    "remark-opened": ("записал", "замечание"),
    "remark-resolved": ("ответил", "на замечание"),
    "remark-accepted": ("снял", "замечание"),
    "remark-returned": ("вернул", "замечание"),
    "term-closed": ("закрыл", "учебный период"),
    "term-reopened": ("открыл снова", "учебный период по приказу"),
    "correction-requested": ("попросил", "исправить отметку {pupil}"),
    "correction-approved": ("разрешил", "исправить отметку {pupil}"),
    "correction-rejected": ("отклонил", "запрос исправить отметку {pupil}"),
    "year-mark-issued": ("выставил", "годовую отметку {pupil}"),
    "year-mark-corrected": ("исправил", "годовую отметку {pupil}"),
    "exam-mark-recorded": ("записал", "экзаменационную отметку {pupil}"),
    "exam-mark-corrected": ("исправил", "экзаменационную отметку {pupil}"),
    "final-mark-issued": ("выставил", "итоговую отметку {pupil}"),
    "final-mark-corrected": ("исправил", "итоговую отметку {pupil}"),
    "council-decision-recorded": ("записал", "решение педсовета по {pupil}"),
    "council-decision-corrected": ("исправил", "решение педсовета по {pupil}"),
}
#: Kinds offered in the filter, in the order a deputy asks for them.
KINDS: tuple[tuple[str, str], ...] = tuple(
    (kind, KIND_LABELS[kind])
    for kind in (
        "mark-corrected",
        "mark-annulled",
        "mark-given",
        "mark-commented",
        "term-mark-issued",
        "term-mark-corrected",
        "term-mark-annulled",
        "correction-requested",
        "correction-approved",
        "term-reopened",
        "year-mark-issued",
        "final-mark-issued",
        "council-decision-recorded",
        "attendance-taken",
        "attendance-corrected",
        "absence-reason-set",
        "attendance-week-confirmed",
        "pupil-commented",
        "project-defence-recorded",
        "comprehensive-work-recorded",
        "metasubject-level-recorded",
        "parent-report-sent",
        "archive-annotated",
        "topic-recorded",
        "topic-corrected",
        "homework-assigned",
        "homework-not-assigned",
        "homework-corrected",
        "lesson-file-attached",
        "lesson-file-removed",
        "inspected",
        "remark-opened",
        "remark-resolved",
    )
)
FLAGS: tuple[tuple[str, str], ...] = (
    ("late", "с опозданием"),
    ("after_term_mark", "после отметки за период"),
    ("absent_pupil", "ученик отсутствовал"),
    ("by_substitute", "замещающий учитель"),
)
#: «выставить → выставила», «перенести → перенесла»: verbs whose feminine is not masculine + а
FEMININE = {"перенёс": "перенесла", "внёс": "внесла"}
#: What a deputy asks every day: (words, query of the trail)
QUICK = (
    ("Все записи", ""),
    ("Исправления отметок", "?kind=mark-corrected"),
    ("Аннулированные", "?kind=mark-annulled"),
    ("После отметки за период", "?flag=after_term_mark"),
    ("Отсутствующим", "?flag=absent_pupil"),
    ("С опозданием", "?flag=late"),
)
CHANGES = ("corrected", "annulled", "moved", "removed", "cancelled")


def short_kind(kind: str) -> str:
    """«journal.mark-given» → «mark-given»; «mark_given» and «MARK_GIVEN» mean the same."""
    return kind.rpartition(".")[2].replace("_", "-").lower()


def sentence(entry: dict[str, Any], zone: str) -> str:
    """One entry of `GET /trail` as one Russian sentence, beginning with its moment."""
    return f"{wording.moment(entry['recorded_at'], zone)} {_deed(entry)}"


def _deed(entry: dict[str, Any]) -> str:
    kind = short_kind(entry["kind"])
    verb, what = SENTENCES.get(kind, ("изменил", "запись"))
    full = wording.name_of(entry.get("by"))
    who = wording.short_name(full) if full else "Система"
    acted = _verb(verb, full)
    pupil = wording.name_of(entry.get("pupil"))
    what = what.replace(" {pupil}", f" {to_whom(pupil)}" if pupil else "")
    what = what.replace(" {of_pupil}", f" {whose(pupil)}" if pupil else "")
    place = ", ".join(filter(None, _place(entry)))
    text = f"{who} {acted} {what}"
    if place:
        text += f" ({place})"
    if values := _values(entry, kind):
        text += f": {values}"
    if why := reason_words(entry):
        text += f", причина: {why}"
    if instead := wording.name_of(entry.get("acting_for")):
        text += f", замещая: {wording.short_name(instead)}"
    return text


def _verb(verb: str, full: str) -> str:
    hers = FEMININE.get(verb, feminine(verb))
    if not full:
        return hers  # «Система записала»
    acted = did(verb, full)
    return hers if acted == feminine(verb) else acted


def _place(entry: dict[str, Any]) -> list[str]:
    where = f"урок {wording.day(entry['lesson_date'])}" if entry.get("lesson_date") else ""
    if entry.get("term"):
        where = entry.get("term_name") or f"{entry['term']}-й период"
    return [wording.name_of(entry.get("class")), wording.name_of(entry.get("subject")), where]


def _values(entry: dict[str, Any], kind: str) -> str:
    old, new = value_words(entry.get("old_value"), kind), value_words(entry.get("value"), kind)
    if kind == "inspected":
        return f"записи с {old} по {new}"
    if kind == "mark-annulled":
        return f"была {old}" if old else ""
    if old and new:
        return f"{old} → {new}"
    return new


def value_words(value: Any, kind: str) -> str:
    """What stands in a record, in words; empty when there is nothing."""
    if not value:
        return ""
    text = str(value)
    if kind.startswith(("attendance", "absence")) and text in AttendanceCode.__members__:
        return ATTENDANCE_LABELS[AttendanceCode(text)][1]
    if kind == "remark-opened" and text in Checked.__members__:
        return CHECKED_LABELS[Checked(text)]
    if kind == "remark-resolved":
        return wording.plural(int(text), "запись", "записи", "записей")
    if kind == "remark-returned":
        return f"срок до {text}"
    if text in Level.__members__:
        return LEVEL_LABELS[Level(text)]
    quoted = (
        kind.startswith(("topic", "homework", "lesson-file")) and kind != "homework-not-assigned"
    )
    return f"«{text}»" if quoted else text


def trail_page(
    answer: dict[str, Any], filters: dict[str, str], choices: dict[str, Any], *, zone: str
) -> dict[str, Any]:
    """Context of templates/deputy/trail.html.

    `filters` are the query parameters in force, `choices` are
    {classes[{class_id, name}], subjects[{subject_id, name}], teachers[{person_id, name}],
    pupils[{pupil_id, name}]} for the select boxes.
    """
    entries = [
        {
            "time": f"{wording.local(entry['recorded_at'], zone):%H:%M}",
            "date": wording.day(wording.local(entry["recorded_at"], zone).date()),
            "deed": _deed(entry),
            "changed": any(word in short_kind(entry["kind"]) for word in CHANGES),
            "flags": [words for flag, words in FLAGS if flagged(entry, flag)],
        }
        for entry in answer["items"]
    ]
    kept = {key: value for key, value in filters.items() if value and key != "cursor"}
    cursor = answer.get("next_cursor")
    return {
        "days": [
            {"date": date, "entries": list(group)}
            for date, group in groupby(entries, key=lambda one: one["date"])
        ],
        "count": len(entries),
        "table_url": f"/trail?{urlencode({**kept, 'format': 'csv'})}",
        "filters": filters,
        "filtered": bool(kept),
        "choices": choices,
        "kinds": (*KINDS, *_other_kind(filters.get("kind", ""))),
        "flags": (*FLAGS, *_red_flag(filters.get("flag", ""))),
        "quick": [
            {
                "href": f"/trail{query}",
                "text": text,
                "current": f"?{urlencode(kept)}" == (query or "?"),
            }
            for text, query in QUICK
        ],
        "next_url": f"/trail?{urlencode({**kept, 'cursor': cursor})}" if cursor else "",
        "first_url": f"/trail?{urlencode(kept)}" if filters.get("cursor") else "",
        "as_of": wording.as_of(answer["as_of"], zone),
    }


def _other_kind(kind: str) -> list[tuple[str, str]]:
    """A kind that is not offered, when the trail is cut to it."""
    named = kind in KIND_LABELS and kind not in dict(KINDS)
    return [(kind, KIND_LABELS[kind])] if named else []


def _red_flag(flag: str) -> list[tuple[str, str]]:
    """«сигнал F4-4127: много изменений подряд…», when the trail is cut to the facts behind it."""
    code = flag.partition("-")[0]
    kind = next((kind for one, kind in red_flags.KINDS.items() if one == code), None)
    return [(flag, f"сигнал {flag}: {kind.title[0].lower()}{kind.title[1:]}")] if kind else []


def flagged(entry: dict[str, Any], flag: str) -> bool:
    """Does an entry of `GET /trail` have that oddity?"""
    return bool(entry.get(flag)) or flag in (entry.get("flags") or ())
