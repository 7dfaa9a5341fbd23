// The open register: work type of a column, what needs a reason, what others wrote.
import assert from "node:assert/strict";
import test from "node:test";
import { RegisterModel } from "../../api/static/model.js";

const workTypes = [
  { work_type_id: "w1", name: "Ответ", abbr: "ОТВ", weight: "1.00" },
  { work_type_id: "w3", name: "Контрольная", abbr: "КР", weight: "3.00" },
];
const mark = (mark_id, value, work_type_id = "w1", weight = "1.00") =>
  ({ mark_id, value, weight, work_type_id, work_type: "ОТВ", corrected: false });
const register = () => ({
  lessons: [
    { lesson_id: "l1", date: "2026-11-09", number: 1, kind: "LESSON", topic: "Дроби", homework: null, status: "HELD" },
    { lesson_id: "l2", date: "2026-11-10", number: 2, kind: "CONTROL", topic: null, homework: null, status: "HELD" },
  ],
  pupils: [
    { pupil_id: "p1", name: "Петров Иван", cells: { l1: [mark("m1", "4")] }, attendance: {} },
    { pupil_id: "p2", name: "Серова Анна", cells: {}, attendance: { l1: "ILL" } },
  ],
});
function open() {
  const put = [];
  const painted = [];
  let ids = 0;
  const model = new RegisterModel(register(), workTypes, {
    put: (change) => put.push(change), newId: () => `id-${(ids += 1)}`,
    onCell: (key) => painted.push(key), fresh: new Set(),
  });
  return { model, put, painted };
}

test("a new mark gets the usual work type of its column, or the control one of a control work", () => {
  const { model } = open();
  assert.equal(model.workType("l1").work_type_id, "w1");
  assert.equal(model.workType("l2").work_type_id, "w3");
  model.chosen.set("l1", "w3");
  assert.equal(model.workType("l1").work_type_id, "w3");
});

test("a mark given here may be corrected without a reason, an old one may not", () => {
  const { model, put } = open();
  model.commit(model.plan("p2:l2", { marks: ["3"], attendance: null }));
  const [slip] = model.plan("p2:l2", { marks: ["5"], attendance: null });
  assert.equal(model.needsReason(slip), false);
  const [old] = model.plan("p1:l1", { marks: ["5"], attendance: null });
  assert.equal(model.needsReason(old), true);
  assert.equal(put.length, 1);
});

test("the average follows what is typed", () => {
  const { model } = open();
  assert.equal(model.average("p1"), "4,00");
  model.commit(model.plan("p1:l2", { marks: ["5"], attendance: null }));
  assert.equal(model.average("p1"), "4,75");
  model.turn("undo");
  assert.equal(model.average("p1"), "4,00");
});

test("marks brought from another class count in the average, typed or not", () => {
  const { model } = open();
  model.pupils[0].carried = [mark("m0", "2", "w3", "3.00")];
  assert.equal(model.average("p1"), "2,50");
  model.commit(model.plan("p1:l2", { marks: ["5"], attendance: null }));
  assert.equal(model.average("p1"), "3,57");
});

test("what others wrote is taken over, except where we have not saved yet", () => {
  const { model } = open();
  model.commit(model.plan("p2:l2", { marks: ["3"], attendance: null }));
  const newer = register();
  newer.pupils[0].cells.l1[0].value = "5";
  newer.pupils[1].attendance.l2 = "ILL";
  const changed = model.merge(newer, (key) => key === "p2:l2");
  assert.deepEqual(changed, ["p1:l1"]);
  assert.equal(model.cell("p1:l1").marks[0].value, "5");
  assert.equal(model.cell("p2:l2").attendance, "PRESENT");
});
