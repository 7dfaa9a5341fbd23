"""Telling families: what the log says goes into the outbox, what is due goes out by post."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage

from domain.notices import Kind
from domain.refusals import Busy
from projections import directory, notices, trail
from projections.asking import Conn
from projections.notices import Line, Parcel
from projections.notices.words import sentence
from projections.reminders import Reminder
from scheduler import letters
from scheduler.letters import Told
from scheduler.sealing.mail import send, sender_of
from scheduler.work import Mail, Work

A_MONTH = timedelta(days=30)
RETURNED = "letters"
WITHDRAWN = "согласие на дневник или на письма отозвано"
#: from here on a mail server's answer is about the address, and for good (RFC 5321, 4.2.1)
FOR_GOOD = 500


def tell_families(work: Work) -> Mapping[str, int]:
    """Who is to be told what was written since the last time; each once, whatever crashes."""
    with work.app.connection() as conn:
        after = notices.begun(conn, work.schema, work.now, work.ask(notices.folded))
    if after is None:
        return {}
    told, heard = 0, _heard(work, after)
    while heard.upto > after:
        with work.app.connection() as conn:
            told += notices.tell(conn, work.schema, heard, work.now, work.zone)
        after = heard.upto
        heard = _heard(work, after)
    return {"уведомлений": told}


def _heard(work: Work, after: int) -> notices.Heard:
    return work.ask(lambda conn, schema: notices.hear(conn, schema, after, work.today))


def warn_of_consents(work: Work) -> Mapping[str, int]:
    """Guardians whose consent to the diary ends within a month, each once a consent."""
    before = work.today + A_MONTH
    ending = work.ask(
        lambda conn, schema: notices.consents_ending(conn, schema, work.today, before, work.now)
    )
    with work.app.connection() as conn:
        if notices.begun(conn, work.schema, work.now, work.ask(notices.folded)) is None:
            raise Busy("notices.behind", "Журнал ещё готовится к показу.")
        told = [notices.tell(conn, work.schema, one, work.now, work.zone) for one in ending]
    return {"уведомлений": sum(told)}


def send_letters(work: Work) -> Mapping[str, int]:
    """Codes for new addresses, and everything that is due, a letter a person. Without a mail
    server nothing is sent and nothing is lost.
    """
    if work.mail is None:
        return {}
    codes = sum(_send_code(work, work.mail, one) for one in _codes(work))
    with work.app.connection() as conn:
        due = notices.parcels(conn, work.schema, work.now)
    return {"писем": sum(_post(work, work.mail, one) for one in due), "кодов": codes}


def _codes(work: Work) -> list[notices.CodeLetter]:
    with work.app.connection() as conn:
        return notices.codes_to_send(conn, work.schema, work.now)


def _send_code(work: Work, mail: Mail, one: notices.CodeLetter) -> bool:
    letter = letters.code(
        school=work.school_name, sender=sender_of(mail.url), to=one.address, number=one.code
    )
    refused = ""
    try:
        send(mail.url, letter)
    except OSError as fault:
        if not _for_good(fault):
            return False  # the next look tries again, while the code is good
        refused = why(fault)
    with work.app.connection() as conn:
        notices.code_sent(conn, work.schema, one, work.now, refused)
    return not refused


def _post(work: Work, mail: Mail, parcel: Parcel) -> bool:
    """One person's letter; answers whether it went."""
    told, gone = work.ask(lambda conn, schema: _sentences(conn, schema, work, parcel))
    with work.app.connection() as conn:
        if gone:
            notices.dropped(conn, work.schema, parcel._replace(lines=gone), WITHDRAWN)
        if not told:
            return False
    parcel = parcel._replace(lines=[one for one in parcel.lines if one not in gone])
    letter = letters.digest(
        told,
        school=work.school_name,
        sender=sender_of(mail.url),
        to=parcel.address,
        number=parcel.number,
        origin=mail.origin,
    )
    return _sent(work, mail, parcel, letter)


def _sent(work: Work, mail: Mail, parcel: Parcel, letter: EmailMessage) -> bool:
    try:
        send(mail.url, letter)
    except OSError as fault:
        with work.app.connection() as conn:
            if _for_good(fault):
                notices.refused(conn, work.schema, parcel, work.now, why(fault))
            else:
                notices.delayed(conn, work.schema, parcel, work.now, why(fault))
        if _for_good(fault):
            _tell_class_teachers(work, parcel)
        return False
    with work.app.connection() as conn:
        notices.sent(conn, work.schema, parcel, work.now)
    return True


async def _sentences(
    conn: Conn, schema: str, work: Work, parcel: Parcel
) -> tuple[list[Told], list[Line]]:
    """What the letter says, and lines that may not be told any more."""
    readers = await notices.readers_of(
        conn, schema, {one.pupil_id for one in parcel.lines}, work.today
    )
    may = {
        pupil
        for pupil, of in readers.items()
        if any(one.person_id == parcel.person_id and one.letters for one in of)
    }
    names = {}
    for pupil in may:
        person = await directory.person(conn, schema, pupil)
        names[pupil] = person["name"] if person else "Ученик"
    places = [(one.position, one.ordinal) for one in parcel.lines]
    items = await trail.at_places(conn, schema, places)
    told = [
        Told(
            names[one.pupil_id],
            Kind(one.kind),
            sentence(Kind(one.kind), items.get((one.position, one.ordinal))),
        )
        for one in parcel.lines
        if one.pupil_id in may
    ]
    return told, [one for one in parcel.lines if one.pupil_id not in may]


def _tell_class_teachers(work: Work, parcel: Parcel) -> None:
    """Letters come back: the class teacher of each child is told, in words about nobody."""

    async def classes(conn: Conn, schema: str) -> list[Reminder]:
        found = []
        for pupil in sorted({one.pupil_id for one in parcel.lines}):
            for one in await directory.pupil_classes(conn, schema, pupil):
                card = await directory.class_card(conn, schema, one["class_id"], work.today)
                teacher = card and card["class_teacher"]
                if card is None or not teacher or one.get("until"):
                    continue
                place = f"/classes/{one['class_id']}/notices"
                text = f"{card['name']}: письма одному из родителей не доходят"
                until = work.now + A_MONTH
                found.append(Reminder(teacher["person_id"], RETURNED, place, (text,), place, until))
        return found

    work.remind(*work.ask(classes))


def _for_good(fault: OSError) -> bool:
    """The server says that there is no such address."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return all(code >= FOR_GOOD for code, _ in fault.recipients.values())
    return False


def why(fault: OSError) -> str:
    """What the mail server did, in words about nobody."""
    if _for_good(fault):
        return "почтовый сервер говорит, что такого адреса нет"
    return f"почтовый сервер не принял письмо ({type(fault).__name__})"
