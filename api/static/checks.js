// @ts-check
/** The auditor's desk: asks for a check and follows it until it is done. The server draws. */
import { newId } from "./outbox.js";
import { find, isAttended, remember, say } from "./shell.js";

const POLL_MS = 2_000;

/** Draw the list anew. */
async function redraw() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  if (answer.redirected) return location.reload();  // the session has ended: to the sign-in page
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = drawn.querySelector("#checks");
  if (fresh && fresh.innerHTML !== find("#checks").innerHTML) {
    find("#checks").replaceChildren(...fresh.childNodes);
  }
}

/** @param {HTMLButtonElement} button */
async function ask(button) {
  button.disabled = true;
  const { check: kind, year } = button.dataset;
  const answer = await fetch("/api/v1/log/checks", {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": newId() },
    body: JSON.stringify({ check_id: newId(), kind, ...(year ? { year: Number(year) } : {}) }),
  }).catch(() => null);
  const body = await answer?.json().catch(() => ({}));
  if (answer?.status === 401) return location.reload();
  if (answer?.ok) {
    remember(body.position);
    say("Проверка заказана");
    await redraw();
  } else {
    say(body?.detail ?? "Нет связи с сервером. Попробуйте ещё раз.", true);
  }
  button.disabled = false;
}

for (const button of document.querySelectorAll("[data-check]")) {
  button.addEventListener("click", () => void ask(/** @type {HTMLButtonElement} */ (button)));
}
setInterval(() => {
  if (document.querySelector("[data-waiting]") && isAttended()) void redraw();
}, POLL_MS);
