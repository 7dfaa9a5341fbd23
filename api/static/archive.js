// @ts-check
/** «Архив»: a year is closed, its files are written, a correction stands beside it. */
import { newId } from "./outbox.js";
import { write } from "./session.js";
import { remember, say } from "./shell.js";

/** What a form sends. @type {Record<string, (data: FormData, form: HTMLFormElement) => unknown>} */
const BODIES = {
  archive: (data) => ({ order_no: data.get("order_no"), accept_gaps: data.has("accept_gaps") }),
  annotate: (data, form) => {
    const [subject, term, ...was] = String(data.get("place")).split("/");
    return {
      annotation_id: newId(), class_id: form.dataset.class, pupil_id: form.dataset.pupil,
      subject_id: subject, term: term ? Number(term) : null, was: was.join("/"),
      should_be: data.get("should_be"), act_no: data.get("act_no"), reason: data.get("reason"),
    };
  },
};

/** @param {string} url @param {unknown} body @param {string} there */
async function post(url, body, there) {
  try {
    const { position } = await write("POST", url, body);
    if (position) remember(position);
    location.assign(there);
  } catch (problem) {
    say(/** @type {Error} */ (problem).message, true);
  }
}

for (const form of document.querySelectorAll("form")) {
  for (const [kind, body] of Object.entries(BODIES)) {
    const url = form.dataset[kind];
    if (!url) continue;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void post(url, body(new FormData(form), form), form.dataset.there ?? location.pathname);
    });
  }
}
for (const button of document.querySelectorAll("button")) {
  const url = button.dataset.post;
  if (url) button.addEventListener("click", () => post(url, undefined, location.pathname));
}
