// Nothing typed is lost, nothing is sent twice, nothing is written over what was not seen.
import assert from "node:assert/strict";
import test, { mock } from "node:test";
import { SaveQueue, compose as composed, enqueue, runLength } from "../../api/static/queue.js";

/** As it goes over the wire. */
const compose = (changes) => JSON.parse(JSON.stringify(composed(changes)));

mock.timers.enable({ apis: ["setTimeout"] });

/** Let the clock run by 10 ms steps until the test holds; the queue's own waiting is not waited for. */
async function until(test) {
  for (let steps = 0; !test(); steps += 1) {
    assert.ok(steps < 6000, "a minute of the queue's time has passed in vain");
    mock.timers.tick(10);
    await new Promise((resolve) => { setImmediate(resolve); });
  }
}
async function pass(ms) {
  let left = ms / 10;
  await until(() => (left -= 1) < 0);
}

const store = () => {
  const kept = new Map();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
};
const answer = (status, body = {}, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const mark = (id, value) =>
  ({ mark_id: id, value, weight: "1.00", work_type_id: "w", work_type: "ОТВ" });
const give = (pupil, value, lesson = "l1", id = `${pupil}-${lesson}`) =>
  ({ type: "give", cell: `${pupil}:${lesson}`, mark: mark(id, value) });
const correct = (before, after, id = "m") =>
  ({ type: "correct", cell: "p:l1", mark_id: id, before, after, reason_code: "TYPO" });

/** A queue over a scripted server; `sent` is what arrived, `told` what the page was told. */
function desk(script, storage = store()) {
  const sent = [];
  const told = { states: [], saved: [], conflicts: [], refused: [], signIns: 0, stepUps: 0 };
  let ids = 0;
  const queue = new SaveQueue({
    storageKey: "k", storage, newId: () => `id-${(ids += 1)}`,
    fetch: async (url, init) => {
      sent.push({ url, key: init.headers["idempotency-key"], body: JSON.parse(init.body) });
      return script(sent.length, sent.at(-1));
    },
    onState: (state) => told.states.push(state.phase),
    onSaved: (changes, position) => told.saved.push({ changes, position }),
    onConflict: (change, problem, dropped) => told.conflicts.push({ change, problem, dropped }),
    onRefused: (change, problem, dropped) => told.refused.push({ change, problem, dropped }),
    onSignIn: () => { told.signIns += 1; },
    onStepUp: () => { told.stepUps += 1; },
  });
  return { queue, sent, told, storage, saved: () => until(() => !queue.unsaved.length) };
}

test("a column of marks of one lesson goes as one request", async () => {
  const { queue, sent, told, saved } = desk(() => answer(200, { position: 7 }));
  for (const pupil of ["a", "b", "c"]) queue.put(give(pupil, "5"));
  await saved();
  assert.equal(sent.length, 1);
  assert.equal(sent[0].url, "/api/v1/lessons/l1/marks");
  assert.deepEqual(sent[0].body.marks.map((one) => one.pupil_id), ["a", "b", "c"]);
  assert.equal(told.saved[0].position, 7);
});

test("marks of another lesson do not share the request", () => {
  const waiting = [give("a", "5"), give("b", "5"), give("a", "5", "l2"), give("c", "5")];
  assert.equal(runLength(waiting), 2);
  assert.equal(runLength([correct("4", "5"), correct("4", "3", "n")]), 1);
});

test("annulments of one lesson and one reason are one request; absences say what they take away", () => {
  const annul = (id, reason_code = "TYPO") =>
    ({ type: "annul", cell: `${id}:l1`, mark: mark(id, "4"), reason_code });
  const clears = { type: "attend", cell: "c:l1", before: "ILL", after: "PRESENT", sure: true };
  assert.equal(runLength([annul("a"), annul("b"), clears]), 2);
  assert.equal(runLength([annul("a"), annul("b", "REWORK")]), 1);
  assert.deepEqual(compose([annul("a"), annul("b")]).body, {
    marks: [{ mark_id: "a", saw: "4" }, { mark_id: "b", saw: "4" }], reason_code: "TYPO",
  });
  assert.deepEqual(compose([clears]).body.entries, [{ pupil_id: "c", code: "PRESENT", saw: "ILL" }]);
});

test("of a cleared column only the mark that a colleague changed stays, and it is said", async () => {
  const { queue, sent, told, saved } = desk((_, { body }) =>
    body.marks.some((one) => one.mark_id === "b") ? answer(409, { code: "mark.changed_meanwhile" })
      : answer(200, { position: 9 }));
  for (const id of ["a", "b", "c"]) {
    queue.put({ type: "annul", cell: `${id}:l1`, mark: mark(id, "4"), reason_code: "TYPO" });
  }
  await saved();
  assert.deepEqual(sent.map((one) => one.body.marks.length), [3, 1, 1, 1]);
  assert.deepEqual(told.conflicts.map((one) => one.change.mark.mark_id), ["b"]);
});

test("a value typed over an unsent one replaces it, taking it back sends nothing", () => {
  let waiting = enqueue([], give("p", "5", "l1", "m"));
  waiting = enqueue(waiting, correct("5", "4"));
  assert.deepEqual(waiting.map((one) => [one.type, one.mark.value]), [["give", "4"]]);
  waiting = enqueue(waiting, { type: "annul", cell: "p:l1", mark: mark("m", "4"), reason_code: "TYPO" });
  assert.deepEqual(waiting, []);
  waiting = enqueue(enqueue([], correct("4", "5")), correct("5", "3"));
  assert.deepEqual(waiting.map((one) => [one.before, one.after]), [["4", "3"]]);
  assert.deepEqual(enqueue(waiting, correct("3", "4")), []);
});

test("a term mark taken back before it was sent is not sent; another one replaces it", () => {
  const send = (url, body, back) => ({ type: "send", cell: "p:term", slot: "p:term", url, body, back });
  const issue = send("/t", { value: "5" }, { url: "/a", body: { saw: "5" } });
  assert.deepEqual(enqueue(enqueue([], issue), send("/a", { saw: "5" }, { url: "/t", body: { value: "5" } })), []);
  const other = send("/t", { value: "4" }, { url: "/a", body: { saw: "4" } });
  assert.deepEqual(enqueue(enqueue([], issue), other), [other]);
});

test("attendance of a cell leaves the rest of the class as it was; minutes are sent as well", () => {
  const late = (before, after, minutes_late) =>
    ({ type: "attend", cell: "p:l1", before, after, ...(minutes_late ? { minutes_late } : {}) });
  let waiting = enqueue(enqueue([], late("PRESENT", "LATE")), late("LATE", "LATE", 10));
  assert.deepEqual(compose(waiting).body, {
    others_stay: true, entries: [{ pupil_id: "p", code: "LATE", minutes_late: 10 }],
  });
  waiting = enqueue([late("LATE", "LATE", 5)], late("LATE", "LATE", 10));  // «late» had been sent
  assert.deepEqual(waiting.map((one) => one.minutes_late), [10]);
  assert.deepEqual(enqueue([late("PRESENT", "LATE")], late("LATE", "PRESENT")), []);
});

test("an annulment after an unsent correction says the value that the server has", () => {
  const waiting = enqueue([correct("4", "5")],
    { type: "annul", cell: "p:l1", mark: mark("m", "5"), reason_code: "OTHER", reason: "нет" });
  assert.deepEqual(compose(waiting), {
    url: "/api/v1/lessons/l1/annulments",
    body: { marks: [{ mark_id: "m", saw: "4" }], reason_code: "OTHER", reason: "нет" },
  });
});

test("a lost answer is repeated with the same key", async () => {
  const { queue, sent, told, saved } = desk((n) => {
    if (n === 1) throw new TypeError("network");
    return answer(200, { position: 1 });
  });
  queue.put(give("a", "5"));
  await pass(900);
  assert.equal(told.states.at(-1), "offline");
  queue.flush();
  await saved();
  assert.equal(sent.length, 2);
  assert.equal(sent[0].key, sent[1].key);
});

test("a busy server is asked again when it said, with the same key", async () => {
  const { queue, sent, told, saved } = desk((n) =>
    n === 1 ? answer(503, {}, { "retry-after": "0.05" }) : answer(200, { position: 1 }));
  queue.put(give("a", "5"));
  await saved();
  assert.ok(told.states.includes("busy"));
  assert.equal(new Set(sent.map((one) => one.key)).size, 1);
});

test("a reload sends the request that was in the air, key and all", async () => {
  const before = desk(() => new Promise(() => {}));
  before.queue.put(give("a", "5"));
  await until(() => before.sent.length === 1);
  const after = desk(() => answer(200, { position: 1 }), before.storage);
  await after.saved();
  assert.equal(after.sent[0].key, before.sent[0].key);
  assert.deepEqual(after.sent[0].body, before.sent[0].body);
  assert.equal(before.storage.kept.size, 0);
});

test("an expired session keeps everything and asks once", async () => {
  let signedIn = false;
  const { queue, sent, told, saved } = desk(() =>
    signedIn ? answer(200, { position: 1 }) : answer(401));
  queue.put(give("a", "5"));
  await until(() => told.signIns === 1);
  queue.put(give("b", "4"));
  await pass(5000);
  assert.equal(sent.length, 1);
  assert.equal(queue.unsaved.length, 2);
  signedIn = true;
  queue.flush();
  await saved();
  assert.deepEqual(sent.slice(1).map((one) => one.body.marks[0].value), ["5", "4"]);
});

test("a password asked again keeps everything, and the same request goes again", async () => {
  let sure = false;
  const { queue, sent, told, saved } = desk(() => sure ? answer(200, { position: 1 })
    : answer(403, { code: "session.step_up_required" }));
  queue.put(correct("4", "5"));
  await until(() => told.stepUps === 1);
  queue.put(give("b", "4"));
  await pass(5000);
  assert.equal(sent.length, 1);
  assert.equal(queue.unsaved.length, 2);
  sure = true;
  queue.flush();
  await saved();
  assert.equal(sent[1].key, sent[0].key);
  assert.equal(told.refused.length, 0);
});

test("a conflict stops the newer value typed meanwhile", async () => {
  let go = () => {};
  const { queue, sent, told, saved } = desk(() => new Promise((resolve) => {
    go = () => resolve(answer(409, { code: "mark.changed_meanwhile" }));
  }));
  queue.put(correct("4", "5"));
  await until(() => sent.length === 1);
  queue.put(correct("5", "3"));
  go();
  await saved();
  assert.equal(sent.length, 1);
  assert.equal(told.conflicts[0].problem.code, "mark.changed_meanwhile");
  assert.deepEqual(told.conflicts[0].dropped.map((one) => one.after), ["3"]);
});

test("one bad mark of a column does not take the others with it", async () => {
  const { queue, sent, told, saved } = desk((_n, { body }) =>
    body.marks.some((one) => one.pupil_id === "b")
      ? answer(422, { detail: "Ученик не учится в классе." }) : answer(200, { position: 1 }));
  for (const pupil of ["a", "b", "c"]) queue.put(give(pupil, "5"));
  await saved();
  assert.deepEqual(sent.map((one) => one.body.marks.length), [3, 1, 1, 1]);
  assert.equal(new Set(sent.map((one) => one.key)).size, 4);
  assert.deepEqual(told.refused.map((one) => one.change.cell), ["b:l1"]);
  assert.equal(told.saved.length, 2);
});

test("a command sent for its own answer learns it", async () => {
  const { queue } = desk(() => answer(422, { detail: "Тема: заполните поле." }));
  let outcome = null;
  queue.send({
    type: "send", cell: ":l1", slot: "topic:l1", url: "/api/v1/lessons/l1/topic", body: { topic: "" },
  }).then((told) => { outcome = told; });
  await until(() => outcome !== null);
  assert.equal(outcome.outcome, "refused");
  assert.equal(outcome.problem.detail, "Тема: заполните поле.");
});

test("what has not been sent can be thought better of; what may have arrived cannot", async () => {
  const { queue, sent, saved } = desk((n) => answer(n === 1 ? 503 : 200, { position: 7 }));
  queue.put(give("p1", "5"));
  await until(() => sent.length === 1);
  const [flying] = queue.unsaved;
  queue.put(give("p2", "4", "l2"));
  assert.equal(queue.remove(flying), false);
  assert.equal(queue.remove(queue.unsaved.at(-1)), true);
  assert.deepEqual(queue.unsaved, [flying]);
  await saved();
  assert.deepEqual(sent.map((one) => one.url), ["/api/v1/lessons/l1/marks", "/api/v1/lessons/l1/marks"]);
});
