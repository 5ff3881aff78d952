import { InputError } from "../core/errors.js";
import type { LogAnalyzer, LogInput } from "../core/ports.js";
import type { ToolPorts } from "../tools/ports.js";

/** What somebody who waits for a call can be told of it, and how it ends early. */
export interface Following {
  readonly signal: AbortSignal;
  /** A step begins, in words. */
  readonly step: (words: string) => void;
}

/** The steps that take time; the others pass in silence. */
const words: Readonly<Record<string, string>> = {
  dags: "looking for the DAG",
  dag: "looking for the DAG",
  tasks: "reading the DAG's tasks",
  run: "reading the run",
  recentRuns: "reading its runs",
  taskInstances: "reading the run's tasks",
  failedTasksEndedSince: "looking for failed tasks",
  runsChangedSince: "looking for failed runs",
  tries: "reading its tries",
  taskLog: "fetching the log",
  eventLog: "reading what people did",
  xcom: "looking for the Databricks run",
  runs: "looking through job runs",
  runOutput: "reading the run's output",
  clusterEvents: "reading the cluster's events",
  pipelineEvents: "reading the pipeline's events",
  diagnose: "looking for the cause",
  condense: "condensing the log",
};

/** The same ports, which say what they are doing and stop before the next step once nobody waits any more. */
export function followPorts(ports: ToolPorts, following: Following): ToolPorts {
  const { connections, analyzer } = ports;
  return {
    ...ports,
    analyzer: followAnalyzer(analyzer, following),
    connections: {
      airflow: new Map(
        [...connections.airflow].map(([name, entry]) => [name, { ...entry, reader: follow(entry.reader, following) }]),
      ),
      databricks: new Map(
        [...connections.databricks].map(([name, entry]) => [
          name,
          { ...entry, reader: follow(entry.reader, following) },
        ]),
      ),
    },
  };
}

function followAnalyzer(analyzer: LogAnalyzer, following: Following): LogAnalyzer {
  return {
    async open(logs) {
      check(following.signal);
      const opened = await analyzer.open(logs.map((log) => ({ ...log, bytes: untilEnd(log.bytes, following.signal) })));
      return follow(opened, following);
    },
    close: () => analyzer.close(),
  };
}

async function* untilEnd(bytes: LogInput["bytes"], signal: AbortSignal): LogInput["bytes"] {
  for await (const chunk of bytes) {
    check(signal);
    yield chunk;
  }
}

function follow<T extends object>(target: T, { signal, step }: Following): T {
  return new Proxy(target, {
    get(object, key) {
      const member: unknown = Reflect.get(object, key);
      const told = typeof key === "string" ? words[key] : undefined;
      if (typeof member !== "function" || told === undefined) return bound(member, object);
      return (...args: unknown[]): unknown => {
        check(signal);
        step(told);
        return Reflect.apply(member, object, args);
      };
    },
  });
}

/** A method keeps its own object: private members can't be reached through a proxy. */
function bound(member: unknown, object: object): unknown {
  return typeof member === "function" ? (member.bind(object) as unknown) : member;
}

function check(signal: AbortSignal): void {
  if (signal.aborted) throw new InputError("The caller cancelled this call; nothing more was read.", "Ask again.");
}
