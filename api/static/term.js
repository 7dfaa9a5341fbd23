// @ts-check
/** The column «Период»: what the marks suggest and from what; Space issues it, a digit another one. */
import { NUMBERS, WORDS, entryFromKey } from "./core.js";
import { cellKey } from "./model.js";
import { day, find, make, read, say } from "./shell.js";

/** @typedef {import("./grid.js").JournalGrid} JournalGrid */
/** @typedef {{value:string|null, why:string, average:string|null, total:string, weights:string,
 *   lines:{date:string|null, value:string, weight:string, left_out:string|null}[],
 *   held:number, missed:number}} Suggestion */
/** @typedef {{pupil_id:string, term_mark:string|null, suggestion:Suggestion}} Line */

const CLOSED = "Период закрыт: отметка меняется по запросу, по приказу или акту";
const RELOAD_MS = 800;
const WHY = /** @type {Record<string, string>} */ ({
  ungraded: "обучение безотметочное", no_marks: "отметок и уроков ещё нет",
  too_few: "отметок меньше, чем нужно",
});
const comma = (/** @type {string} */ number) => number.replace(".", ",");
const times = (/** @type {string} */ weight) => Number(weight) === 1 ? "" : `×${comma(String(Number(weight)))}`;

/** @param {string} pupil the key by which the queue knows a term mark */
export const termKey = (pupil) => `${pupil}:term`;

/** What a suggestion is made of, in one line. @param {Suggestion} one */
export function trace(one) {
  const counted = one.lines.filter((line) => !line.left_out);
  return [
    counted.length ? `${counted.map((line) => line.value + times(line.weight)).join(", ")}: `
      + `${comma(one.total)} : ${comma(one.weights)} = ${comma(one.average ?? "")}` : "",
    WHY[one.why] ?? "",
    one.held ? `пропущено ${one.missed} из ${one.held}` : "",
  ].filter(Boolean).join("; ");
}

/** «н/а» of somebody with few marks is never offered: there may be more. @param {Suggestion} one */
const offered = (one) => one.value === "н/а" ? null : one.value;

export class TermColumn {
  /** @type {Map<string, Line>} */ lines = new Map();
  /** @type {Record<string, any>} */ rules = {};
  #timer = 0;

  /** @param {JournalGrid} grid @param {import("./queue.js").SaveQueue} queue
   * @param {(title:string, text:string) => Promise<Record<string, string>|null>} askReason */
  constructor(grid, queue, askReason) {
    this.grid = grid;
    this.queue = queue;
    this.askReason = askReason;
    grid.onEdge = (r) => this.focus(r);
    for (const cell of this.cells) {
      cell.tabIndex = -1;
      cell.removeAttribute("aria-readonly");
    }
    grid.table.addEventListener("keydown", (event) => this.#key(event));
    grid.table.addEventListener("dblclick", (event) => {
      const r = this.#rowOf(event.target);
      if (r >= 0) this.card(r);
    });
  }

  /** In the order of the rows, which may be another by now. */
  get cells() {
    return this.grid.rows.map((row) => /** @type {HTMLTableCellElement} */ (find("td.term", row)));
  }

  /** @param {EventTarget|null} target */
  #rowOf(target) {
    const cell = target instanceof Element ? target.closest("td.term") : null;
    return this.cells.findIndex((one) => one === cell);
  }

  /** @param {number} row */
  focus(row) {
    const r = Math.max(0, Math.min(this.cells.length - 1, row));
    this.grid.select(r, this.grid.at.c, false);
    this.#paint(r);
    this.cells[r].focus();
  }

  get url() { return `/api/v1/classes/${this.grid.dataset.class}/term-marks`; }

  /** Ask the server what follows now, soon. */
  reload(after = RELOAD_MS) {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#load(), after);
  }

  async #load() {
    const { subject, term } = this.grid.dataset;
    const found = await read(`${this.url}?subject_id=${subject}&term=${term}`).catch(() => null);
    if (!found) return;
    this.rules = found.rules;
    this.lines = new Map(found.pupils.map((/** @type {Line} */ line) => [line.pupil_id, line]));
    this.cells.forEach((_, r) => {
      this.#paint(r);
      this.#settle(r);
    });
  }

  /** Late corrections are flagged until a term mark stands: then old marks are settled at once.
   * @param {number} r */
  #settle(r) {
    const { dataset } = this.grid.rows[r];
    const { settled = "" } = this.grid.dataset;
    if (!this.#line(r)?.term_mark || (dataset.editableFrom ?? "") >= settled) return;
    dataset.editableFrom = settled;
    for (const { lesson_id } of this.grid.model.lessons) {
      this.grid.paint(cellKey(dataset.pupil ?? "", lesson_id));
    }
  }

  /** @param {number} r */
  #line(r) { return this.lines.get(this.grid.rows[r].dataset.pupil ?? ""); }

  /** Of how many marks the average is, and which of them are no numbers. @param {number} r
   * @param {Suggestion} one */
  #count(r, { lines }) {
    const average = find(".avg", this.grid.rows[r]);
    const aside = lines.filter((line) => line.left_out).map((line) => line.value);
    average.title = `Отметок в среднем: ${lines.length - aside.length}`
      + (aside.length ? `; не считаются: ${aside.join(", ")}` : "");
    average.setAttribute("aria-description", average.title);
    average.toggleAttribute("data-aside", aside.length > 0);
  }

  /** @param {number} r */
  #paint(r) {
    const line = this.#line(r);
    const cell = find("td.term", this.grid.rows[r]);
    if (!line) return;
    this.#count(r, line.suggestion);
    const waiting = this.queue.unsaved.findLast((one) => one.cell === termKey(line.pupil_id));
    const sent = waiting?.type === "send" && /** @type {any} */ (waiting.body);
    const issued = sent ? sent.value ?? sent.marks?.[0].value : line.term_mark;
    const offer = issued || sent ? null : offered(line.suggestion);
    const tone = NUMBERS.includes(issued) ? `m${Math.max(2, Number(issued))}` : issued ? "mw" : "";
    cell.textContent = issued ?? (offer ? `${offer}?` : "");
    cell.className = ["term", tone, sent ? "wait" : "", offer ? "offer" : ""].filter(Boolean).join(" ");
    const words = [
      line.suggestion.value ? `выходит ${line.suggestion.value}` : "", trace(line.suggestion),
      offer && !this.closed ? "пробел — выставить" : "", sent ? "ещё не сохранено" : "",
    ].filter(Boolean).join("; ");
    cell.title = words;
    cell.setAttribute("aria-description", words);
  }

  get closed() { return this.grid.dataset.closed !== undefined; }

  // ---- keys

  /** @param {KeyboardEvent} event */
  #key(event) {
    const r = this.#rowOf(event.target);
    if (r < 0 || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.code !== "KeyZ" && event.code !== "KeyY") return;
      this.grid.onTurn(event.code === "KeyY" || event.shiftKey ? "redo" : "undo");
      return event.preventDefault();
    }
    const rows = { ArrowUp: r - 1, ArrowDown: r + 1, PageUp: r - 10, PageDown: r + 10 };
    const down = event.shiftKey ? r - 1 : r + 1;
    const target = event.key === "Enter" ? down : rows[/** @type {"ArrowUp"} */ (event.key)];
    const entry = entryFromKey(event);
    const mark = entry?.marks[0] ?? (entry?.attendance === "ABSENT_UNSPECIFIED" ? "н/а" : null);
    if (target !== undefined) this.focus(target);
    else if (event.key === "ArrowLeft") this.grid.select(r, this.grid.heads.length - 1);
    else if (event.key === "F2") this.card(r);
    else if (event.key === " ") void this.accept(r);
    else if (mark) void this.give(r, mark);
    else if (event.key === "Delete" || event.key === "Backspace") void this.annul(r);
    else return;
    event.preventDefault();
  }

  /** @param {number} r */
  async accept(r) {
    const line = this.#line(r);
    if (line?.term_mark) return say(`Уже стоит «${line.term_mark}». Цифра — исправить`);
    const offer = line && offered(line.suggestion);
    if (!offer) return say("Предложить нечего: отметок меньше, чем нужно. «н» — н/а");
    await this.give(r, offer);
  }

  /** Issue a term mark, or correct the issued one. @param {number} r @param {string} value */
  async give(r, value) {
    const line = this.#line(r);
    if (!line || line.term_mark === value) return;
    if (this.closed) return say(CLOSED, true);
    const { subject: subject_id, term } = this.grid.dataset;
    const place = { subject_id, term: Number(term) };
    const { suggestion, pupil_id, term_mark: saw } = line;
    const name = find(".name", this.grid.rows[r]).title;
    const numbers = [value, suggestion.value].every((one) => NUMBERS.includes(one ?? ""));
    /** @type {Record<string, string>|null} */ let why = {};
    if (saw) why = await this.askReason(`За период: ${saw} → ${value}. Почему?`, name);
    else if (numbers && value !== suggestion.value) {
      const text = `${name}: выходит ${suggestion.value}, среднее ${comma(suggestion.average ?? "")}`;
      why = await this.askReason(`За период ставите ${value}. Почему?`, text);
    }
    if (!why) return this.focus(r);
    const slip = { ...place, pupil_id, saw: value, reason_code: "TYPO" };
    const mark = { pupil_id, value, average: suggestion.average ?? "", ...why };
    if (saw) {
      const url = `${this.url}/corrections`;
      this.#send(r, { url, body: { ...place, pupil_id, saw, value, ...why } }, { url, body: { ...slip, value: saw } });
    } else {
      this.#send(r, { url: this.url, body: { ...place, marks: [mark] } }, { url: `${this.url}/annulment`, body: slip });
    }
  }

  /** Do it, so that it can be taken back. @param {number} r
   * @param {{url:string, body:unknown}} what @param {{url:string, body:unknown}} back */
  #send(r, what, back) {
    const key = termKey(this.#line(r)?.pupil_id ?? "");
    this.grid.model.commit([{ type: "send", cell: key, slot: key, ...what, back }]);
    this.focus(r);
  }

  /** Take back what should not have been issued. @param {number} r */
  async annul(r) {
    const line = this.#line(r);
    const saw = line?.term_mark;
    if (!saw) return say("Отметки за период здесь нет");
    if (this.closed) return say(CLOSED, true);
    const { subject: subject_id, term } = this.grid.dataset;
    const place = { subject_id, term: Number(term) };
    const { pupil_id, suggestion } = line;
    const why = await this.askReason(`За период: аннулировать ${saw}. Почему?`, find(".name", this.grid.rows[r]).title);
    if (!why) return this.focus(r);
    const mark = { pupil_id, value: saw, average: suggestion.average ?? "", reason_code: "TYPO" };
    this.#send(r, { url: `${this.url}/annulment`, body: { ...place, pupil_id, saw, ...why } },
      { url: this.url, body: { ...place, marks: [mark] } });
  }

  /** The trace in full, and every mark there is. @param {number} r */
  card(r) {
    const line = this.#line(r);
    if (!line) return;
    const box = /** @type {HTMLDialogElement} */ (find("#card"));
    const { suggestion: one } = line;
    const { "5": five, "4": four, "3": three } = this.rules.thresholds;
    const button = (/** @type {string} */ value, className = "btn small") => make("button", {
      type: "button", className,
      onclick: () => { box.close(); void this.give(r, value); },
    }, value);
    const offer = !line.term_mark && !this.closed && offered(one) || "";
    box.replaceChildren(
      make("header", { className: "bar" },
        make("div", {}, make("h2", {}, find(".name", this.grid.rows[r]).title),
          make("p", { className: "muted" }, "Отметка за период")),
        make("button", { type: "button", className: "btn close", onclick: () => box.close() }, "Закрыть")),
      make("section", {},
        make("p", {}, line.term_mark ? `Стоит «${line.term_mark}». ` : "",
          one.value ? `По отметкам выходит «${one.value}».` : "По отметкам ничего не выходит."),
        make("p", {}, trace(one)),
        make("ol", { className: "story" }, ...one.lines.map((mark) => make("li", {},
          make("b", {}, mark.value + times(mark.weight)),
          make("small", {}, [mark.date && day(mark.date), mark.left_out && "не считается"]
            .filter(Boolean).join(" · "))))),
        make("p", { className: "muted" }, `Положение «${this.rules.version}»: «5» от ${comma(five)}, `
          + `«4» от ${comma(four)}, «3» от ${comma(three)}; отметок не меньше ${this.rules.min_marks}.`)),
      this.closed ? make("p", { className: "muted" }, "Период закрыт.")
        : make("section", {}, make("div", { className: "bar" },
          offer ? make("span", {}, "Выставить") : make("span", {}, line.term_mark ? "Исправить на" : "Поставить"),
          ...(offer ? [button(offer, "btn primary")] : []),
          ...[...NUMBERS.slice(0, 4), ...WORDS].filter((mark) => mark !== offer && mark !== line.term_mark)
            .map((mark) => button(mark)),
          line.term_mark ? make("button", {
            type: "button", className: "btn small",
            onclick: () => { box.close(); void this.annul(r); },
          }, "Аннулировать") : null)));
    box.showModal();
  }
}
