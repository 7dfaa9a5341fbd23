// @ts-check
/** «Рассадка»: touch a pupil, touch a seat. What is chosen goes into the fields of the form and is sent by it. */
import { MOST, filled, on, parts, room, seated, step, words } from "./seating.js";
import { find, make } from "./shell.js";

const form = /** @type {HTMLFormElement} */ (find("#seats"));
const plan = /** @type {HTMLTableElement} */ (find(".plan", form));
const numbers = find(".numbers", form);
const rows = /** @type {HTMLTableRowElement[]} */ ([...numbers.querySelectorAll("tr[data-pupil]")]);
const names = new Map(rows.map((row) => [row.dataset.pupil ?? "", find("th", row).innerText]));
const pupils = [...names.keys()];
const fields = new Map(rows.map((row) => [row.dataset.pupil ?? "", [...row.querySelectorAll("input")]]));

/** @type {import("./seating.js").Seats} */
let seats = new Map();
for (const [pupil, inputs] of fields) {
  const seat = inputs.map((one) => one.value).join("-");
  if (inputs.every((one) => one.value) && !on(seats, seat)) seats.set(pupil, seat);
}
let lanes = plan.tHead ? plan.tHead.rows[0].cells.length - 1 : 3;
let desks = plan.tBodies[0].rows.length;
let chosen = "";
let dirty = false;

const pool = make("div", { className: "pool", role: "group", "aria-label": "Без места" });
const button = (/** @type {string} */ text, /** @type {() => void} */ act) =>
  /** @type {HTMLButtonElement} */ (make("button", { type: "button", className: "btn small", onclick: act }, text));
const away = button("Убрать с места", () => {
  const was = chosen;
  put(new Map([...seats].filter(([pupil]) => pupil !== was)));
});
const lane = button("Ещё ряд", () => { lanes += 1; draw(); });
const desk = button("Ещё парта", () => { desks += 1; draw(); });

/** @param {string} seat */
const seatButton = (seat) => /** @type {HTMLElement|null} */ (plan.querySelector(`[data-seat="${seat}"] button`));
const nextOne = () => pupils.find((pupil) => !seats.has(pupil)) ?? "";

/** @param {string} pupil @param {string} text */
function pupilButton(pupil, text) {
  const [family, ...given] = text.split(" ");
  const one = make("button", { type: "button", "data-pupil": pupil, onclick: () => choose(pupil) },
    make("span", {}, family), " ", make("span", {}, given.join(" ")));
  one.setAttribute("aria-pressed", String(pupil === chosen));
  return one;
}

/** @param {string} seat */
function place(seat) {
  const pupil = on(seats, seat);
  if (!pupil) {
    return make("button", { type: "button", className: "free", "aria-label": `${words(seat)}: свободно`,
      onclick: () => sit(seat) }, "+");
  }
  const one = pupilButton(pupil, names.get(pupil) ?? "");
  one.append(make("span", { className: "sr" }, `, ${words(seat)}`));
  one.onclick = () => chosen && chosen !== pupil ? sit(seat) : choose(pupil);
  return one;
}

function draw() {
  const head = make("tr", {}, make("th", { scope: "col" }, make("span", { className: "sr" }, "Парта")),
    ...Array.from({ length: lanes }, (_, at) => make("th", { colSpan: 2, scope: "colgroup" }, `${at + 1}-й ряд`)));
  plan.tHead?.replaceChildren(head);
  plan.tBodies[0].replaceChildren(...Array.from({ length: desks }, (_, at) => make("tr", {},
    make("th", { scope: "row" }, String(at + 1)),
    ...room(lanes, at + 1).slice(-2 * lanes).map((seat) => make("td", { "data-seat": seat }, place(seat))))));
  const standing = pupils.filter((pupil) => !seats.has(pupil));
  pool.replaceChildren(...standing.map((pupil) => pupilButton(pupil, names.get(pupil) ?? "")));
  pool.hidden = !standing.length;
  find("#seated").textContent = `Рассажено ${pupils.length - standing.length} из ${pupils.length}.`
    + (chosen ? ` Куда сядет ${names.get(chosen)}?` : standing.length ? " Выберите ученика, потом место." : "");
  away.disabled = !seats.has(chosen);
  lane.hidden = lanes === MOST.lanes;
  desk.hidden = desks === MOST.desks;
  for (const [pupil, inputs] of fields) {
    const seat = seats.get(pupil);
    inputs.forEach((one, at) => { one.value = seat ? String(parts(seat)[at]) : ""; });
  }
}

/** Take a pupil up, or put back. @param {string} pupil */
function choose(pupil) {
  chosen = chosen === pupil ? "" : pupil;
  draw();
  const free = room(lanes, desks).find((seat) => !on(seats, seat)) ?? "1-1-1";
  const seat = seats.get(pupil) ?? (chosen ? free : "");
  (seatButton(seat) ?? find(`[data-pupil="${pupil}"]`, form)).focus();
}

/** @param {string} seat */
function sit(seat) {
  if (!chosen) return find(".pool button, .plan button", form).focus();
  put(seated(seats, chosen, seat));
  const next = nextOne();
  (next ? find(`.pool [data-pupil="${next}"]`, form) : seatButton(seat))?.focus();
}

/** @param {import("./seating.js").Seats} next */
function put(next) {
  seats = next;
  chosen = "";
  dirty = true;
  draw();
}

plan.addEventListener("keydown", (event) => {
  const { target, key } = event;
  const cell = target instanceof Element ? /** @type {HTMLElement|null} */ (target.closest("td")) : null;
  if (!cell) return;
  if (key === "Escape" && chosen) return choose(chosen);
  const next = step(cell.dataset.seat ?? "", key, lanes, desks);
  if (!next) return;
  event.preventDefault();
  seatButton(next)?.focus();
});
form.addEventListener("submit", () => { dirty = false; });
addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

numbers.hidden = true;
find("#seated").after(pool, make("div", { className: "bar noprint" },
  button("Остальных по порядку", () => put(filled(seats, pupils, room(lanes, desks)))), away, lane, desk));
draw();
form.setAttribute("data-ready", "");
