// @ts-check
/** The card of one cell (F2, double click): each mark with its history, absence, any entry. */
import { ATTENDANCE, NUMBERS, REASONS, WORDS, parseEntry } from "./core.js";
import { day, find, make, moment, read, say } from "./shell.js";

/** @typedef {import("./core.js").Change} Change */
/** @typedef {import("./core.js").Mark} Mark */
/** @typedef {import("./grid.js").JournalGrid} JournalGrid */
/** @typedef {{mine:Change, words:string}} Conflict */

const dialog = () => /** @type {HTMLDialogElement} */ (find("#card"));

/** @param {string} text @param {() => void} act @param {string} className */
const button = (text, act, className = "btn") =>
  make("button", { type: "button", className, onclick: act }, text);

/**
 * One line of a mark's history, as GET /marks/{id}/history answers it.
 * @param {Record<string, any>} entry
 */
export function historyLine(entry) {
  const by = typeof entry.by === "object" ? entry.by?.name : entry.by_name ?? entry.by;
  let what = entry.value ?? "";
  if (entry.old_value) what = `${entry.old_value} → ${entry.value ?? "аннулирована"}`;
  const why = [REASONS[entry.reason_code], entry.reason].filter(Boolean).join(": ");
  if (entry.kind === "correction-requested") what = `запрос: ${what}`;
  if (entry.kind === "correction-approved") what = "исправить разрешено";
  if (entry.kind === "correction-rejected") what = "запрос отклонён";
  return { what: what || "комментарий", who: [moment(entry.recorded_at), by, why].filter(Boolean) };
}

/** @param {string} mark_id @returns {Promise<Record<string, any>[]>} oldest first */
export async function history(mark_id) {
  const answer = await read(`/api/v1/marks/${mark_id}/history`);
  return Array.isArray(answer) ? answer : answer.history ?? answer.items ?? [];
}

/** @param {Mark} mark @param {Element} into */
async function showHistory(mark, into) {
  into.replaceChildren(make("p", { className: "muted" }, "Загружается…"));
  try {
    into.replaceChildren(make("ol", { className: "story" }, ...(await history(mark.mark_id)).map(
      (entry) => {
        const { what, who } = historyLine(entry);
        return make("li", { className: entry.old_value ? "fix" : "" },
          make("b", {}, what), make("small", {}, who.join(" · ")),
          make("a", {
            href: `/api/v1/marks/${mark.mark_id}/receipt?position=${entry.position}`,
            "data-receipt": true,
          }, "Квитанция"));
      })), make("a", { href: `/correction-requests?mark_id=${mark.mark_id}` },
      "Срок правки прошёл? Попросить завуча"));
  } catch (error) {
    into.replaceChildren(make("p", { className: "error" },
      `История не загрузилась. ${error instanceof Error ? error.message : ""}`));
  }
}

/**
 * @param {JournalGrid} grid @param {string} key
 * @param {{conflict?:Conflict, settle:(mine:boolean) => void, comment:(mark:Mark, text:string) => void}} desk
 */
export function openCard(grid, key, desk) {
  const box = dialog();
  const cell = grid.model.cell(key);
  const { r, c } = grid.placeOf(key);
  const lesson = grid.model.lessons[c];
  const locked = grid.refusal(c);
  const enter = (/** @type {Change[]} */ changes) => {
    box.close();
    if (changes.length) void grid.onEnter(changes, null);
  };

  const marks = cell.marks.map((mark) => {
    const past = make("div");
    const comment = /** @type {HTMLInputElement} */ (make("input", {
      value: mark.comment ?? "", maxLength: 500, "aria-label": "Комментарий к отметке",
      placeholder: "Комментарий увидят родители",
    }));
    return make("section", { className: "mark" },
      make("div", { className: "bar" },
        make("b", { className: `chip m${mark.value}` }, mark.value),
        make("span", {}, `${mark.work_type}, вес ${Number(mark.weight).toLocaleString("ru")}`),
        mark.corrected ? make("em", { className: "tag" }, "исправлена") : null),
      locked ? mark.comment ? make("p", {}, mark.comment) : null : make("div", { className: "bar" },
        make("span", { className: "muted" }, "Исправить на"),
        ...[...NUMBERS, ...WORDS].filter((value) => value !== mark.value).map((value) =>
          button(value, () => enter([{
            type: "correct", cell: key, mark_id: mark.mark_id, before: mark.value, after: value,
            reason_code: "TYPO",
          }]), "btn small"))),
      locked ? null : make("form", { className: "bar", onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        desk.comment(mark, comment.value.trim());
        box.close();
      } }, comment, make("button", { className: "btn" }, "Сохранить")),
      make("div", { className: "bar" },
        button("История", () => void showHistory(mark, past)),
        locked ? null : button("Аннулировать…", () => enter([
          { type: "annul", cell: key, mark, reason_code: "TYPO" }]))),
      past);
  });

  const free = /** @type {HTMLInputElement} */ (make("input", {
    id: "free", autocomplete: "off", placeholder: "5/4, зач, н/а, осв, н, о 4",
  }));
  const minutes = /** @type {HTMLInputElement} */ (make("input", {
    type: "number", min: "1", max: "45", "aria-label": "Опоздал на, минут", placeholder: "мин",
  }));
  const entryForm = make("form", { className: "bar", onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    const entry = parseEntry(free.value);
    const changes = entry && grid.model.plan(key, entry, cell.marks.length > 1);
    if (changes) enter(changes);
    else say(`«${free.value}» — не запись журнала`, true);
  } }, make("label", { htmlFor: "free" }, "Запись"), free,
  make("button", { className: "btn primary" }, "Поставить"));
  const absences = Object.entries(ATTENDANCE).map(([code, [sign, words]]) => {
    const pressed = code === cell.attendance;
    const one = button(sign ? `${sign} — ${words}` : words, () => {
      const late = code === "LATE" && Number(minutes.value) > 0
        ? { minutes_late: Number(minutes.value) } : {};
      if (pressed && !late.minutes_late) return box.close();
      enter([{ type: "attend", cell: key, before: cell.attendance, after: code, ...late }]);
    }, "btn small");
    one.setAttribute("aria-pressed", String(pressed));
    return one;
  });
  const conflict = desk.conflict && make("section", { className: "clash", role: "alert" },
    make("p", {}, desk.conflict.words),
    make("div", { className: "bar" },
      button("Оставить как есть", () => { box.close(); desk.settle(false); }, "btn primary"),
      button("Исправить на мою…", () => { box.close(); desk.settle(true); })));

  box.replaceChildren(
    make("header", { className: "bar" },
      make("div", {}, make("h2", {}, find(".name", grid.rows[r]).title),
        make("p", { className: "muted" }, `${day(lesson.date)}, урок ${lesson.number}`
          + (lesson.topic ? ` · ${lesson.topic}` : ""))),
      button("Закрыть", () => box.close(), "btn close")),
    ...[conflict, locked ? make("p", { className: "muted" }, locked) : null].filter((x) => x != null),
    ...marks,
    ...(locked ? [] : [make("section", {}, entryForm),
      make("section", {}, make("h3", {}, "Посещаемость"),
        make("div", { className: "bar" }, ...absences, minutes))]));
  box.showModal();
  if (conflict) conflict.querySelector("button")?.focus();
  else if (!locked) free.focus();
}
