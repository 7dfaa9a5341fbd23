"""Subcommands of `letopis`, one module each: `register(commands)` and the function it names."""

from __future__ import annotations

from api.commands import (
    demo,
    importing,
    migrate,
    project,
    schedule,
    school,
    serve,
    up,
    user,
)

COMMANDS = (up, serve, project, schedule, migrate, school, user, demo, importing)
