// @ts-check
/** The open register: its cells, what the teacher did to them, and who must be told. No DOM here. */
import {
  PRESENT, UndoStack, applied, formatAverage, plan, weightedAverage,
} from "./core.js";

/** @typedef {import("./core.js").Change} Change */
/** @typedef {import("./core.js").Cell} Cell */
/** @typedef {import("./core.js").Entry} Entry */
/** @typedef {{work_type_id:string, name:string, abbr:string, weight:string}} WorkType */
/** @typedef {{lesson_id:string, date:string, number:number, kind:string|null, topic:string|null,
 *   title?:string|null, homework:unknown, no_homework?:boolean, attendance_taken?:boolean,
 *   status:string}} Lesson */
/** @typedef {{pupil_id:string, name:string, cells:Record<string, import("./core.js").Mark[]>,
 *   attendance:Record<string, string>, late?:Record<string, number>, carried?:import("./core.js").Mark[]}} Pupil */
/** @typedef {{lessons:Lesson[], pupils:Pupil[]}} Register */

/** @param {string} pupil @param {string} lesson */
export const cellKey = (pupil, lesson) => `${pupil}:${lesson}`;

export class RegisterModel {
  /** @type {Map<string, Cell>} */ cells = new Map();
  /** @type {Map<string, string>} work type chosen for new marks of a lesson */ chosen = new Map();
  undo = new UndoStack();

  /**
   * @param {Register} register as the API answers it
   * @param {WorkType[]} workTypes
   * @param {{put:(change:Change) => void, newId:() => string, onCell:(key:string) => void,
   *   fresh:Set<string>, today?:Set<string>}} options `today` holds one's own marks of today, `fresh`
   *   those given in this tab: correcting one of them is taking back a slip of the finger and needs
   *   no question
   */
  constructor(register, workTypes, options) {
    this.o = options;
    this.workTypes = workTypes;
    this.lessons = register.lessons;
    this.pupils = register.pupils;
    this.#read(register);
  }

  /** @param {Register} register */
  #read(register) {
    for (const pupil of register.pupils) {
      for (const { lesson_id } of register.lessons) {
        this.cells.set(cellKey(pupil.pupil_id, lesson_id), {
          marks: pupil.cells[lesson_id] ?? [],
          attendance: pupil.attendance[lesson_id] ?? PRESENT,
          late: pupil.late?.[lesson_id],
        });
      }
    }
  }

  /** @param {string} key @returns {Cell} */
  cell(key) { return this.cells.get(key) ?? { marks: [], attendance: PRESENT }; }

  /** The kind of work a new mark of this lesson gets: chosen, else the usual one of the column.
   * @param {string} lesson_id @returns {WorkType} */
  workType(lesson_id) {
    const chosen = this.chosen.get(lesson_id);
    const lesson = this.lessons.find((one) => one.lesson_id === lesson_id);
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (const { pupil_id } of this.pupils) {
      for (const { work_type_id } of this.cell(cellKey(pupil_id, lesson_id)).marks) {
        counts.set(work_type_id, (counts.get(work_type_id) ?? 0) + 1);
      }
    }
    const [usual] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
    const byId = (/** @type {string|undefined} */ id) =>
      this.workTypes.find((one) => one.work_type_id === id);
    const control = lesson?.kind === "CONTROL"
      ? this.workTypes.find((one) => one.abbr.startsWith("К")) : undefined;
    const answer = this.workTypes.find((one) => one.name.startsWith("Ответ"))
      ?? this.workTypes.find((one) => Number(one.weight) === 1);
    return byId(chosen) ?? byId(usual) ?? control ?? answer ?? this.workTypes[0];
  }

  /** What was brought from another class counts. @param {string} pupil_id "4,42" or "" */
  average(pupil_id) {
    const marks = this.lessons.flatMap(
      ({ lesson_id }) => this.cell(cellKey(pupil_id, lesson_id)).marks);
    const carried = this.pupils.find((one) => one.pupil_id === pupil_id)?.carried ?? [];
    return formatAverage(weightedAverage([...marks, ...carried]));
  }

  /** What an entry would change; null when the cell holds several marks and one was typed.
   * @param {string} key @param {Entry} entry @param {boolean} add */
  plan(key, entry, add = false) {
    const workType = this.workType(key.split(":")[1]);
    return plan(key, this.cell(key), entry, { newId: this.o.newId, workType, add });
  }

  /** Must the teacher say why? Only for marks that were here before this tab was opened.
   * @param {Change} change */
  needsReason(change) {
    if (change.type === "correct") return !this.o.fresh.has(change.mark_id);
    return change.type === "annul" && !this.o.fresh.has(change.mark.mark_id);
  }

  /** Given today by the one who sits here. @param {import("./core.js").Mark} mark */
  isOfToday({ mark_id }) { return this.o.fresh.has(mark_id) || Boolean(this.o.today?.has(mark_id)); }

  /** Show the changes at once and put them into the queue. @param {Change[]} changes */
  commit(changes, remember = true) {
    for (const change of changes) {
      if (change.type === "give") {
        this.o.fresh.add(change.mark.mark_id);
        this.o.today?.add(change.mark.mark_id);
      }
      this.o.put(change);
      this.show(change);
    }
    if (remember) this.undo.push(changes);
  }

  /** @param {Change} change */
  show(change) {
    this.cells.set(change.cell, applied(this.cell(change.cell), change));
    this.o.onCell(change.cell);
  }

  /** Take the last step back (or do it again); the commands sent. @param {"undo"|"redo"} way */
  turn(way) {
    const changes = this.undo[way](this.o.newId);
    this.commit(changes, false);
    return changes;
  }

  /**
   * Take over a newer answer of the server, except cells with unsaved changes.
   * @param {Register} register @param {(key:string) => boolean} isUnsaved
   * @returns {string[]} keys of the cells that now look different
   */
  merge(register, isUnsaved) {
    const before = new Map(this.cells);
    this.lessons = register.lessons;
    this.pupils = register.pupils;
    this.#read(register);
    const changed = [];
    for (const [key, old] of before) {
      if (isUnsaved(key)) this.cells.set(key, old);
      else if (look(old) !== look(this.cell(key))) {
        this.undo.forget(key);
        this.o.onCell(key);
        changed.push(key);
      }
    }
    return changed;
  }
}

/** @param {Cell} cell */
const look = (cell) => JSON.stringify([
  cell.attendance, cell.late,
  cell.marks.map((mark) => [mark.mark_id, mark.value, Boolean(mark.comment)]),
]);
