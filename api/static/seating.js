// @ts-check
/** Who sits where: pupils on seats of desks for two. A seat is «1-3-2»: row of desks, desk from the blackboard, place
 * at it. No DOM here. */

/** @typedef {Map<string, string>} Seats pupil → seat */

export const MOST = { lanes: 4, desks: 8, sides: 2 };

/** @param {string} seat @returns {number[]} lane, desk, side */
export const parts = (seat) => seat.split("-").map(Number);

/** For a person. @param {string} seat */
export function words(seat) {
  const [lane, desk, side] = parts(seat);
  return `${lane}-й ряд, парта ${desk}, место ${side}`;
}

/** All seats of a room as one walks: desk by desk from the blackboard, along the rows.
 * @param {number} lanes @param {number} desks @returns {string[]} */
export function room(lanes, desks) {
  const found = [];
  for (let desk = 1; desk <= desks; desk += 1) {
    for (let lane = 1; lane <= lanes; lane += 1) found.push(`${lane}-${desk}-1`, `${lane}-${desk}-2`);
  }
  return found;
}

/** @param {Seats} seats @param {string} seat @returns {string} pupil, or "" */
export const on = (seats, seat) => [...seats].find(([, of]) => of === seat)?.[0] ?? "";

/** The pupil sits there; who sat there gets the former seat, or none.
 * @param {Seats} seats @param {string} pupil @param {string} seat @returns {Seats} */
export function seated(seats, pupil, seat) {
  const next = new Map(seats);
  const other = on(seats, seat);
  const former = seats.get(pupil);
  if (other && other !== pupil) {
    if (former) next.set(other, former);
    else next.delete(other);
  }
  return next.set(pupil, seat);
}

/** Who has no seat yet, in the order of the list, on the free ones along the rows.
 * @param {Seats} seats @param {string[]} pupils @param {string[]} all seats of the room @returns {Seats} */
export function filled(seats, pupils, all) {
  const next = new Map(seats);
  const free = all.filter((seat) => !on(seats, seat));
  for (const pupil of pupils) if (!next.has(pupil) && free.length) next.set(pupil, free.shift() ?? "");
  return next;
}

/** In the order of the seats; who has none comes last, as in the list.
 * @template {{seat:string}} T @param {T[]} rows @returns {T[]} */
export function bySeat(rows) {
  const rank = (/** @type {string} */ seat) => {
    const [lane, desk, side] = parts(seat);
    return seat ? desk * 100 + lane * 10 + side : Infinity;
  };
  return [...rows].sort((a, b) => rank(a.seat) - rank(b.seat) || 0);
}

/** A step with an arrow key; at the wall one stays. @param {string} seat @param {string} key @param {number} lanes
 * @param {number} desks @returns {string|null} null: no arrow */
export function step(seat, key, lanes, desks) {
  const [lane, desk, side] = parts(seat);
  const column = lane * 2 + side - 3;
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!by) return null;
  const x = Math.max(0, Math.min(lanes * 2 - 1, column + by[0]));
  const y = Math.max(1, Math.min(desks, desk + by[1]));
  return `${Math.floor(x / 2) + 1}-${y}-${(x % 2) + 1}`;
}
