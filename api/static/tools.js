// @ts-check
/** Around a cell: its menu (a key, the right button, a long touch), one pupil as a list, whom the sheet shows, what the pointer is told. */
import { ATTENDANCE, cellText } from "./core.js";
import { Debts } from "./debts.js";
import { cellKey } from "./model.js";
import { day, find, make, say } from "./shell.js";
import { sorting } from "./sorting.js";

/** @typedef {import("./grid.js").JournalGrid} JournalGrid */
/** @typedef {{queue:import("./queue.js").SaveQueue, open:(lesson:string) => void,
 *   line:(pupil:string) => import("./term.js").Line|undefined}} Desk */

/** Whom to show: words and a test of the row. The order of the list is never touched.
 * @type {Record<string, (grid:JournalGrid, pupil:string, desk:Desk) => boolean>} */
const SHOWN = {
  all: () => true,
  twos: (grid, pupil) => grid.model.lessons.some(({ lesson_id }) =>
    grid.model.cell(cellKey(pupil, lesson_id)).marks.some(({ value }) => value === "2" || value === "1")),
  risk: (_, pupil, desk) => ["2", "н/а"].includes(desk.line(pupil)?.suggestion.value ?? ""),
  few: (_, pupil, desk) => ["too_few", "no_marks"].includes(desk.line(pupil)?.suggestion.why ?? ""),
  debts: (grid, pupil) => grid.rows.some((row) => row.dataset.pupil === pupil && row.querySelector(".owes")),
};

/** «К×3», as in the head of a column. @param {import("./model.js").WorkType} kind */
const sign = ({ abbr, weight }) => Number(weight) === 1 ? abbr : `${abbr}×${Number(weight).toLocaleString("ru")}`;

/** What is to be known of a cell without opening its card. @param {JournalGrid} grid @param {string} key */
export function told(grid, key) {
  const { marks, attendance, late } = grid.model.cell(key);
  const words = marks.map((mark) => [
    `${mark.value} — ${mark.work_type}, вес ${Number(mark.weight).toLocaleString("ru")}`,
    mark.corrected ? "исправлена" : "", mark.comment ? `«${mark.comment}»` : "",
  ].filter(Boolean).join(", "));
  const away = attendance === "PRESENT" ? [] : [ATTENDANCE[attendance][1] + (late ? ` на ${late} мин` : "")];
  return [grid.wordsFor(key), ...away, ...words].join("\n");
}

/** @param {string} className @param {string} title @param {(Node|null)[]} children */
function box(className, title, ...children) {
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", { className, "aria-label": title }, ...children));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** @param {string} text @param {() => void} act @param {Record<string, any>} more */
const button = (text, act, more = {}) =>
  make("button", { type: "button", className: "btn", onclick: act, ...more }, text);

/** Every lesson of one pupil so far under each other, the newest first: for a telephone and for a screen reader.
 * @param {JournalGrid} grid @param {number} r */
function openPupil(grid, r) {
  const { pupil = "" } = grid.rows[r].dataset;
  const name = find(".name", grid.rows[r]).title;
  const step = (/** @type {number} */ by, /** @type {string} */ label, /** @type {string} */ sign) =>
    button(sign, () => { dialog.close(); openPupil(grid, r + by); },
      { "aria-label": label, disabled: !grid.rows[r + by] });
  const held = grid.model.lessons.map((lesson, c) => ({ lesson, c }))
    .filter(({ lesson }) => lesson.date <= (grid.dataset.today ?? "")).reverse();
  const lines = held.map(({ lesson, c }) => {
    const key = cellKey(pupil, lesson.lesson_id);
    const act = () => {
      dialog.close();
      grid.select(r, c);
      grid.onCard(key);
    };
    const cell = grid.model.cell(key);
    return make("li", {}, button(cellText(cell) || "—", act, {
      className: `chip ${grid.cells[r][c].className.match(/\bm\w\b/)?.[0] ?? "none"}`,
      "aria-label": `${day(lesson.date)}, урок ${lesson.number}: ${cellText(cell) || "ничего"}`,
    }), make("span", {}, `${day(lesson.date)}, урок ${lesson.number}`,
      make("small", { className: "muted" }, [lesson.topic ?? "", ...cell.marks.map((mark) => mark.work_type)]
        .filter(Boolean).join(" · "))));
  });
  const average = grid.model.average(pupil);
  const dialog = box("side one", name,
    make("header", { className: "bar" }, make("div", {}, make("h2", {}, name),
      make("p", { className: "muted" }, average ? `Средний балл ${average}` : "Отметок ещё нет")),
    step(-1, "Предыдущий ученик", "‹"), step(1, "Следующий ученик", "›"),
    button("Закрыть", () => dialog.close(), { className: "btn close" })),
    make("ul", {}, ...lines));
}

/** @param {JournalGrid} grid @param {Desk} desk */
export function tools(grid, desk) {
  const debts = new Debts(grid, desk.queue);
  const order = sorting(grid);
  const who = /** @type {HTMLSelectElement} */ (find("#who"));
  const show = () => {
    const test = SHOWN[who.value];
    for (const row of grid.rows) row.hidden = !test(grid, row.dataset.pupil ?? "", desk);
    const first = grid.rows.findIndex((row) => !row.hidden);
    if (first < 0) {
      say("Таких учеников нет: показан весь класс");
      who.value = "all";
      return show();
    }
    if (grid.rows[grid.at.r].hidden) grid.select(first, grid.at.c, false);
  };
  who.onchange = show;
  // Both speak of the class as it stands in the list.
  for (const name of /** @type {const} */ (["onPaste", "onFill"])) {
    const usual = /** @type {(text:string) => void} */ (grid[name]);
    grid[name] = (/** @type {string} */ text) => {
      who.value = "all";
      show();
      order.show("list");
      usual(text);
    };
  }

  const kind = /** @type {HTMLSelectElement} */ (find("#work-type"));
  kind.addEventListener("change", () => {
    const { lesson_id } = grid.model.lessons[grid.at.c];
    const given = grid.model.pupils.some(({ pupil_id }) => grid.model.cell(cellKey(pupil_id, lesson_id)).marks.length);
    const chosen = grid.model.workType(lesson_id);
    if (!given && chosen) find(".kind", grid.heads[grid.at.c]).textContent = sign(chosen);
  });
  /** Kinds of work at hand, as the head of a column shows them. @param {(act:() => unknown) => void} run */
  const kinds = (run) => make("div", { className: "kinds", role: "group", "aria-label": "Вид работы новых отметок" },
    make("p", { className: "muted" }, "Вид работы новых отметок"),
    ...grid.model.workTypes.map((one) => make("button", {
      type: "button", className: "btn small", title: `${one.name}, вес ${Number(one.weight).toLocaleString("ru")}`,
      "aria-pressed": String(kind.value === one.work_type_id),
      onclick: () => run(() => {
        kind.value = one.work_type_id;
        kind.dispatchEvent(new Event("change"));
      }),
    }, sign(one), make("span", { className: "sr" }, `, ${one.name}`))));

  const openMenu = () => {
    const { r, c } = grid.at;
    /** @type {[string, string, string, () => unknown][]} */
    const items = [
      ["KeyC", "C", "Комментарий, история, другая запись", async () => {
        await grid.onCard(grid.key);
        /** @type {HTMLInputElement|null} */ (document.querySelector("#card .mark input"))?.focus();
      }],
      ["KeyG", "G", "Урок: тема, задание, посещаемость", () => desk.open(grid.model.lessons[c].lesson_id)],
      ["KeyV", "V", "Все уроки этого ученика", () => openPupil(grid, r)],
      ...grid.refusal(c) ? [] : /** @type {[string, string, string, () => unknown][]} */ ([
        ["KeyF", "F", "Заполнить столбец", () => grid.onFill()],
        ["KeyX", "X", "Очистить столбец", () => grid.onFill("none")],
      ]),
      ...debts.items(),
    ];
    items.push(["KeyO", "O", "Порядок строк", () => void order.choose()]);
    // A telephone has no room for the choice.
    if (who.offsetParent) items.push(["KeyS", "S", "Кого показать в таблице", () => who.focus()]);
    const run = (/** @type {() => unknown} */ act) => {
      dialog.close();
      grid.select(r, c);
      act();
    };
    const dialog = box("small cell-menu", "Меню клетки", make("h2", {}, grid.wordsFor(grid.key)),
      ...items.map(([, letter, words, act]) => make("button", {
        type: "button", className: "btn", onclick: () => run(act),
      }, letter ? make("kbd", {}, letter) : null, ` ${words}`)), kinds(run));
    dialog.addEventListener("keydown", ({ code, key }) => {
      const buttons = [...dialog.querySelectorAll("button")];
      const at = buttons.findIndex((one) => one === document.activeElement);
      if (key === "ArrowDown") buttons[(at + 1) % buttons.length].focus();
      if (key === "ArrowUp") buttons.at(at - 1)?.focus();
      const item = items.find(([of]) => of && of === code);
      if (item) run(item[3]);
    });
  };
  const on = (/** @type {EventTarget|null} */ target) => target instanceof Element && target.closest("td.c");
  // Esc, before one goes on: what stood in the cell when one came to it.
  const { undo } = grid.model;
  let came = { key: "", steps: 0 };
  const slips = () => came.key === grid.key && undo.done.length > came.steps
    && undo.done.slice(came.steps).every((step) => step.every((change) => change.cell === came.key));
  grid.table.addEventListener("focusin", ({ target }) => {
    if (on(target) && came.key !== grid.key) came = { key: grid.key, steps: undo.done.length };
  });
  grid.table.addEventListener("keydown", (event) => {
    if (!on(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && !grid.adding && slips()) {
      event.preventDefault();
      while (slips()) grid.onTurn("undo");
      return;
    }
    const clears = event.key === "Delete" && event.shiftKey;
    const menu = event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
    if (!menu && !clears && event.code !== "KeyM") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (clears) grid.onFill("none");
    else openMenu();
  }, { capture: true });
  grid.table.addEventListener("contextmenu", (event) => {
    const cell = on(event.target);
    if (!cell) return;
    event.preventDefault();
    /** @type {HTMLElement} */ (cell).focus();
    openMenu();
  });
  grid.table.addEventListener("mouseover", ({ target }) => {
    const cell = on(target);
    if (!cell) return;
    const row = grid.rows.findIndex((one) => one === cell.parentElement);
    const c = grid.cells[row].findIndex((one) => one === cell);
    /** @type {HTMLElement} */ (cell).title = told(grid, grid.keyAt(row, c));
  });
}
