"""Addresses of other programs, by whatever door they are kept: page, API, command line."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from domain.refusals import Conflict, Invalid, NotFound
from domain.webhooks import MOST_KINDS, SECRET, check_url, trial
from projections import webhooks
from projections.asking import Conn
from projections.strongbox import seal
from projections.trail.words import KIND_LABELS
from projections.webhooks import Webhook

AT_MOST = 20
STOPPED_BY_HAND = "остановлен вручную"


class Keeping(NamedTuple):
    """Where addresses are kept, and the secret that seals their secrets."""

    conn: Conn
    schema: str
    secret: str
    now: datetime


def fresh_secret() -> str:
    """256 random bits as Standard Webhooks writes them."""
    return SECRET + base64.b64encode(secrets.token_bytes(32)).decode()


async def add(
    keeping: Keeping, webhook_id: str, url: str, kinds: Sequence[str], by: str
) -> str | None:
    """A new address; its secret, told once: a repeat answers None. Raises Invalid, Conflict."""
    conn, schema, secret, now = keeping
    check_url(url)
    strange = sorted(set(kinds) - KIND_LABELS.keys())
    if strange or len(kinds) > MOST_KINDS:
        raise Invalid("webhook.kind", f"Таких событий нет: {', '.join(strange)}.")
    known = await webhooks.listed(conn, schema, now)
    former = next((one for one in known if one.webhook_id == webhook_id), None)
    if former is not None:
        if (former.url, sorted(former.kinds)) != (url, sorted(set(kinds))):
            raise Invalid(
                "request.key_reused",
                "Ключ Idempotency-Key уже был у другого запроса: возьмите новый.",
            )
        return None
    if len(known) >= AT_MOST:
        raise Conflict("webhook.too_many", f"Вебхуков уже {AT_MOST}: удалите ненужные.")
    text = fresh_secret()
    sealed = seal(secret, webhook_id, text.encode())
    await webhooks.add(conn, schema, webhook_id, url, sorted(set(kinds)), sealed, by, now)
    return text


async def rotate(keeping: Keeping, webhook_id: str) -> tuple[str, datetime]:
    """Another secret and until when the one before signs as well. Raises NotFound."""
    text = fresh_secret()
    sealed = seal(keeping.secret, webhook_id, text.encode())
    until = await webhooks.rotate(keeping.conn, keeping.schema, webhook_id, sealed, keeping.now)
    if until is None:
        raise UNKNOWN
    return text, until.astimezone(UTC)


async def of(keeping: Keeping, webhook_id: str) -> Webhook:
    """One address. Raises NotFound."""
    found = await webhooks.known(keeping.conn, keeping.schema, webhook_id, keeping.now)
    if found is None:
        raise UNKNOWN
    return found


async def try_out(keeping: Keeping, webhook_id: str, school_id: str) -> str:
    """An event of trial is on its way; its id. A stopped address is resumed. Raises NotFound."""
    conn, schema, _, now = keeping
    number = f"test-{uuid4()}"
    body = trial(school_id, number, now.astimezone(UTC).isoformat())
    if not await webhooks.resume(conn, schema, webhook_id, now):
        raise UNKNOWN
    await webhooks.try_out(conn, schema, webhook_id, number, body, now)
    return number


async def replay(keeping: Keeping, webhook_id: str, since: int) -> None:
    """Everything after a position goes there again. Raises NotFound, Invalid."""
    await of(keeping, webhook_id)
    if not await webhooks.replay(keeping.conn, keeping.schema, webhook_id, since):
        raise Invalid("webhook.since", "До этого места события ещё не дошли: повторять нечего.")


def shown(one: Webhook) -> dict[str, Any]:
    """An address as JSON, without its secret."""
    return {
        "webhook_id": one.webhook_id,
        "url": one.url,
        "kinds": one.kinds,
        "created": _iso(one.created_at),
        "position": one.position,
        "stopped": one.stopped or None,
        "failures": one.failures,
        "next_try": _iso(one.due) if one.failures else None,
        "old_secret_until": _iso(one.old_secret_until),
        "queued": one.queued,
        "sent": one.sent,
        "dead": one.dead,
        "last_sent": _iso(one.last_sent),
        "error": one.error,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


UNKNOWN = NotFound("webhook.unknown", "Такого вебхука нет.")
