"""Decisions of the log about itself."""

from __future__ import annotations

from domain.audit import facts as f
from domain.audit.state import Audit
from domain.fact import Fact
from domain.refusals import Conflict, NotFound


def introduce_key(audit: Audit, verifier_key: str, reason: f.KeyReason) -> list[Fact]:
    """Announce a key before it signs; the first one has the reason `first`, whatever was said."""
    known = audit.keys.get(verifier_key)
    if known:
        return []
    if known is False:
        raise Conflict("seal.key_retired", "Этот ключ печати уже выведен: нужен новый.")
    return [f.SealKeyIntroduced(verifier_key, reason if audit.keys else "first")]


def retire_key(audit: Audit, verifier_key: str, reason: f.KeyReason) -> list[Fact]:
    """Take a key out of use; the last one stays."""
    known = audit.keys.get(verifier_key)
    if known is None:
        raise NotFound("seal.key_unknown", "Такого ключа печати журнал не знает.")
    if not known:
        return []
    if sum(audit.keys.values()) == 1:
        raise Conflict("seal.last_key", "Это единственный ключ печати: сначала введите новый.")
    return [f.SealKeyRetired(verifier_key, reason)]


def request_check(audit: Audit, wanted: f.CheckRequested) -> list[Fact]:
    """Ask for a check, once by its id."""
    if wanted.check_id not in audit.checks:
        return [wanted]
    if audit.checks[wanted.check_id] in (wanted, None):
        return []
    raise Conflict("check.id_taken", "Под этим номером уже заказана другая проверка.")


def complete_check(audit: Audit, done: f.CheckCompleted) -> list[Fact]:
    """Note what a check has found; one that nobody asked for may be noted as well."""
    if done.check_id in audit.checks and audit.checks[done.check_id] is None:
        return []
    return [done]


def seal_access_day(audit: Audit, day: f.AccessDaySealed) -> list[Fact]:
    """Keep the hash of a day's access log, once and in the order of days."""
    return [day] if audit.sealed_day is None or audit.sealed_day < day.day else []
