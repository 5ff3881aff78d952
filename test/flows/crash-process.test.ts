import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApprovedAction } from "../../src/core/approval/approved-action.js";
import { issueAction } from "../../src/core/approval/issue-action.js";
import type { ClearRequest } from "../../src/core/ports.js";
import { canonicalDigest } from "../../src/store/canonical-digest.js";
import { proposalRow } from "../unit/approval/proposal-row.js";
import { incidentAbout } from "./approval-world.js";
import { createFakeAirflow, type FakeAirflow } from "./fake-airflow.js";

let dataDir: string;
let airflow: FakeAirflow;
let server: Server;
let onClear: (effect: () => Promise<void>) => Promise<void>;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "pipewright-process-"));
  airflow = createFakeAirflow([
    { id: "load", state: "failed" },
    { id: "publish", after: ["load"], state: "upstream_failed" },
  ]);
  onClear = (effect) => effect();
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const { side, method, args } = JSON.parse(body) as { side: "reader" | "writer"; method: string; args: unknown[] };
    airflow.schedule();
    let answer: unknown = null;
    if (method === "clear") {
      await onClear(async () => {
        answer = await airflow.writer.clear(ourAction(), args[0] as ClearRequest);
      });
    } else {
      const methods = airflow[side] as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
      answer = await methods[method]?.(...args);
    }
    response.end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** The child has checked its own proof; the fake asks for one too. */
function ourAction(): ApprovedAction {
  const decision = { verdict: "approved", personId: "slack:BEN", personName: "Ben", at: "", reason: null } as const;
  return issueAction(proposalRow({ state: "approved", decision }), canonicalDigest);
}

function startChild(first: boolean): ChildProcess {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const incident = JSON.stringify(incidentAbout());
  return fork(new URL("./crash-child.mjs", import.meta.url), [dataDir, address, ...(first ? [incident] : [])]);
}

async function killed(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

async function recovers(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  for (;;) {
    const [message] = (await Promise.race([once(child, "message"), exited])) as [unknown];
    expect(["decided", "recovered"]).toContain(message);
    if (message === "recovered") break;
  }
  await exited;
}

describe("a real process killed with SIGKILL", () => {
  it("between the click and the call runs it once after its restart", async () => {
    const child = startChild(true);
    const [message] = (await once(child, "message")) as [unknown];
    expect(message).toBe("decided");
    await killed(child);
    await recovers(startChild(false));
    expect(airflow.effects).toEqual(["clear load[-1],publish[-1]"]);
  });

  it.each(["before", "after"] as const)("in the middle of the call, %s its effect, runs it once", async (moment) => {
    const child = startChild(true);
    await new Promise<void>((resolve) => {
      onClear = async (effect) => {
        onClear = (next) => next();
        if (moment === "after") await effect();
        await killed(child);
        resolve();
      };
    });
    await recovers(startChild(false));
    expect(airflow.effects).toEqual(["clear load[-1],publish[-1]"]);
  });
}, 60_000);
