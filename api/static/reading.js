// @ts-check
/** The register of the past, or for who may only read: the same grid and card, nothing is sent. */
import { meet } from "./around.js";
import "./grid.js";
import { live } from "./live.js";
import { RegisterModel } from "./model.js";
import { find, read } from "./shell.js";

const grid = /** @type {import("./grid.js").JournalGrid} */ (find("journal-grid"));
const data = (/** @type {string} */ id) => JSON.parse(find(`#${id}`).textContent ?? "null");

grid.model = new RegisterModel(data("register-data"), data("work-types"), {
  put: () => {}, newId: () => "", onCell: () => {}, fresh: new Set(),
});
const { api = "", here } = grid.dataset;

/** What the teacher has written meanwhile. */
async function refresh() {
  const register = await read(api).catch(() => null);
  if (!register) return;
  if (register.lessons.length !== grid.heads.length || register.pupils.length !== grid.rows.length) {
    return location.reload();
  }
  grid.model.merge(register, () => false).forEach((key) => grid.paint(key, true));
  (await import("./debts.js")).signs(grid, register);
}

const desk = { grid, model: grid.model, conflicts: new Map(), fresh: new Set(), refresh, showNow() {} };
grid.onCard = async (key) => (await import("./card.js")).openCard(desk, key);
const last = grid.model.lessons.findLastIndex((lesson) => lesson.date <= (grid.dataset.today ?? ""));
grid.select(0, Math.max(0, last), false);
grid.cells[0]?.[grid.at.c]?.scrollIntoView({ inline: "center", block: "nearest" });
grid.setAttribute("data-ready", "");
meet(grid);
void import("./sorting.js").then(({ sorting }) => sorting(grid));
if (here) live(api, refresh);  // the past does not change
