"""`letopis forecast FILE`: how good the forecast would have been on somebody's own gradebook."""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from api.commands.answers import GOOD, USAGE, show, show_json
from api.gradebooks import Percents, read_gradebook
from api.imports.cells import decimal
from domain.forecast.fitting import Rule
from domain.forecast.gradebook import Gradebook
from domain.forecast.judging import Verdict, by_part, not_attested, walk
from domain.forecast.parameters import GRID
from domain.forecast.scoring import Scores

_SHUFFLE_SEED = 1


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser(
        "forecast", help="проверить прогноз на своём журнале (.csv, .xlsx): строка — отметка"
    )
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--fit", metavar="FILE", type=Path, help="журнал прежних периодов")
    parser.add_argument(
        "--percent", metavar="90/75/50", help="отметки в процентах: с какого «5», «4» и «3»"
    )
    parser.add_argument(
        "--thresholds", metavar="2,5/3,5/4,5", default="2.5/3.5/4.5", help="пороги школы"
    )
    parser.add_argument(
        "--min-marks", type=int, help="меньше отметок — н/а (3, если в файле есть н/а)"
    )
    parser.add_argument(
        "--shuffle", action="store_true", help="раздать итоги заново: пользы не станет"
    )
    parser.add_argument("--out", metavar="FILE", type=Path, help="все прогнозы в CSV")
    parser.add_argument("--json", action="store_true", help="для программ")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Judge and show. 2 when a file or a number is wrong."""
    for path in (arguments.file, arguments.fit):
        if path is not None and not path.is_file():
            print(f"letopis forecast: нет файла «{path}»", file=sys.stderr)
            return USAGE
    try:
        percents = Percents(*_three(arguments.percent)) if arguments.percent else None
        low, middle, high = (float(one) for one in _three(arguments.thresholds))
    except ValueError as fault:
        print(f"letopis forecast: {fault}", file=sys.stderr)
        return USAGE
    book = read_gradebook(arguments.file, percents)
    earlier = read_gradebook(arguments.fit, percents) if arguments.fit else None
    least = arguments.min_marks
    if least is None:
        least = (
            3 if any(one.mark == "н/а" for of in book.terms.values() for one in of.values()) else 0
        )
    rule = Rule((low, middle, high), least)
    if arguments.shuffle:
        book.shuffle(random.Random(_SHUFFLE_SEED))  # noqa: S311 - not for secrets
    verdicts = list(walk(book, rule, earlier))
    if arguments.out:
        _write(arguments.out, verdicts)
    if arguments.json:
        show_json({"terms": [_as_json(one) for one in verdicts]})
    else:
        _tell(book, verdicts)
    return GOOD


def _three(written: str) -> tuple[Any, Any, Any]:
    parts = [decimal(part) for part in written.split("/")]
    if len(parts) != 3:  # noqa: PLR2004
        raise ValueError(f"нужны три числа через косую черту, а не «{written}»")
    one, two, three = parts
    return one, two, three


def _tell(book: Gradebook, verdicts: Iterable[Verdict]) -> None:
    print(f"Периоды: {', '.join(book.terms)}.")
    for verdict in verdicts:
        learned = ", ".join(verdict.fitted_on) or "прежних периодов нет, общие числа"
        print(f"\n{verdict.term} (выучено на: {learned})")
        names = [*(f"{part:.0%} периода" for part in GRID), "всего"]
        found = by_part(verdict.ones, verdict.errors)
        show([_row(name, one) for name, one in zip(names, found, strict=True)], as_json=False)
        if any(one.mark == "н/а" for one in verdict.ones):
            areas = " ".join(f"{area:.2f}" for area in not_attested(verdict.ones))
            print(f"н/а, площадь под кривой по частям периода: {areas}")


def _row(name: str, one: Scores) -> dict[str, Any]:
    return {
        "когда": name,
        "прогнозов": one.forecasts,
        "верно": f"{one.accuracy:.3f}",
        "RPS": f"{one.rps:.3f}",
        "MAE": f"{one.mae:.3f}",
        "80 %": f"{one.coverage:.3f}",
        "ECE": f"{one.ece:.3f}",
        "верно у простого": f"{one.naive_accuracy:.3f}",
        "RPS у простого": f"{one.naive_rps:.3f}",
        "польза": f"{one.skill:.3f}",
    }


def _as_json(verdict: Verdict) -> dict[str, Any]:
    found = by_part(verdict.ones, verdict.errors)
    return {
        "term": verdict.term,
        "fitted_on": verdict.fitted_on,
        "parts": [
            {"progress": part, **one._asdict(), "skill": one.skill}
            for part, one in zip(GRID, found, strict=False)
        ],
        "all": {**found[-1]._asdict(), "skill": found[-1].skill},
        "not_attested_auc": not_attested(verdict.ones),
    }


def _write(path: Path, verdicts: Iterable[Verdict]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            "term class subject pupil progress p2 p3 p4 p5 p_na mean sd mark final_mean".split()
        )
        for verdict in verdicts:
            for one in verdict.ones:
                writer.writerow(
                    [
                        verdict.term,
                        one.class_id,
                        one.subject,
                        one.pupil,
                        GRID[one.part],
                        *(f"{chance:.4f}" for chance in one.chances),
                        f"{one.not_attested:.4f}",
                        f"{one.mean:.3f}",
                        f"{one.sd:.3f}",
                        one.mark,
                        f"{one.ended:.3f}",
                    ]
                )
