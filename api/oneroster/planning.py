"""A bundle as a plan: its people and classes become the rows of our own lists, and go their way.

Homerooms are classes of the school; a scheduled class is a subject of the class whose pupils sit
in it. Rows of the plan are rows of users.csv.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from api.imports.class_lists import ClassLists
from api.imports.draft import Draft, Known
from api.imports.names import BadName, class_key, class_name
from api.imports.plan import Plan
from api.imports.staff import Staff
from api.imports.tables import Row as ListRow
from api.imports.tables import Table
from api.oneroster.reading import Row, Tables, read_bundle

#: what a file may appoint to: who runs the school is not decided by another program
POSTS = {"teacher": "учитель"}
#: roles of staff that a person has to appoint to
HIGHER = {"principal", "siteAdministrator", "systemAdministrator", "districtAdministrator"}
#: of a class, from which a scheduled class is all of it and no subgroup
WHOLE = 0.7
_PUPIL = ("class", "family", "given", "patronymic", "since", "household")
_STAFF = ("family", "given", "patronymic", "role", "subjects", "classes", "homeroom")


def plan_bundle(data: bytes, known: Known) -> Plan:
    """The plan of a bundle. Raises Invalid when it is none of OneRoster 1.2."""
    draft = Draft(known, "oneroster", data)
    tables = read_bundle(data, draft.findings)
    rows = sum(map(len, tables.values()))
    source = f"OneRoster 1.2, файлов {len(tables)}, записей {rows}"
    table = Table(source, {}, [])
    if not draft.findings.errors:
        bundle = _Bundle(tables, draft)
        table.rows = list(bundle.carry())
    return draft.plan(table)


class _Bundle:
    def __init__(self, tables: Tables, draft: Draft) -> None:
        self._draft = draft
        self._users = {row["sourcedId"]: row for row in tables.get("users", ())}
        self._courses = {row["sourcedId"]: row for row in tables.get("courses", ())}
        self._roles: dict[str, dict[str, None]] = {}
        for row in tables.get("roles", ()):
            self._roles.setdefault(row["userSourcedId"], {})[row["role"]] = None
        self._homerooms: dict[str, str] = {}  # sourcedId → the class as we call it
        self._scheduled: dict[str, Row] = {}
        for row in tables.get("classes", ()):
            if row["classType"] == "homeroom":
                self._home(row)
            else:
                self._scheduled[row["sourcedId"]] = row
        self._pupils: dict[str, list[Row]] = {}  # class → enrolments of pupils
        self._teachers: dict[str, list[str]] = {}  # class → people
        for row in tables.get("enrollments", ()):
            if row["role"] == "student":
                self._pupils.setdefault(row["classSourcedId"], []).append(row)
            elif row["role"] == "teacher":
                self._teachers.setdefault(row["classSourcedId"], []).append(row["userSourcedId"])
        self._class_of = {
            one["userSourcedId"]: home
            for home in self._homerooms
            for one in self._pupils.get(home, ())
        }
        self._home_of = dict(self._homes())
        self._taught = {who for people in self._teachers.values() for who in people}

    def _home(self, row: Row) -> None:
        try:
            level, letter = class_name(row["title"])
        except BadName as error:
            self._draft.findings.error("import.class", f"classes.csv: {error}", row.number)
        else:
            self._homerooms[row["sourcedId"]] = class_key(level, letter)

    def carry(self) -> Iterator[ListRow]:
        """Hand everybody over to the lists that know how; answers the rows that were read."""
        findings = self._draft.findings
        if not self._homerooms:
            findings.error(
                "oneroster.homerooms", "в classes.csv нет ни одного класса (classType homeroom)"
            )
            return
        families = self._families()
        pupils = ClassLists(self._draft)
        for home, called in self._homerooms.items():
            for enrolment in self._pupils.get(home, ()):
                user = self._users[enrolment["userSourcedId"]]
                guardians = [self._name(one) for one in self._agents(user)]
                cells = [called, *self._parts(user), enrolment["beginDate"]]
                cells.append(families.get(user["sourcedId"], ""))
                row = _row(user, _PUPIL, cells, guardians)
                pupils.read(row)
                yield row
        pupils.finish()
        staff = Staff(self._draft)
        for who, user in self._users.items():
            if self._roles.get(who, {}).keys() & POSTS.keys() or who in self._taught:
                for cells in self._lines(who, user):
                    row = _row(user, _STAFF, cells)
                    staff.read(row)
                    yield row
        self._others()

    def _lines(self, who: str, user: Row) -> Iterator[list[str]]:
        """A line of the staff list for each subject, and one for the rest."""
        posts = [POSTS[role] for role in self._roles.get(who, {}) if role in POSTS]
        home = [
            self._homerooms[one] for one in self._homerooms if who in self._teachers.get(one, ())
        ]
        yield [*self._parts(user), ", ".join(posts or ["учитель"]), "", "", ", ".join(home)]
        for subject, classes in self._subjects(who).items():
            yield [*self._parts(user), "учитель", subject, ", ".join(classes), ""]

    def _subjects(self, who: str) -> dict[str, list[str]]:
        found: dict[str, dict[str, None]] = {}
        for number, row in self._scheduled.items():
            home = self._home_of.get(number)
            if home is not None and who in self._teachers.get(number, ()):
                subject = self._courses[row["courseSourcedId"]]["title"]
                found.setdefault(subject, {})[self._homerooms[home]] = None
        return {subject: list(classes) for subject, classes in found.items()}

    def _homes(self) -> Iterator[tuple[str, str]]:
        """(scheduled class, the homeroom of most of its pupils), where it is all of that class."""
        for number in self._scheduled:
            homes = Counter(
                self._class_of[one["userSourcedId"]]
                for one in self._pupils.get(number, ())
                if one["userSourcedId"] in self._class_of
            )
            for home, count in homes.most_common(1):
                if count >= WHOLE * len(self._pupils.get(home, ())):
                    yield number, home

    def _others(self) -> None:
        """What is left out, aloud."""
        findings = self._draft.findings
        above = [
            row.number
            for who, row in self._users.items()
            if self._roles.get(who, {}).keys() & HIGHER
        ]
        if above:
            findings.notice(
                "oneroster.above",
                "users.csv: директора и администратора назначают в «Учебном годе», не файлом",
                *above,
            )
        left = [
            row.number for number, row in self._scheduled.items() if number not in self._home_of
        ]
        if left:
            findings.notice(
                "oneroster.scheduled",
                "classes.csv: это не целый класс; подгруппы делит приказ, назначения внесите сами",
                *left,
            )
        nobody = [
            row.number
            for who, row in self._users.items()
            if "student" in self._roles.get(who, {}) and who not in self._class_of
        ]
        if nobody:
            findings.notice("oneroster.nowhere", "users.csv: ученик ни в одном классе", *nobody)

    def _agents(self, user: Row) -> list[str]:
        """Guardians of a pupil: whoever answers for one and is no pupil."""
        named = [one.strip() for one in user["agentSourcedIds"].split(",") if one.strip()]
        return [one for one in named if "student" not in self._roles.get(one, {})]

    def _families(self) -> dict[str, str]:
        """Pupil → a code that those who share a guardian share."""
        code: dict[str, str] = {}

        def root(one: str) -> str:
            while code.setdefault(one, one) != one:
                one = code[one]
            return one

        for who in self._class_of:
            for guardian in self._agents(self._users[who]):
                code[root(who)] = root(guardian)
        return {who: root(who) for who in self._class_of if who in code}

    def _parts(self, user: Row) -> list[str]:
        return [user["familyName"], user["givenName"], user["middleName"]]

    def _name(self, who: str) -> str:
        return " ".join(filter(None, self._parts(self._users[who])))


def _row(
    user: Row, keys: tuple[str, ...], cells: list[str], guardians: list[str] | None = None
) -> ListRow:
    """A row of one of our lists."""
    more = guardians or []
    places = {key: [at] for at, key in enumerate(keys)}
    places["guardian"] = list(range(len(keys), len(keys) + len(more)))
    return ListRow(user.number, [*cells, *more], places)
