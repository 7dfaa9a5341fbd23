// @ts-check
/**
 * <journal-grid>: the server-rendered table becomes a sheet for the keyboard (ARIA grid pattern, one
 * Tab stop). It paints the model and turns keys into entries; it never talks to the server.
 */
import { PRESENT, attend, cellText, cellTone, daysAfter, entryFromKey } from "./core.js";
import { cellKey } from "./model.js";
import { day, find, say } from "./shell.js";

/** @typedef {import("./core.js").Entry} Entry */
/** @typedef {import("./core.js").Change} Change */

const CLOSED = "Период закрыт";

class JournalGrid extends HTMLElement {
  /** @type {import("./model.js").RegisterModel} */ model;
  /** Cells whose change was refused because another person was first. @type {{has(key:string):boolean}} */
  conflicts = new Set();
  /** Keys of unsaved cells. @type {(key:string) => boolean} */ isUnsaved = () => false;
  /** @type {(changes:Change[], entry:Entry|null) => Promise<void>} */ onEnter = async () => {};
  /** @type {(key:string) => unknown} */ onCard = () => {};
  /** @type {(way:"undo"|"redo") => void} */ onTurn = () => {};
  /** @type {(lesson:string) => void} */ onColumn = () => {};
  /** Right of the last lesson. @type {(r:number) => void} */ onEdge = () => {};
  /** A column or a block from a spreadsheet. @type {(text:string) => unknown} */ onPaste = () => {};
  /** Fill the column, or ("none") clear it. @type {(usual?:string) => void} */ onFill = () => {};
  at = { r: 0, c: 0 };
  /** A slash was typed: the next mark goes beside the first. */ adding = "";

  connectedCallback() {
    this.table = /** @type {HTMLTableElement} */ (find("table", this));
    this.rows = [...this.table.tBodies[0].rows];
    this.cells = this.rows.map((row) =>
      /** @type {HTMLTableCellElement[]} */ ([...row.querySelectorAll("td.c")]));
    this.cells.flat().forEach((cell) => { cell.tabIndex = -1; });
    this.heads = /** @type {HTMLElement[]} */ ([...this.table.querySelectorAll("th.les")]);
    this.table.addEventListener("keydown", (event) => this.#key(event));
    this.table.addEventListener("focusin", (event) => {
      const place = this.#place(event.target);
      if (place) this.select(place.r, place.c, false);
    });
    this.table.addEventListener("dblclick", (event) => {
      if (this.#place(event.target)) this.onCard(this.key);
    });
    this.table.addEventListener("paste", (event) => {
      event.preventDefault();
      this.onPaste(event.clipboardData?.getData("text/plain") ?? "");
    });
  }

  get locked() { return this.hasAttribute("data-locked"); }

  /** Key of the current cell. */
  get key() { return this.keyAt(this.at.r, this.at.c); }

  /** @param {number} r @param {number} c */
  keyAt(r, c) { return cellKey(this.rows[r].dataset.pupil ?? "", this.heads[c].dataset.lesson ?? ""); }

  /** @param {string} key @returns {{r:number, c:number}} */
  placeOf(key) {
    const [pupil, lesson] = key.split(":");
    return {
      r: this.rows.findIndex((row) => row.dataset.pupil === pupil),
      c: this.heads.findIndex((head) => head.dataset.lesson === lesson),
    };
  }

  /** @param {string} key the pupil's name and the lesson's day, for messages */
  wordsFor(key) {
    const { r, c } = this.placeOf(key);
    return `${find(".name", this.rows[r]).title}, ${day(this.model.lessons[c].date)}`;
  }

  /** @param {EventTarget|null} target */
  #place(target) {
    const cell = target instanceof Element ? target.closest("td.c") : null;
    if (!cell) return null;
    const r = this.rows.findIndex((row) => row === cell.parentElement);
    return { r, c: this.cells[r].findIndex((one) => one === cell) };
  }

  // ---- painting

  /** @param {string} key */
  paint(key, flash = false) {
    const { r, c } = this.placeOf(key);
    const element = this.cells[r]?.[c];
    if (!element) return;
    const cell = this.model.cell(key);
    const signs = [
      cell.marks.some((mark) => mark.corrected) ? "исправлено" : "",
      cell.marks.some((mark) => mark.comment) ? "есть комментарий" : "",
      this.isUnsaved(key) ? "ещё не сохранено" : "",
      this.conflicts.has(key) ? "запись изменили: Enter — решить" : "",
      this.lock(key) ? "срок правки прошёл" : "",
      cell.late ? `опоздал на ${cell.late} мин` : "",
    ];
    element.textContent = cellText(cell);
    element.className = ["c", cellTone(cell), signs[0] && "fix", signs[1] && "note",
      signs[2] && "wait", signs[3] && "conflict", signs[4] && "lock", flash && "flash",
      this.heads[c].classList.contains("off") && "off", r === this.at.r && c === this.at.c && "cur",
    ].filter(Boolean).join(" ");
    const description = signs.filter(Boolean).join(", ");
    if (description) element.setAttribute("aria-description", description);
    else element.removeAttribute("aria-description");
    this.#average(r);
  }

  /** @param {number} r */
  #average(r) {
    const text = this.model.average(this.rows[r].dataset.pupil ?? "");
    const output = find(".avg", this.rows[r]);
    output.textContent = text;
    const nearest = Math.max(2, Math.floor(Number(text.replace(",", ".")) + 0.5));
    output.className = text ? `avg m${nearest}` : "avg";
  }

  /** Make a cell the current one. @param {number} row @param {number} column */
  select(row, column, focus = true) {
    let r = Math.max(0, Math.min(this.rows.length - 1, row));
    while (this.rows[r]?.hidden) r += row < this.at.r ? -1 : 1;  // not shown now
    const c = Math.max(0, Math.min(this.heads.length - 1, column));
    const old = this.cells[this.at.r]?.[this.at.c];
    const next = this.cells[r]?.[c];
    if (!next) return;
    if (old) old.tabIndex = -1;
    old?.classList.remove("cur");
    this.rows[this.at.r]?.classList.remove("crow");
    this.heads[this.at.c]?.classList.remove("ccol");
    const moved = this.at.c !== c;
    if (this.at.r !== r || moved) this.adding = "";
    this.at = { r, c };
    next.tabIndex = 0;
    next.classList.add("cur");
    this.rows[r].classList.add("crow");
    this.heads[c].classList.add("ccol");
    if (moved) this.onColumn(this.heads[c].dataset.lesson ?? "");
    if (!focus) return;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // ---- keys

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#place(event.target)) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && (event.code === "KeyZ" || event.code === "KeyY")) {
      event.preventDefault();
      this.onTurn(event.code === "KeyY" || event.shiftKey ? "redo" : "undo");
      return;
    }
    if (command && event.code === "KeyD") {
      event.preventDefault();
      this.onFill();
      return;
    }
    if (this.#move(event, command) || command || event.altKey) return;
    switch (event.key) {
      case "Escape":
        this.adding = "";
        return;
      case "F2":
        event.preventDefault();
        this.onCard(this.key);
        return;
      case "Delete":
      case "Backspace":
        event.preventDefault();
        this.clear();
        return;
      case "/":
      case "\\":
      case ".":  // the same key of the Russian layout
        event.preventDefault();
        if (!this.model.cell(this.key).marks.length) return;
        this.adding = this.key;
        say(`${cellText(this.model.cell(this.key))}/… — введите ещё одну отметку`);
        return;
    }
    const entry = entryFromKey(event);
    if (entry) {
      event.preventDefault();
      this.enter(entry);
    } else if (event.key.length === 1 && !" ?".includes(event.key) && event.code !== "Slash") {
      event.preventDefault();
      say(`«${event.key}» — не отметка. Можно 5 4 3 2, з, н б у п о в; остальное — F2`);
    }
  }

  /** @param {KeyboardEvent} event @param {boolean} far @returns {boolean} was it a move */
  #move(event, far) {
    const { r, c } = this.at;
    const last = { r: this.rows.length - 1, c: this.heads.length - 1 };
    /** @type {Record<string, () => [number, number]|null>} */
    const moves = {
      ArrowUp: () => [far ? 0 : r - 1, c],
      ArrowDown: () => [far ? last.r : r + 1, c],
      ArrowLeft: () => [r, far ? 0 : c - 1],
      ArrowRight: () => [r, far ? last.c : c + 1],
      Home: () => [far ? 0 : r, 0],
      End: () => [far ? last.r : r, last.c],
      PageUp: () => [r - 10, c],
      PageDown: () => [r + 10, c],
      Enter: () => {
        if (event.shiftKey) return [r - 1, c];
        return r === last.r ? [0, c + 1] : [r + 1, c];
      },
      // At the edge Tab leaves the grid, as it must.
      Tab: () => {
        const next = c + (event.shiftKey ? -1 : 1);
        return next < 0 || next > last.c ? null : [r, next];
      },
    };
    if (event.key === "Enter" && this.conflicts.has(this.key)) {
      event.preventDefault();
      this.onCard(this.key);
      return true;
    }
    if (event.key === "ArrowRight" && c === last.c && !far) {
      event.preventDefault();
      this.onEdge(r);
      return true;
    }
    const target = moves[event.key]?.();
    if (!target) return false;
    event.preventDefault();
    this.select(...target);
    return true;
  }

  // ---- entering

  /** @param {number} c @returns {string} why nothing may be written here, or "" */
  refusal(c) {
    const lesson = this.model.lessons[c];
    if (this.locked) return "Здесь можно только читать";
    if (this.dataset.closed !== undefined) return CLOSED;
    if (lesson.status === "CANCELLED") return "Урок отменён";
    return lesson.date > (this.dataset.today ?? "")
      ? `Урок ${day(lesson.date)} ещё не состоялся` : "";
  }

  /** The marks of a cell are settled: no more the teacher's own to change.
   * @param {string} key @returns {string} why, or "" */
  lock(key) {
    const { closed, window: days } = this.dataset;
    const { marks } = this.model.cell(key);
    if (this.locked || !marks.length) return "";
    if (closed !== undefined) return CLOSED;
    const { r, c } = this.placeOf(key);
    const { date } = this.model.lessons[c];
    const { editableFrom = "" } = this.rows[r].dataset;
    if (date >= editableFrom || marks.every((mark) => this.model.isOfToday(mark))) return "";
    return `Срок правки прошёл ${day(daysAfter(date, Number(days)))}`;
  }

  /** @param {Entry} entry */
  enter(entry) {
    const refusal = this.refusal(this.at.c);
    if (refusal) return say(refusal);
    const add = this.adding === this.key && entry.marks.length > 0;
    this.adding = "";
    if (entry.marks.length && !add && this.lock(this.key)) return this.onCard(this.key);
    const changes = this.model.plan(this.key, entry, add);
    if (changes === null) this.onCard(this.key);
    else if (changes.length) void this.onEnter(changes, entry);
  }

  clear() {
    const refusal = this.refusal(this.at.c);
    if (refusal) return say(refusal);
    const { key } = this;
    const cell = this.model.cell(key);
    const { marks } = cell;
    if (marks.length > 1 || this.lock(key)) return this.onCard(key);
    if (marks.length) {
      void this.onEnter([{ type: "annul", cell: key, mark: marks[0], reason_code: "TYPO" }], null);
    } else if (cell.attendance !== PRESENT) {
      void this.onEnter([attend(key, cell, PRESENT)], null);
    }
  }
}

customElements.define("journal-grid", JournalGrid);
export { JournalGrid };
