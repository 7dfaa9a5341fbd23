// @ts-check
/** Before many cells change: what stands there, what will, and what stays; and filling a column. */
import { difference, fillColumn, pasted } from "./column.js";
import { parseEntry, parseTable } from "./core.js";
import { day, find, make, say } from "./shell.js";

/** @typedef {import("./core.js").Change} Change */
/** @typedef {import("./grid.js").JournalGrid} JournalGrid */
/** @typedef {{words:string, why:string}} Left */

/** @param {JournalGrid} grid @param {Change[]} changes @param {Left[]} left
 * @param {(key:string) => string} words whose cell it is */
function table(grid, changes, left, words = (key) => grid.wordsFor(key)) {
  const lines = difference(grid.model, changes);
  const caption = [
    `Изменится клеток: ${lines.length}`,
    lines.some((line) => line.before) && `из них не пустых: ${lines.filter((line) => line.before).length}`,
    left.length && `останутся как есть: ${left.length}`,
  ].filter(Boolean).join(", ");
  return make("div", { className: "preview" },
    make("p", { role: "status" }, make("b", {}, caption)),
    make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Что изменится" },
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
 * @param {(form: HTMLFormElement) => {changes:Change[], body:Node}} plan anew at every change
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
    yes.textContent = changes.length ? `Записать: ${changes.length}` : "Записать";
    yes.disabled = !changes.length;
  };
  form.addEventListener("input", show);
  document.body.append(dialog);
  show();
  dialog.showModal();
  const first = form.querySelector("input");
  if (first) first.select();
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

/** The same entry for the whole column of the current cell.
 * @param {JournalGrid} grid @param {string} offered */
function fillCurrent(grid, offered) {
  const { c } = grid.at;
  const lesson = grid.model.lessons[c];
  const here = (/** @type {string} */ key) => find(".name", grid.rows[grid.placeOf(key).r]).innerText;
  const pupils = grid.rows.filter((row) => !row.classList.contains("gone"))
    .map((row) => row.dataset.pupil ?? "");
  return asked(`Заполнить столбец ${day(lesson.date)}, урок ${lesson.number}`, () => [
    make("div", { className: "bar" },
      make("label", { htmlFor: "fill-entry" }, "Запись"),
      make("input", { id: "fill-entry", name: "entry", value: offered, autocomplete: "off",
        placeholder: "5, зач, осв, н…", size: 8 })),
    make("div", { className: "options" }, ...[
      ["empty", "Только пустые клетки"], ["all", "Всему классу"],
    ].map(([value, words], place) => make("label", { className: "option" },
      make("input", { type: "radio", name: "who", value, checked: place === 0 }), words))),
  ], (form) => {
    const data = new FormData(form);
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
    if (changes.length > 1) say(`Записано: ${changes.length}. Ctrl+Z — отменить всё сразу`);
  };
  grid.onPaste = (text) => void write(pasteBlock(grid, text));
  grid.onFill = () => {
    const refusal = grid.refusal(grid.at.c);
    if (refusal) return say(refusal);
    void write(fillCurrent(grid, grid.model.cell(grid.key).marks.at(-1)?.value ?? "5"));
  };
  find("#fill").onclick = () => grid.onFill();
}
