"""«Уведомления» on one's own devices (Web Push): off unless the installation has switched it on."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api.auth.devices import device
from api.caller import Caller
from api.deps import SignedIn
from api.v1.wire import PREFIX, Body, Id, Once
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.webhooks import check_url
from projections import notices
from projections.notices import Subscription

router = APIRouter(prefix=PREFIX, tags=["Уведомления"])

LONGEST = 1_000
POINT, AUTH = 65, 16  # bytes (RFC 8291, 3.1 and 3.2)
ENDPOINT = "https://push.example.org/send/dQw4w9WgXcQ"
PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"


class NewDevice(Body):
    """A subscription as `PushManager.subscribe` has made it: base64url without padding."""

    endpoint: Annotated[str, Field(max_length=LONGEST, examples=[ENDPOINT])]
    p256dh: Annotated[str, Field(max_length=120, examples=[PUBLIC])]
    auth: Annotated[str, Field(max_length=40, examples=["BTBZMqHH6r4Tts7J_aSIgg"])]


class Device(BaseModel):
    """A browser that is told. failure: it is told no more, and why."""

    device_id: Id
    name: Annotated[str, Field(examples=["Chrome, Android"])]
    since: datetime
    sent: datetime | None
    failure: str


class Devices(BaseModel):
    """key: the `applicationServerKey` to subscribe by; None while this is off. agreed: the consent
    to it is there.
    """

    key: Annotated[str | None, Field(examples=[PUBLIC])]
    agreed: bool
    devices: list[Device]


@router.get("/notices/devices")
async def my_devices(caller: SignedIn) -> Devices:
    """Where I am told that there is something new."""
    return Devices.model_validate(await devices(caller))


async def devices(caller: Caller) -> dict[str, Any]:
    """As `Devices`."""
    day = caller.door.rights.today()
    async with caller.door.reading() as (conn, schema):
        return {
            "key": caller.door.house.push_key,
            "agreed": await notices.agreed_to_push(conn, schema, caller.person_id, day),
            "devices": await notices.devices_of(conn, schema, caller.person_id),
        }


@router.post("/notices/devices", status_code=201)
async def add_device(new: NewDevice, request: Request, caller: SignedIn, _: Once) -> Devices:
    """This browser is told from now on: «Есть новое в дневнике», and nothing else leaves the
    school. Needs the consent to push; the same browser twice is one device.
    """
    house, day = caller.door.house, caller.door.rights.today()
    if house.push_key is None:
        raise Conflict("push.off", "Уведомления на устройства в этой школе не включены.")
    at = subscription(new)
    name = device(request.headers.get("user-agent", ""))
    async with caller.door.reading() as (conn, schema):
        if not await notices.agreed_to_push(conn, schema, caller.person_id, day):
            raise Forbidden(
                "push.consent",
                "Нужно согласие на уведомления: его оформляет классный руководитель.",
            )
        added = await notices.add_device(conn, schema, caller.person_id, at, name, house.clock())
    if not added:
        raise Conflict("push.too_many", "Устройств уже много: выключите те, что не нужны.")
    return await my_devices(caller)


def subscription(new: NewDevice) -> Subscription:
    """Raises Invalid for what no browser makes."""
    strange = Invalid("push.subscription", "Браузер прислал непонятную подписку.")
    try:
        key, auth = _bytes(new.p256dh), _bytes(new.auth)
        check_url(new.endpoint)
    except (ValueError, binascii.Error, Invalid):
        raise strange from None
    if len(key) != POINT or key[0] != 4 or len(auth) != AUTH:  # noqa: PLR2004 - uncompressed
        raise strange
    if not new.endpoint.startswith("https://"):
        raise strange
    return Subscription(new.endpoint, key, auth)


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))


@router.delete("/notices/devices/{device_id}")
async def remove_device(device_id: Id, caller: SignedIn, _: Once) -> Devices:
    """It is told no more."""
    await forget(caller, device_id)
    return await my_devices(caller)


async def forget(caller: Caller, device_id: str) -> None:
    """Raises NotFound for a device of somebody else's."""
    async with caller.door.reading() as (conn, schema):
        if not await notices.remove_device(conn, schema, caller.person_id, device_id):
            raise NotFound("push.unknown", "Такого устройства у вас нет.")
