/* Runs before the first paint: the reader's own theme, text size and motion, when they chose any. */
for (const name of ["theme", "presenter", "motion"]) {
  try {
    const value = localStorage.getItem(`clustersim.${name}`);
    if (value) document.documentElement.dataset[name] = value;
  } catch { /* storage may be forbidden: the system's settings hold then */ }
}
