// Runs before the first paint, so that a dark page does not flash white.
for (const one of ["theme", "palette"]) {
  const chosen = localStorage.getItem(`letopis:${one}`);
  if (chosen) document.documentElement.dataset[one] = chosen;
}
