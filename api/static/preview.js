// @ts-check
/** Before many cells change: what stands there, what will, and what stays; filling and clearing a column. */
import { clearColumn, difference, fillColumn, pasted } from "./column.js";
import { parseEntry, parseTable } from "./core.js";
import { day, find, make, say } from "./shell.js";

/** @typedef {import("./core.js").Change} Change */
/** @typedef {import("./grid.js").JournalGrid} JournalGrid */
/** @typedef {{words:string, why:string}} Left */

/** @param {JournalGrid} grid @param {Change[]} changes @param {Left[]} left
 * @param {(key:string) => string} words whose cell it is @param {string} said before the table */
function table(grid, changes, left, words = (key) => grid.wordsFor(key), said = "") {
  const lines = difference(grid.model, changes);
  const caption = said || [
    `Изменится клеток: ${lines.length}`,
    lines.some((line) => line.before) && `из них не пустых: ${lines.filter((line) => line.before).length}`,
    left.length && `останутся как есть: ${left.length}`,
  ].filter(Boolean).join(", ");
  return make("div", { className: "preview" },
    make("p", { role: "status" }, make("b", {}, caption)),
    lines.length + left.length === 0 ? null : make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Что изменится" },
      make("table", {},
        make("thead", {}, make("tr", {}, ...["Ученик", "Было", "Станет"].map(
          (head) => make("th", { scope: "col" }, head)))),
        make("tbody", {}, ...lines.map(({ key, before, after }) => make("tr", {},
          make("th", { scope: "row" }, words(key)),
          make("td", {}, before || "—"), make("td", {}, make("b", {}, after || "—")))),
        ...left.map((one) => make("tr", { className: "left" },
          make("th", { scope: "row" }, one.words), make("td", { colSpan: 2 }, one.why)))))));
}

/**
 * @param {string} title @param {(form: HTMLFormElement) => Node[]} fill the fields of the dialog
 * @param {(form: HTMLFormElement) => {changes:Change[], body:Node, verb?:string}} plan anew at every change
 * @returns {Promise<Change[]>} none: the person thought better of it
 */
function asked(title, fill, plan) {
  const place = make("div");
  const yes = /** @type {HTMLButtonElement} */ (make("button", { className: "btn primary", value: "ok" }));
  const form = /** @type {HTMLFormElement} */ (make("form", { method: "dialog" }));
  form.append(make("h2", {}, title), ...fill(form), place, make("div", { className: "bar" }, yes,
    make("button", { className: "btn", type: "button", onclick: () => dialog.close() }, "Отмена")));
  const dialog = /** @type {HTMLDialogElement} */ (
    make("dialog", { className: "ask broad", "aria-label": title }, form));
  /** @type {Change[]} */ let changes = [];
  const show = () => {
    const found = plan(form);
    changes = found.changes;
    place.replaceChildren(found.body);
    const verb = found.verb ?? "Записать";
    yes.textContent = changes.length ? `${verb}: ${changes.length}` : verb;
    yes.disabled = !changes.length;
  };
  form.addEventListener("input", show);
  document.body.append(dialog);
  show();
  dialog.showModal();
  const first = form.querySelector("input:enabled");
  if (first instanceof HTMLInputElement && first.type === "text") first.select();
  else yes.focus();
  return new Promise((resolve) => {
    form.addEventListener("submit", () => resolve(changes));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve([]);
    });
  });
}

/**
 * A block from a spreadsheet, shown before it is written; a single new entry needs no question.
 * @param {JournalGrid} grid @param {string} text @returns {Promise<Change[]>}
 */
async function pasteBlock(grid, text) {
  const { r, c } = grid.at;
  const { changes, left } = pasted(parseTable(text), {
    model: grid.model, words: (key) => grid.wordsFor(key),
    refusal: (key, { marks }) =>
      grid.refusal(grid.placeOf(key).c) || (marks.length ? grid.lock(key) : ""),
    keyAt: (i, j) => grid.cells[r + i]?.[c + j] ? grid.keyAt(r + i, c + j) : "",
  });
  const simple = !left.length && changes.length < 2;
  if (simple && !changes.some((one) => grid.model.needsReason(one))) return changes;
  return asked("Вставить из таблицы?", () => [], () => ({ changes, body: table(grid, changes, left) }));
}

/** What would go from the column, and what stays and why. @param {JournalGrid} grid @param {string} lesson_id
 * @param {string[]} pupils @param {string[]} gone @param {(key:string) => string} here */
function cleared(grid, lesson_id, pupils, gone, here) {
  const { changes, left, marks, absences, reasoned } = clearColumn(grid.model, lesson_id, {
    pupils, gone,
    locked: (key) => grid.conflicts.has(key) ? "запись изменили: Enter — решить" : grid.lock(key),
  });
  const stays = left.map(({ key, why }) => ({ words: here(key), why }));
  const caption = [
    changes.length ? `Будет убрано: отметок ${marks}, записей о посещаемости ${absences}` : "Убирать нечего",
    left.length && `останется клеток: ${left.length}`,
  ].filter(Boolean).join("; ");
  const body = make("div", {}, table(grid, changes, stays, here, caption),
    reasoned ? make("p", { className: "muted" }, `Отметок, о которых нужно сказать почему: ${reasoned}`) : null);
  return { changes, body, verb: "Убрать" };
}

/** The same entry for the whole column of the current cell, or nothing there any more.
 * @param {JournalGrid} grid @param {string} offered @param {string} usual whom it is about at first */
function fillCurrent(grid, offered, usual) {
  const { c } = grid.at;
  const lesson = grid.model.lessons[c];
  const here = (/** @type {string} */ key) => find(".name", grid.rows[grid.placeOf(key).r]).innerText;
  const named = (/** @type {boolean} */ gone) => grid.rows
    .filter((row) => row.classList.contains("gone") === gone).map((row) => row.dataset.pupil ?? "");
  const pupils = named(false);
  const field = /** @type {HTMLInputElement} */ (make("input", {
    id: "fill-entry", name: "entry", type: "text", value: offered, autocomplete: "off",
    placeholder: "5, зач, осв, н…", size: 8 }));
  return asked(`Столбец ${day(lesson.date)}, урок ${lesson.number}`, () => [
    make("div", { className: "bar" },
      make("label", { htmlFor: "fill-entry" }, "Запись"),
      field),
    make("div", { className: "options" }, ...[
      ["empty", "Только пустые клетки"], ["all", "Всему классу"], ["none", "Очистить столбец"],
    ].map(([value, words]) => make("label", { className: "option" },
      make("input", { type: "radio", name: "who", value, checked: value === usual }), words))),
  ], (form) => {
    const data = new FormData(form);
    field.disabled = data.get("who") === "none";
    /** @type {HTMLElement} */ (field.parentElement).hidden = field.disabled;
    if (field.disabled) return cleared(grid, lesson.lesson_id, pupils, named(true), here);
    const text = String(data.get("entry") ?? "").trim();
    const entry = parseEntry(text);
    if (!entry || !text) {
      const words = text ? `«${text}» — не запись журнала` : "Что поставить?";
      return { changes: [], body: make("p", { className: "muted", role: "status" }, words) };
    }
    const onlyEmpty = data.get("who") !== "all";
    const { changes, left } = fillColumn(grid.model, lesson.lesson_id, entry, {
      onlyEmpty, pupils, locked: (key) => grid.refusal(c) || grid.lock(key),
    });
    const stays = left.map(({ key, why }) => ({ words: here(key), why }));
    return { changes, body: table(grid, changes, stays, here) };
  });
}

/** Pasting, and Ctrl+D. @param {JournalGrid} grid */
export function many(grid) {
  const write = async (/** @type {Promise<Change[]>} */ agreed) => {
    const changes = await agreed;
    if (changes.length) await grid.onEnter(changes, null);
    if (changes.length < 2 || grid.model.undo.done.at(-1) !== changes) return;  // thought better of it
    const gone = changes.every((one) => one.type === "annul" || (one.type === "attend" && one.sure));
    say(`${gone ? "Убрано" : "Записано"}: ${changes.length}. Ctrl+Z — ${gone ? "вернуть" : "отменить"} всё сразу`, true);
    find("#toast").append(" ", make("button", { type: "button", className: "btn small", onclick: () => {
      if (grid.model.undo.done.at(-1) === changes) grid.onTurn("undo");
      else say("После этого уже есть другие записи: отменяйте по шагам");
    } }, gone ? "Вернуть" : "Отменить"));
  };
  grid.onPaste = (text) => void write(pasteBlock(grid, text));
  grid.onFill = (usual = "empty") => {
    const refusal = grid.refusal(grid.at.c);
    if (refusal) return say(refusal);
    void write(fillCurrent(grid, grid.model.cell(grid.key).marks.at(-1)?.value ?? "5", usual));
  };
  find("#fill").onclick = () => grid.onFill();
}
