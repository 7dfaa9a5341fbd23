"""docs/permissions.md from the code: who may do what, and how far it reaches.

python -m tests.house.permission_page      writes docs/permissions.md
"""

from __future__ import annotations

from pathlib import Path

from domain.permissions import PERMISSIONS, Act, Scope
from domain.values import Role

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"

ROLES = {
    Role.DIRECTOR: "director",
    Role.DEPUTY: "deputy",
    Role.ADMINISTRATOR: "administrator",
    Role.SECRETARY: "secretary",
    Role.CLASS_TEACHER: "class teacher",
    Role.TEACHER: "teacher",
    Role.AUDITOR: "auditor",
    Role.PARENT: "guardian",
    Role.PUPIL: "pupil",
}
SCOPES = {
    Scope.SCHOOL: "the whole school",
    Scope.OWN_CLASS: "the class that one is appointed class teacher of",
    Scope.OWN_SUBJECT: "registers of the subjects that one teaches or has taught in the class",
    Scope.OWN_LESSON: "lessons that one is assigned to on their day, or substitutes for",
    Scope.OWN_CHILD: "children that one is linked to as a guardian, with consent",
    Scope.SELF: "oneself, with the guardian's consent",
    Scope.GRANTED: "journals that were opened to one",
}
INTRODUCTION = """\
# Who may do what

Generated from `domain/permissions.py` by `python -m tests.house.permission_page`; a test compares,
and another asks every command by every person of the cast. What is not in the table is refused.
The server's own command line (`operator`) may do what the administration may, and nobody else
completes checks of the log or changes keys of its seals.
"""


def page() -> str:
    """The whole page."""
    head = f"| | {' | '.join(ROLES.values())} |\n|---|{'---|' * len(ROLES)}"
    rows = [
        f"| `{act}` | {' | '.join(_cell(act, role) for role in ROLES)} |"
        for act in Act
        if PERMISSIONS[act]
    ]
    scopes = [f"- `{scope}`: {what}" for scope, what in SCOPES.items()]
    parts = [INTRODUCTION, "\n".join([head, *rows]), "\n## Scopes\n", "\n".join(scopes)]
    return "\n".join(parts) + "\n"


def _cell(act: Act, role: Role) -> str:
    reach = PERMISSIONS[act].get(role)
    return f"`{reach}`" if reach else ""


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
