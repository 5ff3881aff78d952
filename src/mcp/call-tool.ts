import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import type { z } from "zod";
import { InputError, PipewrightError, RefusedByPolicy } from "../core/errors.js";
import type { Logger } from "../core/ports.js";
import type { Tool } from "../tools/define-tool.js";
import type { ToolPorts } from "../tools/ports.js";
import { toToolResult } from "./to-tool-result.js";
import { errorResult } from "./tool-errors.js";

export interface ToolRoom {
  readonly tools: readonly Tool[];
  readonly ports: ToolPorts;
  /** Names of tools that are not for this connection. */
  readonly withheld?: readonly string[];
  /** Replaces secrets; runs over everything that leaves. */
  readonly redact: (text: string) => string;
  readonly logger: Logger;
}

const mostIssues = 3;

function wrongArguments(tool: Tool, error: z.ZodError): InputError {
  const issues = error.issues.slice(0, mostIssues).map((issue) => {
    const where = issue.path.map(String).join(".");
    return where === "" ? issue.message : `${where}: ${issue.message}`;
  });
  return new InputError(
    `${tool.name} can't use these arguments: ${issues.join("; ")}.`,
    `It takes: ${Object.keys(tool.input.shape).join(", ")}.`,
  );
}

/** Runs one tool by name; every failure comes back as words that say what to change. */
export async function callTool(name: string, rawInput: unknown, room: ToolRoom): Promise<CallToolResult> {
  try {
    const tool = room.tools.find((entry) => entry.name === name);
    if (!tool && (room.withheld ?? []).includes(name)) {
      throw new RefusedByPolicy(
        "This connection only reads; nothing was proposed.",
        "The owner of this Pipewright can let it propose: `propose` of its token, or PIPEWRIGHT_MCP_PROPOSE for stdio.",
      );
    }
    if (!tool) {
      const known = room.tools.map((entry) => entry.name).join(", ");
      throw new InputError(`There is no tool ${name.slice(0, 80)}.`, `Use one of: ${known}.`);
    }
    const input = tool.input.safeParse(rawInput ?? {});
    if (!input.success) throw wrongArguments(tool, input.error);
    const output = await tool.handler(input.data, room.ports);
    return toToolResult(tool.output.parse(output), room.redact);
  } catch (error) {
    if (error instanceof PipewrightError) room.logger.debug({ tool: name, error }, "a tool call was refused");
    else room.logger.error({ tool: name, error }, "a tool call failed");
    return errorResult(error, room.redact);
  }
}
