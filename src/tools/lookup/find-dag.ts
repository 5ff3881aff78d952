import type { Dag } from "../../core/airflow.js";
import { InputError, UpstreamError } from "../../core/errors.js";
import type { AirflowReader } from "../../core/ports.js";
import type { ToolPorts } from "../ports.js";
import { airflowReaders } from "./connection.js";
import { matchNames } from "./match-name.js";

export interface FoundDag {
  readonly reader: AirflowReader;
  readonly dag: Dag;
}

const looksLikeId = /^[\p{L}\p{N}_.~:+-]{1,250}$/u;

async function exactly(readers: readonly AirflowReader[], dagId: string): Promise<readonly FoundDag[]> {
  const found = await Promise.all(
    readers.map(async (reader): Promise<FoundDag | null> => {
      try {
        return { reader, dag: await reader.dag(dagId) };
      } catch (error) {
        if (error instanceof UpstreamError && error.reason === "not_found") return null;
        if (error instanceof UpstreamError && readers.length > 1) return null;
        throw error;
      }
    }),
  );
  return found.filter((entry) => entry !== null);
}

async function listAll(readers: readonly AirflowReader[]): Promise<readonly FoundDag[]> {
  const lists = await Promise.allSettled(
    readers.map(async (reader) => (await reader.dags()).map((dag) => ({ reader, dag }))),
  );
  const found = lists.flatMap((list) => (list.status === "fulfilled" ? list.value : []));
  const failed = lists.find((list) => list.status === "rejected");
  if (found.length === 0 && failed) throw failed.reason;
  return found;
}

const named = (entry: FoundDag): string => `${entry.dag.dagId} (${entry.reader.connection})`;

/** DAGs that a text names by words, across connections; empty when none fits. */
export async function dagsLike(
  ports: ToolPorts,
  connection: string | undefined,
  text: string,
): Promise<readonly FoundDag[]> {
  const all = await listAll(airflowReaders(ports, connection));
  const names = new Set(
    matchNames(
      text,
      all.map((entry) => entry.dag.dagId),
    ),
  );
  return all.filter((entry) => names.has(entry.dag.dagId));
}

/** The one DAG that an id or a few words mean; InputError lists the choices when that is not one. */
export async function findDag(ports: ToolPorts, connection: string | undefined, text: string): Promise<FoundDag> {
  const readers = airflowReaders(ports, connection);
  const exact = looksLikeId.test(text) ? await exactly(readers, text) : [];
  const fits = exact.length > 0 ? exact : await dagsLike(ports, connection, text);
  const [first, second] = fits;
  if (first && !second) return first;
  const said = text.slice(0, 80);
  if (first) {
    throw new InputError(
      `"${said}" could be ${fits.slice(0, 6).map(named).join(", ")}.`,
      "Say which DAG id, and the connection when two share an id.",
    );
  }
  throw new InputError(
    `No DAG is called "${said}" on ${readers.map((reader) => reader.connection).join(", ")}.`,
    "Check the spelling; airflow_list_failures shows the DAGs that failed lately.",
  );
}
