// @ts-check
/** What every page has and few ask for: signing out, the other theme, the search by key, the list of keys. */
import { find, make, say } from "./shell.js";

const QUEUES = "letopis:queue:";
/** What is kept for a person and goes when the person does. */
const DRAFTS = "letopis:draft:";
const KEPT = [QUEUES, DRAFTS, "letopis:today:"];

function unsaved() {
  return Object.keys(localStorage).filter(
    (key) => key.startsWith(QUEUES) || key.startsWith(DRAFTS));
}

function forget() {
  for (const key of Object.keys(localStorage)) {
    if (KEPT.some((begin) => key.startsWith(begin))) localStorage.removeItem(key);
  }
  sessionStorage.clear();
}

async function signOut() {
  const left = unsaved();
  const question = "Не все записи отправлены на сервер. Выйти и потерять их?";
  if (left.length && !confirm(question)) return;
  forget();
  addEventListener("pagehide", forget);  // what was in the air meanwhile has put itself back
  await fetch("/api/v1/session", { method: "DELETE" });
  location.assign("/sign-in");
}


function switchTheme() {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark"
    || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("letopis:theme", dark ? "light" : "dark");
}

/** What the help of this page says of keys. */
async function showKeys() {
  const help = /** @type {HTMLAnchorElement} */ (find("#help"));
  const answer = await fetch(help.href).catch(() => null);
  if (!answer?.ok) return say("Нет связи с сервером. Попробуйте ещё раз.", true);
  const told = new DOMParser().parseFromString(await answer.text(), "text/html");
  const close = make("button", { className: "btn", type: "submit" }, "Закрыть");
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", { className: "keys", "aria-labelledby": "keys-title" },
    document.importNode(find("#page-keys", told), true),
    make("form", { method: "dialog", className: "bar" },
      make("a", { className: "grow", href: help.href }, "Помощь по этой странице"), close)));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
}

function search() {
  if (document.activeElement?.closest(".find")) return;  // it is there already
  const here = document.querySelector("main input[type=search]");
  if (here instanceof HTMLInputElement) return here.select();
  const place = document.querySelector('a[href="/search"]');
  if (place instanceof HTMLAnchorElement) location.assign(place.href);
}

/** @param {string} what */
export function asked(what) {
  if (what === "sign-out") void signOut();
  else if (what === "theme") switchTheme();
  else if (what === "/") search();
  else if (!document.querySelector("dialog.keys")) void showKeys();
}
