"""Passwords: argon2id at the OWASP minimum, never more than two at once, the same work for all."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from api.auth.breached import is_breached
from domain.refusals import Invalid

MIN_LENGTH = 10  # characters
MAX_LENGTH = 200
#: Letters and digits that are not mistaken for one another when read from paper.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
ONE_TIME_LENGTH = 12  # 12 of 31 signs: 59 bits, and only for three days
#: 19 MiB, 2 passes, 1 lane. A morning rush must not eat the machine: two hashes at a time.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
AT_ONCE = 2
#: What a guesser tries first, and what a school writes on the board.
COMMON = ("парол", "password", "qwerty", "йцукен", "12345678", "школ", "letopis", "летопис")


def one_time_password() -> str:
    """A password to be handed out on paper and changed at the first sign-in."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ONE_TIME_LENGTH))


def check_new(password: str, login: str) -> None:
    """Refuse a password that is short, easily guessed or known from a breach. Raises Invalid."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Invalid("password.length", f"Пароль: от {MIN_LENGTH} до {MAX_LENGTH} знаков, любых.")
    plain = password.lower()
    if login in plain or any(word in plain for word in COMMON) or len(set(plain)) < 4:  # noqa: PLR2004
        raise Invalid("password.guessable", "Такой пароль подбирают первым: придумайте другой.")
    if is_breached(password):
        raise Invalid(
            "password.breached",
            "Этот пароль есть в опубликованных списках украденных: его подберут по списку."
            " Придумайте другой.",
        )


def hash_now(password: str) -> str:
    """The stored form of a password; blocks for tens of milliseconds."""
    return HASHER.hash(password)


@cache
def nobodys() -> str:
    """The stored form of a password that nobody has: one a process."""
    return hash_now(secrets.token_hex(16))


class Passwords:
    """Hashing off the event loop, bounded."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
        self._dummy = nobodys()

    async def hash(self, password: str) -> str:
        """The stored form of a password."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, hash_now, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether it is this password. None (no such login) costs the same work."""
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(
            self._threads, _verify, stored or self._dummy, password[: MAX_LENGTH + 1]
        )
        return right and stored is not None

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(cancel_futures=True)


def outdated(stored: str) -> bool:
    """The hash was made with weaker parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
