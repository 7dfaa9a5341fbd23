"""The only table of jobs: what runs when, what becomes of a missed run, what it does.

Hours are of the school's own zone: in Kamchatka, too, the night is night. A room adds a line here
and a function in scheduler/jobs/<room>.py. A line's name is stable: its past hangs on it.
"""

from __future__ import annotations

from datetime import time, timedelta

from projections.postgres.settings import Settings
from scheduler.jobs.backups import back_up
from scheduler.jobs.checks import carry_out_checks, replay_log, verify_log
from scheduler.jobs.compliance import close_fill_checks
from scheduler.jobs.duties import (
    remind_of_absences,
    remind_of_consents,
    remind_of_inspections,
    remind_of_the_term,
)
from scheduler.jobs.forecast import fit_forecast
from scheduler.jobs.homework import remind_of_homework
from scheduler.jobs.notices import send_letters, tell_families, warn_of_consents
from scheduler.jobs.push import send_pushes
from scheduler.jobs.upkeep import (
    expire_sessions,
    prune_requests,
    seal_access_log,
    take_snapshots,
    tidy_up,
)
from scheduler.jobs.webhooks import deliver_webhooks
from scheduler.line import Line, Missed
from scheduler.periods import Daily, Every, Monthly, Weekly

A_NIGHT = timedelta(hours=6)
MINUTES = 60

TIMETABLE = (
    Line(
        "carry_out_checks",
        "Проверки журнала, о которых просили",
        Every(5),
        Missed.ONCE,
        carry_out_checks,
        "проверок выполнено",
        by_hand=False,
        watches=True,
    ),
    Line(
        "tell_families",
        "Уведомления семьям о новых записях журнала",
        Every(1),
        Missed.ONCE,
        tell_families,
        "уведомлений",
        by_hand=False,
        watches=True,
    ),
    Line(
        "send_letters",
        "Письма семьям, которым пришло время",
        Every(1),
        Missed.ONCE,
        send_letters,
        "писем",
        by_hand=False,
        watches=True,
    ),
    Line(
        "send_pushes",
        "Уведомления семьям на телефон и в браузер",
        Every(1),
        Missed.ONCE,
        send_pushes,
        "уведомлений",
        by_hand=False,
        watches=True,
    ),
    Line(
        "deliver_webhooks",
        "Вебхуки: события журнала другим программам",
        Every(1),
        Missed.ONCE,
        deliver_webhooks,
        "событий",
        by_hand=False,
        watches=True,
    ),
    Line(
        "expire_sessions",
        "Закрыть забытые сеансы",
        Every(10 * MINUTES),
        Missed.ONCE,
        expire_sessions,
        "сеансов закрыто",
        grace=timedelta(minutes=30),
    ),
    Line(
        "close_fill_checks",
        "Закрыть недельную проверку заполнения журналов",
        Weekly(1, time(0, 5)),
        Missed.EVERY,
        close_fill_checks,
        "недель закрыто",
        grace=A_NIGHT,
        at_first=True,  # and with it every week that was over before
    ),
    Line(
        "homework_reminder",
        "Напомнить о домашнем задании за сегодня",
        Every(15 * MINUTES),
        Missed.SKIP,  # the next quarter of an hour says the same
        remind_of_homework,
        "напоминаний",
        grace=timedelta(minutes=15),
    ),
    Line(
        "absence_reminder",
        "Напомнить о причинах пропусков и неподтверждённых неделях",
        Daily(time(7, 0)),
        Missed.ONCE,
        remind_of_absences,
        "напоминаний",
    ),
    Line(
        "consent_reminder",
        "Напомнить о согласиях, которые скоро закончатся",
        Daily(time(7, 5)),
        Missed.ONCE,
        remind_of_consents,
        "напоминаний",
    ),
    Line(
        "consent_notice",
        "Сказать родителям, чьё согласие скоро закончится",
        Daily(time(7, 5)),
        Missed.ONCE,
        warn_of_consents,
        "уведомлений",
    ),
    Line(
        "term_end_reminder",
        "Напомнить о нехватке отметок и долгах перед концом периода",
        Daily(time(7, 10)),
        Missed.ONCE,
        remind_of_the_term,
        "напоминаний",
    ),
    Line(
        "inspection_reminder",
        "Напомнить о ежемесячной проверке журналов",
        Daily(time(7, 15)),
        Missed.ONCE,
        remind_of_inspections,
        "напоминаний",
    ),
    Line(
        "seal_access_log",
        "Запечатать записи о том, кто смотрел",
        Daily(time(0, 7)),
        Missed.ONCE,  # it seals every day that is not sealed
        seal_access_log,
        "дней запечатано",
    ),
    Line(
        "take_snapshots",
        "Подготовить журналы к утру",
        Daily(time(1, 15)),
        Missed.ONCE,
        take_snapshots,
        "снимков сделано",
        grace=A_NIGHT,
    ),
    Line(
        "prune_requests",
        "Забыть старые ключи повторов",
        Daily(time(1, 45)),
        Missed.ONCE,
        prune_requests,
        "ключей забыто",
        grace=A_NIGHT,
    ),
    Line(
        "tidy_up",
        "Стереть прошедшие напоминания, старые запуски и рассадки",
        Daily(time(1, 50)),
        Missed.ONCE,
        tidy_up,
        "стёрто",
        grace=A_NIGHT,
    ),
    Line(
        "back_up",
        "Снять копию базы и проверить её восстановлением",
        Daily(time(3, 30)),
        Missed.ONCE,
        back_up,
        "копий",
        grace=A_NIGHT,
        by_hand=False,  # it is the whole installation's
        at_first=True,
    ),
    Line(
        "fit_forecast",
        "Выучить прогноз на закончившихся периодах и проверить его",
        Monthly(1, time(3, 10)),
        Missed.ONCE,
        fit_forecast,
        "периодов выучено",
        grace=A_NIGHT,
        at_first=True,  # a school that comes with a past need not wait for the first
    ),
    Line(
        "verify_log",
        "Назначить ночную проверку журнала",
        Daily(time(2, 15)),
        Missed.SKIP,
        verify_log,
        "проверок назначено",
        grace=A_NIGHT,
    ),
    Line(
        "replay_log",
        "Назначить ночное воспроизведение журнала",
        Daily(time(2, 20)),
        Missed.SKIP,
        replay_log,
        "проверок назначено",
        grace=A_NIGHT,
    ),
)


def kept(settings: Settings) -> tuple[Line, ...]:
    """The lines that an installation keeps: copies only where there is a directory for them."""
    return tuple(one for one in TIMETABLE if one.job is not back_up or settings.backup_dir)
