"""Other programs are told: what the log says goes into their outboxes, what is due goes out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from socket import gaierror
from ssl import SSLCertVerificationError, SSLError

from domain.webhooks import event, event_id
from projections import changes, webhooks
from projections.asking import Conn
from projections.changes import Part
from projections.strongbox import Spoilt, unseal
from projections.webhooks.outbox import Address, Delivery, Event
from scheduler.webhooks import Answer, Inside, post
from scheduler.work import Work

A_PAGE = 500  # facts written down at a time
GONE, TAKEN = 410, range(200, 300)
#: not about this event: come back later (RFC 9110, 6585)
LATER = {408, 425, 429, *range(500, 600)}
LEFT = "получатель ответил 410: просит больше не присылать"
#: what people would otherwise read in the words of the operating system
_FAULTS: tuple[tuple[type[OSError], str], ...] = (
    (gaierror, "такого имени в сети нет"),
    (ConnectionRefusedError, "никто не отвечает по этому адресу"),
    (SSLCertVerificationError, "его сертификату нельзя доверять"),
    (SSLError, "шифрованное соединение не получилось"),
)
UNREADABLE = "секрет записан под другим ключом установки: выпустите новый"


def deliver_webhooks(work: Work) -> Mapping[str, int]:
    """What is new is written down for every address, then sent where something may be sent."""
    with work.app.connection() as conn:
        known = webhooks.addresses(conn, work.schema, work.now)
    if not known:
        return {}
    events = sum(_write_down(work, one) for one in known)
    sent = sum(_send(work, one) for one in known if one.open)
    return {"событий": events, "доставлено": sent}


def _write_down(work: Work, address: Address) -> int:
    upto = work.ask(changes.place).folded
    written = 0
    while address.position < upto:
        part = work.ask(partial(_next, address, upto))
        events = [
            Event(
                event_id(one["position"], one["ordinal"]),
                one["position"],
                one["kind"],
                event(work.school.school_id, one),
            )
            for one in part.lines
        ]
        with work.app.connection() as conn:
            written += webhooks.put(conn, work.schema, address, events, part.upto, work.now)
        address = address._replace(position=part.upto)
    return written


async def _next(address: Address, upto: int, conn: Conn, schema: str) -> Part:
    return await changes.of_classes(
        conn, schema, None, None, address.position, upto, A_PAGE, address.kinds or None
    )


def _send(work: Work, address: Address) -> int:
    """Events that are due, until one cannot be handed over; answers how many went."""
    try:
        sealed = [one for one in (address.secret, address.old_secret) if one is not None]
        secrets = [unseal(work.secret, address.webhook_id, one) for one in sealed]
    except Spoilt:
        with work.app.connection() as conn:
            webhooks.gone(conn, work.schema, address, UNREADABLE)
        return 0
    with work.app.connection() as conn:
        due = webhooks.due(conn, work.schema, address.webhook_id, work.now)
    done = 0
    for one in due:
        taken = _hand_over(work, address, one, secrets)
        if taken is None:
            break
        done += taken
    return done


def _hand_over(work: Work, address: Address, one: Delivery, secrets: list[bytes]) -> bool | None:
    """Whether the receiver has taken it; None: nothing more goes there for now."""
    at, schema = work.now, work.schema
    try:
        answer = post(
            address.url,
            one.event_id,
            one.body.encode(),
            secrets,
            at,
            private=work.private_webhooks,
        )
    except Inside as fault:
        with work.app.connection() as conn:
            webhooks.gone(conn, schema, address, str(fault))
        return None
    except OSError as fault:
        with work.app.connection() as conn:
            webhooks.failed(conn, schema, address, one, at, _why(fault), None)
        return None
    return _answered(work, address, one, answer)


def _answered(work: Work, address: Address, one: Delivery, answer: Answer) -> bool | None:
    at, schema, why = work.now, work.schema, f"получатель ответил {answer.status}"
    with work.app.connection() as conn:
        if answer.status in TAKEN:
            webhooks.sent(conn, schema, address, one, at)
            return True
        if answer.status == GONE:
            webhooks.gone(conn, schema, address, LEFT)
            return None
        if answer.status in LATER:
            webhooks.failed(conn, schema, address, one, at, why, answer.after)
            return None
        webhooks.refused(conn, schema, address, one, at, why)
        return False


def _why(fault: OSError) -> str:
    if isinstance(fault, TimeoutError):
        return "получатель не ответил вовремя"
    known = next((said for kind, said in _FAULTS if isinstance(fault, kind)), "")
    return f"получатель недоступен: {known or fault.strerror or fault}"
