// @ts-check
/** «Периоды» and «Запросы»: forms that write by the API and show the page as it is then. */
import { newId } from "./outbox.js";
import { write as send } from "./session.js";
import { remember, say } from "./shell.js";

/** @param {string} url @param {unknown} body */
async function post(url, body = undefined) {
  const { position } = await send("POST", url, body);
  remember(position);
}

/** @param {() => Promise<unknown>} deed */
async function then(deed) {
  try {
    await deed();
    location.assign(location.pathname + location.search.replace(/[?&]mark_id=[^&]*/, ""));
  } catch (failure) {
    const { message, problem } = /** @type {Error & {problem?: Record<string, any>}} */ (failure);
    const row = document.querySelector(`[data-pupil="${problem?.pupil_id}"]`);
    row?.scrollIntoView({ block: "center" });
    row?.querySelector("select")?.focus();
    say(row ? `${row.querySelector("strong")?.textContent}: ${message}` : message, true);
  }
}

/** What a form of a kind sends. @type {Record<string, (data: FormData, form: HTMLFormElement) => unknown>} */
const BODIES = {
  reopen: (data) => ({ order_no: data.get("order_no") }),
  reject: (data) => ({ text: data.get("text") }),
  approve: (data) => {
    const fate = data.get("fate");
    const word = fate === "keep" ? { decision: "keep" } : { decision: "change", value: fate };
    return { order_no: data.get("order_no") ?? "", ...(fate ? { term_mark: word } : {}) };
  },
  ask: (data, form) => ({
    request_id: newId(), mark_id: form.dataset.mark, saw: form.dataset.saw,
    value: data.get("value") || null, reason_code: data.get("reason_code"), text: data.get("text"),
  }),
  issue: (_, form) => ({
    subject_id: form.dataset.subject, term: Number(form.dataset.term), marks: chosen(form),
  }),
};

for (const form of document.querySelectorAll("form")) {
  for (const [kind, body] of Object.entries(BODIES)) {
    const url = form.dataset[kind];
    if (!url) continue;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void then(() => post(url, body(new FormData(form), form)));
    });
  }
  if (form.dataset.issue) {
    form.addEventListener("change", () => preview(form));
    preview(form);
  }
}
// A column that is sent without a script: the reason shows where it is needed.
for (const form of document.querySelectorAll("form[data-column]")) {
  const show = () => {
    for (const row of form.querySelectorAll("[data-pupil]")) {
      const { suggested } = /** @type {HTMLElement} */ (row).dataset;
      const value = /** @type {HTMLSelectElement} */ (row.querySelector("[data-value]")).value;
      ask(row, Boolean(value && suggested && value !== suggested));
    }
  };
  form.addEventListener("change", show);
  show();
}
for (const button of document.querySelectorAll("button")) {
  const url = button.dataset.post;
  if (url) button.addEventListener("click", () => then(() => post(url)));
}

/** Marks that are to be issued. @param {HTMLFormElement} form */
function chosen(form) {
  return lines(form).filter(({ value }) => value).map(({ row, value, reason, words }) => ({
    pupil_id: row.dataset.pupil, value, average: row.dataset.average ?? "",
    ...(reason ? { reason_code: reason, reason: words } : {}),
  }));
}

/** @param {HTMLFormElement} form */
function lines(form) {
  return [.../** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-pupil]"))].map((row) => ({
    row,
    value: /** @type {HTMLSelectElement|null} */ (row.querySelector("[data-value]"))?.value ?? "",
    reason: /** @type {HTMLSelectElement|null} */ (row.querySelector("[data-reason]"))?.value ?? "",
    words: /** @type {HTMLInputElement|null} */ (row.querySelector("[data-words]"))?.value ?? "",
  }));
}

/** How many marks, how many of them are not the suggested ones. @param {HTMLFormElement} form */
function preview(form) {
  let count = 0, other = 0;
  for (const { row, value } of lines(form)) {
    const differs = value !== "" && row.dataset.suggested !== "" && value !== row.dataset.suggested;
    ask(row, differs);
    if (value) count += 1;
    if (differs) other += 1;
  }
  const place = form.querySelector("#preview");
  if (place) place.textContent = `Будет выставлено: ${count}` + (other ? `, из них не как выходит: ${other}` : "");
}

/** Ask for the reason of a mark that is not the suggested one, and «другое» for words.
 * @param {Element} row @param {boolean} differs */
function ask(row, differs) {
  const reason = row.querySelector("[data-reason]");
  const words = row.querySelector("[data-words]");
  if (!(reason instanceof HTMLSelectElement && words instanceof HTMLInputElement)) return;
  reason.hidden = reason.disabled = words.hidden = words.disabled = !differs;
  reason.required = differs;
  words.required = differs && reason.value === "OTHER";
}
