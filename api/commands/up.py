"""`letopis up`: everything on one machine, in the foreground."""

from __future__ import annotations

import argparse
import dataclasses
import errno
import http.client
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.commands.answers import GOOD, REFUSED
from api.commands.demo import greet, plant, wanted
from api.commands.ground import settings_of, with_data
from api.commands.listening import listen
from api.commands.supervisor import Interrupted, Supervisor
from projections.postgres import migrations
from projections.postgres.account import ServerError
from projections.postgres.embedded import EmbeddedServer
from projections.postgres.settings import Settings, without_settings
from projections.postgres.upkeep import require
from projections.seals.older import older_copies

PORTS_TRIED = 50


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser("up", help="всё сразу: база, веб-сервер, проекции, расписание")
    with_data(parser)
    parser.add_argument("--host", help="на каком адресе отвечать")
    parser.add_argument("--port", type=int, help="на каком порту отвечать")
    parser.add_argument(
        "--demo",
        choices=("small", "school", "none"),
        default="small",
        help="чем наполнить пустую базу (если не сказано — small)",
    )
    parser.set_defaults(run=run, creates=True)


def run(arguments: argparse.Namespace) -> int:
    """Start everything, keep it alive, stop it on SIGTERM or SIGINT."""
    settings = settings_of(arguments)
    supervisor = Supervisor()
    supervisor.listen()
    embedded = None
    if settings.database_url is None:
        embedded = EmbeddedServer(Path(settings.data_dir), secret=settings.secret)
    listening = _listen(settings)
    told = False
    try:
        admin = embedded.start(attach=False) if embedded else str(settings.database_url)
        require(admin)
        migrations.migrate(admin, settings.secret)
        for slug, words in older_copies(admin, settings.seals).items():
            print(f"ВНИМАНИЕ, школа {slug}: {words}", file=sys.stderr)
        port = listening.getsockname()[1]
        environ = child_environment(settings, admin, port)
        supervisor.add("project", ["project"], environ)  # folds what the demonstration writes
        if arguments.demo != "none" and wanted(settings, admin):
            plant(settings, admin, arguments.demo, supervisor.turn)
        descriptor = listening.fileno()
        supervisor.add("serve", ["serve", "--socket", str(descriptor)], environ, [descriptor])
        supervisor.add("schedule", ["schedule"], environ)
        supervisor.add("seal", ["seal"], environ)
        if embedded is not None and settings.backup_dir is not None:
            follow = ["backup", str(settings.backup_dir), "--follow"]
            supervisor.add("backup", follow, environ)
        address = _address(settings.host, port)
        while not supervisor.stopping:
            supervisor.pause()
            if embedded is not None and embedded.pid is None:
                print("База остановилась; запускаю снова.", file=sys.stderr)
                embedded.start()
            if not told and _answers(settings.host, port):
                told = True
                print(f"READY {address}", flush=True)
                greet(settings, admin, address)
    except Interrupted:
        return GOOD
    finally:
        supervisor.stop()
        listening.close()
        if embedded is not None:
            embedded.stop()
    return GOOD if told else REFUSED


def child_environment(settings: Settings, admin: str, port: int) -> Mapping[str, str]:
    """The environment of a child: our own, with the settings as we have resolved them."""
    ours = dataclasses.replace(settings, database_url=admin, port=port).environment()
    return without_settings(os.environ) | ours


def _listen(settings: Settings) -> socket.socket:
    """A socket on the wanted port or the next free one. Raises ServerError."""
    for port in range(settings.port, min(settings.port + PORTS_TRIED, 65536)):
        try:
            listening = listen(settings.host, port)
        except OSError as fault:
            if fault.errno != errno.EADDRINUSE:
                raise
            continue
        if port != settings.port:
            print(f"Порт {settings.port} занят, беру {port}.", file=sys.stderr)
        return listening
    message = f"Все порты от {settings.port} и дальше заняты."
    raise ServerError(message)


def _address(host: str, port: int) -> str:
    name = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared, not bound
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _answers(host: str, port: int) -> bool:
    """The web process answers."""
    name = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(name, port, timeout=1)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
