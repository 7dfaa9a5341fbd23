"""Files as they come: encodings, delimiters, headers, and what is refused at the door."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from api.imports import cells, xlsxfile
from api.imports.findings import Findings
from api.imports.marks import COLUMNS, NEEDED
from api.imports.tables import MAX_FILE_BYTES, Column, Table, read_table, title_key
from domain.refusals import Invalid
from tests.api.imports.a_school import FIXTURES, csv_of

SIMPLE = (
    Column("class", ("Класс",)),
    Column("name", ("ФИО", "Ф.И.О.")),
    Column("number", ("№ урока", "Номер урока", "Урок №")),
    Column("guardian", ("Родитель",), many=True),
    Column("birth", ("Дата рождения",), dropped="не хранится"),
)
HEADER = "Класс;ФИО;№ урока"


def read(data: bytes, *, max_rows: int = 1_000) -> Table:
    return read_table(data, SIMPLE, (("class",), ("name",)), Findings(), max_rows=max_rows)


def refusal(data: bytes, *, max_rows: int = 1_000) -> Invalid:
    with pytest.raises(Invalid) as refused:
        read(data, max_rows=max_rows)
    return refused.value


def book(rows: Iterable[Iterable[object]]) -> bytes:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(list(row))
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def repacked(data: bytes, member: str, content: bytes) -> bytes:
    """The same book with one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, content if name == member else old.read(name))
    return out.getvalue()


# -- text files ------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_the_usual_encodings_and_delimiters_are_read(
    encoding: str, delimiter: str, line_end: str
) -> None:
    lines = ["Класс;ФИО", "7а;Ёлкина Мария", "7б;Щукин Лев", ""]
    table = read(line_end.join(lines).replace(";", delimiter).encode(encoding))
    assert [(row.number, row.text("class"), row.text("name")) for row in table] == [
        (2, "7а", "Ёлкина Мария"),
        (3, "7б", "Щукин Лев"),
    ]


WORDS = st.text(
    st.sampled_from("абвгдежзийклмнопрстуфхцчшщъыьэюяАБВЁё -;,\t\"'\n«»№1234.5aXz"), max_size=12
)


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=6),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1251", "utf-16"]),
    delimiter=st.sampled_from(";,\t"),
)
def test_what_a_csv_writer_wrote_is_read_back(
    rows: list[tuple[str, str, str]], encoding: str, delimiter: str
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerow(("Класс", "ФИО", "№ урока"))
    writer.writerow(("7а", "Ким Олег", "1"))
    writer.writerows(rows)
    table = read(written.getvalue().encode(encoding))
    expected = [
        (number, *(cells.text(cell) for cell in row))
        for number, row in enumerate([("7а", "Ким Олег", "1"), *rows], start=2)
        if any(cells.text(cell) for cell in row)
    ]
    found = [(r.number, r.text("class"), r.text("name"), r.text("number")) for r in table]
    assert found == expected


def test_a_decimal_comma_does_not_pass_for_a_delimiter() -> None:
    table = read(csv_of("Класс;ФИО;№ урока", *["7а;Ким;1,5"] * 9))
    assert {row.text("number") for row in table} == {"1,5"}


def test_the_line_by_which_excel_is_told_the_delimiter_is_obeyed() -> None:
    row = read(csv_of("sep=,", "Класс,ФИО", '7а,"Ким; Олег"')).rows[0]
    assert (row.number, row.text("name")) == (2, "Ким; Олег")


def test_a_line_break_in_quotes_stays_inside_its_row() -> None:
    table = read(csv_of(HEADER, '7а;"Ким\nОлег";1', "7б;Лев;2"))
    assert [(row.number, row.text("name")) for row in table] == [(2, "Ким Олег"), (3, "Лев")]


@pytest.mark.parametrize("encoding", ["cp866", "koi8-r", "mac-cyrillic"])
def test_an_encoding_we_do_not_read_is_named_not_mangled(encoding: str) -> None:
    body = "\n".join(["Класс;ФИО", *["7а;Иванова Мария Петровна"] * 5])
    assert refusal(body.encode(encoding)).code == "import.encoding"


def test_utf8_cut_in_the_middle_is_refused() -> None:
    assert refusal(codecs.BOM_UTF8 + "Класс".encode()[:-1]).code == "import.encoding"


def test_an_unclosed_quote_is_told_with_its_row() -> None:
    refused = refusal(csv_of(HEADER, "7а;Ким;1", '7а;"Ким;1'))
    assert refused.message == "Строка 3: запись CSV повреждена (проверьте кавычки)."


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "import.empty"),
        (b" \r\n ", "import.empty"),
        (csv_of(HEADER), "import.empty"),
        (csv_of(HEADER, ";;"), "import.empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "import.not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "import.old_excel"),
        (b"PK\x03\x04 not a zip at all", "import.broken_xlsx"),
        (csv_of("Класс;Имя", "7а;Ким"), "import.columns"),
        (csv_of("Класс;ФИО;ФИО", "7а;Ким;Лев"), "import.columns"),
        (csv_of(HEADER, *["7а;Ким;1"] * 1_000), "import.too_many_rows"),
        (csv_of(HEADER, "7а" + ";" * 300), "import.too_many_columns"),
        (bytes(MAX_FILE_BYTES + 1).replace(b"\0", b"a"), "import.too_large"),
    ],
)
def test_what_is_no_table_is_refused_by_name(data: bytes, code: str) -> None:
    assert refusal(data).code == code


# -- the header ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title", ["№ урока", "Номер урока", "N урока", "номер  УРОКА:", "No. урока"]
)
def test_spellings_of_a_title_are_one(title: str) -> None:
    assert title_key(title) == "номер урока"


def test_the_header_is_found_under_a_title() -> None:
    table = read(csv_of("Список 7а класса", "", "Класс;Ф. И. О.;№", "7а;Ким;1"), max_rows=9)
    assert [row.number for row in table] == [4]


def test_missing_columns_are_named() -> None:
    refused = refusal(csv_of("Фамилия;Имя", "Ким;Олег"))
    assert refused.message.startswith("Не найдены столбцы: «Класс», «ФИО».")


def test_columns_that_are_not_read_are_told() -> None:
    findings = Findings()
    data = csv_of("Класс;ФИО;Дата рождения;Рост", "7а;Ким;01.02.2012;150")
    read_table(data, SIMPLE, (("class",),), findings)
    assert [one.text for one in findings.shown] == [
        "Столбец «Дата рождения» не читается: не хранится.",
        "Столбец «Рост» не знаком и не читается.",
    ]
    assert findings.errors == 0


def test_a_column_may_come_several_times_when_it_is_meant_to() -> None:
    data = csv_of("Класс;ФИО;Родитель 1;Родитель 2", "7а;Ким;Ким Ян;", "7б;Лев;;Лев Ия")
    assert [[cells.text(c) for c in row.cells("guardian")] for row in read(data)] == [
        ["Ким Ян", ""],
        ["", "Лев Ия"],
    ]


def test_a_short_row_is_padded() -> None:
    assert read(csv_of(HEADER, "7а;Ким")).rows[0].text("number") == ""


# -- books -----------------------------------------------------------------------------------


def test_rows_of_a_book_are_numbered_as_excel_shows_them() -> None:
    table = read(book([[], ["Список"], [], ["Класс", "ФИО"], [], ["7а", "Ким"]]))
    assert [(row.number, row.text("name")) for row in table] == [(6, "Ким")]


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.tuples(
            st.text(st.sampled_from("абвЁёжз -«»1"), min_size=1, max_size=9),
            st.dates(date(1990, 1, 1), date(2099, 12, 31)),
            st.decimals(0, 99, places=2),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_xlsxwriter_wrote_is_read_back(rows: list[tuple[str, date, Decimal]]) -> None:
    saved = io.BytesIO()
    with xlsxwriter.Workbook(saved, {"in_memory": True}) as workbook:
        sheet, day = workbook.add_worksheet(), workbook.add_format({"num_format": "dd.mm.yy"})
        sheet.write_row(0, 0, ["Класс", "ФИО", "№ урока"])
        for at, (words, when, number) in enumerate(rows, start=1):
            sheet.write_string(at, 0, f"7{words}")
            sheet.write_datetime(at, 1, when, day)
            sheet.write_number(at, 2, float(number))
    table = read(saved.getvalue())
    assert [(r.text("class"), r.text("name"), Decimal(r.text("number"))) for r in table] == [
        (cells.text(f"7{words}"), f"{when:%d.%m.%Y}", number) for words, when, number in rows
    ]


def test_the_mac_calendar_of_old_books_is_understood() -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    workbook.active.append(["Класс", "ФИО"])
    workbook.active.append(["7а", date(2025, 9, 1)])
    saved = io.BytesIO()
    workbook.save(saved)
    assert read(saved.getvalue()).rows[0].cell("name") == date(2025, 9, 1)


def test_hidden_sheets_are_passed_over() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["Служебное"])
    workbook.active.sheet_state = "hidden"
    sheet = workbook.create_sheet("Список")
    sheet.append(["Класс", "ФИО"])
    sheet.append(["7а", "Ким"])
    saved = io.BytesIO()
    workbook.save(saved)
    assert read(saved.getvalue()).source == "Excel, лист «Список»"


def test_a_style_far_below_the_table_is_no_row() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["Класс", "ФИО"])
    workbook.active.append(["7а", "Ким"])
    workbook.active["A1048576"].font = openpyxl.styles.Font(bold=True)
    saved = io.BytesIO()
    workbook.save(saved)
    assert len(read(saved.getvalue()).rows) == 1


def test_one_value_far_away_is_refused_before_it_takes_the_memory() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["Класс", "ФИО"])
    workbook.active["XFD900"] = "далеко"
    saved = io.BytesIO()
    workbook.save(saved)
    assert refusal(saved.getvalue(), max_rows=1_000_000).code == "import.too_many_columns"
    assert refusal(saved.getvalue(), max_rows=899).code == "import.too_many_rows"


def test_cells_without_addresses_are_counted_too() -> None:
    rows = b'<row r="99999999"><c><v>1</v></c></row>'
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    sheet += b"<sheetData>" + rows + b"</sheetData></worksheet>"
    data = repacked(book([["Класс", "ФИО"]]), "xl/worksheets/sheet1.xml", sheet)
    assert refusal(data).code == "import.too_many_rows"


def test_a_zip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsxfile, "MAX_UNPACKED_BYTES", 1_000_000)
    data = repacked(book([["Класс", "ФИО"]]), "xl/styles.xml", bytes(3_000_000))
    assert len(data) < 20_000
    assert refusal(data).code == "import.zip_bomb"


def test_a_zip_that_lies_about_its_sizes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsxfile, "MAX_UNPACKED_BYTES", 1_000_000)
    honest = repacked(book([["Класс", "ФИО"]]), "xl/styles.xml", bytes(3_000_000))
    lying = honest.replace((3_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != honest
    assert refusal(lying).code == "import.broken_xlsx"


@pytest.mark.parametrize("cut", [100, 1_000, -30])
def test_a_book_cut_short_is_refused(cut: int) -> None:
    assert refusal(book([["Класс", "ФИО"], ["7а", "Ким"]])[:cut]).code == "import.broken_xlsx"


def test_a_zip_that_is_no_book_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("letter.txt", "привет")
    assert refusal(out.getvalue()).code == "import.not_excel"


# -- files of other programs ------------------------------------------------------------------

MARKS_OF_LIBREOFFICE = [
    (2, "7а", date(2025, 9, 2), "5", Decimal("1.5"), "Решил задачу; объяснил её классу"),
    (3, "7а", date(2025, 9, 3), "зач", None, ""),
]


@pytest.mark.parametrize(
    "name", ["marks-libreoffice.xlsx", "marks-libreoffice-cp1251.csv", "marks-libreoffice-tab.csv"]
)
def test_libreoffice_says_the_same_in_every_format(name: str) -> None:
    table = read_table((FIXTURES / name).read_bytes(), COLUMNS, NEEDED, Findings())
    assert [
        (
            row.number,
            row.text("class"),
            cells.day(row.cell("date")),
            cells.mark(row.cell("value")),
            cells.decimal(row.cell("weight")) if row.text("weight") else None,
            row.text("comment"),
        )
        for row in table
    ] == MARKS_OF_LIBREOFFICE


def test_every_fixture_is_named_in_the_readme_and_small() -> None:
    readme = (FIXTURES / "README.md").read_text()
    named = set(re.findall(r"`([\w-]+\.(?:xlsx|csv))`", readme))
    files = {path.name: path.stat().st_size for path in FIXTURES.iterdir()}
    assert named == set(files) - {"README.md"}
    assert max(files.values()) < 30_000
