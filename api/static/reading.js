// @ts-check
/** The register of the past, or for who may only read: the same grid and card, nothing is sent. */
import "./grid.js";
import { RegisterModel } from "./model.js";
import { find } from "./shell.js";

const grid = /** @type {import("./grid.js").JournalGrid} */ (find("journal-grid"));
const data = (/** @type {string} */ id) => JSON.parse(find(`#${id}`).textContent ?? "null");

grid.model = new RegisterModel(data("register-data"), data("work-types"), {
  put: () => {}, newId: () => "", onCell: () => {}, fresh: new Set(),
});
grid.onCard = async (key) => (await import("./card.js")).openCard(grid, key, {
  settle: () => {}, comment: () => {},
});
const last = grid.model.lessons.findLastIndex((lesson) => lesson.date <= (grid.dataset.today ?? ""));
grid.select(0, Math.max(0, last), false);
grid.cells[0]?.[grid.at.c]?.scrollIntoView({ inline: "center", block: "nearest" });
grid.setAttribute("data-ready", "");
