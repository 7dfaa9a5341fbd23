// @ts-check
/**
 * What a cell of the register is and how it may change. Pure: no page, no network, no storage.
 *
 * A cell is keyed "pupil_id:lesson_id". Nothing is ever erased: every change has an inverse that is
 * a new command (a correction, an annulment, a new mark), and undo sends that.
 */

/** @typedef {{mark_id:string, value:string, weight:string, work_type_id:string, work_type:string,
 *             comment?:string|null, corrected?:boolean}} Mark */
/** @typedef {{marks:Mark[], attendance:string, late?:number}} Cell `late`: minutes */
/** @typedef {{type:"give", cell:string, mark:Mark}} Give */
/** @typedef {{type:"correct", cell:string, mark_id:string, before:string, after:string,
 *             reason_code:string, reason?:string}} Correct */
/** @typedef {{type:"annul", cell:string, mark:Mark, reason_code:string, reason?:string}} Annul */
/** @typedef {{type:"attend", cell:string, before:string, after:string, minutes_late?:number,
 *             was_late?:number, sure?:boolean}} Attend `sure`: only while `before` stands there */
/** @typedef {{type:"send", cell:string, slot:string, url:string, body:unknown,
 *             back?:{url:string, body:unknown}}} Send `back` is what takes it back */
/** @typedef {Give|Correct|Annul|Attend|Send} Change */
/** @typedef {{marks:string[], attendance:string|null}} Entry */

export const NUMBERS = ["5", "4", "3", "2", "1"];
export const WORDS = ["н/а", "осв", "зач", "незач"];
export const PRESENT = "PRESENT";

/** Sign in the grid and words for a person. */
export const ATTENDANCE = /** @type {Record<string, [string, string]>} */ ({
  PRESENT: ["", "на уроке"],
  ABSENT_UNSPECIFIED: ["н", "не был, причина не указана"],
  ILL: ["б", "болеет"],
  EXCUSED: ["у", "уважительная причина"],
  UNEXCUSED: ["нп", "без уважительной причины"],
  LATE: ["о", "опоздал"],
  EXEMPT_LESSON: ["осв", "освобождён от урока"],
});
export const REASONS = /** @type {Record<string, string>} */ ({
  TYPO: "опечатка",
  WRONG_PUPIL: "не тому ученику",
  REWORK: "пересдача",
  APPEAL: "апелляция",
  RECOUNT: "пересчёт",
  OTHER: "другое",
  NOT_MINE: "запись сделана не учителем",
});

const CODE_OF_SIGN = /** @type {Record<string, string>} */ ({
  н: "ABSENT_UNSPECIFIED", б: "ILL", у: "EXCUSED", нп: "UNEXCUSED", п: "UNEXCUSED", о: "LATE", в: "EXEMPT_LESSON",
});
/** Physical keys of the Russian letters: a teacher need not switch the keyboard layout. */
const LETTER_OF_KEY = /** @type {Record<string, string>} */ ({
  KeyY: "н", Comma: "б", KeyE: "у", KeyG: "п", KeyJ: "о", KeyP: "з", KeyD: "в",
});

/**
 * One key press as an entry, or null when the key means nothing here.
 * @param {{key:string, code:string}} press @returns {Entry|null}
 */
export function entryFromKey({ key, code }) {
  if (NUMBERS.includes(key)) return { marks: [key], attendance: null };
  let letter = key.toLowerCase();
  if (/^[a-z,]$/.test(letter) && code in LETTER_OF_KEY) letter = LETTER_OF_KEY[code];
  if (letter === "з") return { marks: ["зач"], attendance: null };
  return letter in CODE_OF_SIGN ? { marks: [], attendance: CODE_OF_SIGN[letter] } : null;
}

/**
 * Typed or pasted text as an entry: "5", "5/4", "5 4", "н", "о 4", "осв", "незач", "н/а"; null when
 * it is not one. Empty text is an entry without anything.
 * @param {string} text @returns {Entry|null}
 */
export function parseEntry(text) {
  const entry = /** @type {Entry} */ ({ marks: [], attendance: null });
  const clean = text.trim().toLowerCase().replaceAll("\\", "/").replaceAll("n/a", "н/а");
  for (const token of clean.match(/н\/а|[^\s/]+/g) ?? []) {
    const absence = token === "оп" ? "LATE" : CODE_OF_SIGN[token];
    if (NUMBERS.includes(token) || WORDS.includes(token)) entry.marks.push(token);
    else if (absence && entry.attendance === null) entry.attendance = absence;
    else return null;
  }
  return entry;
}

/** Rows of cells from what a spreadsheet puts on the clipboard. @param {string} text */
export function parseTable(text) {
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
  return lines.map((line) => line.split("\t"));
}

/** @param {Cell} cell what the cell shows: "н", "5/4", "о 4" */
export function cellText(cell) {
  const sign = (ATTENDANCE[cell.attendance] ?? [""])[0];
  return [sign, cell.marks.map((mark) => mark.value).join("/")].filter(Boolean).join(" ");
}

/** @param {Cell} cell class that tints the cell: the lowest mark wins, then the absence */
export function cellTone(cell) {
  const numbers = cell.marks.map((mark) => Number(mark.value)).filter((value) => value > 0);
  if (numbers.length) return `m${Math.max(2, Math.min(...numbers))}`;
  if (cell.marks.length) return "mw";
  if (cell.attendance === PRESENT) return "";
  return cell.attendance === "ABSENT_UNSPECIFIED" || cell.attendance === "UNEXCUSED" ? "mn" : "mb";
}

/**
 * Weighted average in hundredths, halves up, as the server computes it; null without numeric marks.
 * Weights are decimal strings with at most two places, so whole numbers keep it exact.
 * @param {Iterable<{value:string, weight:string}>} marks @returns {number|null}
 */
export function weightedAverage(marks) {
  let sum = 0;
  let weights = 0;
  for (const { value, weight } of marks) {
    if (!NUMBERS.includes(value)) continue;
    const hundredths = Math.round(Number(weight) * 100);
    sum += Number(value) * hundredths;
    weights += hundredths;
  }
  return weights ? Math.floor((200 * sum + weights) / (2 * weights)) : null;
}

/** @param {number|null} hundredths 442 → "4,42" */
export const formatAverage = (hundredths) =>
  hundredths === null ? "" : (hundredths / 100).toFixed(2).replace(".", ",");

/**
 * The changes that make `cell` say `entry`. Marks are matched by place, a missing one is left alone.
 * A single new mark over two old ones is ambiguous: the answer is null and the page must ask which.
 * @param {string} key @param {Cell} cell @param {Entry} entry
 * @param {{newId:() => string, workType:{work_type_id:string, abbr:string, weight:string},
 *          add?:boolean}} how `add` puts one more mark beside those already there
 * @returns {Change[]|null}
 */
export function plan(key, cell, entry, how) {
  /** @type {Change[]} */
  const changes = [];
  if (entry.attendance !== null && entry.attendance !== cell.attendance) {
    changes.push(attend(key, cell, entry.attendance));
  }
  const known = how.add ? [] : cell.marks;
  if (entry.marks.length === 1 && known.length > 1) return null;
  entry.marks.forEach((value, place) => {
    const mark = known[place];
    if (!mark) {
      const { work_type_id, abbr, weight } = how.workType;
      const given = { mark_id: how.newId(), value, weight, work_type_id, work_type: abbr };
      changes.push({ type: "give", cell: key, mark: given });
    } else if (mark.value !== value) {
      changes.push({
        type: "correct", cell: key, mark_id: mark.mark_id, before: mark.value, after: value,
        reason_code: "TYPO",
      });
    }
  });
  return changes;
}

/** Another entry of attendance. @param {string} key @param {Cell} cell @param {string} after
 * @param {number} [minutes_late] @returns {Attend} */
export const attend = (key, { attendance, late }, after, minutes_late) =>
  ({ type: "attend", cell: key, before: attendance, after, minutes_late, was_late: late });

/** The cell after a change. @param {Cell} cell @param {Change} change @returns {Cell} */
export function applied(cell, change) {
  switch (change.type) {
    case "give":
      // It may be there already: the server had it, only its answer was lost.
      if (cell.marks.some((mark) => mark.mark_id === change.mark.mark_id)) return cell;
      return { ...cell, marks: [...cell.marks, change.mark] };
    case "correct":
      return {
        ...cell,
        marks: cell.marks.map((mark) =>
          mark.mark_id === change.mark_id ? { ...mark, value: change.after, corrected: true } : mark),
      };
    case "annul":
      return { ...cell, marks: cell.marks.filter((mark) => mark.mark_id !== change.mark.mark_id) };
    case "attend":
      return { ...cell, attendance: change.after, late: change.minutes_late };
    default:
      return cell;
  }
}

/**
 * The command that takes a change back. An annulled mark cannot rise again: it is given anew.
 * @param {Change} change @param {() => string} newId @returns {Change}
 */
export function inverse(change, newId) {
  switch (change.type) {
    case "give":
      return { type: "annul", cell: change.cell, mark: change.mark, reason_code: "TYPO" };
    case "correct":
      return { ...change, before: change.after, after: change.before, reason_code: "TYPO" };
    case "annul":
      return { type: "give", cell: change.cell, mark: { ...change.mark, mark_id: newId() } };
    case "attend":
      return {
        ...change, before: change.after, after: change.before,
        minutes_late: change.was_late, was_late: change.minutes_late,
      };
    default:
      return change.back
        ? { ...change, ...change.back, back: { url: change.url, body: change.body } } : change;
  }
}

/** What was done on this page, in steps that can be taken back and done again. */
export class UndoStack {
  /** @type {Change[][]} */ done = [];
  /** @type {Change[][]} */ undone = [];

  /** @param {Change[]} step */
  push(step) {
    if (!step.length) return;
    this.done.push(step);
    this.undone = [];
  }

  /** @param {() => string} newId @returns {Change[]} the commands to send */
  undo(newId) { return this.#turn(this.done, this.undone, newId); }

  /** @param {() => string} newId @returns {Change[]} */
  redo(newId) { return this.#turn(this.undone, this.done, newId); }

  /** @param {Change[][]} from @param {Change[][]} to @param {() => string} newId */
  #turn(from, to, newId) {
    const step = from.pop();
    if (!step) return [];
    const back = step.map((change) => inverse(change, newId)).reverse();
    back.forEach((change, i) => {
      const old = step[step.length - 1 - i];
      if (old.type === "annul" && change.type === "give") {
        this.#rename(old.mark.mark_id, change.mark.mark_id);
      }
    });
    to.push(back);
    return back;
  }

  /** Earlier steps about an annulled mark speak of the one given in its place.
   * @param {string} old @param {string} fresh */
  #rename(old, fresh) {
    for (const change of [...this.done, ...this.undone].flat()) {
      if (change.type === "correct" && change.mark_id === old) change.mark_id = fresh;
      if ("mark" in change && change.mark.mark_id === old) {
        change.mark = { ...change.mark, mark_id: fresh };
      }
    }
  }

  /** A cell somebody else changed is not ours to take back. @param {string} cell */
  forget(cell) {
    const without = (/** @type {Change[][]} */ steps) => steps
      .map((step) => step.filter((change) => change.cell !== cell))
      .filter((step) => step.length);
    this.done = without(this.done);
    this.undone = without(this.undone);
  }
}

/** @param {string} iso a day @param {number} days @returns {string} the day so many days later */
export function daysAfter(iso, days) {
  const at = new Date(`${iso}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}
