"""Which tests hold which clause of the «Положение»; what the clauses say is in `domain.clauses`.

A clause that starts to work: fill its `now` in `domain/clauses.py`, name its tests here (or mark
them `@pytest.mark.clause("3.1.3")`).

    python -m tests.regulation.clauses      writes docs/regulation.md
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from api.rule_words import words
from domain.clauses import CLAUSES
from domain.readings import READINGS
from domain.regulation import PRESETS
from domain.rule_table import PRESET_NAMES, RULES
from domain.rules import value_of
from tests.regulation.noticed import noticed

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "regulation.md"

REBUILT = "projections/test_rebuilt_equals_lived.py"

#: Tests of other rooms that hold a clause: `file::test`.
ELSEWHERE: dict[str, tuple[str, ...]] = {
    "1.4": ("api/test_diary.py::test_an_unchanged_week_is_not_sent_again",),
    "1.6": (
        "api/test_classes.py::test_the_trail_says_who_changed_what_and_why",
        "api/test_red_flags.py::test_from_the_flag_to_the_fact_and_back_with_a_word",
        "api/demo/test_red_flags.py::test_the_demonstration_shows_every_planted_flag_and_no_other",
    ),
    "1.8": (
        f"{REBUILT}::test_rebuilt_equals_lived_and_the_past_stays_as_it_was_shown",
        "projections/test_diary.py::test_blank_attendance_is_not_all_present",
    ),
    "1.9": ("api/test_diary.py::test_a_week_of_lessons_with_marks",),
    "1.10": (
        "api/test_diary.py::test_a_week_of_lessons_with_marks",
        "projections/test_diary.py::test_marks_of_a_pupil_are_listed_by_day_with_their_subject",
        "api/test_results.py::test_a_year_is_ended_and_the_family_reads_it",
    ),
    "2.2.8": (
        "scheduler/test_notices.py::test_who_may_read_the_diary_is_told_inside_the_program",
        "scheduler/test_notices.py::test_a_changed_mark_and_an_absence_come_at_once_and_marks_at_six",
        "scheduler/test_outbox.py::test_every_fact_is_told_exactly_as_the_settings_ask_and_every_letter_and_word_goes",
        "api/test_notices.py::test_the_class_teacher_sees_what_became_of_letters",
    ),
    "2.2.9": (
        "domain/test_absences.py::test_a_guardian_signs_a_week_once_and_again_when_it_has_changed",
        "api/test_acknowledgements.py::test_a_mother_signs_and_the_class_teacher_sees_it",
        (
            "api/test_marks_pages.py"
            "::test_a_family_sees_every_mark_its_average_and_what_another_would_do"
        ),
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
    "2.2.2": (f"{REBUILT}::test_rebuilt_equals_lived_and_the_past_stays_as_it_was_shown",),
    "2.2.5": (
        "projections/test_roles.py::test_no_role_of_the_program_may_rewrite_the_log",
        "projections/test_roles.py::test_triggers_stop_the_superuser_too",
    ),
    "2.2.6": (
        "api/test_diary.py::test_every_mark_of_a_pupil",
        "api/test_results.py::test_a_year_is_ended_and_the_family_reads_it",
        "api/test_results.py::test_who_reads_the_marks_of_a_pupil",
    ),
    "2.2.10": (
        "api/test_forecast.py::test_from_a_few_marks_to_what_each_may_read_of_them",
        "api/test_forecast.py::test_the_forecast_is_for_pupils_and_for_the_class_and_writes_nothing",
        "api/test_forecast.py::test_once_a_month_it_learns_of_terms_that_are_over",
        "api/test_forecast.py::test_a_family_turns_the_forecast_off_and_nobody_is_shown_it",
        "api/test_forecast.py::test_what_can_be_done_comes_first_and_is_made_of_facts",
        "domain/test_forecast.py::test_earlier_terms_forecast_a_later_one_better_than_its_mean_so_far",
        "domain/test_forecast.py::test_with_shuffled_term_marks_the_forecast_is_of_no_use",
    ),
    "2.2.7": (
        "api/reports/test_forms.py::test_a_form_is_its_golden_file",
        "api/reports/test_doors.py::test_a_paper_is_tagged_russian_and_complete",
        (
            "api/demo/test_report_figures.py::"
            "test_every_figure_of_a_form_is_that_of_sql_over_the_facts"
        ),
    ),
    "4.1.в": (
        "api/reports/test_doors.py::test_a_family_reads_the_letter_about_its_own_child",
        "api/reports/test_doors.py::test_a_class_of_letters_is_a_page_for_each",
        "api/test_parent_reports.py::test_a_letter_is_sent_to_who_consented_and_seen_to_have_arrived",
        "domain/test_outcomes.py::test_letters_go_to_guardians_with_consent_or_are_handed_out",
    ),
    "2.2.11": ("api/test_diary.py::test_a_week_of_lessons_with_marks",),
    "3.1.1": (
        "api/test_school_year.py::test_the_steps_say_what_is_done_and_what_is_lacking",
        "api/test_school_year.py::test_a_class_is_set_up_from_nothing_by_forms",
        "projections/test_figures_of_books.py::test_classes_that_are_ready_for_the_journal",
    ),
    "3.3.5": (
        "domain/test_rollover.py::test_teachers_and_subgroups_go_on_with_the_class",
        "domain/test_rollover.py::test_without_an_order_no_class_is_divided",
    ),
    "3.1.2": (
        "api/test_credentials.py::test_a_second_issue_ends_the_first",
        "api/test_credentials.py::test_a_slip_is_good_for_three_days",
    ),
    "4.2.а-4": (
        "projections/test_compliance.py::test_deadlines_by_the_bell_follow_the_bells_of_the_lesson_s_day",
        "projections/test_compliance.py::test_nobody_is_late_by_bells_that_were_changed_afterwards",
    ),
    "2.1": ("projections/test_compliance.py::test_delays_are_counted_from_the_bell_of_the_day",),
    "4.2.г-1": (
        "api/test_consents.py::test_the_class_teacher_sees_who_has_who_lacks_and_whose_ends_soon",
        "api/test_consents.py::test_a_guardian_sees_the_consents_of_ones_own",
        "api/test_consent_pages.py::test_a_consent_with_its_paper_is_recorded_by_the_form",
        "api/test_consent_pages.py::test_the_blank_has_the_names_filled_in_and_every_point_of_the_law",
        "api/test_erasure.py::test_after_it_name_texts_and_login_are_in_no_table",
        "api/test_erasure.py::test_the_act_says_what_when_by_whom_and_how",
    ),
    "4.2.г-3": (
        "projections/test_classroom.py::test_overdue_absences_and_unsigned_weeks_are_listed",
        "projections/test_classroom.py::test_weeks_signed_and_absences_explained_are_measured",
        "api/test_absences.py::test_a_week_is_signed_when_it_is_over_and_explained",
        "api/test_absences.py::test_the_page_explains_by_one_button_and_signs",
    ),
    "4.2.г-2": (
        "api/test_credentials.py::test_a_family_gets_an_account_for_each",
        "api/test_credentials.py::test_the_table_follows_a_slip_until_it_has_arrived",
    ),
    "3.3.6": (
        "api/test_school_year.py::test_the_deputy_names_a_substitute_and_the_sheet_says_so",
        "projections/test_figures_of_books.py::test_what_is_written_in_the_days_of_a_substitution",
        "api/test_suspicion.py::test_all_sessions_and_tokens_end_at_the_next_request",
        "acceptance/test_stolen_password.py::test_from_the_suspicion_to_the_corrected_journal",
        "domain/test_standing.py::test_a_denied_mark_is_corrected_however_long_ago_the_lesson_was",
    ),
    "6": ("api/test_classes.py::test_a_family_reads_no_register",),
    "4.3-2": (
        "projections/test_red_flags.py::test_f8_a_mark_of_somebody_absent_whichever_was_first",
        "projections/test_red_flag_cases.py::test_c1_a_stolen_password_raises_fifty_one_marks_in_a_month",
        "projections/test_red_flag_cases.py::test_c2_current_marks_are_changed_to_fit_the_mark_of_the_quarter",
        "projections/test_red_flag_cases.py::test_c3_a_deputy_head_enters_good_marks_on_dates_without_a_lesson",
    ),
    "5.1": (
        "projections/test_backups.py::test_a_drill_brings_back_all_that_was_written_down",
        "projections/test_backups.py::test_the_database_comes_back_as_it_was_at_a_moment",
        "projections/test_backups.py::test_what_came_back_is_held_against_the_paper_of_the_copy",
        "projections/test_backups.py::test_a_copy_with_one_changed_byte_is_not_brought_back",
        "scheduler/test_keeper.py::test_the_other_scheduler_takes_over_when_the_first_dies",
        "projections/test_figures.py::test_jobs_that_did_what_they_were_for",
    ),
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


def numbers() -> list[str]:
    """Every number with its clause, and what it is in each preset."""
    head = [
        f"| правило | пункт | поле | {' | '.join(PRESET_NAMES.values())} |",
        "|---|---|---|" + "---|" * len(PRESET_NAMES),
    ]
    return head + [
        f"| {rule.label} | {', '.join(rule.clauses)} | `{rule.field}` | "
        + " | ".join(words(rule, value_of(PRESETS[name], rule.field)) for name in PRESET_NAMES)
        + " |"
        for rule in RULES
    ]


SWITCHED_OFF = (
    "Каждая строка — правило пункта, выключенное в копии программы (`python -m"
    " tests.regulation.switched_off`), и тест пункта, который это заметил."
)


def switched_off() -> list[str]:
    """What was found the last time the rules were switched off."""
    head = ["| пункт | что выключено | какой тест это заметил |", "|---|---|---|"]
    return head + [
        f"| {clause} | {one.what} | {f'`{one.by}`' if one.by else '**никакой**'} |"
        for clause, one in noticed().items()
    ]


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
    lines += ["", "## Как понято то, что можно понять двояко", ""]
    lines += [
        f"- **{number}**: {one.oddity}. Принято: {one.adopted}."
        for number, readings in READINGS.items()
        for one in readings
    ]
    lines += ["", "## Числа", "", *numbers()]
    lines += ["", "## Правило выключено", "", SWITCHED_OFF, "", *switched_off()]
    lines += ["", "## Тесты", ""]
    for number, tests in held_by().items():
        if tests:
            lines.append(f"- **{number}**: " + ", ".join(f"`{test}`" for test in tests))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
