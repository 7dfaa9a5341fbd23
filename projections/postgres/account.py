"""As whom the embedded server runs: PostgreSQL refuses to be root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path


class ServerError(Exception):
    """The embedded server cannot be used; the message is a Russian sentence for the operator."""


@dataclass(frozen=True)
class Account:
    """Whose processes and files the server's are."""

    uid: int
    gid: int

    @property
    def is_me(self) -> bool:
        return self.uid == os.geteuid()

    def can_enter(self, directory: Path) -> bool:
        """Whether this account can walk to the directory; asked of the kernel, not of modes."""
        return self.is_me or self.run(["test", "-x", str(directory)]).returncode == 0

    def can_run(self, program: Path) -> bool:
        """Whether this account can load and run the program."""
        try:
            return self.run([str(program), "--version"]).returncode == 0
        except OSError:
            return False

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a short command as this account; nobody is asked anything."""
        user, group, groups = self.identity()
        return subprocess.run(  # noqa: S603 - our own binaries, no shell
            command,
            user=user,
            group=group,
            extra_groups=groups,
            env=server_environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def identity(self) -> tuple[int | None, int | None, list[int] | None]:
        """`user`, `group` and `extra_groups` for subprocess; all None when nothing changes."""
        return (None, None, None) if self.is_me else (self.uid, self.gid, [])

    def own(self, path: Path) -> None:
        if not self.is_me:
            os.chown(path, self.uid, self.gid)


def server_environment() -> dict[str, str]:
    """Nothing of the caller's: PGDATA, PGPORT or a locale must not leak into the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def account_of(directory: Path) -> Account:
    me = Account(os.geteuid(), os.getegid())
    owner = directory.stat() if directory.exists() else None
    if me.uid != 0:
        if owner is not None and owner.st_uid != me.uid:
            message = (
                f"База в {directory} принадлежит другому пользователю (uid {owner.st_uid}): "
                "запустите программу от его имени."
            )
            raise ServerError(message)
        return me
    if owner is not None and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    account = Account(nobody.pw_uid, nobody.pw_gid)
    if owner is not None:  # files copied by root lose their owner
        for path in [directory, *directory.rglob("*")]:
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
    return account
