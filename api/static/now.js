// @ts-check
/** One lesson on a telephone: a pupil is touched, then a big button. The queue is the register's. */
import { ATTENDANCE, NUMBERS, PRESENT, cellTone } from "./core.js";
import { RegisterModel, cellKey } from "./model.js";
import { givenToday, newId, openQueue, syncWords } from "./outbox.js";
import { find, make, read, remember, say } from "./shell.js";

const AWAY = ["ABSENT_UNSPECIFIED", "EXCUSED", "ILL", "UNEXCUSED"];
const place = find("#now");
const { page = "", api = "", lesson = "", today: day = "" } = place.dataset;
const person = document.body.dataset.person ?? "";
const data = (/** @type {string} */ id) => JSON.parse(find(`#${id}`).textContent ?? "null");
const rows = /** @type {HTMLButtonElement[]} */ ([...place.querySelectorAll("button[data-pupil]")]);
const freshKey = `letopis:fresh:${page}`;
const fresh = new Set(JSON.parse(sessionStorage.getItem(freshKey) ?? "[]"));
const today = givenToday(person, day);
const session = () => import("./session.js");
const list = () => import("./unsaved.js");
/** @type {Awaited<ReturnType<typeof list>>|undefined} */ let listed;
/** @type {RegisterModel|undefined} what was left unsent speaks before it is there */ let drawn;
let taken = place.dataset.taken !== undefined;
let chosen = "";

const queue = await openQueue(person, page, {
  onState(state) {
    const label = find("#sync");
    label.dataset.phase = state.phase;
    label.textContent = syncWords(state);
    listed?.redraw();
    rows.forEach(paint);
  },
  onSaved: (_, position) => remember(position),
  onConflict: (_, problem) => refused(problem),
  onRefused: (_, problem) => refused(problem),
  onSignIn: () => void session().then(({ askPassword }) => askPassword(person)).then(() => queue.flush()),
  onStepUp: () => void session().then(({ confirmPassword }) => confirmPassword()).then((sure) => sure && queue.flush()),
});
const model = new RegisterModel(data("register-data"), data("work-types"), {
  put: (change) => queue.put(change), newId, onCell: () => rows.forEach(paint), fresh, today: today.marks,
});
drawn = model;
queue.unsaved.forEach((change) => model.show(change));

/** @param {import("./queue.js").Problem} problem */
async function refused(problem) {
  say(problem.detail ?? problem.title ?? "Запись не принята", true);
  const register = await read(api).catch(() => null);
  if (register) model.merge(only(register), (key) => queue.isUnsaved(key));
  rows.forEach(paint);
}

/** Of the register this lesson. @param {import("./model.js").Register} register */
const only = (register) => ({
  ...register, lessons: register.lessons.filter((one) => one.lesson_id === lesson),
});

/** @param {HTMLButtonElement} row */
function paint(row) {
  if (!drawn) return;
  const key = cellKey(row.dataset.pupil ?? "", lesson);
  const cell = model.cell(key);
  const signs = cell.marks.map(({ value }) => make("b", {
    className: `chip ${cellTone({ marks: [{ value }], attendance: PRESENT })}`,
  }, value));
  const [sign, words] = ATTENDANCE[cell.attendance] ?? ["", ""];
  if (sign) signs.unshift(make("b", { className: `chip ${AWAY.includes(cell.attendance) ? "mn" : "mb"}` },
    sign, make("span", { className: "sr" }, `, ${words}`)));
  if (queue.isUnsaved(key)) signs.push(make("span", { className: "waits", title: "ещё не сохранено" }, "•",
    make("span", { className: "sr" }, "ещё не сохранено")));
  find(".signs", row).replaceChildren(...signs);
  row.setAttribute("aria-pressed", String(row.dataset.pupil === chosen));
  count();
}

function count() {
  const away = rows.filter((row) =>
    AWAY.includes(model.cell(cellKey(row.dataset.pupil ?? "", lesson)).attendance)).length;
  find("#count").textContent = `${taken ? "Посещаемость отмечена" : "Посещаемость не отмечена"}: `
    + (away ? `нет ${away} из ${rows.length}` : "все на уроке");
  find("#everybody").textContent = away ? "Остальные на месте" : "Все на месте";
  find("#everybody").classList.toggle("primary", !taken);
}

/** «По списку» or «по партам»: of this device, and not of the pupils. */
const VIEW = "letopis:now";
const views = { list: find("#by-list"), desks: find("#by-desks") };
/** @type {((on:boolean) => void)|undefined} */ let arrange;

/** @param {"list"|"desks"} view */
async function show(view) {
  arrange ??= (await import("./desks.js")).desks(/** @type {HTMLUListElement} */ (find("ul", place)));
  arrange(view === "desks");
  for (const [name, button] of Object.entries(views)) button.setAttribute("aria-pressed", String(name === view));
  localStorage.setItem(VIEW, view);
}
views.list.onclick = () => void show("list");
views.desks.onclick = () => void show("desks");
if (place.querySelector("li[data-seat]") && localStorage.getItem(VIEW) === "desks") void show("desks").catch(() => {});

/** For how many minutes was the chosen one late? Asked of who came late, never insisted on. */
function askMinutes() {
  const late = chosen && model.cell(cellKey(chosen, lesson)).attendance === "LATE";
  find("#late").hidden = !late;
}

/** @param {import("./core.js").Entry} entry */
async function enter(entry) {
  const row = rows.find((one) => one.dataset.pupil === chosen);
  if (!row) return say("Сначала выберите ученика");
  const key = cellKey(chosen, lesson);
  const name = row.dataset.name ?? "";
  const { attendance, marks } = model.cell(key);
  if (entry.marks.some((mark) => NUMBERS.includes(mark)) && AWAY.includes(attendance)) {
    const { askAway } = await import("./ask.js");
    if (!(await askAway(name, attendance, entry.marks))) return;
  }
  const clears = !entry.marks.length && entry.attendance === null;
  /** @type {import("./core.js").Change[]|null} */
  let changes = model.plan(key, entry);
  if (clears) changes = marks.length === 1
    ? [{ type: "annul", cell: key, mark: marks[0], reason_code: "TYPO" }]
    : marks.length ? null : model.plan(key, { marks: [], attendance: PRESENT });
  if (!changes) return say("В клетке две отметки: исправьте в журнале");
  const old = changes.find((change) => model.needsReason(change));
  if (old) {
    const { askWhy } = await import("./ask.js");
    const reason = await askWhy(old, changes.length - 1, name);
    if (!reason) return;
    for (const change of changes) if (model.needsReason(change)) Object.assign(change, reason);
  }
  if (changes.some((change) => change.type === "attend")) taken = true;
  model.commit(changes);
  sessionStorage.setItem(freshKey, JSON.stringify([...fresh]));
  today.save();
  rows.forEach(paint);
  askMinutes();
}

for (const row of rows) {
  row.onclick = () => {
    chosen = chosen === row.dataset.pupil ? "" : row.dataset.pupil ?? "";
    rows.forEach(paint);
    find("#whom").textContent = chosen ? row.dataset.name ?? "" : "Выберите ученика";
    askMinutes();
    row.scrollIntoView({ block: "nearest" });
  };
}
for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("#big button"))) {
  const { mark, code } = button.dataset;
  if (button.dataset.late) button.onclick = () => {
    const minutes_late = Number(button.dataset.late);
    model.commit([{ type: "attend", cell: cellKey(chosen, lesson), before: "LATE", after: "LATE", minutes_late }]);
    find("#late").hidden = true;
    say(`Опоздание: ${minutes_late} мин`);
  };
  else button.onclick = () => void enter({ marks: mark ? [mark] : [], attendance: code ?? null });
}
find("#everybody").onclick = async () => {
  taken = true;
  count();
  await queue.send({
    type: "send", cell: `:${lesson}`, slot: `attendance:${lesson}`,
    url: `/api/v1/lessons/${lesson}/attendance`, body: { entries: [], others_stay: true },
  });
};
find("#sync").onclick = async () => {
  queue.flush();
  listed ??= await list();
  listed.openUnsaved(queue, model);
};
const select = /** @type {HTMLSelectElement} */ (find("#work-type"));
select.value = model.workType(lesson)?.work_type_id ?? "";
select.onchange = () => model.chosen.set(lesson, select.value);
rows.forEach(paint);
place.setAttribute("data-ready", "");
// Fetched while there is a network, so that they are there without one.
setTimeout(() => [list, session, () => import("./ask.js"), () => import("./desks.js")].forEach((load) => load().catch(() => {})), 500);
