// @ts-check
/** Another order of the rows, to look at: by a click on the head, from the menu of a cell. Paper and the next page
 * have the order of the list. */
import { ask } from "./ask.js";
import { ORDERS, placesBy } from "./order.js";
import { find, make } from "./shell.js";

/** @typedef {import("./grid.js").JournalGrid} JournalGrid */

/** What a click on a head asks for next. @type {[string, string[], Record<string, string>][]} */
const HEADS = [
  ["th.name", ["list", "name"], { name: "ascending" }],
  ["th.avg", ["list", "low", "high"], { low: "ascending", high: "descending" }],
];

/** @param {JournalGrid} grid */
export function sorting(grid) {
  const list = [...grid.rows];
  const body = grid.table.tBodies[0];
  let by = "list";
  const place = make("p", { className: "bar noprint", role: "status", hidden: true });
  grid.prepend(place);

  /** The rows themselves; who is looked at stays so. @param {string} order */
  const put = (order) => {
    const rows = list.map((row, number) => ({
      number, name: find(".name", row).title, owes: Boolean(row.querySelector(".owes")),
      average: grid.model.average(row.dataset.pupil ?? "") === "" ? null
        : Number(grid.model.average(row.dataset.pupil ?? "").replace(",", ".")),
    }));
    const current = grid.rows[grid.at.r];
    const focused = document.activeElement;
    const cells = new Map(grid.rows.map((row, r) => [row, grid.cells[r]]));
    grid.rows = placesBy(rows, order).map((one) => list[one]);
    grid.cells = grid.rows.map((row) => cells.get(row) ?? []);
    body.append(...grid.rows);
    grid.rows.forEach((row, r) => row.setAttribute("aria-rowindex", String(r + 3)));
    grid.at.r = grid.rows.indexOf(current);
    // Who is moved loses the focus.
    if (focused instanceof HTMLElement && body.contains(focused)) focused.focus({ preventScroll: true });
  };

  /** @param {string} order */
  const show = (order) => {
    if (order === by) return;
    const leaves = place.contains(document.activeElement);  // by the button that is gone in a moment
    by = order;
    put(by);
    place.hidden = by === "list";
    place.replaceChildren(`Порядок: ${ORDERS[by]}`, make("button", {
      type: "button", className: "btn small", onclick: () => show("list"),
    }, "Вернуть по списку"));
    for (const [selector, , sorts] of HEADS) {
      const head = find(`thead ${selector}`, grid.table);
      if (sorts[by]) head.setAttribute("aria-sort", sorts[by]);
      else head.removeAttribute("aria-sort");
    }
    if (leaves) grid.select(grid.at.r, grid.at.c);
  };

  for (const [selector, steps] of HEADS) {
    const head = find(`thead ${selector}`, grid.table);
    const turn = make("button", { type: "button", tabIndex: grid.locked ? 0 : -1, className: "sorts", onclick: () =>
      show(steps[(steps.indexOf(by) + 1) % steps.length]) }, ...head.childNodes);
    head.append(turn);
  }
  addEventListener("beforeprint", () => put("list"));
  addEventListener("afterprint", () => put(by));

  return {
    show,
    /** By keys. */
    async choose() {
      const { r, c } = grid.at;
      const options = /** @type {[string, string][]} */ (Object.entries(ORDERS));
      const answer = await ask({ title: "Порядок строк", text: `Сейчас ${ORDERS[by]}. На бумаге — всегда по списку.`, options });
      grid.select(r, c);
      if (answer) show(answer.value);
    },
  };
}
