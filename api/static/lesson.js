// @ts-check
/** The panel of one lesson: topic, homework, attendance. Saves through the same queue as marks. */
import { ATTENDANCE, PRESENT } from "./core.js";
import { draft } from "./draft.js";
import { files } from "./files.js";
import { cellKey } from "./model.js";
import { day, find, make, read, say } from "./shell.js";

/** @typedef {import("./grid.js").JournalGrid} JournalGrid */
/** @typedef {import("./queue.js").SaveQueue} SaveQueue */
/** @typedef {import("./queue.js").Outcome} Outcome */

const TITLED = ["PRACTICAL", "LABORATORY", "CONTROL", "EXCURSION"];
const dialog = /** @type {HTMLDialogElement} */ (find("#lesson"));
const form = (/** @type {string} */ name) => /** @type {HTMLFormElement} */ (find(`#${name}`, dialog));
const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (find(`#${name}`, dialog));

/** Homework of a lesson as the register tells it: a list, one item, or plain text.
 * @param {any} homework @returns {{homework_id?:string, text:string, due_date?:string}|null} */
export function classHomework(homework) {
  if (!homework) return null;
  if (typeof homework === "string") return { text: homework };
  const items = Array.isArray(homework) ? homework : [homework];
  return items.find((item) => !item.individual && !item.individual_for?.length) ?? null;
}

/** Over the head of a column: the topic and the homework, as the server words them.
 * @param {JournalGrid} grid */
export function tips(grid) {
  grid.model.lessons.forEach((lesson, c) => {
    if (lesson.status === "CANCELLED") return;
    const set = classHomework(lesson.homework);
    find("button", grid.heads[c]).title = [lesson.topic ?? "Тема не записана",
      set ? `Задание на ${day(set.due_date ?? "")}: ${set.text}` : lesson.no_homework ? "Не задано" : "",
    ].filter(Boolean).join("\n");
  });
}

/** What the plan of lessons has next: one press fills the topic in, nothing is recorded yet.
 * @param {any} lesson */
function offerPlanned(lesson) {
  const line = find("#planned", dialog);
  const planned = lesson.topic ? null : lesson.planned;
  line.hidden = !planned;
  if (!planned) return;
  const button = /** @type {HTMLButtonElement} */ (find("button", line));
  button.textContent = `${planned.number}. ${planned.topic}`;
  button.onclick = () => {
    field("topic").value = planned.topic;
    field("kind").value = planned.kind;
    field("title").value = planned.title;
    field("kind").dispatchEvent(new Event("change"));
    if (planned.homework && !field("homework").value) field("homework").value = planned.homework;
  };
}

/** What the class has to do for that day already, in other subjects too.
 * @param {string} url of the class @param {string} due @param {string} own this very homework */
async function showLoad(url, due, own) {
  const line = find("#load", dialog);
  line.textContent = "";
  const found = due && await read(`${url}/homework?due=${due}`).catch(() => null);
  if (!found || field("due").value !== due) return;  // no network, or another day by now
  /** @type {{homework_id:string, subject:{name:string}, text:string}[]} */
  const others = found.homework.filter((/** @type {any} */ one) => one.homework_id !== own);
  line.textContent = others.length
    ? `На ${day(due)} классу уже задано (${others.length}): `
      + others.map((one) => `${one.subject.name} — ${one.text}`).join("; ")
    : `На ${day(due)} классу больше ничего не задано.`;
}

/**
 * @param {JournalGrid} grid @param {SaveQueue} queue @param {string} lessonId
 * @param {{newId:() => string, done:() => void}} desk `done` is called after every saved part
 */
export function openLesson(grid, queue, lessonId, desk) {
  const place = grid.model.lessons.findIndex((one) => one.lesson_id === lessonId);
  const lesson = grid.model.lessons[place];
  if (!lesson) return;
  const url = `/api/v1/lessons/${lessonId}`;
  const future = lesson.date > (grid.dataset.today ?? "");
  const locked = grid.locked || lesson.status === "CANCELLED";
  find("h2", dialog).textContent = `Урок ${day(lesson.date)}`;
  find(".sub", dialog).textContent = `${lesson.number}-й по расписанию`
    + (lesson.status === "CANCELLED" ? " · отменён" : "");

  for (const button of dialog.querySelectorAll("[data-step]")) {
    const step = /** @type {HTMLButtonElement} */ (button);
    const other = grid.model.lessons[place + Number(step.dataset.step)];
    step.disabled = !other;
    step.onclick = () => {
      dialog.close();
      openLesson(grid, queue, other.lesson_id, desk);
    };
  }

  /** @type {(part:Element) => void} */ let recorded = () => {};
  /** @param {string} slot @param {string} path @param {unknown} body @returns {Promise<Outcome>} */
  const post = (slot, path, body) =>
    queue.send({ type: "send", cell: `:${lessonId}`, slot: `${slot}:${lessonId}`, url: url + path, body });
  /** @param {HTMLElement} part @param {string} done @param {Outcome} answer @param {object} after of the lesson */
  const report = (part, done, answer, after = {}) => {
    const good = answer.outcome === "saved";
    const words = good ? `✓ ${done}` : answer.problem?.detail ?? "Не записано";
    const here = dialog.open && dialog.dataset.lesson === lessonId;
    if (here) {
      const note = find(".result", part);
      note.className = `result ${good ? "good" : "error"}`;
      note.textContent = words;
    }
    // The answer may come when the panel shows another lesson by now: then it is said which it is of.
    if (!here) say(`Урок ${day(lesson.date)}, ${lesson.number}-й: ${words}`, !good);
    else if (!good) say(words, true);
    if (good) {
      // Who comes back to the lesson before the register is read anew sees what was recorded.
      Object.assign(grid.model.lessons.find((one) => one.lesson_id === lessonId) ?? {}, after);
      recorded(part);
      desk.done();
    }
  };

  // Topic
  field("topic").value = lesson.topic ?? "";
  offerPlanned(lesson);
  field("kind").value = lesson.kind ?? "LESSON";
  field("title").value = lesson.title ?? "";
  const showTitle = () => {
    const titled = TITLED.includes(field("kind").value);
    find("#title-field", dialog).hidden = !titled;
    field("title").required = titled;
  };
  field("kind").onchange = showTitle;
  showTitle();
  form("topic-form").onsubmit = async (event) => {
    event.preventDefault();
    const body = {
      topic: field("topic").value.trim(), kind: field("kind").value,
      ...(field("title").required ? { title: field("title").value.trim() } : {}),
    };
    report(form("topic-form"), "Тема записана", await post("topic", "/topic", body), body);
  };

  // Homework
  const known = classHomework(lesson.homework);
  const next = grid.model.lessons.find((one) => one.date > lesson.date && one.status !== "CANCELLED");
  field("homework").value = known?.text ?? "";
  field("due").value = known?.due_date ?? next?.date ?? lesson.date;
  field("due").min = lesson.date;
  const others = (lesson.homework ?? []).filter((/** @type {any} */ one) => one !== known);
  const homeworkId = known?.homework_id ?? desk.newId();
  const load = () => void showLoad(`/api/v1/classes/${grid.dataset.class}`, field("due").value, homeworkId);
  field("due").onchange = load;
  load();
  form("homework-form").onsubmit = async (event) => {
    event.preventDefault();
    const nothing = event.submitter?.getAttribute("value") === "none";
    if (nothing) {
      return report(form("homework-form"), "Записано: не задано",
        await post("homework", "/no-homework", {}), { no_homework: true });
    }
    const text = field("homework").value.trim();
    if (!text) return field("homework").focus();
    const body = { homework_id: homeworkId, text, due_date: field("due").value };
    report(form("homework-form"), "Задание записано", await post("homework", "/homework", body),
      { homework: [...others, body], no_homework: false });
  };
  if (lesson.no_homework) report0(form("homework-form"), "Отмечено: не задано");

  files(form("files-form"), grid, lesson, locked || future, { ...desk, done: report });

  // Attendance: everybody is here until marked otherwise.
  const list = find("#roll", dialog);
  /** @type {Map<string, {code:HTMLSelectElement, minutes:HTMLInputElement, before:string, late:number,
   *   show:() => void}>} */
  const roll = new Map();
  list.replaceChildren(...grid.model.pupils.filter(({ pupil_id }) => {
    const { r, c } = grid.placeOf(cellKey(pupil_id, lessonId));
    return !grid.cells[r]?.[c]?.classList.contains("off");
  }).map(({ pupil_id, name }) => {
    const { attendance: before, late = 0 } = grid.model.cell(cellKey(pupil_id, lessonId));
    const code = /** @type {HTMLSelectElement} */ (make("select", { "aria-label": name, name: "code", "data-draft": pupil_id },
      ...Object.entries(ATTENDANCE).map(([value, [sign, words]]) =>
        make("option", { value, selected: value === before }, sign ? `${sign} — ${words}` : words))));
    const minutes = /** @type {HTMLInputElement} */ (make("input", {
      type: "number", min: "1", max: "45", placeholder: "мин", "aria-label": `${name}: опоздание, минут`,
      value: late || "", "data-draft": `${pupil_id} late`,
    }));
    const absent = make("button", { type: "button", className: "btn small" }, "не был");
    absent.setAttribute("aria-label", `${name}: не был`);
    const show = () => {
      minutes.hidden = code.value !== "LATE";
      code.dataset.code = code.value;
      absent.setAttribute("aria-pressed", String(code.value === "ABSENT_UNSPECIFIED"));
      const away = [...roll.values()].filter((one) =>
        !["PRESENT", "LATE", "EXEMPT_LESSON"].includes(one.code.value)).length;
      find("#roll-count", dialog).textContent = away ? `Нет на уроке: ${away}` : "Все на уроке";
    };
    code.onchange = show;
    absent.onclick = () => {
      code.value = code.value === "ABSENT_UNSPECIFIED" ? PRESENT : "ABSENT_UNSPECIFIED";
      show();
    };
    roll.set(pupil_id, { code, minutes, before, late, show });
    show();
    const called = name.split(" ").slice(0, 2).join(" ");
    return make("li", {}, make("span", { title: name }, called), absent, code, minutes);
  }));
  form("roll-form").onsubmit = async (event) => {
    event.preventDefault();
    const entries = [];
    for (const [pupil_id, { code, minutes, before, late }] of roll) {
      const minutes_late = code.value === "LATE" ? Number(minutes.value) : 0;
      if (code.value === before && minutes_late === late) continue;
      entries.push({ pupil_id, code: code.value, ...(minutes_late ? { minutes_late } : {}) });
    }
    const answer = await post("attendance", "/attendance", { entries, others_stay: true });
    if (answer.outcome === "saved") {
      for (const { pupil_id, code, minutes_late } of entries) {
        const cell = cellKey(pupil_id, lessonId);
        grid.model.show({ type: "attend", cell, before: "", after: code, minutes_late });
        const one = roll.get(pupil_id);
        if (one) Object.assign(one, { before: code, late: minutes_late ?? 0 });
      }
    }
    report(form("roll-form"), "Посещаемость отмечена", answer);
  };

  for (const result of dialog.querySelectorAll(".result")) {
    if (!result.matches("[data-keep]")) result.textContent = "";
    result.removeAttribute("data-keep");
  }
  for (const name of ["topic-form", "homework-form", "files-form", "roll-form"]) {
    const early = name !== "topic-form" && name !== "homework-form" && future;
    form(name).querySelectorAll("button, input, select, textarea").forEach((control) => {
      control.toggleAttribute("disabled", locked || early);
    });
  }
  find("#roll-early", dialog).hidden = !future;
  recorded = draft(dialog, lessonId, () => {
    showTitle();
    load();
    roll.forEach(({ show }) => show());
  });
  dialog.showModal();
  if (matchMedia("(pointer: fine)").matches && !locked) field("topic").focus();
}

/** @param {HTMLElement} part @param {string} words */
function report0(part, words) {
  const note = find(".result", part);
  note.className = "result good";
  note.textContent = words;
  note.setAttribute("data-keep", "");
}
