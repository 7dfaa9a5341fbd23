// @ts-check
/** Where the save queue meets the browser: storage of this tab, the network, leaving the page. */
import { SaveQueue } from "./queue.js";

/**
 * Open the queue of this person, page and tab, and take over what closed tabs left unsent.
 * Two tabs never share a key; a Web Lock tells which tabs are alive (where there are no locks,
 * as on plain http, a tab only takes its own queue back after a reload).
 * @param {string} person @param {string} page
 * @param {Omit<ConstructorParameters<typeof SaveQueue>[0],
 *   "storageKey"|"storage"|"newId"|"fetch">} handlers
 */
export async function openQueue(person, page, handlers) {
  const prefix = `letopis:queue:${person}:${page}:`;
  const locks = navigator.locks;
  const hold = (/** @type {string} */ name) => new Promise((resolve) => {
    if (!locks) return resolve(true);
    void locks.request(name, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock && new Promise(() => {});  // held until the tab is gone
    });
  });
  let tab = sessionStorage.getItem("letopis:tab") ?? newId();
  // A duplicated tab starts with a copy of the session storage: it needs a name of its own.
  if (!(await hold(prefix + tab))) {
    tab = newId();
    await hold(prefix + tab);
  }
  sessionStorage.setItem("letopis:tab", tab);
  const queue = new SaveQueue({
    ...handlers, storageKey: prefix + tab, storage: localStorage, newId, fetch: fetch.bind(window),
  });
  for (const key of Object.keys(localStorage)) {
    if (!locks || !key.startsWith(prefix) || key === prefix + tab) continue;
    await locks.request(key, { ifAvailable: true }, (lock) => { if (lock) queue.adopt(key); });
  }
  addEventListener("online", () => queue.flush());
  addEventListener("beforeunload", (event) => { if (queue.unsaved.length) event.preventDefault(); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && queue.unsaved.length) queue.flush();
  });
  return queue;
}

/** What the label of the queue says. @param {import("./queue.js").SyncState} state */
export const syncWords = ({ phase, waiting }) => ({
  saved: "Всё сохранено", saving: "Сохраняется…", offline: "Нет связи",
  busy: "Сервер занят", confirm: "Нужен пароль", signin: "Войдите снова",
})[phase] + (phase === "saved" || phase === "saving" ? "" : ` · ждут отправки: ${waiting}`);

/** A random UUIDv4, also on plain http where crypto.randomUUID is missing. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/**
 * Marks given in this browser today: until midnight they are one's own to change, whatever the
 * lesson. @param {string} person @param {string} today
 */
export function givenToday(person, today) {
  const key = `letopis:today:${person}`;
  const kept = JSON.parse(localStorage.getItem(key) ?? "{}");
  const marks = new Set(kept.today === today ? kept.marks : []);
  return {
    marks,
    save() { localStorage.setItem(key, JSON.stringify({ today, marks: [...marks] })); },
  };
}
