"""Which links of the regulation's figures open for whom: a link to a refusal is not shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from domain.values import Role

_OFFICE_ONLY = (
    "/archive",
    "/availability",
    "/forecast/calibration",
    "/health",
    "/inspections",
    "/jobs",
    "/school-year",
    "/service-requests",
    "/staff/credentials",
    "/substitutions",
    "/trainings",
    "/classes/",
    "/pupils/",
)
_CLASS_TEACHER = (*_OFFICE_ONLY, "/audit", "/signals", "/trail")
#: role → beginnings of the pages that are closed to it; whoever has two roles opens both parts
CLOSED: Mapping[str, tuple[str, ...]] = {
    Role.DIRECTOR: (),
    Role.ADMINISTRATOR: (),
    Role.DEPUTY: ("/service-requests",),
    Role.SECRETARY: (
        *("/archive", "/audit", "/compliance", "/health", "/jobs", "/signals"),
        *("/classes/", "/pupils/"),
    ),
    Role.CLASS_TEACHER: _CLASS_TEACHER,
    Role.TEACHER: (*_CLASS_TEACHER, "/absences", "/consents", "/credentials"),
    Role.AUDITOR: (
        *_OFFICE_ONLY,
        *("/absences", "/compliance", "/consents", "/correction-requests", "/forecast"),
        *("/credentials", "/outcomes", "/questions"),
    ),
}


def linked(figure: dict[str, Any], roles: Iterable[str], own: Iterable[str]) -> dict[str, Any]:
    """The figure with the links that open for these roles, and for the class teacher of `own`."""
    known = [CLOSED[role] for role in roles if role in CLOSED]
    classes = tuple(f"/classes/{class_id}/" for class_id in own)

    def opens(href: str) -> bool:
        return href.startswith(classes) or any(not href.startswith(one) for one in known)

    return figure | {
        "href": figure["href"] if figure["href"] and opens(figure["href"]) else None,
        "places": [one for one in figure["places"] if opens(one["href"])],
    }
