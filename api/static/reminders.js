// @ts-check
/** Reminders on one's first page: seen is seen. */
import { write } from "./session.js";
import { say } from "./shell.js";

for (const button of document.querySelectorAll("button[data-dismiss]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await write("POST", `/api/v1/reminders/${button.dataset.dismiss}/dismissal`);
    } catch (problem) {
      button.disabled = false;
      say(/** @type {Error} */ (problem).message, true);
      return;
    }
    const line = button.closest("li");
    const all = button.closest(".reminders");
    line?.remove();
    if (!all?.querySelector("li")) all?.remove();
    say("Напоминание убрано.");
  });
}
