"""The tables of the CSV binding: columns in their order, what must be there, and of which kind."""

from __future__ import annotations

from typing import Final, NamedTuple

VERSION: Final = "1.2"
MANIFEST: Final = "manifest.csv"


class Column(NamedTuple):
    """`kind`: text, id, ids, date, moment, flag, number, year, or the words that it may be.
    `target`: the file whose sourcedId an id (or each of the ids) is.
    """

    name: str
    needed: bool = False
    kind: str | tuple[str, ...] = "text"
    target: str = ""


def _table(*columns: Column) -> tuple[Column, ...]:
    """With the three columns that every table begins with. In bulk, status and date stay empty."""
    return (
        Column("sourcedId", needed=True, kind="id"),
        Column("status", kind=("active", "tobedeleted")),
        Column("dateLastModified", kind="moment"),
        *columns,
    )


def _needed(name: str, kind: str | tuple[str, ...] = "text", target: str = "") -> Column:
    return Column(name, needed=True, kind=kind, target=target)


def _id(name: str, target: str, *, needed: bool = True) -> Column:
    return Column(name, needed, "id", target)


ROLES: Final = (
    *("aide", "counselor", "districtAdministrator", "guardian", "parent", "principal", "proctor"),
    *("relative", "siteAdministrator", "student", "systemAdministrator", "teacher"),
)
TABLES: Final[dict[str, tuple[Column, ...]]] = {
    "academicSessions": _table(
        _needed("title"),
        _needed("type", ("gradingPeriod", "semester", "schoolYear", "term")),
        _needed("startDate", "date"),
        _needed("endDate", "date"),
        _id("parentSourcedId", "academicSessions", needed=False),
        _needed("schoolYear", "year"),
    ),
    "categories": _table(_needed("title"), Column("weight", kind="number")),
    "classes": _table(
        _needed("title"),
        Column("grades"),
        _id("courseSourcedId", "courses"),
        Column("classCode"),
        _needed("classType", ("homeroom", "scheduled")),
        Column("location"),
        _id("schoolSourcedId", "orgs"),
        Column("termSourcedIds", needed=True, kind="ids", target="academicSessions"),
        Column("subjects"),
        Column("subjectCodes"),
        Column("periods"),
    ),
    "courses": _table(
        _id("schoolYearSourcedId", "academicSessions", needed=False),
        _needed("title"),
        Column("courseCode"),
        Column("grades"),
        _id("orgSourcedId", "orgs"),
        Column("subjects"),
        Column("subjectCodes"),
    ),
    "demographics": _table(
        Column("birthDate", kind="date"),
        Column("sex", kind=("male", "female", "unspecified", "other")),
        Column("americanIndianOrAlaskaNative", kind="flag"),
        Column("asian", kind="flag"),
        Column("blackOrAfricanAmerican", kind="flag"),
        Column("nativeHawaiianOrOtherPacificIslander", kind="flag"),
        Column("white", kind="flag"),
        Column("demographicRaceTwoOrMoreRaces", kind="flag"),
        Column("hispanicOrLatinoEthnicity", kind="flag"),
        Column("countryOfBirthCode"),
        Column("stateOfBirthAbbreviation"),
        Column("cityOfBirth"),
        Column("publicSchoolResidenceStatus"),
    ),
    "enrollments": _table(
        _id("classSourcedId", "classes"),
        _id("schoolSourcedId", "orgs"),
        _id("userSourcedId", "users"),
        _needed("role", ("administrator", "proctor", "student", "teacher")),
        Column("primary", kind="flag"),
        Column("beginDate", kind="date"),
        Column("endDate", kind="date"),
    ),
    "lineItems": _table(
        _needed("title"),
        Column("description"),
        _needed("assignDate", "date"),
        _needed("dueDate", "date"),
        _id("classSourcedId", "classes"),
        _id("categorySourcedId", "categories"),
        _id("academicSessionSourcedId", "academicSessions"),
        Column("resultValueMin", kind="number"),
        Column("resultValueMax", kind="number"),
        _id("schoolSourcedId", "orgs"),
    ),
    "orgs": _table(
        _needed("name"),
        _needed("type", ("department", "school", "district", "local", "state", "national")),
        Column("identifier"),
        _id("parentSourcedId", "orgs", needed=False),
    ),
    "results": _table(
        _id("lineItemSourcedId", "lineItems"),
        _id("studentSourcedId", "users"),
        _needed(
            "scoreStatus",
            ("exempt", "fully graded", "not submitted", "partially graded", "submitted"),
        ),
        Column("score", kind="number"),
        _needed("scoreDate", "date"),
        Column("comment"),
        Column("textScore"),
        _id("classSourcedId", "classes", needed=False),
        Column("inProgress", kind="flag"),
        Column("incomplete", kind="flag"),
        Column("late", kind="flag"),
        Column("missing", kind="flag"),
    ),
    "roles": _table(
        _id("userSourcedId", "users"),
        _needed("roleType", ("primary", "secondary")),
        _needed("role", ROLES),
        Column("beginDate", kind="date"),
        Column("endDate", kind="date"),
        _id("orgSourcedId", "orgs"),
        Column("userProfileSourcedId"),
    ),
    "users": _table(
        _needed("enabledUser", "flag"),
        _needed("username"),
        Column("userIds"),
        _needed("givenName"),
        _needed("familyName"),
        Column("middleName"),
        Column("identifier"),
        Column("email"),
        Column("sms"),
        Column("phone"),
        Column("agentSourcedIds", kind="ids", target="users"),
        Column("grades"),
        Column("password"),
        Column("userMasterIdentifier"),
        Column("preferredGivenName"),
        Column("preferredMiddleName"),
        Column("preferredFamilyName"),
        _id("primaryOrgSourcedId", "orgs", needed=False),
        Column("pronouns"),
    ),
}
#: every file that the binding knows of, in the order of its manifest
FILES: Final = (
    *("academicSessions", "categories", "classes", "classResources", "courses"),
    *("courseResources", "demographics", "enrollments", "lineItemLearningObjectiveIds"),
    *("lineItems", "lineItemScoreScales", "orgs", "resources", "resultLearningObjectiveIds"),
    *("results", "resultScoreScales", "roles", "scoreScales", "userProfiles", "userResources"),
    "users",
)
