"""Subcommands of `letopis`, one module each: `register(commands)` and the function it names."""

from __future__ import annotations

from api.commands import importing, migrate, school, serve

COMMANDS = (serve, migrate, school, importing)
