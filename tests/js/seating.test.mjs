// Who sits where, for the lesson on a telephone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bySeat, filled, on, room, seated, step, words } from "../../api/static/seating.js";

const sit = (...pairs) => new Map(pairs);

test("a room has desks for two, row beside row, from the blackboard", () => {
  assert.deepEqual(room(2, 2), ["1-1-1", "1-1-2", "2-1-1", "2-1-2", "1-2-1", "1-2-2", "2-2-1", "2-2-2"]);
  assert.equal(words("2-3-1"), "2-й ряд, парта 3, место 1");
});

test("two change places; who is sent away from a seat by somebody without one stands", () => {
  const two = sit(["petya", "1-1-1"], ["masha", "1-1-2"]);
  assert.deepEqual([...seated(two, "petya", "1-1-2")], [["petya", "1-1-2"], ["masha", "1-1-1"]]);
  assert.deepEqual([...seated(two, "yura", "1-1-1")], [["masha", "1-1-2"], ["yura", "1-1-1"]]);
  assert.equal(on(two, "1-1-2"), "masha", "what was there is as it was");
  assert.deepEqual([...seated(two, "petya", "1-1-1")], [...two]);
});

test("the others take the free seats in the order of the list, as far as there are any", () => {
  const one = sit(["masha", "1-1-2"]);
  assert.deepEqual([...filled(one, ["petya", "masha", "yura", "zoya"], room(1, 2))], [
    ["masha", "1-1-2"], ["petya", "1-1-1"], ["yura", "1-2-1"], ["zoya", "1-2-2"]]);
  assert.equal(filled(one, ["petya", "yura"], room(1, 1)).size, 2);
});

test("who has no seat comes last, as in the list", () => {
  const rows = [{ n: 1, seat: "" }, { n: 2, seat: "1-2-1" }, { n: 3, seat: "3-1-1" }, { n: 4, seat: "" }];
  assert.deepEqual(bySeat(rows).map((one) => one.n), [3, 2, 1, 4]);
});

test("arrows walk along the desks and stop at the wall", () => {
  assert.equal(step("1-1-2", "ArrowRight", 3, 6), "2-1-1");
  assert.equal(step("2-1-1", "ArrowLeft", 3, 6), "1-1-2");
  assert.equal(step("1-1-1", "ArrowUp", 3, 6), "1-1-1");
  assert.equal(step("3-6-2", "ArrowRight", 3, 6), "3-6-2");
  assert.equal(step("1-1-1", "Enter", 3, 6), null);
});
