"""OneRoster 1.2: a bundle of another hand is planned or refused by file and row; ours is as the
specification has it.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest

from api.imports.plan import (
    AppointClassTeacher,
    AppointStaff,
    AssignTeacher,
    EnrolPupil,
    FormClass,
    LinkGuardian,
    RegisterPerson,
)
from api.oneroster.planning import plan_bundle
from domain.refusals import Invalid
from domain.values import Role
from tests import cast as c
from tests.api.ground import Desk, project
from tests.api.imports.a_school import empty_school, school, texts
from tests.api.test_terms import mark

At = Callable[[str], Desk]

#: headers of the published binding (1.2.1), column by column
HEADERS = {
    "academicSessions": "sourcedId,status,dateLastModified,title,type,startDate,endDate,"
    "parentSourcedId,schoolYear",
    "categories": "sourcedId,status,dateLastModified,title,weight",
    "classes": "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,"
    "classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
    "courses": "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,"
    "orgSourcedId,subjects,subjectCodes",
    "enrollments": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,"
    "userSourcedId,role,primary,beginDate,endDate",
    "lineItems": "sourcedId,status,dateLastModified,title,description,assignDate,dueDate,"
    "classSourcedId,categorySourcedId,academicSessionSourcedId,resultValueMin,resultValueMax,"
    "schoolSourcedId",
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "results": "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,"
    "score,scoreDate,comment,textScore,classSourcedId,inProgress,incomplete,late,missing",
    "roles": "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,"
    "orgSourcedId,userProfileSourcedId",
    "users": "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,"
    "preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns",
}
MANIFEST = [
    *("manifest.version", "oneroster.version", "file.academicSessions", "file.categories"),
    *("file.classes", "file.classResources", "file.courses", "file.courseResources"),
    *("file.demographics", "file.enrollments", "file.lineItemLearningObjectiveIds"),
    *("file.lineItems", "file.lineItemScoreScales", "file.orgs", "file.resources"),
    *("file.resultLearningObjectiveIds", "file.results", "file.resultScoreScales", "file.roles"),
    *("file.scoreScales", "file.userProfiles", "file.userResources", "file.users"),
    *("source.systemName", "source.systemCode"),
]
THERE = ("academicSessions", "classes", "courses", "enrollments", "orgs", "roles", "users")
#: a district's export: not of our hand, with columns of others, guardians and a subgroup
OTHERS = {
    "orgs": ["d1,,,Город,district,,", "s1,,,Школа 5,school,5,d1"],
    "academicSessions": [
        "y,,,2025/26,schoolYear,2025-09-01,2026-06-01,,2026",
        "t1,,,I,term,2025-09-01,2025-10-25,y,2026",
    ],
    "courses": [
        "home,,,y,Класс,,,s1,,",
        "alg,,,y,Алгебра,,,s1,,",
        "eng,,,y,Английский язык,,,s1,,",
    ],
    "classes": [
        'c7,,,7-А,07,home,,homeroom,,s1,"y,t1",,,',
        "c7a,,,7А алгебра,07,alg,,scheduled,,s1,y,,,",
        "c7e,,,7А английский,07,eng,,scheduled,,s1,y,,,",
    ],
    "users": [
        'u1,,,true,u1,{LDAP:u1},Ян,Ким,Ильич,,,,,"g1",07,,,,,,s1,',
        'u2,,,true,u2,,Ия,Ким,,,,,,"g1,g2",07,,,,,,s1,',
        "g1,,,true,g1,,Анна,Ким,Олеговна,,,,,,,,,,,,s1,",
        "g2,,,true,g2,,Илья,Ким,,,,,,,,,,,,,s1,",
        "p1,,,true,p1,,Вера,Лист,Павловна,,,,,,,,,,,,s1,",
    ],
    "roles": [
        "r1,,,u1,primary,student,,,s1,",
        "r2,,,u2,primary,student,,,s1,",
        "r3,,,g1,primary,guardian,,,s1,",
        "r4,,,g2,primary,guardian,,,s1,",
        "r5,,,p1,primary,teacher,,,s1,",
        "r6,,,p1,secondary,siteAdministrator,,,s1,",
    ],
    "enrollments": [
        "e1,,,c7,s1,u1,student,,2025-09-08,",
        "e2,,,c7,s1,u2,student,,,",
        "e3,,,c7,s1,p1,teacher,true,,",
        "e4,,,c7a,s1,u1,student,,,",
        "e5,,,c7a,s1,u2,student,,,",
        "e6,,,c7a,s1,p1,teacher,true,,",
        "e7,,,c7e,s1,u1,student,,,",
        "e8,,,c7e,s1,p1,teacher,,,",
    ],
}


def zipped(
    tables: dict[str, list[str]], *, mode: str = "bulk", version: str = "1.2", folder: str = ""
) -> bytes:
    """A bundle as another program writes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        lines = ["propertyName,value", "manifest.version,1.0", f"oneroster.version,{version}"]
        lines += [f"file.{name},{mode if name in tables else 'absent'}" for name in HEADERS]
        packed.writestr(f"{folder}manifest.csv", "\n".join(lines))
        for name, rows in tables.items():
            packed.writestr(f"{folder}{name}.csv", "\n".join([HEADERS[name], *rows]))
    return out.getvalue()


def without(name: str, at: int, row: str) -> dict[str, list[str]]:
    return OTHERS | {name: [*OTHERS[name][:at], row, *OTHERS[name][at + 1 :]]}


def test_a_bundle_of_another_program_becomes_a_plan_of_our_lists() -> None:
    plan = plan_bundle(zipped(OTHERS), empty_school())

    assert plan.errors == 0, texts(plan)
    kinds = [type(one) for one in plan.operations]
    assert kinds.count(FormClass) == 1
    people = [one for one in plan.operations if isinstance(one, RegisterPerson)]
    assert sorted(one.name.full for one in people) == [
        *("Ким Анна Олеговна", "Ким Илья", "Ким Ия", "Ким Ян Ильич", "Лист Вера Павловна"),
    ]
    enrolled = [one for one in plan.operations if isinstance(one, EnrolPupil)]
    assert [one.since for one in enrolled] == [date(2025, 9, 8), date(2025, 9, 1)]
    # the mother of both is one person; the father is the second one's alone
    linked = [one for one in plan.operations if isinstance(one, LinkGuardian)]
    assert len(linked) == 3
    assert len({one.guardian_ref for one in linked}) == 2
    assert kinds.count(AppointStaff) == kinds.count(AppointClassTeacher) == 1
    assert kinds.count(AssignTeacher) == 1  # algebra of the class; half a class is no class
    posts = [one.role for one in plan.operations if isinstance(one, AppointStaff)]
    assert posts == [Role.TEACHER]  # nobody is made an administrator by a file
    assert any("назначают в «Учебном годе»" in one.text for one in plan.findings)
    assert any("подгруппы делит приказ" in one.text for one in plan.findings)


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        (without("users", 1, "u2,,,yes,u2,,Ия,Ким,,,,,,g1,07,,,,,,s1,"),
         "Строка 3: users.csv: enabledUser «yes» — true или false."),
        (without("users", 1, "u2,,,true,,,,Ким,,,,,,g1,07,,,,,,s1,"),
         "Строка 3: users.csv: username не указан."),
        (without("enrollments", 4, "e5,,,c9,s1,u2,student,,,"),
         "Строка 6: enrollments.csv: classSourcedId «c9» — такого нет в classes.csv."),
        (without("academicSessions", 1, "t1,,,I,term,01.09.2025,2025-10-25,y,2026"),
         "Строка 3: academicSessions.csv: startDate «01.09.2025» — дата вида 2026-09-01."),
        (without("classes", 0, "c7,,,Седьмой,07,home,,homeroom,,s1,y,,,"),
         "Строка 2: classes.csv: класс «Седьмой» не читается: напишите, например, 7а."),
        (without("roles", 4, "r5,,,p1,primary,wizard,,,s1,"),
         "Строка 6: roles.csv: role «wizard» — одно из: aide,"),
        (without("users", 1, "u1,,,true,u2,,Ия,Ким,,,,,,g1,07,,,,,,s1,"),
         "Строки 2 и 3: users.csv: sourcedId «u1» уже был."),
    ],
)  # fmt: skip
def test_what_the_specification_forbids_is_told_by_file_and_row(
    tables: dict[str, list[str]], told: str
) -> None:
    plan = plan_bundle(zipped(tables), empty_school())
    assert plan.errors
    assert plan.operations == ()
    assert any(one.startswith(told.rstrip(".")) for one in texts(plan)), texts(plan)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (zipped(OTHERS, version="1.1"), "oneroster.version"),
        (zipped(OTHERS, folder="export/"), "oneroster.manifest"),
        (b"\x50\x4b\x03\x04 no zip", "oneroster.zip"),
        (zipped({"users": []} | {"orgs": ['s1,,,"Шк']}), "oneroster.csv"),
    ],
)
def test_what_is_no_bundle_of_this_version_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        plan_bundle(data, empty_school())
    assert refused.value.code == code


def test_changes_instead_of_everything_are_refused_by_the_line_of_the_manifest() -> None:
    told = texts(plan_bundle(zipped(OTHERS, mode="delta"), empty_school()))
    assert "Строка 4: manifest.csv: academicSessions.csv передан изменениями" in told[0]


def test_who_is_in_the_school_already_is_found_again() -> None:
    known = OTHERS | {
        "users": [
            "u1,,,true,u1,,Пётр,Алексеев,Ильич,,,,,,07,,,,,,s1,",
            "u2,,,true,u2,,Анна,Борисова,Олеговна,,,,,,07,,,,,,s1,",
            *("g1,,,true,g1,,А,Б,,,,,,,,,,,,,s1,", "g2,,,true,g2,,А,Б,,,,,,,,,,,,,s1,"),
            "p1,,,true,p1,,Олег,Ким,Юрьевич,,,,,,,,,,,,s1,",
        ]
    }
    plan = plan_bundle(zipped(known), school())
    assert plan.errors == 0, texts(plan)
    assert [type(one) for one in plan.operations] == [AppointClassTeacher]


def test_our_own_bundle_is_as_the_binding_has_it_and_comes_back_as_nothing_new(
    kukarino: str, desk: At
) -> None:
    zoya, anna, alla = desk("zoya"), desk("anna"), desk("alla")
    here = "/years/2026/oneroster"
    assert (zoya.get(here).status_code, anna.get(here).status_code) == (404, 403)
    mark(anna, "5", "н/а")
    project(kukarino)
    answer = alla.get(here, marks=True)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        files = {name: packed.read(name).decode() for name in packed.namelist()}
    manifest = list(csv.reader(io.StringIO(files.pop("manifest.csv"))))
    assert manifest[0] == ["propertyName", "value"]
    assert [name for name, _ in manifest[1:]] == MANIFEST
    assert dict(manifest[1:])["oneroster.version"] == "1.2"
    bulk = {name[5:] for name, value in manifest if value == "bulk"}
    graded = {"categories", "lineItems", "results"}
    assert bulk == {name.removesuffix(".csv") for name in files} == graded | set(THERE)
    results = list(csv.DictReader(io.StringIO(files["results.csv"])))
    assert sorted((one["score"], one["textScore"]) for one in results) == [("", "н/а"), ("5", "")]
    for name, text in files.items():
        rows = list(csv.DictReader(io.StringIO(text)))
        assert text.splitlines()[0] == HEADERS[name.removesuffix(".csv")]
        assert rows
        assert all(not one["status"] and not one["dateLastModified"] for one in rows)  # bulk
    users = {one["sourcedId"]: one for one in csv.DictReader(io.StringIO(files["users.csv"]))}
    assert users[c.PETYA]["familyName"] == "Петров"
    assert sorted(users[c.PETYA]["agentSourcedIds"].split(",")) == sorted([c.OLGA, c.OLEG])
    for secret in ("petya", "olga"):  # logins
        assert secret not in answer.content.decode("latin-1")
        assert all(secret not in text for text in files.values())
    plan = plan_bundle(answer.content, empty_school())
    assert plan.errors == 0, texts(plan)
