// @ts-check
/** In which order the rows are looked at. The order of the list is the record's and comes back. No DOM here. */

/** @typedef {{number:number, name:string, average:number|null, owes:boolean}} Row as it stands in the list */

/** Words for a person. The first is the list itself. */
export const ORDERS = /** @type {Record<string, string>} */ ({
  list: "по списку",
  name: "по имени",
  low: "по среднему, сначала низкий",
  high: "по среднему, сначала высокий",
  debts: "сначала с долгами",
});

const names = new Intl.Collator("ru");
/** @type {Record<string, (a:Row, b:Row) => number>} */
const COMPARED = {
  name: (a, b) => names.compare(a.name, b.name),
  low: (a, b) => (a.average ?? Infinity) - (b.average ?? Infinity) || 0,
  high: (a, b) => (b.average ?? -Infinity) - (a.average ?? -Infinity) || 0,
  debts: (a, b) => Number(b.owes) - Number(a.owes),
};

/**
 * Places of the rows in another order; who has no average is the last either way, equals stand as in
 * the list.
 * @param {Row[]} rows @param {string} by one of ORDERS @returns {number[]}
 */
export function placesBy(rows, by) {
  const places = rows.map((_, place) => place);
  return places.sort((a, b) => COMPARED[by]?.(rows[a], rows[b]) || rows[a].number - rows[b].number);
}
