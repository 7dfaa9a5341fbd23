"""A school year as a bundle. Pure: the same roster is the same bytes."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from api.oneroster.columns import FILES, MANIFEST, TABLES, VERSION
from domain.people.facts import Name
from domain.values import NUMERIC_MARKS, Role
from projections.roster import Mark, Roster

Rows = Mapping[str, Sequence[dict[str, str]]]

#: roles of the school in the words of the specification; those of no use to others are left out
ROLES: dict[str, str] = {
    Role.DIRECTOR: "principal",
    Role.DEPUTY: "siteAdministrator",
    Role.ADMINISTRATOR: "siteAdministrator",
    Role.SECRETARY: "siteAdministrator",
    Role.TEACHER: "teacher",
}
DAY = timedelta(days=1)
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # no moment of its own is in the zip


def bundle(tables: Rows) -> bytes:
    """The zip: a manifest that names every file of the binding, and those that are there."""
    out = io.BytesIO()
    present = [name for name in FILES if tables.get(name)]
    manifest = [
        ("manifest.version", "1.0"),
        ("oneroster.version", VERSION),
        *((f"file.{name}", "bulk" if name in present else "absent") for name in FILES),
        ("source.systemName", "Летопись"),
        ("source.systemCode", "letopis"),
    ]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        _member(packed, MANIFEST, ("propertyName", "value"), manifest)
        for name in present:
            columns = tuple(one.name for one in TABLES[name])
            rows = [tuple(one.get(column, "") for column in columns) for one in tables[name]]
            _member(packed, f"{name}.csv", columns, rows)
    return out.getvalue()


def _member(
    packed: zipfile.ZipFile, name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    member = zipfile.ZipInfo(name, LONG_AGO)
    member.compress_type = zipfile.ZIP_DEFLATED
    packed.writestr(member, text.getvalue().encode())


def tables(roster: Roster, names: Mapping[str, Name]) -> Rows:
    """The rows of every file. Days of an end are the first day without, as the binding has them."""
    return _Tables(roster, names).all()


class _Tables:
    def __init__(self, roster: Roster, names: Mapping[str, Name]) -> None:
        self._of = roster
        self._names = names
        self._year = f"year-{roster.year}"
        self._homeroom = f"homeroom-{roster.year}"
        self._levels = {one.class_id: one.grade_level for one in roster.classes}
        self._titles = {one.class_id: one.name for one in roster.classes}
        self._subjects = dict(roster.subjects)
        self._taught = {place[:3] for place in roster.lessons()}
        self._shown = {person for person in roster.people() if person in names}

    def all(self) -> Rows:
        found: dict[str, list[dict[str, str]]] = {
            "orgs": [{"sourcedId": self._of.school_id, "name": self._of.school, "type": "school"}],
            "academicSessions": list(self._sessions()),
            "courses": list(self._courses()),
            "classes": list(self._classes()),
            "users": list(self._users()),
            "roles": list(self._roles()),
            "enrollments": list(self._enrollments()),
        }
        if self._of.marks:
            found["categories"] = [
                {"sourcedId": number, "title": name} for number, name in self._of.work_types
            ]
            found["lineItems"] = list(self._line_items())
            found["results"] = [self._result(one) for one in self._of.marks if self._known(one)]
        return found

    def _sessions(self) -> Iterator[dict[str, str]]:
        of = self._of
        usual = {"schoolYear": str(of.year + 1)}
        yield usual | {
            "sourcedId": self._year,
            "title": f"{of.year}/{of.year + 1} учебный год",
            "type": "schoolYear",
            "startDate": of.starts.isoformat(),
            "endDate": (of.ends + DAY).isoformat(),
        }
        seen = set()
        for level in sorted({one.grade_level for one in of.classes}):
            for term in of.terms[level]:
                number = self._term(level, term["term"])
                if number not in seen:
                    seen.add(number)
                    last = date.fromisoformat(term["ends"]) + DAY
                    yield usual | {
                        "sourcedId": number,
                        "title": term["name"],
                        "type": "term",
                        "startDate": term["starts"],
                        "endDate": last.isoformat(),
                        "parentSourcedId": self._year,
                    }

    def _term(self, level: int, term: int) -> str:
        """One session for every grade whose terms are the same."""
        same = min(one for one, terms in self._of.terms.items() if terms == self._of.terms[level])
        return f"term-{self._of.year}-{same}-{term}"

    def _courses(self) -> Iterator[dict[str, str]]:
        usual = {"orgSourcedId": self._of.school_id, "schoolYearSourcedId": self._year}
        yield usual | {"sourcedId": self._homeroom, "title": "Класс"}
        for number, name in self._of.subjects:
            yield usual | {"sourcedId": number, "title": name}

    def _classes(self) -> Iterator[dict[str, str]]:
        for one in self._of.classes:
            yield self._class(one.class_id, one.name, one.class_id, self._homeroom, "homeroom")
        for class_id, subject_id, subgroup_id, subgroup in self._of.lessons():
            title = f"{self._titles[class_id]} {self._subjects.get(subject_id, '')}".strip()
            title = f"{title} ({subgroup})" if subgroup else title
            number = _scheduled(class_id, subject_id, subgroup_id)
            yield self._class(number, title, class_id, subject_id, "scheduled")

    def _class(
        self, number: str, title: str, class_id: str, course: str, kind: str
    ) -> dict[str, str]:
        level = self._levels[class_id]
        terms = [self._term(level, one["term"]) for one in self._of.terms[level]]
        return {
            "sourcedId": number,
            "title": title,
            "grades": f"{level:02}",
            "courseSourcedId": course,
            "classCode": self._titles[class_id],
            "classType": kind,
            "schoolSourcedId": self._of.school_id,
            "termSourcedIds": ",".join(terms or [self._year]),
        }

    def _users(self) -> Iterator[dict[str, str]]:
        levels = {one.pupil_id: self._levels[one.class_id] for one in self._of.enrolments}
        agents: dict[str, list[str]] = {}
        for pupil, guardian in self._of.guardians:
            if guardian in self._shown:
                agents.setdefault(pupil, []).append(guardian)
        for person in sorted(self._shown):
            name = self._names[person]
            yield {
                "sourcedId": person,
                "enabledUser": "true",
                "username": person,
                "givenName": name.given,
                "familyName": name.family,
                "middleName": name.patronymic,
                "agentSourcedIds": ",".join(agents.get(person, ())),
                "grades": f"{levels[person]:02}" if person in levels else "",
                "primaryOrgSourcedId": self._of.school_id,
            }

    def _roles(self) -> Iterator[dict[str, str]]:
        held: dict[str, dict[str, None]] = {}
        for person, role in self._of.staff:
            if role in ROLES:
                held.setdefault(person, {})[ROLES[role]] = None
        for assignment in self._of.assignments:
            held.setdefault(assignment.teacher_id, {})["teacher"] = None
        for class_teacher in self._of.class_teachers.values():
            held.setdefault(class_teacher, {})["teacher"] = None
        for enrolment in self._of.enrolments:
            held.setdefault(enrolment.pupil_id, {})["student"] = None
        for _, guardian in self._of.guardians:
            held.setdefault(guardian, {})["guardian"] = None
        for person in sorted(held.keys() & self._shown):
            for at, role in enumerate(held[person]):
                yield {
                    "sourcedId": f"{person}.{role}",
                    "userSourcedId": person,
                    "roleType": "secondary" if at else "primary",
                    "role": role,
                    "orgSourcedId": self._of.school_id,
                }

    def _enrollments(self) -> Iterator[dict[str, str]]:
        for class_id, person in sorted(self._of.class_teachers.items()):
            if person in self._shown:
                yield self._enrollment(class_id, person, "teacher", primary=True)
        for one in self._of.enrolments:
            if one.pupil_id in self._shown:
                since, until = one.since.isoformat(), one.until.isoformat() if one.until else ""
                span = {"beginDate": since, "endDate": until}
                yield self._enrollment(one.class_id, one.pupil_id, "student") | span
        for assignment in self._of.assignments:
            if assignment.teacher_id in self._shown:
                number = _scheduled(*assignment[1:4])
                yield self._enrollment(number, assignment.teacher_id, "teacher", primary=True)
        for class_id, subject_id, subgroup_id, _ in self._of.lessons():
            number = _scheduled(class_id, subject_id, subgroup_id)
            for pupil in self._of.pupils(class_id, subject_id, subgroup_id):
                if pupil in self._shown:
                    yield self._enrollment(number, pupil, "student")

    def _enrollment(
        self, number: str, person: str, role: str, *, primary: bool = False
    ) -> dict[str, str]:
        return {
            "sourcedId": f"{number}.{person}.{role}",
            "classSourcedId": number,
            "schoolSourcedId": self._of.school_id,
            "userSourcedId": person,
            "role": role,
            "primary": "true" if primary else "",
        }

    def _line_items(self) -> Iterator[dict[str, str]]:
        kinds = dict(self._of.work_types)
        seen: dict[str, Mark] = {}
        for one in self._of.marks:
            if self._known(one):
                seen.setdefault(_line_item(one), one)
        for number, one in sorted(seen.items()):
            day = one.day.isoformat()
            yield {
                "sourcedId": number,
                "title": one.title or one.topic or kinds.get(one.work_type_id, "Работа"),
                "assignDate": day,
                "dueDate": day,
                "classSourcedId": self._class_of(one),
                "categorySourcedId": one.work_type_id,
                "academicSessionSourcedId": self._session_of(one),
                "resultValueMin": "1",
                "resultValueMax": "5",
                "schoolSourcedId": self._of.school_id,
            }

    def _result(self, one: Mark) -> dict[str, str]:
        counts = one.value in NUMERIC_MARKS
        return {
            "sourcedId": one.mark_id,
            "lineItemSourcedId": _line_item(one),
            "studentSourcedId": one.pupil_id,
            "scoreStatus": "exempt" if one.value == "осв" else "fully graded",
            "score": one.value if counts else "",
            "scoreDate": one.day.isoformat(),
            "textScore": "" if counts else one.value,
            "classSourcedId": self._class_of(one),
        }

    def _known(self, one: Mark) -> bool:
        place = one.class_id, one.subject_id, one.subgroup_id
        return one.pupil_id in self._shown and place in self._taught

    def _class_of(self, one: Mark) -> str:
        return _scheduled(one.class_id, one.subject_id, one.subgroup_id)

    def _session_of(self, one: Mark) -> str:
        level, day = self._levels[one.class_id], one.day.isoformat()
        for term in self._of.terms[level]:
            if term["starts"] <= day <= term["ends"]:
                return self._term(level, term["term"])
        return self._year


def _scheduled(class_id: str, subject_id: str, subgroup_id: str | None) -> str:
    return ".".join(filter(None, (class_id, subject_id, subgroup_id)))


def _line_item(one: Mark) -> str:
    return f"{one.lesson_id}.{one.work_type_id}"
