// What a cell may hold and how it changes. Run by pytest (tests/js/test_modules.py).
import assert from "node:assert/strict";
import test from "node:test";
import {
  UndoStack, applied, cellText, cellTone, entryFromKey, formatAverage, inverse, parseEntry,
  parseTable, plan, weightedAverage,
} from "../../api/static/core.js";

const KEY = "pupil:lesson";
const work = { work_type_id: "w", abbr: "КР", weight: "3.00" };
let next = 0;
const newId = () => `new-${(next += 1)}`;
const how = { newId, workType: work };
const mark = (value, mark_id = `old-${value}`) =>
  ({ mark_id, value, weight: "1.00", work_type_id: "w", work_type: "ОТВ" });
const cell = (...values) => ({ marks: values.map((value) => mark(value)), attendance: "PRESENT" });

test("digits are marks on any layout, letters by their physical key", () => {
  assert.deepEqual(entryFromKey({ key: "5", code: "Digit5" }), { marks: ["5"], attendance: null });
  assert.equal(entryFromKey({ key: "н", code: "KeyY" }).attendance, "ABSENT_UNSPECIFIED");
  assert.equal(entryFromKey({ key: "y", code: "KeyY" }).attendance, "ABSENT_UNSPECIFIED");
  assert.equal(entryFromKey({ key: ",", code: "Comma" }).attendance, "ILL");
  assert.equal(entryFromKey({ key: "Е", code: "KeyT" }), null);
  assert.equal(entryFromKey({ key: "e", code: "KeyE" }).attendance, "EXCUSED");
  assert.equal(entryFromKey({ key: "j", code: "KeyJ" }).attendance, "LATE");
  assert.equal(entryFromKey({ key: "d", code: "KeyD" }).attendance, "EXEMPT_LESSON");
  assert.deepEqual(entryFromKey({ key: "з", code: "KeyP" }).marks, ["зач"]);
});

test("a key that means nothing is no entry", () => {
  for (const press of [{ key: "6", code: "Digit6" }, { key: "0", code: "Digit0" },
    { key: "q", code: "KeyQ" }, { key: "F5", code: "F5" }]) {
    assert.equal(entryFromKey(press), null);
  }
});

test("typed text may hold two marks, a word, an absence", () => {
  assert.deepEqual(parseEntry("5/4"), { marks: ["5", "4"], attendance: null });
  assert.deepEqual(parseEntry(" 5\\4 "), { marks: ["5", "4"], attendance: null });
  assert.deepEqual(parseEntry("О 4"), { marks: ["4"], attendance: "LATE" });
  assert.deepEqual(parseEntry("н/а"), { marks: ["н/а"], attendance: null });
  assert.deepEqual(parseEntry("н/а/зач"), { marks: ["н/а", "зач"], attendance: null });
  assert.deepEqual(parseEntry("осв"), { marks: ["осв"], attendance: null });
  assert.deepEqual(parseEntry("незач"), { marks: ["незач"], attendance: null });
  assert.deepEqual(parseEntry("нп"), { marks: [], attendance: "UNEXCUSED" });
});

test("what is not an entry is refused whole", () => {
  for (const text of ["6", "4+", "5-", "отлично", "н б", "4.5"]) assert.equal(parseEntry(text), null);
});

test("a column of a spreadsheet has no empty last row", () => {
  assert.deepEqual(parseTable("5\t4\r\n3\t\r\n"), [["5", "4"], ["3", ""]]);
});

test("the average is weighted, exact and rounded half up", () => {
  const marks = [{ value: "5", weight: "1.00" }, { value: "3", weight: "2.00" },
    { value: "н/а", weight: "9.00" }];
  assert.equal(formatAverage(weightedAverage(marks)), "3,67");
  // 4.125 is a half that binary fractions and toFixed would round down somewhere.
  const halves = [..."44444445"].map((value) => ({ value, weight: "1.00" }));
  assert.equal(formatAverage(weightedAverage(halves)), "4,13");
  assert.equal(weightedAverage([{ value: "зач", weight: "1.00" }]), null);
  assert.equal(formatAverage(null), "");
});

test("a cell shows the absence, then the marks", () => {
  assert.equal(cellText({ ...cell("5", "4"), attendance: "LATE" }), "о 5/4");
  assert.equal(cellTone(cell("5", "2")), "m2");
  assert.equal(cellTone({ marks: [], attendance: "ILL" }), "mb");
  assert.equal(cellTone(cell()), "");
});

test("a mark typed into an empty cell is given with the work type of the column", () => {
  const [change] = plan(KEY, cell(), { marks: ["5"], attendance: null }, how);
  assert.equal(change.type, "give");
  assert.equal(change.mark.weight, "3.00");
});

test("a mark typed over a mark corrects it, the same one changes nothing", () => {
  const [change] = plan(KEY, cell("4"), { marks: ["5"], attendance: null }, how);
  assert.deepEqual([change.type, change.before, change.after], ["correct", "4", "5"]);
  assert.deepEqual(plan(KEY, cell("4"), { marks: ["4"], attendance: null }, how), []);
});

test("one mark typed over two is a question, two are matched by place", () => {
  assert.equal(plan(KEY, cell("5", "4"), { marks: ["3"], attendance: null }, how), null);
  const changes = plan(KEY, cell("5", "4"), { marks: ["5", "3"], attendance: null }, how);
  assert.deepEqual(changes.map((one) => [one.type, one.mark_id, one.after]), [["correct", "old-4", "3"]]);
});

test("an absence leaves the marks of the cell alone", () => {
  const changes = plan(KEY, cell("4"), { marks: [], attendance: "LATE" }, how);
  assert.deepEqual(changes.map((one) => one.type), ["attend"]);
});

test("a mark that is there already is not shown twice", () => {
  const change = { type: "give", cell: KEY, mark: mark("5") };
  assert.equal(cellText(applied(cell("5"), change)), "5");
});

test("every change has an inverse that restores what the cell shows", () => {
  const before = { ...cell("5", "4"), attendance: "ILL" };
  const changes = [
    { type: "give", cell: KEY, mark: mark("3") },
    { type: "correct", cell: KEY, mark_id: "old-4", before: "4", after: "2", reason_code: "REWORK" },
    { type: "attend", cell: KEY, before: "ILL", after: "LATE" },
  ];
  for (const change of changes) {
    const after = applied(applied(before, change), inverse(change, newId));
    assert.equal(cellText(after), cellText(before), change.type);
  }
});

test("undo of an annulment gives the mark anew, and earlier steps follow the new id", () => {
  const undo = new UndoStack();
  undo.push([{ type: "correct", cell: KEY, mark_id: "m", before: "3", after: "4", reason_code: "TYPO" }]);
  undo.push([{ type: "annul", cell: KEY, mark: mark("4", "m"), reason_code: "TYPO" }]);
  const [given] = undo.undo(newId);
  assert.equal(given.type, "give");
  assert.notEqual(given.mark.mark_id, "m");
  const [corrected] = undo.undo(newId);
  assert.deepEqual([corrected.mark_id, corrected.before, corrected.after],
    [given.mark.mark_id, "4", "3"]);
});

test("an undone absence brings the minutes of being late back", () => {
  const late = { marks: [], attendance: "LATE", late: 10 };
  const [away] = plan(KEY, late, { marks: [], attendance: "ILL" }, how);
  assert.equal(applied(late, away).late, undefined);
  const back = inverse(away, newId);
  assert.deepEqual([back.after, back.minutes_late], ["LATE", 10]);
  assert.deepEqual(applied(applied(late, away), back), late);
});

test("redo takes the undoing back", () => {
  const undo = new UndoStack();
  undo.push([{ type: "attend", cell: KEY, before: "PRESENT", after: "ILL" }]);
  undo.undo(newId);
  assert.deepEqual(undo.redo(newId).map((one) => one.after), ["ILL"]);
  assert.deepEqual(undo.redo(newId), []);
});

test("what is sent with its own way back is taken back by it and done again", () => {
  const issue = { url: "/term-marks", body: { value: "5" } };
  const annul = { url: "/annulment", body: { saw: "5" } };
  const sent = { type: "send", cell: "pupil:term", slot: "pupil:term", ...issue, back: annul };
  const back = inverse(sent, newId);
  assert.deepEqual([back.url, back.body, back.back], [annul.url, annul.body, issue]);
  assert.deepEqual(inverse(back, newId), sent);
});

test("undo forgets a cell that another person changed", () => {
  const undo = new UndoStack();
  undo.push([
    { type: "attend", cell: KEY, before: "PRESENT", after: "ILL" },
    { type: "attend", cell: "other:lesson", before: "PRESENT", after: "LATE" },
  ]);
  undo.forget(KEY);
  assert.deepEqual(undo.undo(newId).map((one) => one.cell), ["other:lesson"]);
});
