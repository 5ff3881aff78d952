import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createHttp, type Http } from "../../../src/clients/http.js";
import type { ApprovedAction } from "../../../src/core/approval/approved-action.js";
import { RefusedByPolicy } from "../../../src/core/errors.js";
import { approvedByBen, errorOf } from "./approved.js";
import { brokenOff, type FakeServer, json, type Reply, reset, silence, startFakeServer } from "./fake-server.js";
import { createHandClock } from "./hand-clock.js";

const anything = z.unknown();
const clear = "/api/v2/dags/orders/clearTaskInstances";
const clock = createHandClock();
let server: FakeServer;

async function open(...replies: Reply[]): Promise<Http> {
  server = await startFakeServer(...replies);
  return createHttp(
    { system: "Airflow", connection: "airflow:prod", baseUrl: server.url },
    { clock, redact: (text) => text, proxy: null },
  );
}

const send = (http: Http) => http.write(approvedByBen(), clear, anything, { method: "POST", body: { dry_run: false } });

afterEach(() => server.close());

describe("a write", () => {
  it("is sent once, with a proof of approval", async () => {
    const http = await open(json({ task_instances: [] }));
    await send(http);
    expect(server.seen).toMatchObject([{ method: "POST", url: clear, body: '{"dry_run":false}' }]);
  });

  it("is refused without one, also when a look-alike is cast to it", async () => {
    const http = await open(json({}));
    const forged = { ...approvedByBen() } as ApprovedAction;
    const sending = http.write(forged, clear, anything, { method: "POST", body: { dry_run: false } });
    expect(await errorOf(sending)).toBeInstanceOf(RefusedByPolicy);
    expect(server.seen).toEqual([]);
  });

  it.each([
    ["reset", reset],
    ["an answer that breaks off", brokenOff],
    ["503", json({}, 503)],
    ["an answer that is not JSON", json("not json")],
  ])("is not repeated after %s, which leaves open whether it was done", async (_name, reply) => {
    const http = await open(reply);
    expect(await errorOf(send(http))).toMatchObject({ ambiguous: true });
    expect(server.seen).toHaveLength(1);
  });

  it("is ambiguous after a time-out", async () => {
    const http = await open(silence);
    const failing = errorOf(send(http));
    await server.arrived(1);
    clock.advance(60_000);
    expect(await failing).toMatchObject({ reason: "timeout", ambiguous: true });
  });

  it.each([
    [403, "forbidden"],
    [404, "not_found"],
    [409, "conflict"],
    [422, "rejected"],
    [429, "rate_limited"],
  ] as const)("is certainly not done after %i", async (status, reason) => {
    const http = await open(json({}, status));
    expect(await errorOf(send(http))).toMatchObject({ reason, ambiguous: false });
    expect(server.seen).toHaveLength(1);
  });

  it("is certainly not done when the host is down", async () => {
    const http = await open(silence);
    await server.close();
    expect(await errorOf(send(http))).toMatchObject({ reason: "unreachable", ambiguous: false });
  });

  it("never goes over a kept connection, where a reset would say nothing", async () => {
    const http = await open(json({}));
    await http.read("/a", anything);
    await http.read("/b", anything);
    await send(http);
    const [first, second, written] = server.seen.map((seen) => seen.port);
    expect(second).toBe(first);
    expect(written).not.toBe(first);
  });

  it("is sent again when only its token was refused", async () => {
    const http = await open(json({}, 401), json({}));
    const credentials = { setting: "AIRFLOW_WRITE_TOKEN", header: async () => "Bearer x", renew: async () => true };
    await http.write(approvedByBen(), clear, anything, { method: "POST", body: { dry_run: false }, credentials });
    expect(server.seen).toHaveLength(2);
  });
});

describe("the reading side of the door", () => {
  it("lets a dry run of a clear through", async () => {
    const http = await open(json({ task_instances: [] }));
    await http.read(clear, anything, { body: { dry_run: true } });
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ["a clear that is no dry run", clear, { dry_run: false }],
    ["a clear whose dry_run is forgotten", clear, {}],
    ["a clear whose dry_run is only true-ish", clear, { dry_run: "true" }],
    ["a repair", "/api/2.2/jobs/runs/repair", { run_id: 1 }],
    ["a run-now", "/api/2.2/jobs/run-now", { job_id: 1 }],
    ["a new DAG run", "/api/v2/dags/orders/dagRuns", { logical_date: null }],
    ["a listed path with something behind it", "/api/v2/dags/~/dagRuns/list/x", {}],
  ])("refuses %s", async (_name, path, body) => {
    const http = await open(json({}));
    expect(await errorOf(http.read(path, anything, { body }))).toBeInstanceOf(RefusedByPolicy);
    expect(server.seen).toEqual([]);
  });
});
