// @ts-check
/** Many cells at once: what a filled column or a pasted block would change. No DOM here. */
import { ATTENDANCE, NUMBERS, PRESENT, applied, attend, cellText, parseEntry } from "./core.js";
import { cellKey } from "./model.js";

/** @typedef {import("./core.js").Change} Change */
/** @typedef {import("./core.js").Entry} Entry */
/** @typedef {import("./model.js").RegisterModel} RegisterModel */
/** @typedef {{key:string, why:string}} Left a cell that stays as it is */

const AWAY = ["ABSENT_UNSPECIFIED", "EXCUSED", "ILL", "UNEXCUSED", "EXEMPT_LESSON"];

/**
 * The same entry for everybody in a column.
 * @param {RegisterModel} model @param {string} lesson_id @param {Entry} entry
 * @param {{onlyEmpty:boolean, pupils:string[], locked:(key:string) => string}} how `pupils` in their
 *   order; `locked` says why a cell may not be written into, or ""
 * @returns {{changes:Change[], left:Left[]}}
 */
export function fillColumn(model, lesson_id, entry, { onlyEmpty, pupils, locked }) {
  /** @type {Change[]} */ const changes = [];
  /** @type {Left[]} */ const left = [];
  for (const pupil of pupils) {
    const key = cellKey(pupil, lesson_id);
    const cell = model.cell(key);
    const full = cell.marks.length > 0 || cell.attendance !== PRESENT;
    const numeric = entry.marks.some((mark) => NUMBERS.includes(mark));
    const why = locked(key)
      || (onlyEmpty && full && `уже «${cellText(cell)}»`)
      || (numeric && AWAY.includes(cell.attendance) && ATTENDANCE[cell.attendance][1])
      || "";
    const planned = why ? null : model.plan(key, entry);
    if (planned) changes.push(...planned);
    else left.push({ key, why: why || "в клетке две отметки" });
  }
  return { changes, left };
}

/**
 * Nothing in a column any more: every mark annulled, everybody present. Marks first, so that each
 * kind of entry is one request.
 * @param {RegisterModel} model @param {string} lesson_id
 * @param {{pupils:string[], gone?:string[], locked:(key:string) => string}} how `gone`: who has left
 * @returns {{changes:Change[], left:Left[], marks:number, absences:number, reasoned:number}} what
 *   goes, and of how many marks it must be said why
 */
export function clearColumn(model, lesson_id, { pupils, gone = [], locked }) {
  /** @type {Change[]} */ const marks = [];
  /** @type {Change[]} */ const absences = [];
  /** @type {Left[]} */ const left = [];
  for (const pupil of [...pupils, ...gone]) {
    const key = cellKey(pupil, lesson_id);
    const cell = model.cell(key);
    if (!cellText(cell)) continue;
    const why = (gone.includes(pupil) && "выбыл: запись остаётся") || locked(key);
    if (why) left.push({ key, why: `«${cellText(cell)}»: ${why}` });
    else {
      marks.push(...cell.marks.map((mark) => /** @type {Change} */ (
        { type: "annul", cell: key, mark, reason_code: "TYPO" })));
      if (cell.attendance !== PRESENT) absences.push({ ...attend(key, cell, PRESENT), sure: true });
    }
  }
  return {
    changes: [...marks, ...absences], left, marks: marks.length, absences: absences.length,
    reasoned: marks.filter((one) => model.needsReason(one)).length,
  };
}

/**
 * What cells say before and after these changes, in the order of the changes.
 * @param {RegisterModel} model @param {Change[]} changes
 * @returns {{key:string, before:string, after:string}[]}
 */
export function difference(model, changes) {
  /** @type {Map<string, import("./core.js").Cell>} */ const after = new Map();
  for (const change of changes) {
    after.set(change.cell, applied(after.get(change.cell) ?? model.cell(change.cell), change));
  }
  return [...after].map(([key, cell]) => ({
    key, before: cellText(model.cell(key)), after: cellText(cell),
  }));
}

/**
 * A block from a spreadsheet.
 * @param {string[][]} block
 * @param {{model:RegisterModel, keyAt:(i:number, j:number) => string, words:(key:string) => string,
 *   refusal:(key:string, entry:Entry) => string}} how `keyAt` is "" beside the table
 * @returns {{changes:Change[], left:{words:string, why:string}[]}}
 */
export function pasted(block, { model, keyAt, refusal, words }) {
  /** @type {Change[]} */ const changes = [];
  /** @type {{words:string, why:string}[]} */ const left = [];
  block.forEach((row, i) => row.forEach((text, j) => {
    const key = keyAt(i, j);
    const entry = parseEntry(text);
    const why = !key ? "мимо таблицы" : !entry ? "не запись журнала" : refusal(key, entry);
    const planned = !why && entry ? model.plan(key, entry) : null;
    if (planned) changes.push(...planned);
    else left.push({
      words: [`«${text}»`, key && words(key)].filter(Boolean).join(" — "),
      why: why || "в клетке две отметки: F2",
    });
  }));
  return { changes, left };
}
