// @ts-check
/** «Сигналы»: a word on what was found out, then the page as it is now. */
import { write as send } from "./session.js";
import { remember, say } from "./shell.js";

for (const form of document.querySelectorAll("form[data-review]")) {
  if (!(form instanceof HTMLFormElement)) continue;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const word = new FormData(form).get("word");
      const url = `/api/v1/red-flags/${form.dataset.review}/review`;
      const { position } = await send("POST", url, { word });
      remember(position);
      location.reload();
    } catch (problem) {
      say(/** @type {Error} */ (problem).message, true);
    }
  });
}
