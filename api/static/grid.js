// @ts-check
/**
 * <journal-grid>: the server-rendered table becomes a sheet for the keyboard (ARIA grid pattern, one
 * Tab stop). It paints the model and turns keys into entries; it never talks to the server.
 */
import { PRESENT, cellText, cellTone, entryFromKey, parseEntry, parseTable }
  from "./core.js";
import { cellKey } from "./model.js";
import { day, find, say } from "./shell.js";

/** @typedef {import("./core.js").Entry} Entry */
/** @typedef {import("./core.js").Change} Change */

class JournalGrid extends HTMLElement {
  /** @type {import("./model.js").RegisterModel} */ model;
  /** Cells whose change was refused because another person was first. @type {{has(key:string):boolean}} */
  conflicts = new Set();
  /** Keys of unsaved cells. @type {(key:string) => boolean} */ isUnsaved = () => false;
  /** @type {(changes:Change[], entry:Entry|null) => Promise<void>} */ onEnter = async () => {};
  /** @type {(key:string) => unknown} */ onCard = () => {};
  /** @type {(way:"undo"|"redo") => void} */ onTurn = () => {};
  /** @type {(lesson:string) => void} */ onColumn = () => {};
  at = { r: 0, c: 0 };
  /** A slash was typed: the next mark goes beside the first. */ adding = "";

  connectedCallback() {
    this.table = /** @type {HTMLTableElement} */ (find("table", this));
    this.rows = [...this.table.tBodies[0].rows];
    this.cells = this.rows.map((row) =>
      /** @type {HTMLTableCellElement[]} */ ([...row.querySelectorAll("td.c")]));
    this.heads = /** @type {HTMLElement[]} */ ([...this.table.querySelectorAll("th.les")]);
    this.table.addEventListener("keydown", (event) => this.#key(event));
    this.table.addEventListener("focusin", (event) => {
      const place = this.#place(event.target);
      if (place) this.select(place.r, place.c, false);
    });
    this.table.addEventListener("dblclick", (event) => {
      if (this.#place(event.target)) this.onCard(this.key);
    });
    this.table.addEventListener("paste", (event) => this.#paste(event));
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
    ];
    element.textContent = cellText(cell);
    element.className = ["c", cellTone(cell), signs[0] && "fix", signs[1] && "note",
      signs[2] && "wait", signs[3] && "conflict", flash && "flash",
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
    const r = Math.max(0, Math.min(this.rows.length - 1, row));
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
    if (this.#move(event, command) || command || event.altKey) return;
    switch (event.key) {
      case "Escape":
        this.adding = "";
        return;
      case "?": {
        const keys = document.querySelector("details.keys");
        keys?.toggleAttribute("open");
        keys?.scrollIntoView({ block: "nearest" });
        return;
      }
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
    } else if (event.key.length === 1 && event.key !== " ") {
      event.preventDefault();
      say(`«${event.key}» — не отметка. Можно 5 4 3 2, з, н б у п о; всё остальное — F2`);
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
    if (lesson.status === "CANCELLED") return "Урок отменён: записей в нём нет";
    return lesson.date > (this.dataset.today ?? "")
      ? `Урок ${day(lesson.date)} ещё не состоялся` : "";
  }

  /** @param {Entry} entry */
  enter(entry) {
    const refusal = this.refusal(this.at.c);
    if (refusal) return say(refusal);
    const add = this.adding === this.key && entry.marks.length > 0;
    this.adding = "";
    const changes = this.model.plan(this.key, entry, add);
    if (changes === null) this.onCard(this.key);
    else if (changes.length) void this.onEnter(changes, entry);
  }

  clear() {
    const refusal = this.refusal(this.at.c);
    if (refusal) return say(refusal);
    const { key } = this;
    const { marks, attendance } = this.model.cell(key);
    if (marks.length > 1) return this.onCard(key);
    if (marks.length) {
      void this.onEnter([{ type: "annul", cell: key, mark: marks[0], reason_code: "TYPO" }], null);
    } else if (attendance !== PRESENT) {
      void this.onEnter([{ type: "attend", cell: key, before: attendance, after: PRESENT }], null);
    }
  }

  /** A column or a block from a spreadsheet. @param {ClipboardEvent} event */
  #paste(event) {
    event.preventDefault();
    /** @type {Change[]} */
    const changes = [];
    /** @type {string[]} */
    const rejected = [];
    parseTable(event.clipboardData?.getData("text/plain") ?? "").forEach((row, i) => {
      row.forEach((text, j) => {
        const [r, c] = [this.at.r + i, this.at.c + j];
        const entry = parseEntry(text);
        const fits = entry && this.cells[r]?.[c] && !this.refusal(c);
        const planned = fits ? this.model.plan(this.keyAt(r, c), entry) : null;
        if (planned) changes.push(...planned);
        else rejected.push(text);
      });
    });
    if (changes.length) void this.onEnter(changes, null);
    const left = rejected.length
      ? `, не подошло: ${rejected.length} («${rejected.slice(0, 3).join("», «")}»)` : "";
    say(`Вставлено: ${changes.length}${left}`, rejected.length > 0);
  }
}

customElements.define("journal-grid", JournalGrid);
export { JournalGrid };
