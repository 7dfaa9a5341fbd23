// @ts-check
/** «Присылать сюда»: this browser is told that there is something new. */
import { write } from "./session.js";
import { find, say } from "./shell.js";

const button = /** @type {HTMLButtonElement} */ (find("#push-here"));
const why = find("#push-why");
const key = button.dataset.key ?? "";

/** @param {ArrayBuffer|null} raw as Web Push writes it: base64url without padding */
const text = (raw) => btoa(String.fromCharCode(...new Uint8Array(raw ?? new ArrayBuffer(0))))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** A subscription by the school's key; one by another key is of no use any more.
 * @param {PushManager} manager */
async function subscribe(manager) {
  const old = await manager.getSubscription();
  if (old && text(old.options.applicationServerKey) !== key) await old.unsubscribe();
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function turnOn() {
  if (await Notification.requestPermission() !== "granted") {
    throw new Error("Браузер не разрешил уведомления: разрешите их в его настройках для этого сайта.");
  }
  await navigator.serviceWorker.register("/sw.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  const made = await subscribe(pushManager);
  await write("POST", "/api/v1/notices/devices", {
    endpoint: made.endpoint, p256dh: text(made.getKey("p256dh")), auth: text(made.getKey("auth")),
  });
  location.assign("/notices?said=device");
}

if ("PushManager" in window && "serviceWorker" in navigator && "Notification" in window) {
  button.hidden = false;
  why.hidden = true;
  button.addEventListener("click", async () => {
    button.disabled = true;
    await turnOn().catch((fault) => say(fault.name === "AbortError"
      ? "Служба уведомлений браузера недоступна. Попробуйте позже." : fault.message, true));
    button.disabled = false;
  });
}
