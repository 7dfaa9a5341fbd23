"""One small change of the program for each clause, by which its rule is off.

A clause's tests are worth something when one of them goes red then: `switched_off` tries it. `was`
stands in `file` exactly once; `test_switches.py` keeps it so. Where several clauses have the same
rule, each has its own line: its own tests are to notice.
"""

from __future__ import annotations

from typing import NamedTuple


class Switch(NamedTuple):
    """`what` is off when `was` reads `now` in `file`."""

    what: str
    file: str
    was: str
    now: str


_IN_TIME = Switch(
    "поздняя запись считается сделанной вовремя",
    "domain/duties.py",
    "    return recorded_at < due_at + _SECOND",
    "    return True",
)
_MISSING = Switch(
    "того, чего нет, никто не ждёт",
    "domain/duties.py",
    "(Status.PENDING if in_time(now, due_at) else Status.MISSING)",
    "Status.PENDING",
)
_BREAKS = Switch(
    "перерывов никто не замечает",
    "projections/uptime.py",
    "        if begins - seen > UNSEEN:",
    "        if False:",
)
_MARKS_IN_DIARY = Switch(
    "в неделе дневника нет отметок",
    "projections/diary/render.py",
    "            cells.setdefault(mark.lesson_id, []).append(_mark(mark, title, year))",
    "            cells.setdefault(mark.lesson_id, [])",
)
_STAFF_TAUGHT = Switch(
    "обученным записывают кого угодно",
    "domain/office/ledgers.py",
    '    if any(one.kind != "staff" for one in people):',
    "    if False:",
)
_MONTHS = Switch(
    "проверять журнал можно раз в год",
    "domain/journal/inspecting.py",
    "    step = max(1, months)",
    "    step = _MONTHS",
)
_OWN_LESSON = Switch(
    "об уроке пишет любой, не только его учитель",
    "domain/access.py",
    "            one.teacher_id == actor.person_id\n            and one.subject_id == lesson.",
    "            one.subject_id == lesson.",
)

#: clause → how its rule is switched off
SWITCHES: dict[str, Switch] = {
    "1.1": Switch(
        "числа положения не проверяются",
        "domain/rules.py",
        "            value = rule.kind.tidied(fields[rule.field])",
        "            value = fields[rule.field]",
    ),
    "1.2": Switch(
        "при чтении журнала первая запись пропускается",
        "domain/world.py",
        "        facts = list(self._streams.facts(number, state.version))",
        "        facts = list(self._streams.facts(number, state.version))[1:]",
    ),
    "1.3": _BREAKS,
    "1.4": _IN_TIME,
    "1.5": Switch(
        "команды администрации отдаёт любой",
        "domain/access.py",
        "            if office.holds(actor.person_id, role, day):",
        "            if role:",
    ),
    "1.6": Switch(
        "в истории не видно, что стояло раньше",
        "projections/trail/handlers.py",
        "        about=fact.mark_id,\n        old_value=fact.old_value,\n        value=fact.value,",
        "        about=fact.mark_id,\n        value=fact.value,",
    ),
    "1.7": _MISSING,
    "1.8": Switch(
        "неотмеченная посещаемость показана как «все были»",
        "projections/diary/render.py",
        "    if not prepared.taken:\n        return _NOT_TAKEN",
        "    if False:\n        return _NOT_TAKEN",
    ),
    "1.9": _MARKS_IN_DIARY,
    "1.10": Switch(
        "отметка за период предлагается и по одной отметке",
        "domain/formulas.py",
        "    few = mean.counted < regulation.min_marks",
        "    few = mean.counted < 1",
    ),
    "1.11": Switch(
        "согласие записывают от кого угодно",
        "domain/people/decisions.py",
        "    if not (oneself or guardian_id in pupil.guardians):",
        "    if False:",
    ),
    "1.12": Switch(
        "родитель видит дневник любого ученика",
        "api/caller.py",
        "        if Role.PARENT in caller.roles and pupil_id in await self._keep(\n"
        '            ("children", who), self._children, who\n'
        "        ):\n"
        '            if await self._keep(("consent", who, pupil_id), self._consent',
        '        if Role.PARENT in caller.roles:\n            if True or ("consent"',
    ),
    "1.13": Switch(
        "родителям не говорят, кто отдаёт доступ",
        "api/templates/help/access_steps.html",
        "классный руководитель отдаёт вам лично",
        "их можно получить",
    ),
    "2.1": Switch(
        "задержка записи в дневник не считается",
        "projections/compliance/delays.py",
        "                own.append(max(0, -int(-late // _MINUTE_S)))",
        "                own.append(0)",
    ),
    "2.2.1": Switch(
        "у заявления об услуге нет срока положения",
        "domain/office/ledgers.py",
        "timedelta(days=office.regulation.service_days)",
        "timedelta(days=365)",
    ),
    "2.2.2": Switch(
        "из «Помощи» завуча нет пути к заполнению журналов",
        "api/help/guide/deputy.md",
        "[Заполнение](/compliance)",
        "Заполнение",
    ),
    "2.2.3": Switch(
        "страницы не объясняют себя",
        "api/pages/helping.py",
        '    return f"/help/{kind}" if kind else "/help"',
        '    return "/help"',
    ),
    "2.2.4": Switch(
        "о ребёнке говорят и без согласия на дневник",
        "domain/people/talks.py",
        "    if not open_to_guardian(pupil, guardian_id, today):\n        raise no_consent()",
        "    if False:\n        raise no_consent()",
    ),
    "2.2.5": Switch(
        "исправление не хранит прежнего значения",
        "domain/journal/marks.py",
        "    return [f.MarkCorrected(mark_id, saw, value, tier, reason_code, reason)]",
        "    return [f.MarkCorrected(mark_id, value, value, tier, reason_code, reason)]",
    ),
    "2.2.6": Switch(
        "отметок за период среди итогов ученика нет",
        "projections/terms/reading.py",
        '        if line[5] == "term":',
        '        if line[5] == "none":',
    ),
    "2.2.7": Switch(
        "качество считается по одним пятёркам",
        "domain/formulas.py",
        "    return _rate(of, 100 * (of.n5 + of.n4), rates_of)",
        "    return _rate(of, 100 * of.n5, rates_of)",
    ),
    "2.2.8": Switch(
        "о новом семье не говорят",
        "projections/notices/telling.py",
        "        readers[pupil].append(Reader(guardian, letters, pushes))",
        "        pass",
    ),
    "2.2.9": Switch(
        "неделю дневника подписывают без конца",
        "domain/journal/absences.py",
        "    return [] if known else [new]",
        "    return [new]",
    ),
    "2.2.10": Switch(
        "семье не говорят, что будет, если",
        "api/forecasts.py",
        "            for then in (outcomes(cell, of, parameters) if known else ())",
        "            for then in ()",
    ),
    "2.2.11": _MARKS_IN_DIARY,
    "3.1.1": _STAFF_TAUGHT,
    "3.1.2": Switch(
        "классный руководитель реквизитов не выдаёт",
        "domain/permissions.py",
        "_ACCOUNTS: Roles = {**_PLANNERS, Role.CLASS_TEACHER: Scope.OWN_CLASS}",
        "_ACCOUNTS: Roles = _PLANNERS",
    ),
    "3.1.3": Switch(
        "тема и задание бывают не по-русски",
        "domain/values.py",
        "    if not russian and not (wordless and not any(map(str.isalpha, text))):",
        "    if False:",
    ),
    "3.3.5": Switch(
        "класс делят и без приказа",
        "domain/journal/roster.py",
        '    if not new.order_no.strip():\n        raise Invalid("split.no_order"',
        '    if False:\n        raise Invalid("split.no_order"',
    ),
    "3.3.6": Switch(
        "право замещающего не кончается",
        "domain/access.py",
        "            and today - SUBSTITUTE_GRACE <= sub.until\n",
        "",
    ),
    "4.1.а": _BREAKS,
    "4.1.б": Switch(
        "о программе спрашивают не администратора, а кого угодно",
        "domain/people/talks.py",
        "    if not office.holds(asked.person_id, Role.ADMINISTRATOR, today):",
        "    if False:",
    ),
    "4.1.в": Switch(
        "в письме семье — весь класс",
        "projections/reports/letter.py",
        "    chosen = [one for one in pupils if wanted in (None, one.pupil_id)]",
        "    chosen = list(pupils)",
    ),
    "4.1.г": Switch(
        "прежних слов об ученике не остаётся",
        "domain/journal/outcomes.py",
        "pupil_id, subject_id, known.ref, comment)]",
        "pupil_id, subject_id, comment, comment)]",
    ),
    "4.1.д": Switch(
        "в ведомости учителя нет номеров записей",
        "projections/compliance/telling.py",
        '        "position": one.position,',
        '        "position": None,',
    ),
    "4.2.а-1": _IN_TIME,
    "4.2.а-2": _MISSING,
    "4.2.а-3": Switch(
        "посещаемость ждут месяц, что бы ни говорило положение",
        "domain/duties.py",
        "timedelta(days=regulation.fill_days)",
        "timedelta(days=30)",
    ),
    "4.2.а-4": Switch(
        "задание всегда ждут до конца дня",
        "domain/duties.py",
        '    if base == day and regulation.homework_due != "lesson_day":',
        "    if False:",
    ),
    "4.2.а-5": Switch(
        "проект защищают в любом классе",
        "domain/journal/outcomes.py",
        "    if journal.grade_level not in levels:",
        "    if False:",
    ),
    "4.2.а-6": Switch(
        "замечание снимают без ответа учителя",
        "domain/journal/control.py",
        "    if remark.state == OPEN:\n"
        '        raise Conflict("remark.not_answered", "На замечание ещё не ответили.")\n'
        "    return [f.RemarkAccepted(remark_id)]",
        "    return [f.RemarkAccepted(remark_id)]",
    ),
    "4.2.б-1": _MONTHS,
    "4.2.б-2": _STAFF_TAUGHT,
    "4.2.г-1": Switch(
        "согласие на одну цель — согласие на все",
        "domain/people/decisions.py",
        "        same = (one.guardian_id, one.purpose) == (guardian_id, purpose)",
        "        same = one.guardian_id == guardian_id",
    ),
    "4.2.г-2": Switch(
        "пароль на листке годится навсегда",
        "api/auth/accounts.py",
        "        hashes, at=now, must_change=True,",
        "        hashes, at=now, must_change=False,",
    ),
    "4.2.г-3": Switch(
        "неделю подтверждают и с пропусками без причины",
        "domain/journal/absences.py",
        "    if unexplained and not regulation.unexplained_weeks:",
        "    if False:",
    ),
    "4.2.г-4": Switch(
        "у ученика несколько метапредметных уровней",
        "domain/journal/outcomes.py",
        "        if old is None:\n            facts.append(f.MetasubjectLevelRecorded",
        "        if True:\n            facts.append(f.MetasubjectLevelRecorded",
    ),
    "4.3-1": Switch(
        "обучение записывает кто угодно",
        "domain/office/ledger_commands.py",
        "            right = access.administer(by, office, at, Act.HOLD_TRAINING)",
        '            right = access.Right(access.Role.DEPUTY, "appointment")',
    ),
    "4.3-2": _OWN_LESSON,
    "5.1": Switch(
        "что вернулось из копии, ни с чем не сверяется",
        "projections/backups/drill.py",
        "        elif found.position < promised.position or found.root != promised.root:",
        "        elif False:",
    ),
    "5.2": _MONTHS,
    "5.3": Switch(
        "в архив кладут год, который ещё идёт",
        "domain/office/archiving.py",
        "    if today <= ends:",
        "    if False:",
    ),
    "6": _OWN_LESSON,
}
