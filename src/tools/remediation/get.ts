import { z } from "zod";
import { InputError } from "../../core/errors.js";
import { defineTool } from "../define-tool.js";
import type { ToolPorts } from "../ports.js";
import { proposalFields, showProposal } from "./show-proposal.js";

const input = z.strictObject({ proposal: z.string().min(1).max(80) });

async function getProposal(asked: z.infer<typeof input>, ports: ToolPorts): Promise<z.infer<typeof proposalFields>> {
  const proposal = await ports.proposals.get(asked.proposal);
  if (proposal) return showProposal(proposal);
  throw new InputError(
    `There is no proposal ${asked.proposal}.`,
    "Take the id from remediation_propose or incident_get.",
  );
}

export const remediationGet = defineTool({
  name: "remediation_get",
  title: "State of a proposal",
  description: "Who decided, what was sent, how it ended.",
  readOnly: true,
  destructive: false,
  idempotent: true,
  openWorld: false,
  input,
  output: proposalFields,
  handler: getProposal,
});
