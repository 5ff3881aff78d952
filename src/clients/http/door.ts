import fetch, { type Response } from "node-fetch";
import type { z } from "zod";
import { PipewrightError, UpstreamError } from "../../core/errors.js";
import type { Clock } from "../../core/ports.js";
import { parseJson } from "../json.js";
import { describeMismatch } from "../wire-fields.js";
import { type Agents, createAgents } from "./agents.js";
import { isPassing, pauseBefore, retryAfterMs } from "./back-off.js";
import { Deadline } from "./deadline.js";
import { type Query, queryString } from "./paths.js";
import { createRefusals, type Refusals } from "./refusals.js";
import { type Credentials, defaultLimits, type HttpLimits, type HttpTarget } from "./target.js";

export interface DoorDeps {
  readonly clock: Clock;
  /** Replaces secrets; every error message passes through it. */
  readonly redact: (text: string) => string;
  /** Proxy for https targets, or null. */
  readonly proxy: string | null;
  readonly random?: () => number;
  readonly limits?: Partial<HttpLimits>;
}

export interface CallOptions {
  readonly query?: Query;
  readonly credentials?: Credentials;
  /** The setting to name when a request without `credentials` is refused: it carries them itself. */
  readonly setting?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Payload {
  readonly type: string;
  readonly text: string;
}

export interface Call {
  readonly url: URL;
  readonly method: string;
  readonly payload: Payload | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: Credentials | null;
  readonly setting: string | null;
  readonly writing: boolean;
}

interface Answer {
  readonly response: Response;
  readonly deadline: Deadline;
}

interface WholeAnswer {
  readonly text: string;
  readonly status: number;
}

const mostRedirects = 3;
const longestRefusal = 256 * 1024;

/** What happens behind the door: sending, time-outs, byte caps, repeating, and errors in words. Only http.ts opens it. */
export class Door {
  private readonly base: URL;
  private readonly limits: HttpLimits;
  private readonly agents: Agents;
  private readonly refusals: Refusals;
  /** What a server asked for, beside the error it came with. */
  private readonly askedPause = new WeakMap<UpstreamError, number>();

  constructor(
    target: HttpTarget,
    private readonly deps: DoorDeps,
  ) {
    this.base = new URL(target.baseUrl);
    this.limits = { ...defaultLimits, ...deps.limits };
    this.agents = createAgents(this.base, deps.proxy, this.limits.connectMs);
    this.refusals = createRefusals(target, deps.redact);
  }

  call(path: string, options: CallOptions & Pick<Call, "method" | "payload" | "writing">): Call {
    const { method, payload, writing, headers = {}, credentials = null } = options;
    const prefix = this.base.pathname.replace(/\/$/, "");
    const url = new URL(`${this.base.origin}${prefix}${path}${queryString(options.query ?? {})}`);
    const setting = options.setting ?? credentials?.setting ?? null;
    return { url, method, payload, headers, credentials, setting, writing };
  }

  /** Runs a read until it succeeds, fails for good, or the attempts are used up. */
  async repeat<Value>(attempt: () => Promise<Value>): Promise<Value> {
    for (let repetition = 0; ; repetition += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!isPassing(error) || repetition + 1 >= this.limits.attempts) throw error;
        const asked = this.askedPause.get(error) ?? null;
        if (asked !== null && asked > this.limits.maxRetryAfterMs) throw error;
        await this.deps.clock.sleep(asked ?? pauseBefore(repetition, this.deps.random ?? Math.random));
      }
    }
  }

  async whole(call: Call): Promise<WholeAnswer> {
    const { totalMs, answerMs } = this.limits;
    const answer = await this.send(call, call.writing ? totalMs : Math.min(answerMs, totalMs));
    if (!call.writing) answer.deadline.restart(totalMs - Math.min(answerMs, totalMs));
    const text = await this.collect(answer, this.limits.maxAnswerBytes, call.writing);
    return { text, status: answer.response.status };
  }

  async stream(call: Call): Promise<{ contentType: string; bytes: AsyncIterable<Uint8Array> }> {
    const answer = await this.send(call, this.limits.idleMs);
    const contentType = answer.response.headers.get("content-type") ?? "";
    if (contentType.includes("text/html")) {
      answer.deadline.abort();
      throw this.refusals.html(answer.response.status, false);
    }
    answer.deadline.restart(this.limits.unreadMs);
    return { contentType, bytes: this.flow(answer, this.limits.maxStreamBytes, this.limits.idleMs, false) };
  }

  decode<Schema extends z.ZodType>({ text, status }: WholeAnswer, schema: Schema, call: Call): z.output<Schema> {
    if (looksLikeHtml(text)) throw this.refusals.html(status, call.writing);
    let body: unknown;
    try {
      // A write may be answered with nothing (204).
      body = text === "" && call.writing ? {} : parseJson(text);
    } catch {
      throw this.refusals.unreadable(text === "" ? "it is empty" : "it is not JSON", status, call.writing);
    }
    const result = schema.safeParse(body);
    if (result.success) return result.data;
    throw this.refusals.unreadable(describeMismatch(result.error), status, call.writing);
  }

  close(): void {
    this.agents.reading.destroy();
    this.agents.writing.destroy();
  }

  /** Sends; credentials that are refused are renewed once. A refused request was not carried out, so this suits writes too. */
  private async send(call: Call, waitMs: number): Promise<Answer> {
    try {
      return await this.sendOnce(call, waitMs);
    } catch (error) {
      const refused = error instanceof UpstreamError && error.reason === "unauthorized" && !error.ambiguous;
      if (!refused || call.credentials === null || !(await call.credentials.renew())) throw error;
      return this.sendOnce(call, waitMs);
    }
  }

  private async sendOnce(call: Call, waitMs: number): Promise<Answer> {
    const authorization = await call.credentials?.header();
    const deadline = new Deadline(this.deps.clock, waitMs);
    try {
      const response = await this.follow(call, authorization, deadline);
      if (response.ok) return { response, deadline };
      throw await this.refusal(call, { response, deadline });
    } catch (error) {
      deadline.stop();
      throw this.inWords(error, deadline, waitMs, call.writing);
    }
  }

  /** Follows redirects of GETs inside the configured origin only, and none to a login page. */
  private async follow(call: Call, authorization: string | undefined, deadline: Deadline): Promise<Response> {
    let url = call.url;
    for (let hops = 0; ; hops += 1) {
      const response = await fetch(url.href, {
        method: call.method,
        redirect: "manual",
        agent: call.writing ? this.agents.writing : this.agents.reading,
        signal: deadline.signal,
        headers: {
          accept: "application/json",
          "user-agent": "pipewright",
          ...(call.payload === null ? {} : { "content-type": call.payload.type }),
          ...call.headers,
          ...(authorization === undefined ? {} : { authorization }),
        },
        ...(call.payload === null ? {} : { body: call.payload.text }),
      });
      const location = response.headers.get("location");
      if (response.status < 300 || response.status >= 400 || location === null) return response;
      response.body?.on("error", () => undefined).resume();
      const next = URL.canParse(location, url.href) ? new URL(location, url) : null;
      const stays = next !== null && next.origin === this.base.origin && !next.pathname.includes("/login");
      if (next === null || !stays || call.method !== "GET" || hops >= mostRedirects)
        throw this.refusals.redirect(location, response.status);
      url = next;
    }
  }

  private async refusal(call: Call, answer: Answer): Promise<UpstreamError> {
    const { status, headers } = answer.response;
    // A refusal stays what it is when its text is too long or breaks off.
    const body = await this.collect(answer, longestRefusal, false).catch(() => "");
    const error = this.refusals.status(status, looksLikeHtml(body) ? null : body, call);
    const wait = retryAfterMs(headers.get("retry-after"), this.deps.clock.now());
    if (wait !== null) this.askedPause.set(error, wait);
    return error;
  }

  private async collect(answer: Answer, maxBytes: number, writing: boolean): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.flow(answer, maxBytes, null, writing)) chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8");
  }

  /** The body in bounded bytes. With `idleMs` only the server's silence counts, not the time the reader takes. */
  private async *flow(
    { response, deadline }: Answer,
    maxBytes: number,
    idleMs: number | null,
    writing: boolean,
  ): AsyncGenerator<Uint8Array> {
    let received = 0;
    if (idleMs !== null) deadline.restart(idleMs);
    try {
      for await (const chunk of response.body ?? []) {
        const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
        received += bytes.length;
        if (received > maxBytes) throw this.refusals.tooLarge(maxBytes, writing);
        if (idleMs !== null) deadline.stop();
        yield bytes;
        if (idleMs !== null) deadline.restart(idleMs);
      }
    } catch (error) {
      throw this.inWords(error, deadline, idleMs ?? this.limits.totalMs, writing);
    } finally {
      deadline.stop();
    }
  }

  private inWords(error: unknown, deadline: Deadline, waitedMs: number, writing: boolean): Error {
    if (error instanceof PipewrightError) return error;
    return deadline.passed ? this.refusals.timeout(waitedMs, writing) : this.refusals.network(error, writing);
  }
}

function looksLikeHtml(text: string): boolean {
  return text.slice(0, 200).trimStart().startsWith("<");
}
