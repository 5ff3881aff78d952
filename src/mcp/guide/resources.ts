import { type McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { ErrorCode, McpError, type ReadResourceResult } from "@modelcontextprotocol/sdk/types.js";
import type { Runbook } from "../../core/runbook.js";
import { callTool, type ToolRoom } from "../call-tool.js";
import type { Suggestions } from "./suggest.js";

const mostListed = 50;
const log = "log://{connection}/{dag}/{run}/{task}/{from}/{to}";

/** Incidents, the team's runbooks and ranges of logs, read as the tools read them: redacted, and only what this reader may see. */
export function registerResources(
  server: McpServer,
  room: ToolRoom,
  runbooks: readonly Runbook[],
  suggest: Suggestions,
): void {
  const { redact } = room;
  async function tool(uri: URL, name: string, input: object): Promise<ReadResourceResult> {
    const { content, isError } = await callTool(name, input, room);
    const text = content[0]?.type === "text" ? content[0].text : "";
    if (isError === true) throw new McpError(ErrorCode.InvalidParams, text);
    return { contents: [{ uri: uri.href, mimeType: "application/json", text }] };
  }

  server.registerResource(
    "incident",
    new ResourceTemplate("incident://{id}", {
      list: async () => {
        const incidents = (await room.ports.incidents.list({})).filter(({ state }) => state !== "closed");
        const newest = [...incidents].sort((a, b) => b.openedAt.localeCompare(a.openedAt)).slice(0, mostListed);
        return {
          resources: newest.map(({ id, title, state }) => ({
            uri: `incident://${id}`,
            name: redact(title),
            description: state,
          })),
        };
      },
      complete: { id: (typed) => suggest.incidents(typed) },
    }),
    { title: "Incident", description: "Cause, evidence, proposals and how it ended.", mimeType: "application/json" },
    (uri, { id }) => tool(uri, "incident_get", { incident: plain(id) }),
  );
  server.registerResource(
    "log",
    new ResourceTemplate(log, {
      list: undefined,
      complete: {
        connection: (typed) => suggest.connections(typed),
        dag: (typed, context) => suggest.dags(typed, context?.arguments?.["connection"]),
      },
    }),
    { title: "Log lines", description: "An exact range of a task's newest log.", mimeType: "application/json" },
    (uri, { connection, dag, run, task, from, to }) =>
      tool(uri, "airflow_get_task_log", {
        connection: plain(connection),
        dag: plain(dag),
        run: plain(run),
        task: plain(task),
        from: Number(plain(from)),
        to: Number(plain(to)),
      }),
  );
  if (runbooks.length === 0) return;
  const names = runbooks.map(({ name }) => name);
  server.registerResource(
    "runbook",
    new ResourceTemplate("runbook://{name}", {
      list: () => ({
        resources: names.map((name) => ({ uri: `runbook://${encodeURIComponent(name)}`, name: redact(name) })),
      }),
      complete: { name: (typed) => names.filter((name) => name.toLowerCase().startsWith(typed.toLowerCase())) },
    }),
    { title: "Runbook", description: "The team's own note.", mimeType: "text/markdown" },
    (uri, { name }) => {
      const runbook = runbooks.find((one) => one.name === plain(name));
      if (runbook === undefined) throw new McpError(ErrorCode.InvalidParams, "There is no runbook of that name.");
      return { contents: [{ uri: uri.href, mimeType: "text/markdown", text: redact(runbook.text) }] };
    },
  );
}

/** As it was before it was put into the address. */
function plain(variable: string | string[] | undefined): string {
  const text = String(variable ?? "");
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
