/** The columns in which two printed schemas differ (Delta prints `Table schema:` and `Data schema:`), worded; null when none are printed. */
export function schemaDifference(text: string): string | null {
  const table = columnsAfter(text, /Table schema:/i);
  const data = columnsAfter(text, /Data schema:/i);
  if (table.length === 0 || data.length === 0) return null;
  const extra = data.filter((name) => !table.includes(name));
  const gone = table.filter((name) => !data.includes(name));
  const words = [...extra.map((name) => `${name} is new`), ...gone.map((name) => `${name} is gone`)];
  return words.length === 0 ? null : words.slice(0, 3).join(", ");
}

function columnsAfter(text: string, heading: RegExp): readonly string[] {
  const start = text.search(heading);
  if (start < 0) return [];
  const names: string[] = [];
  for (const line of text.slice(start).split("\n").slice(1)) {
    const found = /^\s*(?:\|\s*)*-- ([\w.$ -]+):/.exec(line);
    if (found?.[1] === undefined) {
      if (names.length > 0) break;
      continue;
    }
    names.push(found[1]);
  }
  return names;
}
