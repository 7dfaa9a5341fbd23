// @ts-check
/** Family pages keep what was seen for a day without a network, and say when that is shown. */
import { find, make } from "./shell.js";

if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/sw.js").catch(() => {});

const kept = "kept" in document.body.dataset; // the service worker's mark: the school did not answer
const AGAIN_MS = 3000;

function told() {
  document.querySelector("#offline")?.remove();
  if (navigator.onLine && !kept) return;
  find("#main").prepend(make("p", { id: "offline", className: "past noprint", role: "status" },
    "Нет сети. Показано то, что вы уже открывали на этом устройстве."));
}

told();
addEventListener("offline", told);
addEventListener("online", () => location.reload());
if (kept) setInterval(again, AGAIN_MS);

/** The page of now, as soon as the school answers: a network without it is no network. */
function again() {
  if (document.hidden) return;
  void fetch("/healthz").then((answer) => { if (answer.ok) location.reload(); }, () => {});
}
