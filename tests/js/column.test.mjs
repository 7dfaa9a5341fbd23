import assert from "node:assert/strict";
import { test } from "node:test";

import { clearColumn, difference, fillColumn, pasted } from "../../api/static/column.js";
import { parseTable } from "../../api/static/core.js";
import { RegisterModel } from "../../api/static/model.js";

const ANSWER = { work_type_id: "a", name: "Ответ", abbr: "О", weight: "1.00" };
const mark = (mark_id, value) =>
  ({ mark_id, value, weight: "1.00", work_type_id: "a", work_type: "О" });

/** Three pupils, two lessons: Petya has a three, Masha is ill. */
function model() {
  let number = 0;
  const register = {
    lessons: ["one", "two"].map((lesson_id) => ({ lesson_id, date: "2026-11-12", status: "HELD" })),
    pupils: [
      { pupil_id: "petya", cells: { one: [mark("m", "3")] }, attendance: {} },
      { pupil_id: "masha", cells: {}, attendance: { one: "ILL" } },
      { pupil_id: "yura", cells: {}, attendance: {} },
    ],
  };
  return new RegisterModel(register, [ANSWER], {
    put() {}, onCell() {}, newId: () => `new-${++number}`, fresh: new Set(),
  });
}
const EVERYBODY = { pupils: ["petya", "masha", "yura"], locked: () => "" };
const five = { marks: ["5"], attendance: null };

test("empty cells of a column are filled, the others say why they stay", () => {
  const { changes, left } = fillColumn(model(), "one", five, { ...EVERYBODY, onlyEmpty: true });
  assert.deepEqual(changes.map((one) => [one.type, one.cell]), [["give", "yura:one"]]);
  assert.deepEqual(left.map((one) => one.why), ["уже «3»", "уже «б»"]);
});

test("a whole column is filled by corrections, but nobody gets a number for a lesson missed", () => {
  const { changes, left } = fillColumn(model(), "one", five, { ...EVERYBODY, onlyEmpty: false });
  assert.deepEqual(changes.map((one) => one.type), ["correct", "give"]);
  assert.deepEqual(left, [{ key: "masha:one", why: "болеет" }]);
});

test("a settled cell stays as it is", () => {
  const locked = (key) => key === "petya:one" ? "Срок правки прошёл" : "";
  const { left } = fillColumn(model(), "one", five, { ...EVERYBODY, onlyEmpty: false, locked });
  assert.equal(left[0].why, "Срок правки прошёл");
});

test("a cleared column annuls the marks first and then says who was there; the locked stay", () => {
  const known = model();
  known.commit([{ type: "give", cell: "yura:one", mark: mark("fresh", "4") }]);
  const all = clearColumn(known, "one", EVERYBODY);
  assert.deepEqual(all.changes, [
    { type: "annul", cell: "petya:one", mark: mark("m", "3"), reason_code: "TYPO" },
    { type: "annul", cell: "yura:one", mark: mark("fresh", "4"), reason_code: "TYPO" },
    { type: "attend", cell: "masha:one", before: "ILL", after: "PRESENT", minutes_late: undefined,
      was_late: undefined, sure: true },
  ]);
  assert.deepEqual([all.marks, all.absences, all.reasoned], [2, 1, 1], "one was given just now");
  const locked = (key) => key === "petya:one" ? "Срок правки прошёл" : "";
  const some = clearColumn(known, "one", { pupils: ["petya", "masha"], gone: ["yura"], locked });
  assert.deepEqual(some.left, [
    { key: "petya:one", why: "«3»: Срок правки прошёл" },
    { key: "yura:one", why: "«4»: выбыл: запись остаётся" },
  ]);
  assert.deepEqual(clearColumn(known, "two", EVERYBODY).changes, []);
});

test("a cleared column comes back at once, minutes and all", () => {
  const known = model();
  known.commit([{ type: "attend", cell: "yura:one", before: "PRESENT", after: "LATE", minutes_late: 7 }]);
  known.commit(clearColumn(known, "one", EVERYBODY).changes);
  assert.deepEqual(known.cell("yura:one"), { marks: [], attendance: "PRESENT", late: undefined });
  known.turn("undo");
  assert.deepEqual(known.cell("yura:one"), { marks: [], attendance: "LATE", late: 7 });
  assert.equal(known.cell("masha:one").attendance, "ILL");
  assert.equal(known.cell("petya:one").marks[0].value, "3");
});

test("the difference shows what stood there and what will", () => {
  const known = model();
  const { changes } = fillColumn(known, "one", five, { ...EVERYBODY, onlyEmpty: false });
  assert.deepEqual(difference(known, changes), [
    { key: "petya:one", before: "3", after: "5" },
    { key: "yura:one", before: "", after: "5" },
  ]);
  assert.equal(known.cell("petya:one").marks[0].value, "3", "only shown");
});

test("a pasted block tells what did not fit and where", () => {
  const pupils = ["petya", "masha", "yura"];
  const found = pasted(parseTable("5\r\nн\r\n7\t4\r\n5\r\n"), {
    model: model(), words: (key) => key, refusal: () => "",
    keyAt: (i, j) => pupils[i] && j < 2 ? `${pupils[i]}:${["one", "two"][j]}` : "",
  });
  assert.deepEqual(found.changes.map((one) => one.cell), ["petya:one", "masha:one", "yura:two"]);
  assert.deepEqual(found.left, [
    { words: "«7» — yura:one", why: "не запись журнала" },
    { words: "«5»", why: "мимо таблицы" },
  ]);
});
