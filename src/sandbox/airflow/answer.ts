import type { Response } from "express";
import { toJson } from "../json.js";

/** Sends JSON in which 64-bit ids keep every digit. */
export function answer(response: Response, body: unknown, status = 200): void {
  response.status(status).type("application/json").send(toJson(body));
}
