"""The numbers of the regulation: each has a clause and limits; what is not sane is refused."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from domain import rules
from domain.clauses import CLAUSES
from domain.office import decisions as decide
from domain.office import facts as f
from domain.refusals import Conflict, Invalid
from domain.regulation import HOMEWORK_DUE, PRESETS, Regulation
from domain.rule_kinds import Choice
from domain.rule_table import BY_FIELD, PRESET_NAMES, RULES
from domain.rules import Amendment
from tests.domain.seventh_a import OFFICE
from tests.specs import Decision, given

NOW = Regulation()


def fields_of(kind: type[Any], part: str = "") -> list[str]:
    """Fields of a struct, those of its parts with a dot."""
    found: list[str] = []
    for one in msgspec.structs.fields(kind):
        inner = isinstance(one.type, type) and issubclass(one.type, msgspec.Struct)
        name = f"{part}{one.name}"
        found += fields_of(one.type, f"{name}.") if inner else [name]
    return found


def test_every_number_of_the_regulation_has_a_rule_and_a_clause_of_the_text() -> None:
    assert sorted(rule.field for rule in RULES) == sorted(fields_of(Regulation))
    assert {clause for rule in RULES for clause in rule.clauses} <= set(CLAUSES)
    assert all(rule.label for rule in RULES)


def test_every_preset_is_sane_and_is_offered_under_its_name() -> None:
    for name, preset in PRESETS.items():
        assert preset.preset == name
        assert rules.tidied(preset) == preset
    assert set(PRESET_NAMES) == set(PRESETS)
    due = BY_FIELD["homework_due"].kind
    assert isinstance(due, Choice)
    assert due.names == HOMEWORK_DUE


NOT_SANE = [
    ("version", ""),
    ("version", "  "),
    ("version", "д" * 101),
    ("version", "две\nстроки"),
    ("preset", "mine"),
    ("fill_days", -1),
    ("fill_days", 61),
    ("fill_days", 7.0),
    ("fill_days", True),
    ("fill_days", "7"),
    ("written_work_days", -1),
    ("homework_due", "some_day"),
    ("homework_due", None),
    ("no_homework_levels", (0,)),
    ("no_homework_levels", (1, 1)),
    ("edit_window_days", -3),
    ("ungraded_levels", (12,)),
    ("ungraded_levels", (True,)),
    ("ungraded_levels", 1),
    ("term_thresholds", ("3.50", "2.50", "4.50")),
    ("term_thresholds", ("2.50", "2.50", "4.50")),
    ("term_thresholds", ("2.50", "3.50")),
    ("term_thresholds", ("2.505", "3.50", "4.50")),
    ("term_thresholds", ("2.50", "3.50", "5.01")),
    ("term_thresholds", ("NaN", "3.50", "4.50")),
    ("term_thresholds", ("два", "3.50", "4.50")),
    ("weighted", 1),
    ("min_marks", 0),
    ("marks_needed", ()),
    ("marks_needed", ((2, 5), (1, 3))),
    ("marks_needed", ((1, 5), (2, 3))),
    ("marks_needed", ((0, 3),)),
    ("marks_needed", ((1, 0),)),
    ("marks_needed", ((1, 3, 5),)),
    ("not_attested_share", "0"),
    ("not_attested_share", "1.01"),
    ("not_attested_share", 0.75),
    ("not_attested_share", "Infinity"),
    ("debts_block_closing", "yes"),
    ("absence_reason_days", -1),
    ("day_missed_lessons", -1),
    ("remark_days", -7),
    ("inspection_months", 0),
    ("answer_days", 0),
    ("service_days", 61),
    ("project_levels", (5, 5)),
    ("small_class", 1),
    ("rates_of", "half"),
    ("ratings", "да"),
    ("late_corrections", "flag"),
    ("unexplained_weeks", 1),
    ("marks_alert_share", "0"),
    ("missed_alert_share", "1.01"),
    ("red_flags.burst_changes", 1),
    ("red_flags.burst_minutes", 0),
    ("red_flags.day_from", 24),
    ("red_flags.day_until", 6),
    ("red_flags.upward_changes", 0),
    ("red_flags.suggestion_gap", 5),
    ("retention.journals", 0),
    ("retention.summary_sheets", -1),
    ("retention.access_log", 0),
    ("retention.consents", 101),
]


@pytest.mark.parametrize(("field", "value"), NOT_SANE)
def test_what_is_not_sane_is_refused_by_the_name_of_its_rule(field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        Amendment({"version": "новая", field: value}).of(NOW)
    assert refused.value.code == f"regulation.{field.rpartition('.')[2]}"
    assert refused.value.extra == {"field": field}
    assert BY_FIELD[field].label in refused.value.message


def test_every_rule_refuses_something() -> None:
    assert {field for field, _ in NOT_SANE} == set(BY_FIELD)


def test_values_are_kept_in_one_spelling() -> None:
    new = Amendment(
        {
            "version": " новая ",
            "term_thresholds": ["2.6", "3.6", "4.6"],
            "not_attested_share": "0.5",
            "no_homework_levels": [2, 1],
            "marks_needed": [[1, 3], [4, 8]],
        }
    ).of(NOW)
    assert new.version == "новая"
    assert new.term_thresholds == ("2.60", "3.60", "4.60")
    assert new.not_attested_share == "0.50"
    assert new.no_homework_levels == (1, 2)
    assert new.marks_for(5) == 8


def test_what_is_not_named_stays_as_it_is_or_as_in_the_preset() -> None:
    mine = Amendment({"version": "моя", "fill_days": 3, "retention.journals": 10}).of(NOW)
    assert (mine.fill_days, mine.retention.journals) == (3, 10)
    longer = Amendment({"version": "моя 2", "remark_days": 10}).of(mine)
    assert (longer.fill_days, longer.remark_days) == (3, 10)
    assert Amendment({}, "ap147").of(mine) == PRESETS["ap147"]
    mixed = Amendment({"version": "смесь", "remark_days": 10}, "fop704").of(mine)
    assert (mixed.homework_due, mixed.fill_days, mixed.remark_days) == ("school_day", 7, 10)


def test_an_unknown_preset_and_an_unknown_rule_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        Amendment({}, "mine").of(NOW)
    assert refused.value.code == "regulation.preset"
    assert "«ap147»" in refused.value.message
    with pytest.raises(Invalid) as refused:
        Amendment({"fill_weeks": 1}).of(NOW)
    assert refused.value.code == "regulation.unknown_field"


def test_changes_name_the_rule_the_old_and_the_new_value() -> None:
    found = rules.changes(NOW, PRESETS["ap147"])
    assert [(one.rule.field, one.old, one.new) for one in found] == [
        ("version", "kukarino-2026", "ap147-2012"),
        ("preset", "seed", "ap147"),
        ("fill_days", 7, 1),
        ("homework_due", "lesson_day", "hour_after"),
    ]
    assert rules.changes(NOW, NOW) == []


def test_the_numbers_of_a_clause() -> None:
    assert [rule.field for rule in rules.of_clause("4.2.а-4")] == [
        "homework_due",
        "no_homework_levels",
    ]


# -- adopting --------------------------------------------------------------------------------


def adopt(change: Regulation | Amendment, order_no: str = "5-у") -> Decision:
    return lambda w: decide.adopt_regulation(w.office, change, order_no)


def test_an_amendment_is_adopted_whole() -> None:
    spec = given(*OFFICE).when(adopt(Amendment({"version": "2", "fill_days": 3})))
    whole = msgspec.structs.replace(NOW, version="2", fill_days=3)
    spec.then(f.RegulationAdopted(whole, "5-у")).and_again_nothing_happens()


def test_what_is_not_sane_is_not_adopted_and_no_year_opens_with_it() -> None:
    silly = msgspec.structs.replace(NOW, version="2", fill_days=-1)
    given(*OFFICE).when(adopt(silly)).then_refused(Invalid, "regulation.fill_days")
    opened = OFFICE[0]
    assert isinstance(opened, f.YearOpened)
    silly_year = msgspec.structs.replace(opened, regulation=silly)
    given().when(lambda w: decide.open_year(w.office, silly_year)).then_refused(
        Invalid, "regulation.fill_days"
    )


def test_a_version_names_one_regulation_for_ever() -> None:
    second = msgspec.structs.replace(NOW, version="2", fill_days=3)
    adopted = (*OFFICE, f.RegulationAdopted(second, "5-у"))
    other = msgspec.structs.replace(NOW, fill_days=5)  # under the name of the first
    given(*adopted).when(adopt(other)).then_refused(Conflict, "regulation.version_taken")
    given(*adopted).when(adopt(NOW, "6-у")).then(f.RegulationAdopted(NOW, "6-у"))
