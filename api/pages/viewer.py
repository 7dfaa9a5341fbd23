"""Who looks at the page: the name in the corner and the sections that person has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from api.caller import STAFF

#: how sections are gathered in the header, in this order
CONTROL, RESULTS, CLASS, ACCESS, HOUSE = "Контроль", "Итоги", "Класс", "Доступ", "Школа"
GROUPS = (CONTROL, RESULTS, CLASS, ACCESS, HOUSE)
#: the results of a search, whose field is in the header of every other page
SEARCH = "/search"
#: so many sections stand in a row; more are gathered
FEW = 5


class Section(NamedTuple):
    """A page of the header. `group`: the menu it belongs to where there are many; "" in none."""

    href: str
    text: str
    group: str = ""


TODAY = Section("/", "Сегодня")
DEBTS = Section("/debts", "Мои долги")
DIARY = Section("/diary", "Дневник")
MARKS = Section("/marks", "Отметки")
DESK = Section("/desk", "Главное")
TRAIL = Section("/trail", "Изменения")
FILLING = Section("/compliance", "Заполнение", CONTROL)
INSPECTIONS = Section("/inspections", "Проверки и замечания", CONTROL)
REMARKS = Section("/remarks", "Замечания мне", HOUSE)
SIGNALS = Section("/signals", "Сигналы", CONTROL)
AUDIT = Section("/audit", "Журнал на дату", CONTROL)
ENDS = Section("/terms", "Учебные периоды", RESULTS)
ARCHIVE = Section("/archive", "Архив", RESULTS)
REQUESTS = Section("/correction-requests", "Запросы на исправление", RESULTS)
YEARS = Section("/years", "Год и экзамены", RESULTS)
ABSENCES = Section("/absences", "Пропуски", CLASS)
FORECAST = Section("/forecast", "Прогноз", RESULTS)
OUTCOMES = Section("/outcomes", "Проекты и работы", RESULTS)
REPORTS = Section("/reports", "Отчёты", RESULTS)
CREDENTIALS = Section("/credentials", "Логины и пароли", ACCESS)
CONSENTS = Section("/consents", "Согласия", ACCESS)
GRANTS = Section("/grants", "Особый доступ", ACCESS)
TRAININGS = Section("/trainings", "Обучение", HOUSE)
SERVICE = Section("/service-requests", "Муниципальная услуга", HOUSE)
NOTICES = Section("/notices", "Уведомления", HOUSE)
QUESTIONS = Section("/questions", "Вопросы", HOUSE)
YEAR = Section("/school-year", "Учебный год", HOUSE)
SUBSTITUTIONS = Section("/substitutions", "Замены дня", CLASS)
#: for everybody: the rules of the school are no secret in it
RULES = Section("/regulation", "Положение", HOUSE)
JOBS = Section("/jobs", "Задания", HOUSE)
HEALTH = Section("/health", "Состояние системы", HOUSE)
WEBHOOKS = Section("/webhooks", "Вебхуки", HOUSE)

OFFICE = (
    DESK,
    TRAIL,
    FILLING,
    INSPECTIONS,
    SIGNALS,
    AUDIT,
    ENDS,
    YEARS,
    REQUESTS,
    ARCHIVE,
    ABSENCES,
    SUBSTITUTIONS,
    OUTCOMES,
    REPORTS,
    FORECAST,
    CREDENTIALS,
    CONSENTS,
    GRANTS,
    YEAR,
    TRAININGS,
    NOTICES,
    QUESTIONS,
    RULES,
    JOBS,
    HEALTH,
)
#: role → its sections, home first
SECTIONS: dict[str, tuple[Section, ...]] = {
    "teacher": (
        TODAY,
        DEBTS,
        ENDS,
        YEARS,
        REQUESTS,
        OUTCOMES,
        REPORTS,
        FORECAST,
        REMARKS,
        QUESTIONS,
        RULES,
    ),
    "class_teacher": (
        TODAY,
        DEBTS,
        ENDS,
        YEARS,
        ABSENCES,
        OUTCOMES,
        REPORTS,
        FORECAST,
        CREDENTIALS,
        CONSENTS,
        REMARKS,
        QUESTIONS,
        RULES,
    ),
    "deputy": OFFICE,
    "director": (*OFFICE, SERVICE, WEBHOOKS),
    "auditor": (AUDIT, TRAIL, SIGNALS, REPORTS, RULES),
    "administrator": (*OFFICE, SERVICE, WEBHOOKS),
    "parent": (DIARY, MARKS, NOTICES, QUESTIONS, RULES),
    "pupil": (DIARY, MARKS, NOTICES, RULES),
    "secretary": (SERVICE, CONSENTS, SUBSTITUTIONS, REPORTS, YEAR, QUESTIONS, RULES),
}
#: pages that help speaks of and no header leads to: whose they are
_BESIDE = {
    SEARCH: STAFF,
    "/help/site": STAFF,
    "/attempts": frozenset({"deputy", "director", "administrator", "auditor"}),
}
#: A person of several roles comes home to the first of these.
ORDER = tuple(SECTIONS)


def sections(roles: Iterable[str]) -> list[Section]:
    """The sections of a person, each once, home first."""
    known = set(roles)
    return list(dict.fromkeys(one for role in ORDER if role in known for one in SECTIONS[role]))


def offered(roles: Iterable[str], href: str) -> bool:
    """May a page be offered to somebody of these roles? What is nobody's section opens for all."""
    known = set(roles)
    if href in _BESIDE:
        return bool(known & _BESIDE[href])
    everybodys = {one.href for part in SECTIONS.values() for one in part}
    return href == "/" or href not in everybodys or href in {one.href for one in sections(known)}


def menu(roles: Iterable[str], current: str) -> list[dict[str, Any]]:
    """The header: `[{text, current, links: [{href, text, current}]}]`. Links that stand for
    themselves come first, with `text` ""; `current` is the address of the open section.
    """
    mine = sections(roles)
    first, rest = mine[:1], mine[1:]
    groups = {title: [one for one in rest if one.group == title] for title in GROUPS}
    if len(mine) <= FEW:
        groups = {}
    many = {title: links for title, links in groups.items() if len(links) > 1}
    alone = [*first, *(one for one in rest if one.group not in many)]
    return [_entry("", [one], current) for one in alone] + [
        _entry(title, links, current) for title, links in many.items()
    ]


def _entry(text: str, links: list[Section], current: str) -> dict[str, Any]:
    shown = [{"href": one.href, "text": one.text, "current": one.href == current} for one in links]
    return {"text": text, "current": any(one["current"] for one in shown), "links": shown}


def home(roles: Iterable[str]) -> str | None:
    """The first page after signing in; None when no page is made for these roles yet."""
    return next((one.href for one in sections(roles)), None)


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
    """What every template knows about the person who is signed in. `search`: who works in the
    school looks for pupils from every page.
    """
    return {
        "person_id": person_id,
        "name": name,
        "zone": zone,
        "menu": menu(roles, current),
        "search": not STAFF.isdisjoint(roles) and current != SEARCH,
        "behind": behind,
        "alert": alert,
        "reminders": list(reminders),
    }
