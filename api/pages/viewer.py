"""Who looks at the page: the name in the corner and the sections that person has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

#: for everybody: the rules of the school are no secret in it
RULES = ("/regulation", "Положение")
INSPECTIONS = ("/inspections", "Контроль")
REMARKS = ("/remarks", "Замечания")
SERVICE = ("/service-requests", "Услуга")
TRAININGS = ("/trainings", "Обучение")
QUESTIONS = ("/questions", "Вопросы")
DEBTS = ("/debts", "Мои долги")
ENDS = ("/terms", "Периоды")
REQUESTS = ("/correction-requests", "Запросы")
FILLING = ("/compliance", "Заполнение")
OUTCOMES = ("/outcomes", "Итоги")

#: role → (address, words) of its sections, home first
SECTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "teacher": (("/", "Сегодня"), DEBTS, ENDS, REQUESTS, OUTCOMES, REMARKS, QUESTIONS, RULES),
    "class_teacher": (
        ("/", "Сегодня"),
        DEBTS,
        ENDS,
        ("/absences", "Пропуски"),
        OUTCOMES,
        ("/credentials", "Доступ"),
        ("/consents", "Согласия"),
        REMARKS,
        QUESTIONS,
        RULES,
    ),
    "deputy": (
        ("/trail", "Изменения"),
        ("/signals", "Сигналы"),
        ("/audit", "Проверка"),
        FILLING,
        INSPECTIONS,
        ENDS,
        REQUESTS,
        ("/absences", "Пропуски"),
        OUTCOMES,
        ("/credentials", "Доступ"),
        ("/consents", "Согласия"),
        ("/grants", "Особый доступ"),
        TRAININGS,
        QUESTIONS,
        RULES,
        ("/jobs", "Задания"),
    ),
    "director": (
        ("/trail", "Изменения"),
        ("/signals", "Сигналы"),
        ("/audit", "Проверка"),
        FILLING,
        INSPECTIONS,
        ENDS,
        REQUESTS,
        ("/absences", "Пропуски"),
        OUTCOMES,
        ("/credentials", "Доступ"),
        ("/consents", "Согласия"),
        ("/grants", "Особый доступ"),
        TRAININGS,
        SERVICE,
        QUESTIONS,
        RULES,
        ("/jobs", "Задания"),
    ),
    "auditor": (
        ("/audit", "Проверка"),
        ("/trail", "Изменения"),
        ("/signals", "Сигналы"),
        RULES,
    ),
    "administrator": (
        ("/trail", "Изменения"),
        ("/signals", "Сигналы"),
        ("/audit", "Проверка"),
        FILLING,
        INSPECTIONS,
        ENDS,
        REQUESTS,
        ("/absences", "Пропуски"),
        OUTCOMES,
        ("/credentials", "Доступ"),
        ("/consents", "Согласия"),
        ("/grants", "Особый доступ"),
        TRAININGS,
        SERVICE,
        QUESTIONS,
        RULES,
        ("/jobs", "Задания"),
    ),
    "parent": (("/diary", "Дневник"), QUESTIONS, RULES),
    "pupil": (("/diary", "Дневник"), RULES),
    "secretary": (SERVICE, ("/consents", "Согласия"), QUESTIONS, RULES),
}
#: A person of several roles comes home to the first of these.
ORDER = tuple(SECTIONS)


def sections(roles: Iterable[str], current: str) -> list[dict[str, Any]]:
    """Links of the header, each once; `current` is the address of the open section."""
    known = set(roles)
    links = dict.fromkeys(link for role in ORDER if role in known for link in SECTIONS[role])
    return [{"href": href, "text": text, "current": href == current} for href, text in links]


def home(roles: Iterable[str]) -> str | None:
    """The first page after signing in; None when no page is made for these roles yet."""
    links = sections(roles, "")
    return str(links[0]["href"]) if links else None


def viewer(
    *,
    person_id: str,
    name: str,
    roles: Iterable[str],
    zone: str,
    current: str,
    behind: bool = False,
    alert: str = "",
    reminders: Iterable[Any] = (),
) -> dict[str, Any]:
    """What every template knows about the person who is signed in."""
    return {
        "person_id": person_id,
        "name": name,
        "zone": zone,
        "sections": sections(roles, current),
        "behind": behind,
        "alert": alert,
        "reminders": list(reminders),
    }
