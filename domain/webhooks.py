"""What other programs are told and how it is signed: CloudEvents 1.0 and Standard Webhooks. Pure.

An event carries ids alone. Whoever may know more fetches it by a token of its own: `data.fetch`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from domain.refusals import Invalid

PREFIX = "letopis."
TRIAL = "test"
MEDIA_TYPE = "application/cloudevents+json"
SECRET = "whsec_"  # noqa: S105 - what a secret begins with
MOST_KINDS = 60
LONGEST_URL = 2_000
#: of a line of the trail, what goes into the event: ids and places, no marks and no words
TOLD = (
    *("position", "ordinal", "class_id", "subject_id", "lesson_id", "lesson_date"),
    *("pupil_id", "mark_id", "term", "by", "acting_for", "imported"),
)


def event_id(position: int, ordinal: int) -> str:
    """The same line is the same event, whenever it is sent."""
    return f"{position}.{ordinal}"


def event(school_id: str, line: Mapping[str, Any]) -> str:
    """A line of the change feed as a structured CloudEvent, JSON."""
    position = line["position"]
    fetch = f"/api/v1/changes?since={position - 1}&limit=1"
    data = {name: line[name] for name in TOLD} | {"fetch": fetch}
    number = event_id(position, line["ordinal"])
    return _structured(school_id, number, line["kind"], line["recorded_at"], data)


def trial(school_id: str, number: str, moment: str) -> str:
    """An event that says nothing but that it has come."""
    return _structured(school_id, number, TRIAL, moment, {"fetch": "/api/v1/changes?since=now"})


def _structured(
    school_id: str, number: str, kind: str, moment: str, data: Mapping[str, Any]
) -> str:
    return msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": number,
            "source": f"urn:letopis:school:{school_id}",
            "type": PREFIX + kind,
            "time": moment,
            "datacontenttype": "application/json",
            "data": data,
        }
    ).decode()


def check_url(url: str) -> str:
    """An address that events can be sent to. Whether it lies outside is asked when it is sent.

    Raises Invalid.
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"https", "http"} and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or len(url) > LONGEST_URL or not url.isascii() or not url.isprintable():
        raise Invalid("webhook.url", "Нужен полный адрес с протоколом и сервером, латиницей.")
    if parts.username is not None or parts.fragment or " " in url:
        raise Invalid("webhook.url", "В адресе не бывает имени с паролем, пробелов и знака #.")
    return url
