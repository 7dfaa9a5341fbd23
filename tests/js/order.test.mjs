// The order of the list is the record's: another one is only looked at.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ORDERS, placesBy } from "../../api/static/order.js";

const row = (number, name, average = null, owes = false) => ({ number, name, average, owes });
const ROWS = [row(0, "Яковлев", 4.5), row(1, "Ёлкина", 3.1, true), row(2, "Егоров"), row(3, "Антонов", 4.5)];

test("the first order is the list's, and it is as it was", () => {
  assert.equal(Object.keys(ORDERS)[0], "list");
  assert.deepEqual(placesBy(ROWS, "list"), [0, 1, 2, 3]);
});

test("by average who has none is the last either way, equals stand as in the list", () => {
  assert.deepEqual(placesBy(ROWS, "low"), [1, 0, 3, 2]);
  assert.deepEqual(placesBy(ROWS, "high"), [0, 3, 1, 2]);
  assert.deepEqual(placesBy([row(0, "Б"), row(1, "А")], "low"), [0, 1], "nobody has any");
});

test("by name as Russian sorts, debts first", () => {
  assert.deepEqual(placesBy(ROWS, "name"), [3, 2, 1, 0]);
  assert.deepEqual(placesBy(ROWS, "debts"), [1, 0, 2, 3]);
});
