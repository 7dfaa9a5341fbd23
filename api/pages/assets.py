"""Static files under an address with the hash of their content: browsers keep them for good.

One hash covers the whole folder: modules import each other by relative paths, which then stay in
the same version. There is no build step; scripts only lose their comments and indentation here.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

FOLDER = Path(__file__).parent.parent / "static"
MEDIA_TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}
FOR_GOOD = "public, max-age=31536000, immutable"
SCRIPT_COMMENT = re.compile(r"/\*\*?.*?\*/", re.DOTALL)
STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
MINIMUM_TO_COMPRESS = 500  # bytes


@dataclass(frozen=True)
class Asset:
    content: bytes
    compressed: bytes
    media_type: str


def lighter(text: str, suffix: str) -> str:
    """The text of a script or style sheet without comments and indentation.

    Only whole-line `//` comments go; `/** … */` goes everywhere, so no string may contain one.
    """
    if suffix == ".js":
        lines = [line.strip() for line in SCRIPT_COMMENT.sub("", text).splitlines()]
        return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"
    if suffix == ".css":
        lines = [line.strip() for line in STYLE_COMMENT.sub("", text).splitlines()]
        return "\n".join(line for line in lines if line) + "\n"
    return text


class Assets:
    """All static files in memory, read once; an ASGI application to mount at `/static`."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.files: dict[str, Asset] = {}
        digest = sha256()
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            content = lighter(path.read_text(encoding="utf-8"), path.suffix).encode()
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
            media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
            media_type = MEDIA_TYPES.get(path.suffix, media_type)
            compressed = gzip.compress(content, 9, mtime=0)
            self.files[name] = Asset(content, compressed, media_type)
        self.version = digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """The address of a file, for templates. Raises KeyError for a file that is not there."""
        if name not in self.files:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        version, _, name = path.partition("/")
        asset = self.files.get(name)
        if asset is None or scope["method"] not in {"GET", "HEAD"}:
            await Response("Нет такого файла\n", 404, media_type="text/plain")(scope, receive, send)
            return
        # A page drawn before an upgrade asks for an old version: it gets the new file, once.
        headers = {
            "Cache-Control": FOR_GOOD if version == self.version else "no-cache",
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        accepted = dict(scope["headers"]).get(b"accept-encoding", b"").decode()
        body = asset.content
        if "gzip" in accepted and len(body) >= MINIMUM_TO_COMPRESS:
            body, headers["Content-Encoding"] = asset.compressed, "gzip"
        response = Response(body, headers=headers, media_type=asset.media_type)
        await response(scope, receive, send)


ASSETS = Assets()


def static_url(name: str) -> str:
    """The address of a static file: `/static/<hash>/<name>`."""
    return ASSETS.url(name)
