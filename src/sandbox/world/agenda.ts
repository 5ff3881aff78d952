import type { AgendaEntry, AgendaItem, WorldState } from "./state.js";

/** Writes down what falls due; entries at the same moment keep their order. */
export function plan(world: WorldState, at: number, item: AgendaItem): void {
  world.sequence += 1;
  const entry: AgendaEntry = { ...item, at, order: world.sequence };
  let index = world.agenda.length;
  while (index > 0) {
    const before = world.agenda[index - 1];
    if (before === undefined || before.at <= at) break;
    index -= 1;
  }
  world.agenda.splice(index, 0, entry);
}

/** Takes the next entry that is due by `until`, if there is one. */
export function takeDue(world: WorldState, until: number): AgendaEntry | null {
  const first = world.agenda[0];
  if (first === undefined || first.at > until) return null;
  world.agenda.shift();
  return first;
}
