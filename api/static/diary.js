// @ts-check
/** Keeps an open diary fresh: asks for the document by its ETag, redraws only when it changed. */
import { live } from "./live.js";
import { find, isAttended, say } from "./shell.js";

const { api = "", etag: drawn = "" } = find("#diary-script").dataset;
let etag = drawn;  // of the document that the page was drawn from

async function refresh() {
  if (!isAttended()) return;
  const headers = /** @type {Record<string, string>} */ (etag ? { "if-none-match": etag } : {});
  const answer = await fetch(api, { headers }).catch(() => null);
  if (answer?.status === 401) return location.reload();
  if (answer?.status !== 200) return;
  etag = answer.headers.get("etag") ?? "";
  await redraw();
}

/** The server draws; what was open stays open, what is new moves once. */
async function redraw() {
  const html = await (await fetch(location.href)).text();
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("#main");
  const main = find("#main");
  if (!fresh) return;
  const known = new Map([...main.querySelectorAll("[data-mark]")].map((mark) =>
    [mark.getAttribute("data-mark"), mark.textContent]));
  for (const day of main.querySelectorAll("details[open]")) {
    fresh.querySelector(`#${CSS.escape(day.id)}`)?.setAttribute("open", "");
  }
  main.replaceChildren(...fresh.childNodes);
  let news = 0;
  for (const mark of main.querySelectorAll(".lesson [data-mark]")) {
    if (known.get(mark.getAttribute("data-mark")) === mark.textContent) continue;
    mark.classList.add("arrived");
    news += 1;
  }
  if (news) say(news === 1 ? "Новая отметка в дневнике" : `Новых отметок в дневнике: ${news}`);
}

await refresh();
live(api, refresh);
addEventListener("focus", () => void refresh());
