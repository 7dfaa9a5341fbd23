// @ts-check
/** The card of one cell (F2, double click): each mark with its history, absence, any entry. */
import { ATTENDANCE, NUMBERS, REASONS, WORDS, attend, parseEntry } from "./core.js";
import { day, find, make, moment, read, say } from "./shell.js";

/** @typedef {import("./core.js").Change} Change */
/** @typedef {import("./core.js").Mark} Mark */
/** @typedef {import("./grid.js").JournalGrid} JournalGrid */
/** @typedef {import("./model.js").RegisterModel} RegisterModel */
/** What the card needs of its page; without a queue nothing is written.
 * @typedef {{grid:JournalGrid, model:RegisterModel, queue?:import("./queue.js").SaveQueue,
 *   conflicts:Map<string, {mine:Change, words:string}>, fresh:Set<string>,
 *   refresh:(now?:boolean) => Promise<void>, showNow:() => void}} Desk */

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

/** What stands there now, and what one wanted. @param {Change} change @param {{detail?:string}} problem */
async function clashWords(change, problem) {
  const usual = problem.detail ?? "Запись изменили.";
  if (change.type !== "correct" && change.type !== "annul") return usual;
  const id = change.type === "correct" ? change.mark_id : change.mark.mark_id;
  const last = (await history(id).catch(() => [])).at(-1);
  if (!last) return usual;
  const { what, who } = historyLine(last);
  const wanted = change.type === "correct" ? `исправляли на ${change.after}` : "аннулировали";
  return `Сейчас: ${what} (${who.join(", ")}). Вы ${wanted}.`;
}

/** @type {Promise<void>|null} of all who clash at once */
let reading = null;
const SOON_MS = 2000;

/** Read what is there once the rest of a column has arrived, else one would see it as it was before.
 * @param {Desk} desk */
async function reread({ queue, refresh }) {
  for (let ms = 0; ms < SOON_MS && queue?.unsaved.length; ms += 100) {
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  await refresh(true);
}

/** Somebody was first: show what is there now; never write over it.
 * @param {Desk} desk @param {Change} change @param {import("./queue.js").Problem} problem */
export async function clash(desk, change, problem) {
  const { grid, model, conflicts, showNow } = desk;
  await (reading ??= reread(desk).finally(() => { reading = null; }));
  conflicts.set(change.cell, { mine: change, words: await clashWords(change, problem) });
  model.undo.forget(change.cell);
  grid.paint(change.cell);
  showNow();
  say(`${grid.wordsFor(change.cell)}: запись изменили раньше вас. Enter в клетке — решить`, true);
}

/** @param {Desk} desk @param {string} key @param {boolean} mine write one's own over it after all */
function settle({ grid, model, conflicts, fresh, showNow }, key, mine) {
  const clashed = conflicts.get(key)?.mine;
  conflicts.delete(key);
  grid.paint(key);
  showNow();
  if (!mine || clashed?.type !== "correct") return;
  const now = model.cell(key).marks.find((mark) => mark.mark_id === clashed.mark_id);
  if (!now) return say("Этой отметки больше нет", true);
  fresh.delete(clashed.mark_id);  // now it is somebody else's: say why
  void grid.onEnter([{ ...clashed, before: now.value }], null);
}

/** @param {Desk} desk @param {string} key @param {Mark} mark @param {string} comment */
function leave({ grid, queue }, key, mark, comment) {
  if (!comment || comment === (mark.comment ?? "")) return;
  queue?.put({
    type: "send", cell: key, slot: `comment:${mark.mark_id}`,
    url: `/api/v1/marks/${mark.mark_id}/comments`, body: { comment },
  });
  mark.comment = comment;
  grid.paint(key);
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
      })));
  } catch (error) {
    into.replaceChildren(make("p", { className: "error" },
      `История не загрузилась. ${error instanceof Error ? error.message : ""}`));
  }
}

/** @param {Desk} desk @param {string} key */
export function openCard(desk, key) {
  const { grid } = desk;
  const box = dialog();
  const cell = grid.model.cell(key);
  const { r, c } = grid.placeOf(key);
  const lesson = grid.model.lessons[c];
  const settled = grid.lock(key);
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
      locked && mark.comment ? make("p", {}, mark.comment) : null,
      locked || settled ? null : make("div", { className: "bar" },
        make("span", { className: "muted" }, "Исправить на"),
        ...[...NUMBERS, ...WORDS].filter((value) => value !== mark.value).map((value) =>
          button(value, () => enter([{
            type: "correct", cell: key, mark_id: mark.mark_id, before: mark.value, after: value,
            reason_code: "TYPO",
          }]), "btn small"))),
      locked ? null : make("form", { className: "bar", onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        leave(desk, key, mark, comment.value.trim());
        box.close();
      } }, comment, make("button", { className: "btn" }, "Сохранить")),
      make("div", { className: "bar" },
        button("История", () => void showHistory(mark, past)),
        settled ? make("a", { className: "btn primary", href: `/correction-requests?mark_id=${mark.mark_id}` },
          "Попросить завуча исправить") : null,
        locked || settled ? null : button("Аннулировать…", () => enter([
          { type: "annul", cell: key, mark, reason_code: "TYPO" }]))),
      past);
  });

  const free = /** @type {HTMLInputElement} */ (make("input", {
    id: "free", autocomplete: "off", placeholder: "5/4, зач, н/а, осв, н, о 4",
  }));
  const minutes = /** @type {HTMLInputElement} */ (make("input", {
    type: "number", min: "1", max: "45", "aria-label": "Опоздал на, минут", placeholder: "мин",
    value: cell.late ?? "",
  }));
  const entryForm = make("form", { className: "bar", onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    const entry = parseEntry(free.value);
    const changes = entry && grid.model.plan(key, entry, Boolean(settled) || cell.marks.length > 1);
    if (changes) enter(changes);
    else say(`«${free.value}» — не запись журнала`, true);
  } }, make("label", { htmlFor: "free" }, "Запись"), free,
  make("button", { className: "btn primary" }, "Поставить"));
  const absences = Object.entries(ATTENDANCE).map(([code, [sign, words]]) => {
    const pressed = code === cell.attendance;
    const one = button(sign ? `${sign} — ${words}` : words, () => {
      const late = code === "LATE" && Number(minutes.value) || undefined;
      if (pressed && late === cell.late) return box.close();
      enter([attend(key, cell, code, late)]);
    }, "btn small");
    one.setAttribute("aria-pressed", String(pressed));
    return one;
  });
  const clashed = desk.conflicts.get(key);
  const conflict = clashed && make("section", { className: "clash", role: "alert" },
    make("p", {}, clashed.words),
    make("div", { className: "bar" },
      button("Оставить как есть", () => { box.close(); settle(desk, key, false); }, "btn primary"),
      button("Исправить на мою…", () => { box.close(); settle(desk, key, true); })));

  box.replaceChildren(
    make("header", { className: "bar" },
      make("div", {}, make("h2", {}, find(".name", grid.rows[r]).title),
        make("p", { className: "muted" }, `${day(lesson.date)}, урок ${lesson.number}`
          + (lesson.topic ? ` · ${lesson.topic}` : ""))),
      button("Закрыть", () => box.close(), "btn close")),
    ...[conflict, locked || settled ? make("p", { className: "muted" }, locked || settled) : null]
      .filter((x) => x != null),
    ...marks,
    ...(locked ? [] : [make("section", {}, entryForm),
      make("section", {}, make("h3", {}, "Посещаемость"),
        make("div", { className: "bar" }, ...absences, minutes))]));
  box.showModal();
  if (conflict) conflict.querySelector("button")?.focus();
  else if (!locked) free.focus();
}
