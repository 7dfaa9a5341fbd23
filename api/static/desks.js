// @ts-check
/** The lesson on a telephone by desks: the same buttons, where the pupils sit; who has no seat comes below. */
import { bySeat, parts, words } from "./seating.js";
import { make } from "./shell.js";

/** @param {HTMLUListElement} list @returns {(on:boolean) => void} */
export function desks(list) {
  const items = /** @type {HTMLLIElement[]} */ ([...list.children]);
  const rows = items.map((item) => ({ item, seat: item.dataset.seat ?? "" }));
  const seats = rows.filter((one) => one.seat).map((one) => parts(one.seat));
  const lanes = Math.max(3, ...seats.map(([lane]) => lane));
  const used = [...new Set(seats.map(([, desk]) => desk))].sort((a, b) => a - b);
  for (const { item, seat } of rows) {
    if (seat) item.querySelector(".name")?.append(make("span", { className: "sr" }, `, ${words(seat)}`));
  }
  return (on) => {
    list.classList.toggle("desks", on);
    list.style.gridTemplateColumns = on ? `repeat(${lanes - 1}, minmax(0, 1fr) minmax(0, 1fr) 6px) minmax(0, 1fr) minmax(0, 1fr)` : "";
    for (const { item, seat } of rows) {
      const [lane, desk, side] = parts(seat);
      item.style.gridArea = on && seat ? `${used.indexOf(desk) + 1} / ${(lane - 1) * 3 + side}` : "";
      item.classList.toggle("standing", on && !seat);
    }
    list.append(...(on ? bySeat(rows) : rows).map((one) => one.item));
  };
}
