"""Every clause of the «Положение», what of it is working software now, what is still to come.

The numbers are those of the text as received: 3.1.4–3.3.4 and 4.2.в are not in it. Bulleted duties
of 4.2 and 4.3 are numbered in their order (4.2.а-1 …).

    python -m tests.regulation.clauses      writes docs/regulation.md
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "regulation.md"

ACCESS = "Кто что может: доступ, согласия, приватность, реквизиты"
WHOLE = "Всё положение в работе"
REPORTS = "Отчёты, прогноз, годовой архив"
PAGES = "Страницы журнала"
FAMILIES = "Семьям сообщают, другие системы получают данные"
UNBREAKABLE = "Быстро, надёжно, много школ"


class Clause(NamedTuple):
    """One clause: its gist, the rule that works now, the stage that brings the rest."""

    gist: str
    now: str = ""
    later: str = ""


CLAUSES: dict[str, Clause] = {
    "1.1": Clause(
        "назначение и состав положения", "каждый пункт связан с правилом и тестом (эта страница)"
    ),
    "1.2": Clause(
        "хранение и обработка сведений о ходе и содержании обучения",
        "журнал складывается из неизменяемых записей и восстанавливается из них",
    ),
    "1.3": Clause("доступ 24 часа в сутки, 7 дней в неделю", later=WHOLE),
    "1.4": Clause(
        "поддержание данных в актуальном состоянии",
        "любое чтение говорит, на какой момент оно верно",
        WHOLE,
    ),
    "1.5": Clause(
        "пользователи: директор, заместители, секретарь, классные руководители, учителя",
        "каждая команда принадлежит роли; остальным отказ",
        ACCESS,
    ),
    "1.6": Clause(
        "контроль заместителей директора по УВР",
        "завуч видит, кто, когда и что исправил",
        WHOLE,
    ),
    "1.7": Clause(
        "ведение обязательно для каждого учителя",
        "уроки стоят в журнале до того, как по ним что-нибудь записано; пустое видно",
        WHOLE,
    ),
    "1.8": Clause(
        "результат — актуальные и достоверные сведения в дневнике",
        "дневник складывается только из записей журнала",
    ),
    "1.9": Clause("дневник предоставляется дистанционно", "дневник недели по сети"),
    "1.10": Clause(
        "ознакомление с посещаемостью, успеваемостью, аттестацией",
        "посещаемость и отметки урока в дневнике; отметки за период",
        FAMILIES,
    ),
    "1.11": Clause(
        "дневник — давшим письменное согласие",
        "согласие даёт законный представитель; без него дневник закрыт, журнал ведётся",
        ACCESS,
    ),
    "1.12": Clause("только сведения о своём ребёнке", "семья видит своего ребёнка", ACCESS),
    "1.13": Clause("информирование родителей о дневнике", later=FAMILIES),
    "2.1": Clause("оперативное и объективное информирование родителей", later=WHOLE),
    "2.2.1": Clause("муниципальная услуга «Предоставление информации…»", later=WHOLE),
    "2.2.2": Clause("единая инфраструктура информационных ресурсов", later=FAMILIES),
    "2.2.3": Clause("информационно-коммуникационные компетенции", later=FAMILIES),
    "2.2.4": Clause("оперативное взаимодействие участников", later=WHOLE),
    "2.2.5": Clause(
        "хранение данных об успеваемости и посещаемости",
        "исправление хранит прежнее значение; удаления нет",
    ),
    "2.2.6": Clause(
        "доступ к оценкам за весь период по всем предметам",
        "все отметки ученика одним запросом",
        PAGES,
    ),
    "2.2.7": Clause("автоматизация периодических отчётов", later=REPORTS),
    "2.2.8": Clause("систематическое информирование родителей", later=FAMILIES),
    "2.2.9": Clause("контроль со стороны родителей", later=FAMILIES),
    "2.2.10": Clause("прогнозирование успеваемости", later=REPORTS),
    "2.2.11": Clause(
        "успеваемость, посещаемость и задания через Интернет",
        "неделя дневника: отметки, посещаемость, домашние задания",
    ),
    "3.1.1": Clause("зам. директора организует внедрение", later=WHOLE),
    "3.1.2": Clause(
        "реквизиты доступа выдают администратор и классный руководитель",
        "классный руководитель выдаёт семьям своего класса, администратор — всем; одноразовый"
        " пароль на листке; выдача, получение и отзыв — записи с именем; новая отменяет прежнюю",
    ),
    "3.1.3": Clause(
        "записи на русском языке; темы уроков, практических, лабораторных, контрольных, экскурсий",
        "тема и название проверяются; работа без названия не принимается",
    ),
    "3.3.5": Clause(
        "деление на подгруппы по приказу; записи ведёт каждый учитель группы",
        "без приказа деления нет; ученик в одной подгруппе; чужая подгруппа закрыта",
    ),
    "3.3.6": Clause(
        "никто не работает под паролем учителя; замещающий — под своим",
        "право замещающего на срок; пароль узнали — вход закрыт сразу, каждая запись разобрана",
    ),
    "4.1.а": Clause("доступ ежедневно и круглосуточно", later=WHOLE),
    "4.1.б": Clause("консультации по работе с журналом", later=WHOLE),
    "4.1.в": Clause("отчёты классного руководителя родителям", later=REPORTS),
    "4.1.г": Clause(
        "текстовый комментарий учителя",
        "комментарий к отметке; текст стирается, запись остаётся",
        WHOLE,
    ),
    "4.1.д": Clause("поощрение и взыскание по итогам ведения", later=WHOLE),
    "4.2.а-1": Clause(
        "своевременно заполнять успеваемость, посещаемость, задания",
        "«все присутствовали» и «не задано» — тоже записи",
    ),
    "4.2.а-2": Clause("вводить тему и домашнее задание", "тема и задание урока с историей правок"),
    "4.2.а-3": Clause(
        "посещаемость и успеваемость — не реже раза в неделю",
        "срок — в положении школы; момент записи ставит сервер, задним числом не записать",
        WHOLE,
    ),
    "4.2.а-4": Clause(
        "домашнее задание — не позднее дня урока",
        "срок — в положении школы; момент записи ставит сервер, вперёд не записать",
        WHOLE,
    ),
    "4.2.а-5": Clause("защита проектов в 5–9 классах с документом", later=WHOLE),
    "4.2.а-6": Clause("устранять замечания заместителя директора", later=WHOLE),
    "4.2.б-1": Clause("контроль не реже раза в месяц", later=WHOLE),
    "4.2.б-2": Clause("обучение сотрудников", later=WHOLE),
    "4.2.г-1": Clause(
        "комплект документов о персональных данных",
        "согласие по каждой цели: бланк, бумага, скан, история; акт об уничтожении данных",
        ACCESS,
    ),
    "4.2.г-2": Clause(
        "реквизиты дневника родителям",
        "листки с логином и одноразовым паролем; видно, кто получил и кто вошёл",
    ),
    "4.2.г-3": Clause("еженедельный учёт пропусков", later=WHOLE),
    "4.2.г-4": Clause("комплексные работы и метапредметные результаты", later=WHOLE),
    "4.3-1": Clause("ответственность за обучение сотрудников", later=WHOLE),
    "4.3-2": Clause(
        "учитель отвечает за своевременность и достоверность",
        "каждая запись подписана автором; за учителя не пишет никто",
        WHOLE,
    ),
    "5.1": Clause("бесперебойная работа", later=UNBREAKABLE),
    "5.2": Clause("контроль не реже раза в месяц", later=WHOLE),
    "5.3": Clause("архивация в конце года", later=REPORTS),
    "6": Clause(
        "учащиеся не допускаются к журналу", "ученику отказано во всех командах журнала", ACCESS
    ),
}

#: Clauses that only later stages bring: the table shrinks.
LATER: dict[str, str] = {
    number: clause.later for number, clause in CLAUSES.items() if not clause.now
}

REBUILT = "projections/test_rebuilt_equals_lived.py"

#: Tests of other rooms that hold a clause: `file::test`.
ELSEWHERE: dict[str, tuple[str, ...]] = {
    "1.4": ("api/test_diary.py::test_an_unchanged_week_is_not_sent_again",),
    "1.6": ("api/test_classes.py::test_the_trail_says_who_changed_what_and_why",),
    "1.8": (
        f"{REBUILT}::test_rebuilt_equals_lived_and_the_past_stays_as_it_was_shown",
        "projections/test_diary.py::test_blank_attendance_is_not_all_present",
    ),
    "1.9": ("api/test_diary.py::test_a_week_of_lessons_with_marks",),
    "1.10": (
        "api/test_diary.py::test_a_week_of_lessons_with_marks",
        "projections/test_diary.py::test_marks_of_a_pupil_are_listed_by_day_with_their_subject",
    ),
    "1.11": (
        "api/test_diary.py::test_a_guardian_without_a_consent_is_told_why",
        "api/test_diary.py::test_a_withdrawn_consent_closes_the_diary",
        "api/test_diary.py::test_the_consent_of_a_day_ends_with_it",
        "api/test_consents.py::test_a_consent_ends_at_midnight_of_the_school",
        "api/test_consents.py::test_one_parent_takes_back_and_the_other_reads_on",
        "api/test_consents.py::test_the_journal_goes_on_without_any_consent",
        "api/test_consent_pages.py::test_a_consent_is_taken_back_by_one_button",
    ),
    "1.12": (
        "api/test_diary.py::test_a_family_sees_its_own_child_only",
        "api/test_diary.py::test_a_stranger_does_not_learn_that_there_is_a_diary",
        "api/test_grants.py::test_without_a_grant_an_auditor_sees_nothing",
        "api/test_guardianship.py::test_a_limited_guardian_is_a_stranger_and_the_other_one_is_not",
        "api/test_glass.py::test_a_diary_without_consent_is_closed_to_the_administration_too",
        "domain/test_figures.py::test_the_average_of_fewer_than_five_is_hidden",
    ),
    "2.2.5": (
        "projections/test_roles.py::test_no_role_of_the_program_may_rewrite_the_log",
        "projections/test_roles.py::test_triggers_stop_the_superuser_too",
    ),
    "2.2.6": ("api/test_diary.py::test_every_mark_of_a_pupil",),
    "2.2.11": ("api/test_diary.py::test_a_week_of_lessons_with_marks",),
    "3.1.2": (
        "api/test_credentials.py::test_a_second_issue_ends_the_first",
        "api/test_credentials.py::test_a_slip_is_good_for_three_days",
    ),
    "4.2.г-1": (
        "api/test_consents.py::test_the_class_teacher_sees_who_has_who_lacks_and_whose_ends_soon",
        "api/test_consents.py::test_a_guardian_sees_the_consents_of_ones_own",
        "api/test_consent_pages.py::test_a_consent_with_its_paper_is_recorded_by_the_form",
        "api/test_consent_pages.py::test_the_blank_has_the_names_filled_in_and_every_point_of_the_law",
        "api/test_erasure.py::test_after_it_name_texts_and_login_are_in_no_table",
        "api/test_erasure.py::test_the_act_says_what_when_by_whom_and_how",
    ),
    "4.2.г-2": (
        "api/test_credentials.py::test_a_family_gets_an_account_for_each",
        "api/test_credentials.py::test_the_table_follows_a_slip_until_it_has_arrived",
    ),
    "3.3.6": (
        "api/test_suspicion.py::test_all_sessions_and_tokens_end_at_the_next_request",
        "acceptance/test_stolen_password.py::test_from_the_suspicion_to_the_corrected_journal",
        "domain/test_standing.py::test_a_denied_mark_is_corrected_however_long_ago_the_lesson_was",
    ),
    "6": ("api/test_classes.py::test_a_family_reads_no_register",),
}


def marked() -> Iterator[tuple[str, str]]:
    """Clause and test of every `@pytest.mark.clause("3.1.3")` under tests/."""
    for file in sorted(TESTS.rglob("test_*.py")):
        where = file.relative_to(TESTS).as_posix()
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for decorator in node.decorator_list:
                    for number in _clauses_of(decorator):
                        yield number, f"{where}::{node.name}"


def _clauses_of(decorator: ast.expr) -> Iterator[str]:
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.clause":
        yield from (str(ast.literal_eval(argument)) for argument in decorator.args)


def held_by() -> dict[str, list[str]]:
    """Every clause with its tests, here and elsewhere."""
    found: dict[str, list[str]] = {number: [] for number in CLAUSES}
    for number, test in marked():
        found.setdefault(number, []).append(test)
    for number, tests in ELSEWHERE.items():
        found[number] += tests
    return found


def exists(test: str) -> bool:
    """The test is there: `file::name`."""
    file, _, name = test.partition("::")
    path = TESTS / file
    return path.is_file() and any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )


INTRODUCTION = (
    "Страницу пишет `python -m tests.regulation.clauses`; тест сверяет её с кодом. Номера"
    " пунктов — как в тексте положения (пунктов 3.1.4–3.3.4 и 4.2.в в нём нет); обязанности"
    " внутри 4.2 и 4.3 пронумерованы по порядку."
)


def page() -> str:
    """docs/regulation.md."""
    lines = [
        "# Положение: пункт → правило → тест",
        "",
        INTRODUCTION,
        "",
        "| пункт | о чём | что работает сейчас | остальное — на этапе |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {number} | {one.gist} | {one.now or '—'} | {one.later or '—'} |"
        for number, one in CLAUSES.items()
    ]
    lines += ["", "## Тесты", ""]
    for number, tests in held_by().items():
        if tests:
            lines.append(f"- **{number}**: " + ", ".join(f"`{test}`" for test in tests))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
