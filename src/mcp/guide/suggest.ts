import type { ToolPorts } from "../../tools/ports.js";

const mostSuggested = 50;

/** What may stand where an argument is being typed; a connection that does not answer suggests nothing. */
export interface Suggestions {
  dags(typed: string | undefined, connection?: string): Promise<string[]>;
  connections(typed: string | undefined): string[];
  incidents(typed: string | undefined): Promise<string[]>;
}

export function suggestionsFrom({ connections, incidents }: ToolPorts): Suggestions {
  return {
    async dags(typed, connection) {
      const readers = [...connections.airflow].filter(([name]) => connection === undefined || name === connection);
      const lists = await Promise.all(
        readers.map(async ([, { reader }]) => {
          try {
            return (await reader.dags()).map(({ dagId }) => dagId);
          } catch {
            return [];
          }
        }),
      );
      return fitting(lists.flat(), typed);
    },
    connections: (typed) => fitting([...connections.airflow.keys(), ...connections.databricks.keys()], typed),
    incidents: async (typed) =>
      fitting(
        (await incidents.list({})).map(({ id }) => id),
        typed,
      ),
  };
}

/** Those that begin so stand before those that only hold it. */
function fitting(all: readonly string[], typed = ""): string[] {
  const wanted = typed.toLowerCase();
  const held = [...new Set(all)].filter((one) => one.toLowerCase().includes(wanted)).sort();
  const begins = (one: string): boolean => one.toLowerCase().startsWith(wanted);
  return [...held.filter(begins), ...held.filter((one) => !begins(one))].slice(0, mostSuggested);
}
