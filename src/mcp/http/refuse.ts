import type { Response } from "express";

/** A refusal as MCP clients expect it, in words that say whose move it is. */
export function refuse(response: Response, status: number, message: string): void {
  response.status(status).json({ jsonrpc: "2.0", error: { code: -32_000, message }, id: null });
}
