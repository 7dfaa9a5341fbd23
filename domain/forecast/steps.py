"""«Что можно сделать»: facts first. What is in the way of a better mark and may still be mended."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

What = Literal["debt", "missed", "low"]


class Step(NamedTuple):
    """A debt, a control work missed, or a low mark of one: of a lesson, with the day it is due."""

    what: What
    on: date
    title: str
    value: str = ""
    until: date | None = None


def said(step: Step) -> str:
    """As a pupil and a teacher read it."""
    work = f" «{step.title}»" if step.title else ""
    day = f"{step.on:%d.%m.%Y}"
    match step.what:
        case "debt":
            due = f" до {step.until:%d.%m.%Y}" if step.until else ""
            return f"Сдать долг за урок {day}{work}{due}."
        case "missed":
            return f"Написать пропущенную контрольную работу {day}{work}."
        case "low":
            return f"Спросить, можно ли исправить «{step.value}» за контрольную работу {day}{work}."
