// @ts-check
/** «Задания по расписанию»: run a job now, and show how it goes until it has ended. */
import { write } from "./session.js";
import { isAttended, say } from "./shell.js";

const LOOK_MS = 3_000;

for (const button of document.querySelectorAll("button[data-run]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await write("POST", `/api/v1/jobs/${button.dataset.run}/runs`);
      location.reload();
    } catch (problem) {
      button.disabled = false;
      say(/** @type {Error} */ (problem).message, true);
    }
  });
}

if (document.querySelector("#open")) {
  setInterval(() => { if (isAttended()) location.reload(); }, LOOK_MS);
}
