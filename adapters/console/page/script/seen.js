const key = (person) => `pipewright.seen.${person}`;

/** Which change of each thread this person has seen, kept in this browser. */
export function loadSeen(person) {
  try {
    return new Map(Object.entries(JSON.parse(localStorage.getItem(key(person)) ?? "{}")));
  } catch {
    return new Map();
  }
}

export function saveSeen(person, seen) {
  try {
    localStorage.setItem(key(person), JSON.stringify(Object.fromEntries(seen)));
  } catch {
    // A browser without storage only forgets what was read.
  }
}
