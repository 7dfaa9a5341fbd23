"""A second factor of one's own: shown, confirmed by a code, renewed, removed.

Each needs a person who has just shown the password, and leaves a line in the access log.
"""

from __future__ import annotations

from typing import Any

from api.auth import totp
from api.auth.recovery import hash_of_code, new_codes
from api.caller import Caller
from domain.refusals import Conflict, Forbidden, Invalid

ISSUER = "Летопись"


async def state(caller: Caller) -> dict[str, Any]:
    """`{enrolled, since, recovery_codes_left, required}` of the caller."""
    found = await caller.door.store.factor(caller.person_id)
    there = found is not None and found.confirmed is not None
    return {
        "enrolled": there,
        "since": found.confirmed if found else None,
        "recovery_codes_left": found.codes_left if found else 0,
        "required": required(caller),
    }


def required(caller: Caller) -> bool:
    """One of the caller's roles asks for a second factor."""
    return not caller.roles.isdisjoint(caller.door.house.second_factor)


async def show(caller: Caller) -> dict[str, str]:
    """`{secret, uri}` of a new factor, not in force before `confirm`."""
    caller.fresh()
    secret = totp.new_secret()
    await caller.door.store.show_factor(caller.person_id, secret)
    await _note(caller, "shown")
    return shown(secret, caller.session.login)


def shown(secret: bytes, login: str) -> dict[str, str]:
    """A secret as text, and as an authenticator reads it."""
    return {"secret": totp.in_text(secret), "uri": totp.uri(secret, ISSUER, login)}


async def confirm(caller: Caller, code: str, address: str | None) -> list[str]:
    """The factor comes into force, other sessions end; recovery codes, told once.

    Raises Forbidden, Conflict when none was shown, Invalid for a wrong code, TooMany.
    """
    caller.fresh()
    door, login = caller.door, caller.session.login
    found = await door.store.factor(caller.person_id)
    if found is None or found.pending is None:
        raise Conflict("second_factor.not_shown", "Начните сначала: покажите новый код QR.")
    await door.throttle.attempt_code(login)
    now = door.house.clock()
    step = totp.step_of(found.pending, "".join(code.split()), now.timestamp())
    if step is None:
        await door.throttle.failed(address)
        raise Invalid(
            "second_factor.wrong_code",
            "Код не подходит. Проверьте, что время на телефоне точное, и введите следующий код.",
        )
    await door.throttle.right_code(login)
    codes = new_codes()
    hashes = [hash_of_code(one) for one in codes]
    if not await door.store.confirm_factor(caller.person_id, found.pending, step, hashes, now):
        raise Conflict("second_factor.not_shown", "Тем временем показан другой код QR.")
    await door.sessions.end_of(caller.person_id, "second factor", keep=caller.session)
    await _note(caller, "confirmed")
    return codes


async def renew_codes(caller: Caller) -> list[str]:
    """Other recovery codes, told once; the former are good no more. Raises Forbidden, Conflict."""
    caller.fresh()
    if not caller.session.factor:
        raise Conflict("second_factor.none", "Второй фактор не включён.")
    codes = new_codes()
    await caller.door.store.replace_recovery_codes(
        caller.person_id, [hash_of_code(one) for one in codes]
    )
    await _note(caller, "new recovery codes")
    return codes


async def remove(caller: Caller) -> None:
    """No second factor any more; other sessions end. Raises Forbidden."""
    caller.fresh()
    if required(caller):
        raise Forbidden(
            "second_factor.required",
            "Вашей роли нужен второй фактор: его можно заменить новым, но не выключить.",
        )
    await caller.door.store.remove_factor(caller.person_id)
    await caller.door.sessions.end_of(caller.person_id, "second factor", keep=caller.session)
    await _note(caller, "removed")


async def take_away(caller: Caller, person_id: str) -> bool:
    """The telephone and the paper are lost: the administration removes a factor, having seen the
    person. Sessions of the person end. False: there was none.
    """
    caller.fresh()
    removed = await caller.door.store.remove_factor(person_id)
    await caller.door.sessions.end_of(person_id, "second factor", keep=caller.session)
    look = caller.look("second_factor", person_id, "ok", "taken away")
    await caller.door.looks.add(look)
    return removed


async def _note(caller: Caller, basis: str) -> None:
    await caller.door.looks.add(caller.look("second_factor", caller.person_id, "ok", basis))
