// @ts-check
/** The list of what is not saved yet, one entry a line: its state, «повторить», «убрать». */
import { ATTENDANCE, inverse } from "./core.js";
import { day, make, say } from "./shell.js";

/** @typedef {import("./core.js").Change} Change */
/** @typedef {import("./queue.js").SaveQueue} SaveQueue */

const STATE = /** @type {Record<string, string>} */ ({
  saved: "отправляется", saving: "отправляется", offline: "ждёт связи",
  busy: "сервер занят, ждёт", signin: "ждёт вашего пароля", confirm: "ждёт вашего пароля",
});
const PARTS = /** @type {Record<string, string>} */ ({
  topic: "тема урока", homework: "домашнее задание", attendance: "посещаемость урока",
  comment: "комментарий", term: "отметка за период", debt: "долг",
});

/** @param {Change} change what it says, without the name */
export function told(change) {
  switch (change.type) {
    case "give": return `отметка ${change.mark.value}`;
    case "correct": return `отметка ${change.before} → ${change.after}`;
    case "annul": return `аннулировать ${change.mark.value}`;
    case "attend": return (ATTENDANCE[change.after] ?? ["", change.after])[1];
    default: return PARTS[change.slot.split(":")[0]] ?? "запись";
  }
}

/** How a cell looks when the change has never been. @param {Change} change @returns {Change|null} */
export function undone(change) {
  if (change.type === "send") return null;
  if (change.type === "annul") return { type: "give", cell: change.cell, mark: change.mark };
  return inverse(change, () => "");
}

/** @type {(() => void)|null} draws the open list again */
let draw = null;

/** The queue has moved on. */
export const redraw = () => draw?.();

/**
 * @param {SaveQueue} queue @param {import("./model.js").RegisterModel} model
 * @param {Map<string, unknown>} [clashes] cells that somebody else was first with
 * @param {(key:string) => void} [settle] leads to one of them
 */
export function openUnsaved(queue, model, clashes = new Map(), settle = () => {}) {
  if (draw) return;
  const list = make("ul", { className: "unsaved" });
  const again = make("button", { className: "btn primary", type: "button" }, "Повторить всё");
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", {
    className: "small unsaved", "aria-labelledby": "unsaved-title",
  }, make("h2", { id: "unsaved-title" }, "Ещё не сохранено"), list,
  make("form", { method: "dialog", className: "bar" }, again, make("button", { className: "btn" }, "Закрыть"))));
  again.onclick = () => queue.flush();
  const phase = () => document.querySelector("#sync")?.getAttribute("data-phase") ?? "";
  /** Whose and when. @param {string} cell */
  const place = (cell) => {
    const [pupil, lesson] = cell.split(":");
    const date = model.lessons.find((one) => one.lesson_id === lesson)?.date;
    const name = model.pupils.find((one) => one.pupil_id === pupil)?.name;
    return [name, date && day(date)].filter(Boolean).join(", ");
  };
  /** @param {Change} change */
  const back = (change) => {
    const shown = undone(change);
    model.undo.forget(change.cell);
    if (shown) model.show(shown);
  };
  draw = () => {
    const lines = queue.unsaved.map((change) => {
      const words = [place(change.cell), told(change)].filter(Boolean).join(": ");
      const flies = queue.flying?.changes.includes(change);
      const repeat = make("button", { className: "btn small", type: "button" }, "Повторить");
      repeat.onclick = () => queue.flush();
      const drop = make("button", { className: "btn small", type: "button" }, "Убрать");
      drop.onclick = () => {
        if (!queue.remove(change)) return say("Уже отправлено: могло дойти. Дождитесь ответа и исправьте", true);
        back(change);
        redraw();
      };
      for (const button of [repeat, drop]) button.append(make("span", { className: "sr" }, `: ${words}`));
      return make("li", {}, make("p", {}, words, make("br"), make("small", { className: "muted" },
        flies && phase() !== "saving" ? `${STATE[phase()]} (уже отправлялось)` : STATE[phase()])), repeat, drop);
    });
    for (const key of clashes.keys()) {
      const button = make("button", { className: "btn small primary", type: "button" }, "Решить");
      button.onclick = () => { dialog.close(); settle(key); };
      lines.push(make("li", {}, make("p", {}, place(key), make("br"),
        make("small", { className: "error" }, "кто-то успел раньше")), button));
    }
    if (!lines.length) return dialog.close();
    const focused = [...list.querySelectorAll("button")].indexOf(/** @type {any} */ (document.activeElement));
    list.replaceChildren(...lines);
    list.querySelectorAll("button")[focused]?.focus();
  };
  dialog.addEventListener("close", () => {
    draw = null;
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  redraw();
}
