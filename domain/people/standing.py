"""What decisions need to know of how a person stands, and the decisions about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from domain.fact import Fact
from domain.people import standing_facts as f
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.values import PayloadRef

if TYPE_CHECKING:
    from domain.people.state import Person

#: So long a broken glass opens a diary.
GLASS_OPEN = timedelta(minutes=30)
SHORTEST_REASON = 15


class Limit(msgspec.Struct, array_like=True):
    """Days [since, until) on which a guardian sees nothing."""

    since: date
    until: date | None


class Glass(msgspec.Struct, array_like=True):
    """Who broke it, and whether somebody else has looked at why."""

    by: str = ""
    reviewed: bool = False


class Standing(msgspec.Struct):
    """A part of the state of a person. `denied`: marks that are not of this person's hand."""

    limits: dict[str, Limit] = {}
    of_age: bool = False
    suspected: bool = False
    reviewed: dict[int, str] = {}
    denied: set[str] = set()
    glasses: dict[str, Glass] = {}
    no_forecast: bool = False


def evolve(standing: Standing, fact: f.StandingFact) -> None:
    """Fold one fact."""
    match fact:
        case f.GuardianLimited():
            standing.limits[fact.guardian_id] = Limit(fact.since, fact.until)
        case f.GuardianLimitLifted():
            standing.limits[fact.guardian_id].until = fact.on
        case f.CameOfAge():
            standing.of_age = True
        case f.GlassBroken():
            standing.glasses[fact.glass_id] = Glass()
        case f.GlassReviewed():
            standing.glasses[fact.glass_id].reviewed = True
        case f.FactsReviewed():
            standing.reviewed |= dict.fromkeys(fact.positions, fact.verdict)
            if fact.verdict == "not_mine":
                standing.denied.update(fact.mark_ids)
            else:
                standing.denied.difference_update(fact.mark_ids)
        case f.ForecastTurnedOff():
            standing.no_forecast = True
        case f.ForecastTurnedOn():
            standing.no_forecast = False


def limit_guardian(
    pupil: Person, guardian_id: str, since: date, until: date | None, order: PayloadRef
) -> list[Fact]:
    """A document closes the child's diary to a guardian. Raises NotFound, Invalid."""
    if guardian_id not in pupil.guardians:
        raise NotFound("guardian.unknown", "Такого законного представителя у ученика нет.")
    if until is not None and until <= since:
        raise Invalid("guardian.limit_dates", "Конец ограничения раньше начала.")
    if pupil.standing.limits.get(guardian_id) == Limit(since, until):
        return []
    return [f.GuardianLimited(guardian_id, since, order, until)]


def lift_limit(pupil: Person, guardian_id: str, on: date, order: PayloadRef) -> list[Fact]:
    """`on` is the first day without the limit. Raises NotFound."""
    limit = pupil.standing.limits.get(guardian_id)
    if limit is None:
        raise NotFound("guardian.not_limited", "У этого представителя ограничения нет.")
    if limit.until is not None and limit.until <= on:
        return []
    return [f.GuardianLimitLifted(guardian_id, on, order)]


def come_of_age(pupil: Person) -> list[Fact]:
    """The pupil is eighteen. Raises Invalid for who is no pupil."""
    if pupil.kind != "pupil":
        raise Invalid("age.not_a_pupil", "Совершеннолетие отмечают ученику.")
    return [] if pupil.standing.of_age else [f.CameOfAge()]


def turn_forecast(pupil: Person, *, shown: bool) -> list[Fact]:
    """Whether marks of the pupil are forecast at all."""
    if pupil.standing.no_forecast is not shown:
        return []
    return [f.ForecastTurnedOn() if shown else f.ForecastTurnedOff()]


def break_glass(
    pupil: Person, glass_id: str, by: str, at: datetime, reason: str, ref: PayloadRef
) -> list[Fact]:
    """Half an hour of reading a diary that is closed, with a reason. Raises NotFound, Invalid."""
    if pupil.kind != "pupil":
        raise NotFound("pupil.unknown", "Такого ученика нет.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid("glass.reason", f"Объясните, зачем: не короче {SHORTEST_REASON} знаков.")
    known = pupil.standing.glasses.get(glass_id)
    if known is not None:
        if known.by == by:
            return []
        raise Conflict("glass.id_taken", "Под этим номером уже есть другое обращение.")
    return [f.GlassBroken(glass_id, at + GLASS_OPEN, ref)]


def review_glass(pupil: Person, glass_id: str, by: str) -> list[Fact]:
    """Another person has looked at it. Raises NotFound; Forbidden to who broke it."""
    glass = pupil.standing.glasses.get(glass_id)
    if glass is None:
        raise NotFound("glass.unknown", "Такого экстренного доступа нет.")
    if glass.by == by:
        raise Forbidden("glass.own", "Свой экстренный доступ проверяет другой человек.")
    return [] if glass.reviewed else [f.GlassReviewed(glass_id)]


def review_facts(
    person: Person, verdict: f.Verdict, positions: Sequence[int], mark_ids: Sequence[str]
) -> list[Fact]:
    """«Это я» or «это не я» about records under one's name. Raises Conflict without a suspicion."""
    if not person.standing.suspected:
        raise Conflict("suspicion.none", "Подозрения, что пароль узнали, не было.")
    new = [one for one in positions if person.standing.reviewed.get(one) != verdict]
    return [f.FactsReviewed(verdict, tuple(new), tuple(mark_ids))] if new else []
