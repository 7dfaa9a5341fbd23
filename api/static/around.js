// @ts-check
/** Around the grid: who else has the page open, the pad of a phone. */
import { NUMBERS } from "./core.js";
import { find, isAttended, read } from "./shell.js";

const ASKED_EVERY_MS = 20_000;

/** @typedef {import("./grid.js").JournalGrid} JournalGrid */

/** «Антонова А. А.» @param {string} name */
const short = (name) => name.split(" ").map((part, place) => place ? `${part[0]}.` : part).join(" ");

/** Name the others, now and again. @param {JournalGrid} grid */
export function meet(grid) {
  const url = grid.dataset.here;
  const place = find("#here");
  const ask = async () => {
    const { others } = await read(url ?? "").catch(() => ({ others: [] }));
    place.textContent = others.length ? `Здесь ещё: ${others.map(short).join(", ")}` : "";
    place.hidden = !others.length;
  };
  if (!url) return;
  void ask();
  setInterval(() => { if (isAttended()) void ask(); }, ASKED_EVERY_MS);
}

/** @param {JournalGrid} grid */
export function around(grid) {
  meet(grid);
  for (const button of document.querySelectorAll("#pad button")) {
    button.addEventListener("click", () => {
      const { value } = /** @type {HTMLButtonElement} */ (button);
      const { r, c } = grid.at;
      if (value === "card") return grid.onCard(grid.key);
      if (value === "") grid.clear();
      else grid.enter(NUMBERS.includes(value) ? { marks: [value], attendance: null }
        : { marks: [], attendance: value });
      if (value !== "") grid.select(r + 1, c);
    });
  }
}
