// @ts-check
/** The register page: wires the grid, the model, the save queue, the card and the lesson panel. */
import { ATTENDANCE, NUMBERS } from "./core.js";
import "./grid.js";
import { RegisterModel } from "./model.js";
import { newId, openQueue } from "./outbox.js";
import { find, isAttended, read, remember, say } from "./shell.js";

/** @typedef {import("./core.js").Change} Change */
/** @typedef {import("./queue.js").Problem} Problem */

const REFRESH_MS = 20_000;
const ABSENT = ["ABSENT_UNSPECIFIED", "EXCUSED", "ILL", "UNEXCUSED"];

// Not needed to begin typing: fetched when the page is at rest, so that they are there without a
// network too.
const parts = {
  ask: () => import("./ask.js"),
  card: () => import("./card.js"),
  lesson: () => import("./lesson.js"),
  session: () => import("./session.js"),
};

const grid = /** @type {import("./grid.js").JournalGrid} */ (find("journal-grid"));
const data = (/** @type {string} */ id) => JSON.parse(find(`#${id}`).textContent ?? "null");
const person = document.body.dataset.person ?? "";
const page = grid.dataset.page ?? "";
const api = grid.dataset.api ?? "";

// Marks given in this tab, so that taking back a slip needs no question even after a reload.
const freshKey = `letopis:fresh:${page}`;
const fresh = new Set(JSON.parse(sessionStorage.getItem(freshKey) ?? "[]"));
/** @type {Map<string, {mine:Change, words:string}>} */
const conflicts = new Map();

const queue = await openQueue(person, page, {
  onState: showState,
  onSaved(changes, position) {
    remember(position);
    changes.forEach((change) => repaint(change.cell));
  },
  onConflict: (change, problem) => void clash(change, problem),
  onRefused(change, problem) {
    say(problem.detail ?? problem.title ?? "Запись не принята", true);
    void refresh(true);
  },
  onSignIn: () => void signInAgain(),
  onStepUp: () => void confirmAgain(),
});

const model = new RegisterModel(data("register-data"), data("work-types"), {
  put: (change) => queue.put(change),
  newId,
  onCell: (key) => repaint(key),
  fresh,
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

/** @param {string} key */
function repaint(key, flash = false) { if (grid.model) grid.paint(key, flash); }

/** @param {import("./queue.js").SyncState} state */
function showState({ phase, waiting }) {
  const button = find("#sync");
  button.dataset.phase = !waiting && conflicts.size ? "conflict" : phase;
  const words = {
    saved: conflicts.size ? `Кто-то успел раньше: ${conflicts.size}` : "Всё сохранено",
    saving: "Сохраняется…",
    offline: `Нет связи · ждут отправки: ${waiting}`,
    busy: `Сервер занят · ждут отправки: ${waiting}`,
    confirm: `Нужен пароль · ждут отправки: ${waiting}`,
    signin: `Войдите снова · ждут отправки: ${waiting}`,
  };
  button.textContent = words[phase];
}

// ---- entering

grid.onEnter = async (changes, entry) => {
  const { key } = grid;
  const cell = model.cell(key);
  if (entry?.marks.length && ABSENT.includes(cell.attendance) && NUMBERS.includes(entry.marks[0])) {
    const answer = await (await parts.ask()).ask({
      title: grid.wordsFor(key),
      text: `На уроке отмечено «${ATTENDANCE[cell.attendance][1]}». Всё равно поставить `
        + `${entry.marks.join("/")}?`,
      options: [["yes", "Да, работа сдана"], ["no", "Нет"]],
    });
    if (answer?.value !== "yes") return grid.select(grid.at.r, grid.at.c);
  }
  const old = changes.find((change) => model.needsReason(change));
  if (old) {
    const what = old.type === "correct" ? `${old.before} → ${old.after}` : "Аннулировать отметку";
    const several = changes.length > 1 ? ` и ещё ${changes.length - 1}` : "";
    const { askReason } = await parts.ask();
    const reason = await askReason(`${what}${several}. Почему?`, grid.wordsFor(old.cell));
    if (!reason) return grid.select(grid.at.r, grid.at.c);
    for (const change of changes) if (model.needsReason(change)) Object.assign(change, reason);
  }
  model.commit(changes);
  sessionStorage.setItem(freshKey, JSON.stringify([...fresh]));
  showWorkType();
  const place = grid.placeOf(key);
  grid.select(place.r, place.c);
};

grid.onTurn = (way) => {
  const changes = model.turn(way);
  if (!changes.length) return say(way === "undo" ? "Отменять нечего" : "Возвращать нечего");
  sessionStorage.setItem(freshKey, JSON.stringify([...fresh]));
  const { r, c } = grid.placeOf(changes[0].cell);
  grid.select(r, c);
  say(`${way === "undo" ? "Отменено" : "Возвращено"}: ${changes.length}`);
};
find("#undo").onclick = () => grid.onTurn("undo");
find("#redo").onclick = () => grid.onTurn("redo");

// ---- somebody was first

/** Show what is there now; never write over it. @param {Change} change @param {Problem} problem */
async function clash(change, problem) {
  let words = problem.detail ?? "Запись изменили.";
  await refresh(true);
  if (change.type === "correct" || change.type === "annul") {
    const id = change.type === "correct" ? change.mark_id : change.mark.mark_id;
    const { history, historyLine } = await parts.card();
    const last = (await history(id).catch(() => [])).at(-1);
    if (last) {
      const { what, who } = historyLine(last);
      const wanted = change.type === "correct" ? `исправляли на ${change.after}` : "аннулировали";
      words = `Сейчас: ${what} (${who.join(", ")}). Вы ${wanted}.`;
    }
  }
  conflicts.set(change.cell, { mine: change, words });
  model.undo.forget(change.cell);
  repaint(change.cell);
  showState({ phase: queue.unsaved.length ? "saving" : "saved", waiting: queue.unsaved.length });
  say(`${grid.wordsFor(change.cell)}: отметку изменили раньше вас. Enter в клетке — решить`, true);
}

/** @param {string} key @param {boolean} mine */
function settle(key, mine) {
  const clashed = conflicts.get(key)?.mine;
  conflicts.delete(key);
  repaint(key);
  showState({ phase: queue.unsaved.length ? "saving" : "saved", waiting: queue.unsaved.length });
  if (!mine || clashed?.type !== "correct") return;
  const now = model.cell(key).marks.find((mark) => mark.mark_id === clashed.mark_id);
  if (!now) return say("Этой отметки больше нет: поставьте новую", true);
  fresh.delete(clashed.mark_id);  // now it is somebody else's: say why
  void grid.onEnter([{ ...clashed, before: now.value }], null);
}

grid.onCard = async (key) => (await parts.card()).openCard(grid, key, {
  conflict: conflicts.get(key),
  settle: (mine) => settle(key, mine),
  comment(mark, comment) {
    if (!comment || comment === (mark.comment ?? "")) return;
    queue.put({
      type: "send", cell: key, slot: `comment:${mark.mark_id}`,
      url: `/api/v1/marks/${mark.mark_id}/comments`, body: { comment },
    });
    mark.comment = comment;
    repaint(key);
  },
});
find("#sync").onclick = () => {
  const [key] = conflicts.keys();
  if (!key) return queue.flush();
  const { r, c } = grid.placeOf(key);
  grid.select(r, c);
  grid.onCard(key);
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
  model.lessons.forEach((lesson, c) => {
    if (lesson.topic) find("button", grid.heads[c]).title = lesson.topic;
  });
}

setInterval(() => void refresh(), REFRESH_MS);
addEventListener("focus", () => void refresh());

// ---- the pad of a phone, and where to begin

for (const button of document.querySelectorAll("#pad button")) {
  button.addEventListener("click", () => {
    const { value } = /** @type {HTMLButtonElement} */ (button);
    const { r, c } = grid.at;
    if (value === "card") return grid.onCard(grid.key);
    if (value === "") grid.clear();
    else grid.enter(NUMBERS.includes(value) ? { marks: [value], attendance: null }
      : { marks: [], attendance: value });
    if (value !== "") grid.select(r + 1, c);
  });
}

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
} else setTimeout(() => Object.values(parts).forEach((load) => void load()), 500);
