import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import {
  type CallToolRequest,
  type CallToolResult,
  ElicitResultSchema,
  type ServerNotification,
  type ServerRequest,
} from "@modelcontextprotocol/sdk/types.js";
import { callTool, type ToolRoom } from "./call-tool.js";
import { type AskPerson, confirmScope } from "./confirm-scope.js";
import { followPorts } from "./follow-ports.js";
import { callSearch } from "./tool-search.js";

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** Somebody may have to walk to their desk. */
const askMs = 5 * 60_000;

/** One call of a client: it hears how far it is, may cancel, and its person is asked before a rerun is proposed. */
export async function answerCall(
  { params }: CallToolRequest,
  extra: Extra,
  room: ToolRoom & { readonly toolList?: "full" | "search" },
  server: Server,
): Promise<CallToolResult> {
  const { name, arguments: input } = params;
  const step = progressOf(params._meta?.progressToken, extra);
  const followed: ToolRoom = { ...room, ports: followPorts(room.ports, { signal: extra.signal, step }) };
  const ask = personAt(server, extra);
  const isProposal = room.tools.some((tool) => tool.name === name && !tool.readOnly);
  if (isProposal && ask !== null) {
    const refusal = await confirmScope(input, ask, followed);
    if (refusal !== null) return refusal;
  }
  return await (room.toolList === "search" ? callSearch : callTool)(name, input, followed);
}

/** Tells a client that asked for it which step begins; how many there will be nobody knows. */
function progressOf(progressToken: string | number | undefined, extra: Extra): (words: string) => void {
  if (progressToken === undefined) return () => undefined;
  let progress = 0;
  return (message) => {
    progress += 1;
    const params = { progressToken, progress, message };
    // A client that has gone hears nothing; its call ends by its own signal.
    extra.sendNotification({ method: "notifications/progress", params }).catch(() => undefined);
  };
}

/** null where the client can't ask its person. */
function personAt(server: Server, extra: Extra): AskPerson | null {
  const { elicitation } = server.getClientCapabilities() ?? {};
  if (elicitation === undefined || (elicitation.form === undefined && elicitation.url !== undefined)) return null;
  return async (message) => {
    const requestedSchema = { type: "object" as const, properties: {} };
    const { action } = await extra.sendRequest(
      { method: "elicitation/create", params: { message, requestedSchema } },
      ElicitResultSchema,
      { timeout: askMs, signal: extra.signal },
    );
    return action;
  };
}
