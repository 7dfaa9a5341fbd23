"""The record of a defence as a Word document: the paper that clause 4.2.а asks for."""

from __future__ import annotations

from html import escape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_RELATED = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_TYPES = (
    f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>'
)
_RELS = (
    f'{_HEAD}<Relationships xmlns="{_RELATED}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}" Target="word/document.xml"/></Relationships>'
)


def record(title: str, lines: list[str]) -> bytes:
    """A page with a heading and lines: the same bytes for the same words."""
    heading = f"<w:p><w:r><w:rPr><w:b/><w:sz w:val='32'/></w:rPr>{_text(title)}</w:r></w:p>"
    body = "".join(f"<w:p><w:r>{_text(line)}</w:r></w:p>" for line in lines)
    document = f'{_HEAD}<w:document xmlns:w="{_WORD}"><w:body>{heading}{body}</w:body></w:document>'
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for name, text in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELS),
            ("word/document.xml", document),
        ):
            info = ZipInfo(name)
            info.compress_type = ZIP_DEFLATED
            packed.writestr(info, text)
    return out.getvalue()


def _text(words: str) -> str:
    return f'<w:t xml:space="preserve">{escape(words)}</w:t>'
