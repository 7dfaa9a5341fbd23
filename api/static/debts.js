// @ts-check
/** «Долг»: work that a pupil still owes is raised and closed in the menu of a cell; the sign beside the name follows. */
import { daysAfter } from "./core.js";
import { newId } from "./outbox.js";
import { day, find, make, say } from "./shell.js";

/** @typedef {import("./grid.js").JournalGrid} JournalGrid */
/** @typedef {import("./queue.js").SaveQueue} SaveQueue */
/** @typedef {import("./core.js").Change} Change */
/** @typedef {import("./core.js").Send} Send */
/** @typedef {{id:string, lesson:string, date:string, due:string, kind?:string}} Debt `date`: of the lesson */

const DAYS = 14;  // nobody rules how long a pupil has: two weeks, to be changed
const SLOT = "debt:";

const words = (/** @type {Debt} */ { date, due }) => `урок ${day(date)}, сдать до ${day(due)}`;

/** @param {Change} change @returns {change is Send} */
const ofDebt = (change) => change.type === "send" && change.slot.startsWith(SLOT);

/** As the API tells them. @param {any} pupil @returns {Debt[]} */
const owedBy = ({ debts = [] }) => debts.map((/** @type {any} */ one) =>
  ({ id: one.debt_id, lesson: one.lesson_id, date: one.date, due: one.due_date, kind: one.work_type_id }));

/** The sign beside the name. @param {JournalGrid} grid @param {string} pupil @param {Debt[]} owed */
function signOf(grid, pupil, owed) {
  const row = grid.rows.find((one) => one.dataset.pupil === pupil);
  if (!row) return;
  const name = find(".name", row), sign = name.querySelector(".owes");
  const title = owed.length ? `Долг: ${owed.map(words).join("; ")}; семья не видит` : "";
  if (title === (sign?.getAttribute("title") ?? "")) return;
  sign?.nextSibling?.remove();  // the space after it
  sign?.remove();
  if (title) {
    name.prepend(make("span", { className: "owes hid", title }, "долг",
      make("span", { className: "sr" }, title.slice(4))), " ");
  }
}

/** Signs of all, for who only reads. @param {JournalGrid} grid @param {import("./model.js").Register} register */
export const signs = (grid, register) =>
  register.pupils.forEach((one) => signOf(grid, one.pupil_id, owedBy(one)));

/** @param {string} title @param {string} name @param {string} value @param {string} min @returns {Promise<string>} "" */
function askDay(title, name, value, min) {
  const field = /** @type {HTMLInputElement} */ (make("input", { id: "debt-due", type: "date", required: true, value, min }));
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", { className: "ask", "aria-label": title },
    make("form", { method: "dialog" }, make("h2", {}, title), make("p", {}, name),
      make("div", { className: "field" }, make("label", { htmlFor: field.id }, "Сдать до"), field),
      make("div", { className: "bar" }, make("button", { className: "btn primary", value: "ok" }, "Готово"),
        make("button", { className: "btn", type: "button", onclick: () => dialog.close() }, "Отмена")))));
  document.body.append(dialog);
  dialog.showModal();
  field.focus();
  return new Promise((resolve) => {
    find("form", dialog).addEventListener("submit", () => resolve(field.value));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve("");
    });
  });
}

export class Debts {
  /** Open ones of a pupil. @type {Map<string, Debt[]>} */ open = new Map();
  /** Every one that this page has shown. @type {Map<string, Debt>} */ known = new Map();
  /** Closed once: the number is used up. @type {Set<string>} */ closed = new Set();

  /** @param {JournalGrid} grid @param {SaveQueue} queue */
  constructor(grid, queue) {
    this.grid = grid;
    this.queue = queue;
    for (const { dataset } of grid.rows) {
      const all = (dataset.debts ?? "").split(" ").filter(Boolean).map((one) => {
        const [id, lesson, date, due, kind] = one.split("/");
        return { id, lesson, date, due, kind };
      });
      this.open.set(dataset.pupil ?? "", all);
      all.forEach((one) => this.known.set(one.id, one));
    }
    const { model } = grid;
    const show = model.show.bind(model);
    model.show = (change) => {
      show(change);
      this.#follow(change);
    };
    const merge = model.merge.bind(model);
    model.merge = (register, isUnsaved) => {
      this.#told(register);
      return merge(register, isUnsaved);
    };
    for (const way of /** @type {const} */ (["undo", "redo"])) {
      const turn = model.undo[way].bind(model.undo);
      model.undo[way] = (makeId) => turn(makeId).map((change) => this.#anew(change));
    }
    for (const way of /** @type {const} */ (["onConflict", "onRefused"])) {
      const usual = queue.o[way];
      queue.o[way] = (change, ...rest) => {
        usual(change, ...rest);
        if (ofDebt(change)) this.#set(change, !this.#raises(change));
      };
    }
    const remove = queue.remove.bind(queue);
    queue.remove = (change) => {
      const gone = remove(change);
      if (gone && ofDebt(change)) this.#set(change, !this.#raises(change));
      return gone;
    };
    queue.unsaved.forEach((change) => this.#follow(change));
  }

  /** @param {Send} change */
  #raises(change) { return !change.url.endsWith("/resolution"); }

  /** A number that was used up is not raised again: the same work is owed under another one. @param {Change} change */
  #anew(change) {
    if (!ofDebt(change) || !this.#raises(change)) return change;
    const old = /** @type {any} */ (change.body).debts[0];
    const waits = this.queue.waiting.some((one) => ofDebt(one) && one.slot === change.slot);
    if (waits || !this.closed.has(old.debt_id)) return change;
    const debt = { .../** @type {Debt} */ (this.known.get(old.debt_id)), id: newId() };
    return Object.assign(change, this.#raising(old.pupil_id, debt), { back: this.#closing(debt) });
  }

  /** @param {string} pupil_id @param {Debt} debt */
  #raising(pupil_id, { id, lesson, due, kind }) {
    const work_type_id = kind ?? this.grid.model.workType(lesson)?.work_type_id ?? "";
    const body = { debts: [{ debt_id: id, pupil_id, work_type_id, due_date: due }] };
    return { url: `/api/v1/lessons/${lesson}/debts`, body };
  }

  /** @param {Debt} debt */
  #closing({ id, lesson }) {
    return { url: `/api/v1/lessons/${lesson}/debts/${id}/resolution`, body: {} };
  }

  /** @param {Change} change what is on its way */
  #follow(change) {
    if (ofDebt(change)) this.#set(change, this.#raises(change));
  }

  /** @param {Send} change @param {boolean} owed */
  #set(change, owed) {
    const [pupil, lesson] = change.cell.split(":");
    const sent = /** @type {any} */ (this.#raises(change) ? change : change.back)?.body.debts[0];
    if (!sent) return;
    const { debt_id: id, due_date: due, work_type_id: kind } = sent;
    const date = this.known.get(id)?.date
      ?? this.grid.model.lessons.find((one) => one.lesson_id === lesson)?.date ?? "";
    const debt = { id, lesson, date, due, kind };
    this.known.set(id, debt);
    if (!owed) this.closed.add(id);
    const others = (this.open.get(pupil) ?? []).filter((one) => one.id !== id);
    this.open.set(pupil, owed ? [...others, debt] : others);
    this.#draw(pupil);
  }

  /** What others have raised and closed meanwhile. @param {import("./model.js").Register} register */
  #told({ pupils }) {
    for (const one of pupils) {
      const { pupil_id } = one, waits = this.queue.unsaved.some((change) => ofDebt(change) && change.cell.startsWith(pupil_id));
      if (waits) continue;
      const owed = owedBy(one), ids = new Set(owed.map(({ id }) => id));
      for (const { id } of this.open.get(pupil_id) ?? []) if (!ids.has(id)) this.closed.add(id);
      owed.forEach((debt) => this.known.set(debt.id, debt));
      this.open.set(pupil_id, owed);
      this.#draw(pupil_id);
    }
  }

  /** @param {string} pupil */
  #draw(pupil) { signOf(this.grid, pupil, this.open.get(pupil) ?? []); }

  /** What the menu of the current cell offers. @returns {[string, string, string, () => unknown][]} */
  items() {
    const { grid } = this;
    const { r, c } = grid.at;
    const { pupil = "" } = grid.rows[r].dataset;
    if (grid.locked) return [];
    return [
      ...grid.refusal(c) ? [] : [/** @type {[string, string, string, () => unknown]} */ (
        ["KeyD", "D", "Долг: сдать до…", () => void this.raise(r, c)])],
      ...(this.open.get(pupil) ?? []).map((one, i) => /** @type {[string, string, string, () => unknown]} */ (
        [i ? "" : "KeyR", i ? "" : "R", `Долг снят: ${words(one)}`, () => this.close(pupil, one)])),
    ];
  }

  /** @param {number} r @param {number} c */
  async raise(r, c) {
    const { grid } = this;
    const { lesson_id: lesson, date } = grid.model.lessons[c];
    const { pupil = "" } = grid.rows[r].dataset;
    const { today = "" } = grid.dataset;
    const usual = daysAfter(date, DAYS);
    const due = await askDay("Долг", grid.wordsFor(grid.keyAt(r, c)),
      usual < today ? daysAfter(today, DAYS) : usual, date);
    grid.select(r, c);
    if (!due) return;
    const debt = { id: newId(), lesson, date, due, kind: grid.model.workType(lesson)?.work_type_id };
    this.#send(pupil, debt, this.#raising(pupil, debt), this.#closing(debt));
    say(`Долг: ${words(debt)}`);
  }

  /** @param {string} pupil @param {Debt} debt */
  close(pupil, debt) {
    this.#send(pupil, debt, this.#closing(debt), this.#raising(pupil, debt));
    say(`Долг снят: ${words(debt)}`);
  }

  /** @param {string} pupil @param {Debt} debt @param {{url:string, body:unknown}} what @param {{url:string, body:unknown}} back */
  #send(pupil, { id, lesson }, what, back) {
    this.grid.model.commit([{ type: "send", cell: `${pupil}:${lesson}`, slot: SLOT + id, ...what, back }]);
  }
}
