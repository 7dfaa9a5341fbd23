// @ts-check
/** What every page has: a spoken message, the theme switch, signing out, reading the API. */

/** @param {string} selector @param {ParentNode} root @returns {HTMLElement} */
export function find(selector, root = document) {
  const found = root.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`no ${selector} on this page`);
  return found;
}

/**
 * An element with properties and children; text is only ever set as text.
 * @param {string} tag @param {Record<string, any>} props @param {(Node|string|null)[]} children
 */
export function make(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name in element && name !== "list") Object.assign(element, { [name]: value });
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

let fading = 0;

/** Say something to the eye and to the screen reader. @param {string} text */
export function say(text, urgent = false) {
  const toast = find("#toast");
  toast.setAttribute("aria-live", urgent ? "assertive" : "polite");
  toast.textContent = text;
  toast.classList.add("on");
  clearTimeout(fading);
  fading = setTimeout(() => toast.classList.remove("on"), urgent ? 7000 : 3500);
}

const POSITION = "letopis_position";

/** Pages and reads opened in the next minute wait until they include our own write.
 * @param {number|null} position of the write in the school's log */
export function remember(position) {
  if (position) document.cookie = `${POSITION}=${position};path=/;max-age=60;samesite=lax`;
}

/** Read JSON from the API, not older than our own last write. @param {string} url */
export async function read(url) {
  const position = document.cookie.match(/(?:^|; )letopis_position=(\d+)/)?.[1];
  const address = new URL(url, location.href);
  if (position) address.searchParams.set("min_position", position);
  const answer = await fetch(address);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.detail ?? body.title ?? `Ошибка ${answer.status}`);
  return body;
}

/** "2026-11-12" → "12.11.2026" @param {string} iso */
export const day = (iso) => iso.slice(0, 10).split("-").reverse().join(".");

/** @param {string} iso a moment with an offset → "12.11.2026 14:03" in the school's zone */
export function moment(iso) {
  const timeZone = document.body.dataset.zone || undefined;
  const options = /** @type {const} */ ({
    day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone,
  });
  return new Intl.DateTimeFormat("ru-RU", options).format(new Date(iso)).replace(",", "");
}

const ATTENDED_MS = 120_000;
let lastInput = Date.now();
for (const kind of ["keydown", "pointerdown", "pointermove"]) {
  addEventListener(kind, () => { lastInput = Date.now(); }, { capture: true, passive: true });
}

/** Is somebody at the page? A page left alone asks for nothing, so that its session may end. */
export const isAttended = () => !document.hidden && Date.now() - lastInput < ATTENDED_MS;

/** Asked for by few: fetched when it is. @param {string} what a key, or the id of a button */
const seldom = (what) => void import("./seldom.js").then((page) => page.asked(what));

document.addEventListener("keydown", (event) => {
  const { code, key, target } = event;
  const what = key === "?" || (code === "Slash" && event.shiftKey) ? "?" : key === "/" || code === "Slash" ? "/" : "";
  if (!what || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey
    || (target instanceof Element && target.closest("input, select, textarea"))) return;
  event.preventDefault();
  if (what === "/") /** @type {HTMLInputElement|null} */ (document.querySelector(".find input"))?.select();
  seldom(what);
});
for (const id of ["sign-out", "theme"]) {
  document.querySelector(`#${id}`)?.addEventListener("click", () => seldom(id));
}
document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  if (event.target.closest("[data-print]")) print();
  const receipt = event.target.closest("a[data-receipt]");
  if (receipt instanceof HTMLAnchorElement) {
    event.preventDefault();
    void import("./receipt.js").then(({ save }) => save(receipt.href));
  }
});
for (const form of document.querySelectorAll("form[data-auto]")) {
  form.addEventListener("change", () => /** @type {HTMLFormElement} */ (form).requestSubmit());
}
