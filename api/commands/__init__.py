"""Subcommands of `letopis`, one module each: `register(commands)` and the function it names.

A module is imported when its command is asked for: the projector need not carry the web along.
"""

from __future__ import annotations

#: command → its module here, in the order of the help
COMMANDS = {
    "up": "up",
    "serve": "serve",
    "project": "project",
    "schedule": "schedule",
    "jobs": "jobs",
    "webhook": "webhook",
    "seal": "seal",
    "migrate": "migrate",
    "school": "school",
    "rollover": "rollover",
    "user": "user",
    "demo": "demo",
    "import": "importing",
    "replay": "replay",
    "verify": "verify",
    "archive": "archive",
    "witness": "witness",
    "backup": "backup",
    "restore": "restore",
    "doctor": "doctor",
    "forecast": "forecast",
    "bench": "bench",
}
