import type { z } from "zod";
import { type ApprovedAction, requireApprovedAction } from "../core/approval/approved-action.js";
import { RefusedByPolicy } from "../core/errors.js";
import { type CallOptions, Door, type DoorDeps, type Payload } from "./http/door.js";
import { isReadingPost } from "./http/paths.js";
import type { HttpTarget } from "./http/target.js";
import { stringifyJson } from "./json.js";

export type { DoorDeps as HttpDeps } from "./http/door.js";

export interface ReadOptions extends CallOptions {
  /** With a body or form it is a POST, which must be on the written list of POSTs that only read. */
  readonly body?: object;
  readonly form?: Readonly<Record<string, string>>;
}

export interface WriteOptions extends CallOptions {
  readonly method: "POST" | "PATCH";
  readonly body: object;
}

export interface HttpStream {
  readonly contentType: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** The one door to a configured system: two verbs and a stream, no other way out. All throw UpstreamError. */
export interface Http {
  read<Schema extends z.ZodType>(path: string, schema: Schema, options?: ReadOptions): Promise<z.output<Schema>>;
  /** Sends once; `ambiguous` on the error says whether it may have had its effect all the same. */
  write<Schema extends z.ZodType>(
    proof: ApprovedAction,
    path: string,
    schema: Schema,
    options: WriteOptions,
  ): Promise<z.output<Schema>>;
  /** The body as it comes, bounded in bytes and silence; for logs. */
  stream(path: string, options?: CallOptions): Promise<HttpStream>;
  /** Closes kept connections. */
  close(): void;
}

export function createHttp(target: HttpTarget, deps: DoorDeps): Http {
  const door = new Door(target, deps);
  return {
    read: async (path, schema, options = {}) => {
      const payload = payloadOf(options);
      if (payload !== null && !isReadingPost(path, options.body))
        throw new RefusedByPolicy(
          `POST ${path} is not on the list of requests that only read; nothing was sent.`,
          "This is a fault in Pipewright: report it.",
        );
      const method = payload === null ? "GET" : "POST";
      const call = door.call(path, { ...options, method, payload, writing: false });
      return door.decode(await door.repeat(() => door.whole(call)), schema, call);
    },
    write: async (proof, path, schema, options) => {
      requireApprovedAction(proof);
      const payload = { type: "application/json", text: stringifyJson(options.body) };
      const call = door.call(path, { ...options, payload, writing: true });
      return door.decode(await door.whole(call), schema, call);
    },
    stream: (path, options = {}) => {
      const call = door.call(path, { ...options, method: "GET", payload: null, writing: false });
      return door.repeat(() => door.stream(call));
    },
    close: () => door.close(),
  };
}

function payloadOf(options: ReadOptions): Payload | null {
  if (options.form !== undefined)
    return { type: "application/x-www-form-urlencoded", text: new URLSearchParams(options.form).toString() };
  return options.body === undefined ? null : { type: "application/json", text: stringifyJson(options.body) };
}
