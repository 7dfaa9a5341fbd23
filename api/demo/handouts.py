"""What teachers of the demonstration have attached to the lessons of the last days: worksheets,
a Word document each with the very homework in it. Nothing else of the school depends on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from api.demo.chance import Chance
from api.demo.course import ClassYear
from api.demo.curriculum import BY_KEY
from api.demo.papers import record
from api.demo.recipe import SCHOOL_NAME, Recipe
from api.demo.steps import Step, on
from domain.journal.file_facts import FileKind

COMMAND = "attach_lesson_file"
_A_CLASS = 3
_DAYS = timedelta(days=8)
_CLASS_WIDE = 5  # arguments of homework that is not for single pupils


def handouts(recipe: Recipe, course: ClassYear, lived: Iterable[Step]) -> Iterator[Step]:
    """A few files of a class's last lessons with homework, attached as the homework was written."""
    chance: Chance = recipe.chance("handouts", course.class_id)
    since, until = on(recipe.today - _DAYS, 0), on(recipe.today, -1)
    written = {  # the last of a lesson
        one.args[1]: one
        for one in lived
        if one.do == "assign_homework"
        and not one.expect
        and len(one.args) == _CLASS_WIDE
        and since <= one.at <= until
    }
    lessons = {one.lesson_id: one for one in course.lessons}
    for step in chance.some(list(written.values()), _A_CLASS):
        class_id, lesson_id, _, homework, _ = step.args
        lesson = lessons[lesson_id]
        subject, topic = BY_KEY[lesson.subject].name, course.texts[lesson_id].topic
        lines = [
            f"{SCHOOL_NAME}. {subject}, урок {lesson.day:%d.%m.%Y}.",
            f"Тема: {topic}.",
            f"Дома: {homework}.",
            "Лист показательной школы: составлен программой, не учителем.",
        ]
        paper = record("Карточка к уроку", lines)
        what = (class_id, lesson_id, chance.id(), FileKind.HOMEWORK, f"Карточка. {topic[:80]}.docx")
        yield Step(step.at, step.by, COMMAND, (*what, paper))
