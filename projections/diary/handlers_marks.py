"""What facts about marks and people change in the diary."""

from __future__ import annotations

from domain.journal import facts as j
from domain.people import facts as p
from projections.diary.desk import HANDLERS, Desk
from projections.diary.state import Mark
from projections.projection import Placed, id_of

on = HANDLERS.on

# Marks --------------------------------------------------------------------------------------


@on(j.MarkGiven)
def _mark(to: Desk, fact: j.MarkGiven, at: Placed) -> None:
    key = (at.stream, to.memory.mondays(at.stream)[fact.lesson_id])
    comment = id_of(fact.comment)
    mark = Mark(
        fact.mark_id,
        fact.pupil_id,
        fact.lesson_id,
        fact.value,
        None,
        fact.weight,
        fact.work_type_id,
        comment,
        to.texts.get(comment) if comment else None,
        at.body.at,
        at.position,
    )
    to.memory.give(key, mark)
    if comment is not None:
        to.memory.remember_text(comment, key, fact.mark_id)
    to.touch_pupil(fact.pupil_id, key[1], at)


@on(j.MarkCorrected)
def _mark_corrected(to: Desk, fact: j.MarkCorrected, at: Placed) -> None:
    if found := to.memory.mark(at.stream, fact.mark_id):
        key, mark = found
        mark.was, mark.value, mark.said = fact.old_value, fact.value, None
        to.touch_pupil(mark.pupil_id, key[1], at)


@on(j.MarkAnnulled)
def _mark_annulled(to: Desk, fact: j.MarkAnnulled, at: Placed) -> None:
    if found := to.memory.mark(at.stream, fact.mark_id):
        key, mark = found
        mark.value, mark.said = "", None
        to.touch_pupil(mark.pupil_id, key[1], at)


@on(j.MarkCommented)
def _mark_commented(to: Desk, fact: j.MarkCommented, at: Placed) -> None:
    if found := to.memory.mark(at.stream, fact.mark_id):
        key, mark = found
        mark.comment_id, mark.comment = fact.comment.id, to.texts.get(fact.comment.id)
        mark.said = None
        to.memory.remember_text(fact.comment.id, key, fact.mark_id)
        to.touch_pupil(mark.pupil_id, key[1], at)


# People -------------------------------------------------------------------------------------


def _named(to: Desk, at: Placed, name: str) -> None:
    to.memory.person(at.stream).name = name
    to.memory.person_changed(at.stream)
    to.touch_everywhere(at.stream, at)
    for key in to.memory.weeks_with(at.stream):
        to.touch_week(key, at)


@on(p.PersonRegistered)
def _registered(to: Desk, fact: p.PersonRegistered, at: Placed) -> None:
    if fact.kind != "guardian":  # guardians are not in the diary
        to.memory.person(at.stream).kind = fact.kind
        _named(to, at, to.naming(fact.name.id))


@on(p.PersonRenamed)
def _renamed(to: Desk, fact: p.PersonRenamed, at: Placed) -> None:
    if to.memory.person(at.stream).kind:
        _named(to, at, to.naming(fact.name.id))


@on(p.PersonErased)
def _erased(to: Desk, _: p.PersonErased, at: Placed) -> None:
    if to.memory.person(at.stream).kind:
        _named(to, at, "")


@on(p.PayloadErased)
def _payload_erased(to: Desk, fact: p.PayloadErased, at: Placed) -> None:
    for payload, key, mark_id in to.memory.texts(fact.payload_ids):
        if mark_id is None:
            for lesson in to.memory.bundle(*key).week.lessons.values():
                for homework in lesson.homework:
                    if homework.payload_id == payload:
                        homework.text = ""
                for file in lesson.files:
                    if file.name_id == payload:
                        file.name = ""
                    elif file.body_id == payload:
                        file.body_id = ""
            to.touch_week(key, at)
        elif (found := to.memory.mark(key[0], mark_id)) and found[1].comment_id == payload:
            found[1].comment = found[1].said = None
            to.touch_pupil(found[1].pupil_id, key[1], at)
