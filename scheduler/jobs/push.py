"""Words on one's own devices: a person's lines that are due are one word, at least once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from domain.notices import PUSH_WORD
from projections import notices
from projections.notices import Line, Parcel, Subscription
from scheduler.push import Device, Push, send
from scheduler.webhooks import Inside
from scheduler.work import Work

WITHDRAWN = "согласие на дневник или на уведомления отозвано"
TAKEN, GONE = range(200, 300), (404, 410)
ENDED = "браузер больше не принимает уведомления: включите их снова"
STRANGE = "адрес этого браузера не годится"


class Outcome(NamedTuple):
    """What became of a word at one device. later: it may be taken another time; why: in words
    about nobody.
    """

    taken: bool = False
    later: bool = False
    why: str = ""


def send_pushes(work: Work) -> Mapping[str, int]:
    """Everything that is due. While Web Push is off nothing is sent."""
    if work.push is None:
        return {}
    with work.app.connection() as conn:
        due = notices.due_words(conn, work.schema, work.now)
    return {"уведомлений": sum(_told(work, work.push, one) for one in due)}


def _told(work: Work, push: Push, parcel: Parcel) -> bool:
    """One person's word to each device; answers whether one has taken it."""
    gone = _gone(work, parcel)
    if gone:
        with work.app.connection() as conn:
            notices.dropped(conn, work.schema, parcel._replace(lines=gone), WITHDRAWN)
        parcel = parcel._replace(lines=[one for one in parcel.lines if one not in gone])
    if not parcel.lines:
        return False
    with work.app.connection() as conn:
        devices = notices.living(conn, work.schema, parcel.person_id)
    outcomes = [_handed_over(work, push, device_id, at) for device_id, at in devices]
    taken = any(one.taken for one in outcomes)
    later = next((one.why for one in outcomes if one.later), "")
    with work.app.connection() as conn:
        if taken:
            notices.sent(conn, work.schema, parcel, work.now)
        elif later:
            notices.delayed(conn, work.schema, parcel, work.now, later)
        else:
            notices.undeliverable(conn, work.schema, parcel, ENDED)
    return taken


def _gone(work: Work, parcel: Parcel) -> list[Line]:
    """Lines that may not be told any more."""
    pupils = {one.pupil_id for one in parcel.lines}
    readers = work.ask(lambda conn, schema: notices.readers_of(conn, schema, pupils, work.today))
    may = {
        pupil
        for pupil, of in readers.items()
        if any(one.person_id == parcel.person_id and one.pushes for one in of)
    }
    return [one for one in parcel.lines if one.pupil_id not in may]


def _handed_over(work: Work, push: Push, device_id: str, at: Subscription) -> Outcome:
    """One device; one that has gone is told no more."""
    try:
        answer = send(push, Device(device_id, *at), PUSH_WORD, work.now)
    except (Inside, ValueError):
        return _ended(work, device_id, STRANGE)
    except OSError as fault:
        return Outcome(later=True, why=f"служба уведомлений не ответила ({type(fault).__name__})")
    if answer.status in GONE:
        return _ended(work, device_id, ENDED)
    if answer.status not in TAKEN:
        return Outcome(later=True, why=f"служба уведомлений ответила {answer.status}")
    with work.app.connection() as conn:
        notices.reached(conn, work.schema, device_id, work.now)
    return Outcome(taken=True)


def _ended(work: Work, device_id: str, why: str) -> Outcome:
    with work.app.connection() as conn:
        notices.ended(conn, work.schema, device_id, work.now, why)
    return Outcome()
