// @ts-check
/** The register page: wires the grid, the model, the save queue, the card and the lesson panel. */
import { NUMBERS } from "./core.js";
import "./grid.js";
import { RegisterModel } from "./model.js";
import { givenToday, newId, openQueue, syncWords } from "./outbox.js";
import { find, isAttended, read, remember, say } from "./shell.js";

/** @typedef {import("./core.js").Change} Change */
/** @typedef {import("./queue.js").Problem} Problem */

const ABSENT = ["ABSENT_UNSPECIFIED", "EXCUSED", "ILL", "UNEXCUSED"];

// Not needed to begin typing: fetched when the page is at rest, so that they are there without a
// network too.
const parts = {
  around: () => import("./around.js"),
  ask: () => import("./ask.js"),
  card: () => import("./card.js"),
  lesson: () => import("./lesson.js"),
  live: () => import("./live.js"),
  preview: () => import("./preview.js"),
  term: () => import("./term.js"),
  tools: () => import("./tools.js"),
  session: () => import("./session.js"),
  unsaved: () => import("./unsaved.js"),
};

const grid = /** @type {import("./grid.js").JournalGrid} */ (find("journal-grid"));
const data = (/** @type {string} */ id) => JSON.parse(find(`#${id}`).textContent ?? "null");
const person = document.body.dataset.person ?? "";
const page = grid.dataset.page ?? "";
const api = grid.dataset.api ?? "";

// Marks given in this tab, so that taking back a slip needs no question even after a reload.
const freshKey = `letopis:fresh:${page}`;
const fresh = new Set(JSON.parse(sessionStorage.getItem(freshKey) ?? "[]"));
const today = givenToday(person, grid.dataset.today ?? "");
/** @type {Map<string, {mine:Change, words:string}>} */
const conflicts = new Map();

/** @type {Awaited<ReturnType<typeof parts.unsaved>>|undefined} */
let listed;
/** The column «Период», once it is there. @type {import("./term.js").TermColumn|null} */
let term = null;

const queue = await openQueue(person, page, {
  onState: showState,
  onSaved(changes, position) {
    remember(position);
    changes.forEach((change) => repaint(change.cell));
    term?.reload();
  },
  onConflict: (change, problem) => void (change.type === "send" ? refused(problem)
    : parts.card().then(({ clash }) => clash(desk, change, problem))),
  onRefused: (_, problem) => refused(problem),
  onSignIn: () => void signInAgain(),
  onStepUp: () => void confirmAgain(),
});

/** @param {Problem} problem */
function refused(problem) {
  say(problem.detail ?? problem.title ?? "Запись не принята", true);
  void refresh(true);
  term?.reload();
}

const model = new RegisterModel(data("register-data"), data("work-types"), {
  put: (change) => queue.put(change),
  newId,
  onCell: (key) => repaint(key),
  fresh,
  today: today.marks,
});
grid.model = model;
grid.conflicts = conflicts;
grid.isUnsaved = (key) => queue.isUnsaved(key);
queue.unsaved.forEach((change) => model.show(change));

async function signInAgain() {
  await (await parts.session()).askPassword(person);
  queue.flush();
}

async function confirmAgain() {
  if (await (await parts.session()).confirmPassword()) queue.flush();
}

function keep() {
  sessionStorage.setItem(freshKey, JSON.stringify([...fresh]));
  today.save();
}

/** @param {string} key */
function repaint(key, flash = false) { if (grid.model) grid.paint(key, flash); }

/** @param {import("./queue.js").SyncState} state */
function showState({ phase, waiting }) {
  const button = find("#sync");
  button.dataset.phase = !waiting && conflicts.size ? "conflict" : phase;
  button.textContent = phase === "saved" && conflicts.size
    ? `Кто-то успел раньше: ${conflicts.size}` : syncWords({ phase, waiting });
  listed?.redraw();
}

const showNow = () =>
  showState({ phase: queue.unsaved.length ? "saving" : "saved", waiting: queue.unsaved.length });

// ---- entering

grid.onEnter = async (changes, entry) => {
  const { key } = grid;
  const cell = model.cell(key);
  if (entry?.marks.length && ABSENT.includes(cell.attendance) && NUMBERS.includes(entry.marks[0])) {
    const { askAway } = await parts.ask();
    const sure = await askAway(grid.wordsFor(key), cell.attendance, entry.marks);
    if (!sure) return grid.select(grid.at.r, grid.at.c);
  }
  const old = changes.find((change) => model.needsReason(change));
  if (old) {
    const reason = await (await parts.ask()).askWhy(old, changes.length - 1, grid.wordsFor(old.cell));
    if (!reason) return grid.select(grid.at.r, grid.at.c);
    for (const change of changes) if (model.needsReason(change)) Object.assign(change, reason);
  }
  model.commit(changes);
  keep();
  showWorkType();
  const place = grid.placeOf(key);
  grid.select(place.r, place.c);
};

grid.onTurn = (way) => {
  const changes = model.turn(way);
  if (!changes.length) return say("Нечего");
  keep();
  const { r, c } = grid.placeOf(changes[0].cell);
  if (c < 0) grid.onEdge(r);
  else grid.select(r, c);
  say(`${way === "undo" ? "Отменено" : "Возвращено"}: ${changes.length}`);
};
find("#undo").onclick = () => grid.onTurn("undo");
find("#redo").onclick = () => grid.onTurn("redo");

// ---- what has a panel or a list of its own

const desk = { grid, queue, model, conflicts, fresh, refresh, showNow };
grid.onCard = async (key) => (await parts.card()).openCard(desk, key);
find("#sync").onclick = async () => {
  queue.flush();
  listed ??= await parts.unsaved();
  listed.openUnsaved(queue, model, conflicts, (key) => {
    const { r, c } = grid.placeOf(key);
    grid.select(r, c);
    grid.onCard(key);
  });
};

// ---- lessons

/** @param {string|undefined} lesson */
const open = async (lesson) => {
  const { openLesson } = await parts.lesson();
  openLesson(grid, queue, lesson ?? "", { newId, done: () => void refresh(true) });
};
for (const button of grid.querySelectorAll("th.les button")) {
  button.addEventListener("click", () =>
    void open(/** @type {HTMLElement} */ (button.parentElement).dataset.lesson));
}
find("#open-lesson").onclick = () => void open(model.lessons[grid.at.c]?.lesson_id);

const select = /** @type {HTMLSelectElement} */ (find("#work-type"));
select.onchange = () => {
  model.chosen.set(model.lessons[grid.at.c].lesson_id, select.value);
  grid.select(grid.at.r, grid.at.c);
};

function showWorkType() {
  const lesson = model.lessons[grid.at.c];
  if (lesson) select.value = model.workType(lesson.lesson_id)?.work_type_id ?? "";
}

grid.onColumn = showWorkType;

// ---- what others write

let etag = "";
/** @param {boolean} now also while our own answers are on their way */
async function refresh(now = false) {
  if (!now && (!isAttended() || queue.unsaved.length)) return;
  if (now) {
    const register = await read(api).catch(() => null);
    if (register) take(register);
    return;
  }
  const answer = await fetch(api, { headers: etag ? { "if-none-match": etag } : {} }).catch(() => null);
  if (answer?.status !== 200) return;
  etag = answer.headers.get("etag") ?? "";
  take(await answer.json());
}

/** @param {import("./model.js").Register} register */
function take(register) {
  if (register.lessons.length !== grid.heads.length) return location.reload();
  const changed = model.merge(register, (key) => queue.isUnsaved(key));
  changed.forEach((key) => repaint(key, true));
  term?.reload();
  void parts.lesson().then(({ tips }) => tips(grid));
}

void parts.live().then(({ live }) => live(api, refresh));
addEventListener("focus", () => void refresh());

const wanted = grid.dataset.lesson;
const start = wanted ? model.lessons.findIndex((lesson) => lesson.lesson_id === wanted)
  : model.lessons.findLastIndex((lesson) => lesson.date <= (grid.dataset.today ?? ""));
grid.select(0, Math.max(0, start), false);
grid.cells[0]?.[grid.at.c]?.scrollIntoView({ inline: "center", block: "nearest" });
showWorkType();
grid.setAttribute("data-ready", "");
if (wanted && grid.dataset.panel !== undefined) {
  const address = new URL(location.href);
  address.searchParams.delete("panel");  // a reload shows the register, not the panel again
  history.replaceState(null, "", address);
  void open(wanted);
} else setTimeout(() => Object.values(parts).forEach((load) => load().catch(() => {})), 500);
begin().catch(() => {});  // no network: at the next visit
async function begin() {
  const [{ around }, { many }, { TermColumn }, { askReason }, { tools }] = await Promise.all(
    [parts.around(), parts.preview(), parts.term(), parts.ask(), parts.tools()]);
  around(grid);
  many(grid);
  tools(grid, { queue, open, line: (pupil) => term?.lines.get(pupil) });
  term = new TermColumn(grid, queue, askReason);
  term.reload(0);
}
