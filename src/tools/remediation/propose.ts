import { z } from "zod";
import { InputError } from "../../core/errors.js";
import type { Incident } from "../../core/incident.js";
import { defineTool } from "../define-tool.js";
import { connection } from "../fields.js";
import { diagnoseTarget } from "../gathering/diagnose-target.js";
import { findFailure } from "../lookup/find-failure.js";
import { incidentOf, requireIncident } from "../lookup/find-incident.js";
import type { ToolPorts } from "../ports.js";
import { proposalFields, showProposal } from "./show-proposal.js";

const id = z.string().min(1).max(250).optional();

const input = z.strictObject({
  incident: id,
  what: z.string().max(2000).optional().describe("pasted address or words, without incident"),
  dag: id,
  run: id,
  task: id,
  connection,
  afterFix: z.boolean().default(false).describe("the code was fixed: run the newest version"),
});

/** The incident meant, opened for a failure that no poll has met yet where the holder can do that. */
async function whichIncident(asked: z.infer<typeof input>, ports: ToolPorts): Promise<Incident> {
  if (asked.incident !== undefined) return await requireIncident(ports, asked.incident);
  const target = await findFailure(asked, ports);
  if (target.found === null) {
    throw new InputError(`Nothing to rerun in ${target.dagId}: ${target.because}.`, "Name the run that failed.");
  }
  const { failure } = await diagnoseTarget(target.found, ports);
  const known = await incidentOf(failure, ports);
  if (known !== null && known.state !== "recovered" && known.state !== "closed") return known;
  if (ports.incidents.openFor) return await ports.incidents.openFor(failure);
  throw new InputError(
    "Pipewright has not opened an incident for that failure yet; nothing was proposed.",
    "Ask again in a minute: the next poll opens it.",
  );
}

async function propose(asked: z.infer<typeof input>, ports: ToolPorts): Promise<z.infer<typeof proposalFields>> {
  const incident = await whichIncident(asked, ports);
  const proposal = await ports.proposals.propose({
    incidentId: incident.id,
    requester: ports.requester,
    afterFix: asked.afterFix,
  });
  return showProposal(proposal);
}

export const remediationPropose = defineTool({
  name: "remediation_propose",
  title: "Propose a rerun",
  description:
    "Writes down the right rerun for an incident or failure and asks people for approval. Runs nothing: only a person's click in chat or console does.",
  readOnly: false,
  destructive: false,
  idempotent: true,
  openWorld: true,
  input,
  output: proposalFields,
  handler: propose,
});
