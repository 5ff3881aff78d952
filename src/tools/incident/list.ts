import { z } from "zod";
import type { Incident } from "../../core/incident.js";
import { defineTool } from "../define-tool.js";
import { byOpening } from "../lookup/find-incident.js";
import { matchNames } from "../lookup/match-name.js";
import type { ToolPorts } from "../ports.js";

const over = new Set<Incident["state"]>(["recovered", "closed"]);

const input = z.strictObject({
  state: z.enum(["live", "over", "all"]).default("live"),
  dag: z.string().max(250).optional().describe("DAG id or words"),
  limit: z.int().min(1).max(50).default(10),
});

const output = z.object({
  total: z.number(),
  incidents: z.array(
    z.object({
      incident: z.string(),
      title: z.string(),
      connection: z.string(),
      state: z.string(),
      summary: z.string().nullable(),
      opened: z.string(),
      recovered: z.string().nullable(),
      proposal: z.string().nullable(),
    }),
  ),
});

async function listIncidents(asked: z.infer<typeof input>, ports: ToolPorts): Promise<z.infer<typeof output>> {
  const all = await ports.incidents.list({});
  const inState = all.filter((entry) => asked.state === "all" || over.has(entry.state) === (asked.state === "over"));
  const names = [...new Set(inState.map((entry) => entry.dagId ?? entry.title))];
  const wanted = asked.dag === undefined ? null : new Set(matchNames(asked.dag, names));
  const found = inState
    .filter((entry) => wanted === null || wanted.has(entry.dagId ?? entry.title))
    .toSorted(byOpening);
  return {
    total: found.length,
    incidents: found.slice(0, asked.limit).map((entry) => ({
      incident: entry.id,
      title: entry.title,
      connection: entry.connection,
      state: entry.state,
      summary: entry.verdict?.summary ?? null,
      opened: entry.openedAt,
      recovered: entry.recoveredAt,
      proposal: entry.proposalId,
    })),
  };
}

export const incidentList = defineTool({
  name: "incident_list",
  title: "Incidents",
  description: "Pipewright's incidents, newest first.",
  readOnly: true,
  destructive: false,
  idempotent: true,
  openWorld: false,
  input,
  output,
  handler: listIncidents,
});
