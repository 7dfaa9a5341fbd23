// @ts-check
/** The journal as of any moment: the slider goes from change to change, the server draws. */
import { find, say } from "./shell.js";

const PAUSE_MS = 90;  // a slider being dragged asks for where it rests

const slider = /** @type {HTMLInputElement} */ (find("#slider"));
/** @type {[string, string, boolean][]} moment, in words, is it a correction */
const steps = JSON.parse(find("#steps").textContent ?? "[]");
const REDRAWN = ["#shown", "#clock", "#steps-nav", "#doors", "#compare"];

let asked = new AbortController();
let resting = 0;

/** @param {number} step how many changes have been made; 0 is before the first */
function address(step) {
  const url = new URL(location.href);
  url.searchParams.delete("as_of");
  const before = new Date(Date.parse(steps[0][0]) - 1000);
  if (step === 0) url.searchParams.set("as_of", before.toISOString());
  else if (step < steps.length) url.searchParams.set("as_of", steps[step - 1][0]);
  return url.href;
}

/** @param {string} url */
async function show(url) {
  find("#shown").setAttribute("aria-busy", "true");
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  const answer = await fetch(url, { signal }).catch(() => null);
  if (signal.aborted) return;
  if (!answer?.ok) return say("Нет связи с сервером. Попробуйте ещё раз.", true);
  if (answer.redirected) return location.reload();  // the session has ended: to the sign-in page
  const text = await answer.text().catch(() => "");
  if (signal.aborted) return;
  draw(new DOMParser().parseFromString(text, "text/html"));
  history.replaceState(null, "", url);
}

/** @param {Document} drawn */
function draw(drawn) {
  const { scrollLeft = 0, scrollTop = 0 } = document.querySelector(".sheet") ?? {};
  const held = document.activeElement?.getAttribute("data-step");
  for (const part of REDRAWN) {
    const fresh = drawn.querySelector(part);
    if (fresh) find(part).replaceChildren(...fresh.childNodes);
  }
  find("#shown").removeAttribute("aria-busy");
  document.querySelector(".sheet")?.scrollTo(scrollLeft, scrollTop);
  reveal();
  const fresh = /** @type {HTMLInputElement|null} */ (drawn.querySelector("#slider"));
  if (fresh && document.activeElement !== slider) slider.value = fresh.value;
  if (held) {
    const same = document.querySelector(`a[data-step="${held}"]`);
    if (same instanceof HTMLElement) same.focus();
    else slider.focus();
  }
  speak();
}

/** Bring what has changed into sight inside of the sheet; the page itself stays where it is. */
function reveal() {
  const sheet = document.querySelector(".sheet");
  const lit = sheet?.querySelector("td.lit");
  if (!sheet || !lit) return;
  const view = sheet.getBoundingClientRect();
  const cell = lit.getBoundingClientRect();
  const names = sheet.querySelector(".name")?.getBoundingClientRect().right ?? view.left;
  if (cell.left < names || cell.right > view.right - 150) {
    sheet.scrollLeft += cell.left - (names + view.right) / 2;
  }
}

/** What the slider stands on, for who listens to it. */
function speak() {
  const step = Number(slider.value);
  slider.setAttribute("aria-valuetext", step ? steps[step - 1][1] : "до первого изменения");
}

slider.addEventListener("input", () => {
  speak();
  const step = Number(slider.value);
  find(".when").textContent = step ? steps[step - 1][1].split(" — ")[0] : "до первого изменения";
  find(".place").textContent = `изменение ${step} из ${steps.length}`;
  find("#shown").setAttribute("aria-busy", "true");  // it is still of another moment
  clearTimeout(resting);
  resting = setTimeout(() => void show(address(step)), PAUSE_MS);
});
find("#steps-nav").addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("a");
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
  if (!link || !plain) return;
  event.preventDefault();
  void show(link.href);
});
slider.hidden = false;
find(".hint").hidden = false;
speak();
reveal();
