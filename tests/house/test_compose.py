"""docker-compose.yml and the Dockerfile, read as data: no container engine is needed."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from api import health
from tests.house.commands import subcommands

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one["image"].startswith("letopis")}
ONE_SHOT = {name for name, one in SERVICES.items() if one.get("restart") == "no"}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")

each_service = pytest.mark.parametrize("name", sorted(SERVICES))
each_of_ours = pytest.mark.parametrize("name", sorted(OURS))


def test_the_processes_of_the_architecture_are_there() -> None:
    assert set(SERVICES) == {"postgres", "migrate", "web", "projector", "scheduler", "sealer"}
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert ONE_SHOT == {"migrate"}


@each_service
def test_a_service_that_stays_has_a_health_check_and_comes_back(name: str) -> None:
    service = SERVICES[name]

    if name not in ONE_SHOT:
        assert service["healthcheck"]["test"][0] == "CMD"
        assert service["restart"] == "unless-stopped"


@each_of_ours
def test_our_services_wait_for_what_they_need(name: str) -> None:
    waits = {on: how["condition"] for on, how in SERVICES[name]["depends_on"].items()}

    assert waits["postgres"] == "service_healthy"
    if name not in ONE_SHOT:
        assert waits["migrate"] == "service_completed_successfully"


@each_of_ours
def test_each_of_our_services_runs_another_command(name: str) -> None:
    commands = {
        "migrate": "migrate",
        "web": "serve",
        "projector": "project",
        "scheduler": "schedule",
        "sealer": "seal",
    }

    assert SERVICES[name]["command"] == [commands[name]]


@each_of_ours
def test_commands_and_health_checks_are_real(name: str) -> None:
    service = SERVICES[name]
    check = " ".join(service.get("healthcheck", {}).get("test", []))

    assert service["command"][0] in subcommands()
    for module in re.findall(r"python -m (\S+)", check):
        assert importlib.util.find_spec(module)
    for path in re.findall(r"http://(?:web|127\.0\.0\.1):8000(/\w+)", check):
        assert path in {getattr(route, "path", None) for route in health.router.routes}
    assert name in ONE_SHOT or re.search(r"python -m|/healthz|/readyz", check)


@each_service
def test_secrets_come_by_file_and_never_by_value(name: str) -> None:
    for variable, value in SERVICES[name]["environment"].items():
        if re.search("PASSWORD|SECRET|DATABASE_URL|TOKEN", variable):
            assert variable.endswith("_FILE")
            assert Path(value).parent == Path("/run/secrets")
            assert Path(value).name in SERVICES[name]["secrets"]


def test_every_secret_is_a_file_outside_of_git_that_make_writes() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert "/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
        assert f'write("{name}"' in makefile


@each_of_ours
def test_our_services_may_do_as_little_as_possible(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_the_database_keeps_its_data_in_a_named_volume() -> None:
    volume, _, mount = SERVICES["postgres"]["volumes"][0].partition(":")

    assert volume in COMPOSE["volumes"]
    assert mount == "/var/lib/postgresql"  # since 18 the image keeps its versions below this


def test_the_keys_of_the_seals_are_in_a_volume_that_only_the_sealer_sees() -> None:
    sealer = SERVICES["sealer"]
    mounts = {name: one.get("volumes", []) for name, one in SERVICES.items()}

    assert sealer["volumes"] == ["seals:/seals"]
    assert sealer["environment"]["LETOPIS_SEAL_DIR"] == "/seals"
    assert "seals" in COMPOSE["volumes"]
    assert [name for name, of in mounts.items() if any("seals" in one for one in of)] == ["sealer"]
    assert re.search(r"--owner=letopis --group=letopis --mode=0700 .*/seals", DOCKERFILE)


def test_only_the_web_is_published_and_only_to_this_machine() -> None:
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}

    assert published == {"web": ["127.0.0.1:8000:8000"]}


def test_the_image_runs_as_a_plain_user_and_installs_by_hash() -> None:
    users = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)

    assert users == ["letopis"]
    assert re.findall(r'^CMD \["(\w+)"\]$', DOCKERFILE, re.MULTILINE)[0] in subcommands()
    assert "--require-hashes" in DOCKERFILE
    assert DOCKERFILE.index("USER letopis") > DOCKERFILE.rindex("\nRUN ")


def test_the_image_copies_only_what_the_build_context_holds() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line.removeprefix("!") for line in ignore if line.startswith("!")}
    copied = {
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    }

    assert "*" in ignore
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)
