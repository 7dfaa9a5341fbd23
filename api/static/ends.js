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
  } catch (problem) {
    say(/** @type {Error} */ (problem).message, true);
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
for (const button of document.querySelectorAll("button")) {
  const url = button.dataset.post;
  if (url) button.addEventListener("click", () => then(() => post(url)));
}

/** Marks that are to be issued. @param {HTMLFormElement} form */
function chosen(form) {
  return lines(form).filter(({ value }) => value).map(({ row, value, reason }) => ({
    pupil_id: row.dataset.pupil, value, average: row.dataset.average ?? "",
    ...(reason ? { reason_code: reason } : {}),
  }));
}

/** @param {HTMLFormElement} form */
function lines(form) {
  return [.../** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-pupil]"))].map((row) => ({
    row,
    value: /** @type {HTMLSelectElement|null} */ (row.querySelector("[name=value]"))?.value ?? "",
    reason: /** @type {HTMLSelectElement|null} */ (row.querySelector("[name=reason]"))?.value ?? "",
  }));
}

/** How many marks, how many of them are not the suggested ones. @param {HTMLFormElement} form */
function preview(form) {
  let count = 0, other = 0;
  for (const { row, value } of lines(form)) {
    const differs = value !== "" && row.dataset.suggested !== "" && value !== row.dataset.suggested;
    const reason = row.querySelector("[name=reason]");
    if (reason instanceof HTMLSelectElement) reason.hidden = !differs;
    if (value) count += 1;
    if (differs) other += 1;
  }
  const place = form.querySelector("#preview");
  if (place) place.textContent = `Будет выставлено: ${count}` + (other ? `, из них не как выходит: ${other}` : "");
}
