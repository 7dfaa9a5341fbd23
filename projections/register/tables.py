"""The versioned tables of the register: key columns, then value columns in the order of a row."""

from __future__ import annotations

from projections.versions import Columns

VERSIONED: dict[str, Columns] = {
    "lesson": Columns(
        "register_lesson",
        (("lesson_id", "uuid"),),
        (
            ("class_id", "uuid"),
            ("subject_id", "uuid"),
            ("subgroup_id", "uuid"),
            ("teacher_id", "uuid"),
            ("date", "date"),
            ("number", "smallint"),
            ("room", "text"),
            ("status", "text"),
        ),
    ),
    "topic": Columns(
        "register_topic",
        (("lesson_id", "uuid"),),
        (("topic", "text"), ("kind", "text"), ("title", "text")),
    ),
    "attendance": Columns(
        "register_attendance",
        (("lesson_id", "uuid"), ("pupil_id", "uuid")),
        (("code", "text"), ("minutes_late", "smallint")),
    ),
    "homework": Columns(
        "register_homework",
        (("homework_id", "uuid"),),
        (
            ("lesson_id", "uuid"),
            ("text", "text"),
            ("payload_id", "uuid"),
            ("individual_for", "uuid[]"),
            ("due_date", "date"),
        ),
    ),
    "file": Columns(
        "register_file",
        (("file_id", "uuid"),),
        (
            ("class_id", "uuid"),
            ("lesson_id", "uuid"),
            ("kind", "text"),
            ("name_id", "uuid"),
            ("body_id", "uuid"),
            ("media", "text"),
            ("size", "integer"),
            ("sha256", "text"),
        ),
        walled=True,
    ),
    "mark": Columns(
        "register_mark",
        (("mark_id", "uuid"),),
        (
            ("class_id", "uuid"),
            ("lesson_id", "uuid"),
            ("pupil_id", "uuid"),
            ("value", "text"),
            ("weight", "text"),
            ("work_type_id", "uuid"),
            ("comment_id", "uuid"),
            ("corrected", "boolean"),
        ),
    ),
    "carried": Columns(
        "register_carried",
        (("class_id", "uuid"), ("pupil_id", "uuid"), ("mark_id", "uuid")),
        (
            ("subject_id", "uuid"),
            ("date", "date"),
            ("value", "text"),
            ("weight", "text"),
            ("work_type_id", "uuid"),
            ("from_class", "uuid"),
        ),
    ),
    "term_mark": Columns(
        "register_term_mark",
        (
            ("class_id", "uuid"),
            ("subject_id", "uuid"),
            ("term", "integer"),
            ("pupil_id", "uuid"),
        ),
        (("value", "text"), ("average", "text"), ("corrected", "boolean")),
    ),
}
