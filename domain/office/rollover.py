"""From one school year to the next: a draft of everything that is carried. Pure.

What it makes has ids that follow from the school, the year and the source, and what the next year
has already is left alone: carried out twice, or again after an interruption, each thing is once.
Nothing is written about the year that ends.
"""

from __future__ import annotations

from collections.abc import Iterator

from domain.office import facts as f
from domain.office.rollover_class import ClassPencil
from domain.office.rollover_plan import ClassDraft, Draft, Wishes
from domain.office.rollover_steps import (
    AdoptBells,
    Appoint,
    IntroduceSubject,
    IntroduceWorkType,
    OpenYear,
)
from domain.office.school_years import KnownClass, SchoolYear
from domain.regulation import Regulation
from domain.values import CouncilDecision

LAST_LEVELS = (9, 11)  # whose pupils leave unless it is said that they go on
LAST_LEVEL = 11


def draft(
    school_id: str,
    regulation: Regulation,
    old: SchoolYear,
    new: SchoolYear | None,
    wishes: Wishes,
) -> Draft:
    """The plan from `old` to the year after it; `new` is what is there already."""
    return _Pencil(school_id, old, new, wishes).draft(regulation)


class _Pencil(ClassPencil):
    """The draft under way."""

    def draft(self, regulation: Regulation) -> Draft:
        """Everything, in the order in which it is written."""
        self._year(regulation)
        levels = sorted(self.old.classes, key=lambda one: one.key)
        kept = [(one, self._letter(one)) for one in levels]
        classes = [self._class(one, letter) for one, letter in kept]
        self._retained()
        return Draft(
            self.year,
            self.calendar,
            self.new is not None,
            tuple(classes),
            tuple(self.steps),
            tuple(self.issues),
        )

    def _year(self, regulation: Regulation) -> None:
        staff = tuple(self._staying())
        if self.new is None:
            self.subjects = {one.subject_id: one.subject_id for one in self.old.subjects}
            self.steps.append(
                OpenYear(
                    f.YearOpened(
                        self.school_id,
                        self.old.zone,
                        self.calendar,
                        self.old.bells.usual,
                        regulation,
                        self.old.subjects,
                        self.old.work_types,
                        staff,
                    )
                )
            )
        else:
            self._vocabulary(self.new)
            known = {(one.person_id, one.role) for one in self.new.staff}
            lacking = [one for one in staff if (one.person_id, one.role) not in known]
            self.steps += [Appoint(one) for one in lacking]
        if self.old.bells.adopted and not (self.new and self.new.bells.adopted):
            schedules = self.old.bells.adopted[-1].schedules
            self.steps.append(AdoptBells(self.calendar.starts, schedules))

    def _staying(self) -> Iterator[f.Appointment]:
        """Who holds a role beyond the last day of the old year; since when stays as it was."""
        seen: set[tuple[str, str]] = set()
        for one in self.old.staff:
            place = (one.person_id, one.role)
            if place not in seen and self._reaches(one.until):
                seen.add(place)
                yield one

    def _vocabulary(self, new: SchoolYear) -> None:
        ids, names = (
            {one.subject_id for one in new.subjects},
            {one.name: one.subject_id for one in new.subjects},
        )
        for one in self.old.subjects:
            same = one.subject_id if one.subject_id in ids else names.get(one.name)
            if same is None:
                self.steps.append(IntroduceSubject(one))
            self.subjects[one.subject_id] = same or one.subject_id
        kinds = {one.work_type_id for one in new.work_types} | {o.name for o in new.work_types}
        self.steps += [
            IntroduceWorkType(one)
            for one in self.old.work_types
            if not {one.work_type_id, one.name} & kinds
        ]

    # -- classes -------------------------------------------------------------------------------

    def _letter(self, one: KnownClass) -> str:
        usual = "" if one.grade_level in LAST_LEVELS else one.letter
        wished = self.wishes.letters.get(one.class_id, usual).strip()
        return "" if one.grade_level >= LAST_LEVEL else wished

    def _class(self, one: KnownClass, letter: str) -> ClassDraft:
        level, new_id = one.grade_level + 1, self.id_of(f"class:{one.class_id}")
        held = not letter or self._taken(one, (level, letter.lower()), new_id)
        here = [p for p in one.pupils if self._reaches_end(p.until)]
        there = [p for p in here if p.pupil_id in self.listed]
        open_ = [p for p in here if p.pupil_id not in self.listed]
        decided = {kind: [p for p in open_ if p.decision is kind] for kind in CouncilDecision}
        nobody = [p for p in open_ if p.decision is None]
        going = [*decided[CouncilDecision.PROMOTED]]
        conditional = decided[CouncilDecision.CONDITIONALLY_PROMOTED]
        going += [*conditional, *(nobody if self.wishes.undecided else ())]
        waiting = nobody if letter and not self.wishes.undecided else []
        counts = {"retained": len(decided[CouncilDecision.RETAINED]), "there": len(there)}
        if not letter:
            leaving = len(open_) - counts["retained"]
            return ClassDraft(one.class_id, one.name, "", "", leaving=leaving, **counts)
        for pupil in waiting:
            why = f"{one.name}: нет решения педсовета о переводе"
            self._issue("pupil.undecided", why, one.class_id, pupil.pupil_id)
        name = f"{level}{letter}"
        if held:
            return ClassDraft(
                one.class_id, one.name, "", "", waiting=len(open_) - counts["retained"], **counts
            )
        self.form(one, level, letter, new_id, tuple(p.pupil_id for p in going))
        return ClassDraft(
            one.class_id,
            one.name,
            name,
            new_id,
            going=len(going),
            conditional=len(conditional),
            waiting=len(waiting),
            leaving=len(decided[CouncilDecision.COMPLETED]),
            **counts,
        )

    def _taken(self, one: KnownClass, key: tuple[int, str], new_id: str) -> bool:
        known = self.formed.get(key)
        if known in (None, new_id):
            self.formed[key] = new_id
            return False
        name = f"{key[0]}{key[1]}"
        elsewhere = known in self.there
        why = "такой класс в новом году уже есть" if elsewhere else "им становится другой класс"
        text = f"{one.name} → {name}: {why}; выберите другую литеру или «не переводить»"
        self._issue("class.taken", text, one.class_id)
        return True

    def _retained(self) -> None:
        """Pupils who stay in their grade level: to its class of the next year."""
        for one in self.old.classes:
            staying = [
                p.pupil_id
                for p in one.pupils
                if p.decision is CouncilDecision.RETAINED
                and self._reaches_end(p.until)
                and p.pupil_id not in self.listed
            ]
            if not staying:
                continue
            same = self.formed.get(one.key)
            others = sorted(i for i in self.formed.items() if i[0][0] == one.grade_level)
            new_id = same or (others[0][1] if others else None)
            if new_id is None:
                why = f"{one.name}: в новом году нет класса этой параллели"
                for pupil_id in staying:
                    self._issue("pupil.retained", why, one.class_id, pupil_id)
                continue
            since = self.calendar.of(one.grade_level).terms[0].starts
            self.steps.append(self._enrol(new_id, tuple(staying), since))
