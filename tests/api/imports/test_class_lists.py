"""Plans of class lists: what is matched, what is new, what is never guessed."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from api.imports.class_lists import plan_classes
from api.imports.describe import sentences
from api.imports.plan import (
    AppointClassTeacher,
    DescribePupil,
    EnrolPupil,
    FormClass,
    LinkGuardian,
    RegisterPerson,
    is_new,
)
from domain.journal import facts as jf
from domain.journal.state import Journal
from domain.people.facts import Name
from tests.api.imports.a_school import (
    ALEKSEEV,
    CLASS_7A,
    FIXTURES,
    MAMEDOV,
    ORLOVA,
    YOLKINA,
    codes,
    csv_of,
    empty_school,
    record,
    school,
    texts,
)

UNCLEAR = "неясно, где фамилия, а где имя; разнесите их по столбцам «Фамилия», «Имя», «Отчество»."


def test_a_class_list_forms_the_class_and_enrols_its_pupils() -> None:
    plan = plan_classes(csv_of("Класс;ФИО", "7А;Ким Ян Ильич", "7 «а»;Лев Ия"), empty_school())
    assert plan.operations == (
        FormClass(row=2, ref="+1", grade_level=7, letter="а"),
        RegisterPerson(row=2, ref="+2", person_kind="pupil", name=Name("Ким", "Ян", "Ильич")),
        EnrolPupil(row=2, class_ref="+1", pupil_ref="+2", since=date(2025, 9, 1)),
        RegisterPerson(row=3, ref="+3", person_kind="pupil", name=Name("Лев", "Ия")),
        EnrolPupil(row=3, class_ref="+1", pupil_ref="+3", since=date(2025, 9, 1)),
    )
    assert plan.errors == 0


@pytest.mark.parametrize("name", ["classes-libreoffice.xlsx", "classes-like-excel-cp1251.csv"])
def test_pupils_of_the_class_are_found_again_by_class_and_name(name: str) -> None:
    plan = plan_classes((FIXTURES / name).read_bytes(), school())
    enrolled = [one for one in plan.operations if isinstance(one, EnrolPupil)]
    newcomers = [one.name.full for one in plan.operations if isinstance(one, RegisterPerson)]
    assert plan.errors == 0, texts(plan)
    assert [one.class_ref for one in enrolled] == [CLASS_7A]
    assert "Петрова-Водкина Софья" in newcomers
    assert not any(is_new(one.pupil_ref) is False for one in enrolled)


def test_a_list_that_says_what_the_school_knows_changes_nothing() -> None:
    plan = plan_classes(csv_of("Класс;ФИО", "7а;елкина  МАРИЯ Сергеевна"), school())
    assert (plan.operations, plan.unchanged, plan.errors) == ((), 1, 0)


def test_namesakes_in_one_class_are_told_and_not_guessed() -> None:
    rows = ["7б;Ким Ян Ильич", "7б;Лев Ия", "7б;КИМ ЯН ИЛЬИЧ"]
    plan = plan_classes(csv_of("Класс;ФИО", *rows), empty_school())
    assert texts(plan) == [
        (
            "Строки 2 и 4: в 7б дважды один и тот же ученик; если это полные тёзки, "
            "оставьте одного, а второго зачислите на странице класса."
        )
    ]


def test_namesakes_already_in_the_class_are_told() -> None:
    known = school()
    known.names[MAMEDOV] = known.names[ALEKSEEV]
    plan = plan_classes(csv_of("Класс;ФИО", "7а;Алексеев Пётр Ильич"), known)
    assert codes(plan) == {"import.namesakes"}


def test_a_pupil_who_lost_the_patronymic_is_not_taken_for_another() -> None:
    plan = plan_classes(csv_of("Класс;ФИО", "7а;Алексеев Пётр"), school())
    assert texts(plan) == [
        (
            "Строка 2: в 7а уже есть «Алексеев Пётр Ильич»: "
            "если это он же, напишите отчество одинаково."
        )
    ]


def test_the_same_name_in_two_classes_is_two_pupils_and_said_aloud() -> None:
    rows = ["7б;Ким Ян Ильич", "7в;Ким Ян Ильич"]
    plan = plan_classes(csv_of("Класс;ФИО", *rows), empty_school())
    assert sum(isinstance(one, RegisterPerson) for one in plan.operations) == 2
    assert texts(plan, "notice") == [
        "Строки 2 и 3: тёзки в разных классах (7б, 7в): это будут разные ученики."
    ]


def test_a_pupil_promoted_from_last_year_stays_the_same_person() -> None:
    known = empty_school()
    known.last_year = {"last": Journal("last", grade_level=6, letter="а", pupils={ALEKSEEV: []})}
    known.names = {ALEKSEEV: Name("Алексеев", "Пётр", "Ильич")}
    plan = plan_classes(csv_of("Класс;ФИО", "7а;Алексеев Петр Ильич"), known)
    assert [one.pupil_ref for one in plan.operations if isinstance(one, EnrolPupil)] == [ALEKSEEV]
    assert texts(plan, "notice") == ["Переведены из прошлогодних классов: 1."]


def test_a_pupil_who_left_is_not_silently_brought_back() -> None:
    known = school()
    record(known, jf.PupilDeparted(ALEKSEEV, date(2025, 9, 20)))
    plan = plan_classes(csv_of("Класс;ФИО", "7а;Алексеев Пётр Ильич"), known)
    assert plan.operations == ()
    assert [one.code for one in plan.findings] == ["import.departed"]


def test_guardians_are_persons_linked_to_the_pupil() -> None:
    plan = plan_classes((FIXTURES / "classes-openpyxl.xlsx").read_bytes(), empty_school())
    guardians = [
        one.name.full
        for one in plan.operations
        if isinstance(one, RegisterPerson) and one.person_kind == "guardian"
    ]
    links = [one for one in plan.operations if isinstance(one, LinkGuardian)]
    assert plan.errors == 0, texts(plan)
    assert guardians.count("Зуева Яна Львовна") == 1  # one family code: one mother of two
    assert len(links) == 8
    assert len({one.guardian_ref for one in links}) == 7


def test_guardians_of_one_name_without_a_family_code_are_different_people() -> None:
    rows = ["7б;Ким Ян;Ким Ия Ли", "7б;Ким Лев;Ким Ия Ли"]
    plan = plan_classes(csv_of("Класс;ФИО;Родитель", *rows), empty_school())
    links = [one.guardian_ref for one in plan.operations if isinstance(one, LinkGuardian)]
    assert len(set(links)) == 2
    assert [one.rows for one in plan.findings] == [(2, 3)]


def test_a_guardian_known_to_the_family_is_not_doubled() -> None:
    known = school()
    known.names["mother"] = Name("Ёлкина", "Ия", "Львовна")
    known.guardians = {YOLKINA: ("mother",)}
    data = csv_of("Класс;ФИО;Мать", "7а;Ёлкина Мария Сергеевна;Елкина Ия Львовна")
    assert plan_classes(data, known).operations == ()


def test_a_document_is_not_kept_and_that_is_said() -> None:
    data = csv_of("Класс;ФИО;СНИЛС", "7а;Ёлкина Мария Сергеевна;112-233")
    assert texts(plan_classes(data, school()), "notice") == [
        "Столбец «СНИЛС» не читается: этих данных журнал не хранит."
    ]


def test_a_birthday_and_an_address_come_with_a_pupil() -> None:
    head = "Класс;ФИО;Дата рождения;Адрес"
    rows = ["7а;Ёлкина Мария Сергеевна;;Кукарино, 5", "7а;Ким Ян;01.02.2012;Мира, 4"]
    known = school()
    plan = plan_classes(csv_of(head, *rows), known)
    mary = msgspec.structs.replace(known.names[YOLKINA], address="Кукарино, 5")
    born = date(2012, 2, 1)
    assert [
        one.name for one in plan.operations if isinstance(one, DescribePupil | RegisterPerson)
    ] == [mary, Name("Ким", "Ян", born=born, address="Мира, 4")]
    assert any("день рождения и адрес: Ёлкина" in one for one in sentences(plan, known))
    known.names[YOLKINA] = mary
    again = plan_classes(csv_of(head, rows[0]), known)
    assert (again.operations, again.unchanged) == ((), 1)
    wrong = plan_classes(csv_of(head, "7а;Ким Ян;31.02.2012;"), school())
    assert len(texts(wrong, "error")) == 1


def test_a_class_teacher_is_looked_for_among_the_staff() -> None:
    rows = ["7а;Ёлкина Мария Сергеевна;Орлова Вера Павловна", "7а;Ким Ян;Никто Такой"]
    plan = plan_classes(csv_of("Класс;ФИО;Классный руководитель", *rows), school())
    assert plan.operations[:1] == (
        AppointClassTeacher(row=2, class_ref=CLASS_7A, person_ref=ORLOVA, since=date(2025, 9, 1)),
    )
    assert texts(plan) == [
        "Строка 3: классный руководитель «Никто Такой»: не найден среди сотрудников."
    ]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (";Ким Ян", "не указан класс."),
        ("класс;Ким Ян", "не указан класс."),
        ("а7;Ким Ян", "класс «а7» не читается: напишите, например, 7а."),
        ("12а;Ким Ян", "класс «12а» не читается: напишите, например, 7а."),
        ("7b;Ким Ян", "класс «7b»: литера «b» латинская."),
        ("7а;Ким", "у «Ким» не указано имя."),
        ("7а;", "не указаны фамилия и имя."),
        ("7а;Ким Я.", "«Ким Я.»: вместо инициалов нужно имя полностью."),
        ("7а;Ким Я. Ю.", "«Ким Я.»: вместо инициалов нужно имя полностью."),
        ("7а;Ким Ян 2", "«2» не похоже на имя человека."),
        ("7а;Р˜РІР°РЅРѕРІ Ян", "«Р˜РІР°РЅРѕРІ» не похоже на имя человека."),
        ("7а;Cидоров Ян", "в «Cидоров» смешаны русские и латинские буквы."),
        ("7а;де ла Крус Мария", f"«де ла Крус Мария»: {UNCLEAR}"),
    ],
)
def test_a_row_of_a_class_list_that_cannot_be_read_says_why(row: str, text: str) -> None:
    assert texts(plan_classes(csv_of("Класс;ФИО", row), empty_school())) == [f"Строка 2: {text}"]


def test_several_errors_of_a_row_are_told_at_once() -> None:
    data = csv_of("Класс;ФИО;Дата зачисления;Родитель", "0;Ким;31.09.2025;Мама")
    assert texts(plan_classes(data, empty_school())) == [
        "Строка 2: класс «0» не читается: напишите, например, 7а.",
        "Строка 2: у «Ким» не указано имя.",
        "Строка 2: дата «31.09.2025» не существует.",
        "Строка 2: представитель: у «Мама» не указано имя.",
    ]
