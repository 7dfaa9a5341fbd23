"""Notes that others have signed, notes of ours, and what can be said of a text.

«C2SP» is signed-note.md and tlog-cosignature.md of C2SP (CC BY 4.0); «GO» is
golang.org/x/mod/sumdb/note (BSD).
"""

from __future__ import annotations

from base64 import b64decode

from projections.seals import note

C2SP_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = (
    "This is an example message.\n"
    "\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRK"
    "uwHjG1Yu72IneyaQM=\n"
)
GO_SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_KEYS = (
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
)
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_PETER = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZ"
    "b6KE6RyyBwJnAM=\n"
)
GO_ENOCH = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33"
    "WWd1RvMc+QQ=\n"
)
POEM = (
    "Ognuno sta solo sul cuor della terra\n"
    "trafitto da un raggio di sole:\n"
    "\n"
    "ed è subito sera.\n"
    "\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFS"
    "QU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
COSIGNED = (
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv"
    "2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b"
    "2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
#: keys of transparency-dev/formats (BSD)
KEY_WITH_A_PLUS = "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6"
WITNESS_KEY = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"

TEXT = "school17.example/journal\n5\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n"
NOON = 1_790_000_000
LATEST = (1 << 63) - 1
NO_NAMES = ("", *"a+b|a b|a\tb|a\xa0b|a\u3000b|a\x85b|a\nb|a\x1fb|\ud800".split("|"))
GARBAGE = "\x00\r\t\x1f \xa0\x85\u2028\u3000\ufeff٣=+/A\n-—é\ud800"


def log_key() -> note.SigningKey:
    """A log's."""
    return note.SigningKey("school17.example/journal", bytes(range(32)))


def witness_key() -> note.SigningKey:
    """A witness's, of the same private key on purpose: only the kind tells them apart."""
    return note.SigningKey("city.example/w1", bytes(range(32)), note.WITNESS)


def known() -> list[note.VerifierKey]:
    """The log and the witness."""
    return [log_key().verifier, witness_key().verifier]


def signed(text: str = TEXT, time: int = NOON) -> str:
    """A note by both."""
    return f"{text}\n{log_key().sign(text)}{witness_key().sign(text, time)}"


def signers(text: str, *keys: note.VerifierKey) -> dict[str, int]:
    """Who has signed → the time of the cosignature. Raises Malformed, Unsigned."""
    found = note.Note.parse(text).verify(keys or known())
    return {key.name: time for key, time in found.items()}


def accepted(text: str) -> bool:
    """Whether the log and the witness have both signed this at noon."""
    try:
        found = signers(text)
    except (note.Malformed, note.Unsigned):
        return False
    return found == {"school17.example/journal": 0, "city.example/w1": NOON}


def malformed(text: str) -> bool:
    """Whether it is no note at all."""
    try:
        note.Note.parse(text)
    except note.Malformed:
        return True
    return False


def unsigned(text: str, *keys: note.VerifierKey) -> bool:
    """Whether it is a note, but not one that these keys have signed."""
    one = note.Note.parse(text)
    try:
        one.verify(keys or known())
    except note.Unsigned:
        return True
    return False


def no_key(text: str) -> bool:
    """Whether it is not a verifier key."""
    try:
        note.VerifierKey.parse(text)
    except note.Malformed:
        return True
    return False
