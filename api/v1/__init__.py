"""JSON under /api/v1: one module per room of the contract."""

from __future__ import annotations

from api.switch import Switch
from api.v1 import (
    absences,
    bells,
    checks,
    classes,
    compliance,
    consents,
    credentials,
    diary,
    difference,
    erasure,
    grants,
    guardianship,
    inspections,
    jobs,
    lessons,
    log,
    looks,
    marks,
    outcomes,
    people,
    red_flags,
    regulation,
    reminders,
    roster,
    second_factor,
    session,
    suspicion,
    terms,
    timetables,
    tokens,
    trail,
    years,
)

ROOMS = (
    session,
    second_factor,
    tokens,
    lessons,
    marks,
    classes,
    terms,
    roster,
    timetables,
    absences,
    outcomes,
    diary,
    looks,
    trail,
    red_flags,
    years,
    bells,
    regulation,
    people,
    erasure,
    consents,
    credentials,
    suspicion,
    grants,
    guardianship,
    inspections,
    difference,
    log,
    checks,
    jobs,
    reminders,
    compliance,
)

#: every route of the rooms, and before them the switch that finds them
ROUTES = [route for room in ROOMS for route in room.router.routes]
SWITCH = Switch(ROUTES)
ROUTES.insert(0, SWITCH)
