"""The month's lesson of the forecast: fitted on terms that are over, judged on the last of them."""

from __future__ import annotations

from datetime import date

from projections import forecast
from scheduler.work import Work


def fit_forecast(work: Work) -> int:
    """Learn anew; answers on how many terms. Terms that are running are not among them.

    Raises Busy while the projections are behind: a little later they are not.
    """
    day = work.today
    parameters, calibration = work.ask(lambda conn, schema: forecast.learn(conn, schema, day))
    if not parameters.terms:
        return 0
    month = date(day.year, day.month, 1)
    with work.app.connection() as conn:
        forecast.keep(conn, work.schema, month, work.now, parameters, calibration)
    return len(parameters.terms)
