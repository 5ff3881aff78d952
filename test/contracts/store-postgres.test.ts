import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError } from "../../src/core/errors.js";
import { LeaseLost } from "../../src/core/store.js";
import { createIds } from "../../src/store/ids.js";
import { inspectPostgres } from "../../src/store/postgres/inspect.js";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.js";
import { movedClock } from "../fixtures/moved-clock.js";
import { noPostgres, type PostgresServer, startPostgres } from "../fixtures/postgres-server.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { auditLine, incidentRow, storeContract } from "./store-suite.js";

describe.skipIf(noPostgres !== null)(noPostgres ?? "with a real PostgreSQL", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  function open(url: string) {
    const clock = movedClock("2026-03-01T08:00:00Z");
    const ids = createIds(randomBytes, clock);
    return openPostgresStore({ url: () => url, clock, ids, logger: silentLogger });
  }
  const refusal = async (url: string): Promise<string> => {
    const error: unknown = await open(url).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ConfigError);
    return error instanceof ConfigError ? `${error.message} ${error.fix}` : "";
  };

  storeContract("the PostgreSQL store", async () => {
    const url = await server.createDatabase();
    return { open: () => open(url) };
  });

  describe("two replicas on one database", () => {
    it("lose no increment and number the audit without a gap", async () => {
      const url = await server.createDatabase();
      const replicas = await Promise.all([open(url), open(url)]);
      const both = replicas.flatMap((store) =>
        Array.from({ length: 25 }, () =>
          store.transact(async (tx) => {
            const mark = await tx.marks.get("counter");
            await tx.marks.put({ id: "counter", value: { count: Number(mark?.value["count"] ?? 0) + 1 } });
            await tx.audit.append(auditLine("muted"));
          }),
        ),
      );
      await Promise.all(both);
      for (const store of replicas) {
        const seen = await store.transact(async (tx) => ({
          mark: await tx.marks.get("counter"),
          audit: await tx.audit.find(),
        }));
        expect(seen.mark?.value["count"]).toBe(50);
        expect(seen.audit.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
      }
      await Promise.all(replicas.map((store) => store.close()));
    });

    it("let one of them work on something, and keep whoever lost it from writing", async () => {
      const url = await server.createDatabase();
      const [first, second] = await Promise.all([open(url), open(url)]);
      const lease = await first.leases.take("execute|pro_1");
      expect(await second.leases.take("execute|pro_1")).toBeNull();
      await lease?.run(() => first.transact((tx) => tx.incidents.put(incidentRow("inc_1"))));

      // The first stood still for longer than its lease.
      await server.query(url, "update pipewright.leases set until = now() - interval '1 second'");
      const successor = await second.leases.take("execute|pro_1");
      expect(successor).not.toBeNull();
      const late = lease?.run(() => first.transact((tx) => tx.incidents.put(incidentRow("inc_2"))));
      await expect(late).rejects.toBeInstanceOf(LeaseLost);
      expect(lease?.lost.aborted).toBe(true);
      const rows = await second.transact((tx) => tx.incidents.find());
      expect(rows.map(({ id }) => id)).toEqual(["inc_1"]);

      await lease?.release();
      expect(await first.leases.take("execute|pro_1")).toBeNull();
      await successor?.release();
      expect(await first.leases.take("execute|pro_1")).not.toBeNull();
      await Promise.all([first.close(), second.close()]);
    });
  });

  describe("what a database can do to us", () => {
    it("go away and come back: what comes meanwhile waits, and nothing is lost", async () => {
      const url = await server.createDatabase();
      const store = await open(url);
      await store.transact((tx) => tx.incidents.put(incidentRow("inc_1")));
      await server.halt();
      const waiting = store.transact((tx) => tx.incidents.put(incidentRow("inc_2")));
      await server.start();
      await waiting;
      const rows = await store.transact((tx) => tx.incidents.find());
      expect(rows.map(({ id }) => id)).toEqual(["inc_1", "inc_2"]);
      await store.close();
    });

    it("end a connection in the middle of a transaction: it is told as not kept, and the next one works", async () => {
      const url = await server.createDatabase();
      const store = await open(url);
      const cut = store.transact(async (tx) => {
        await tx.incidents.put(incidentRow("inc_1"));
        await server.query(
          url,
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pipewright'",
        );
        await tx.incidents.get("inc_1000");
      });
      await expect(cut).rejects.toThrow("this change was not kept");
      await store.transact((tx) => tx.incidents.put(incidentRow("inc_2")));
      const rows = await store.transact((tx) => tx.incidents.find());
      expect(rows.map(({ id }) => id)).toEqual(["inc_2"]);
      await store.close();
    });

    it("belong to a newer program, at the start and while we run", async () => {
      const url = await server.createDatabase();
      const store = await open(url);
      await server.query(url, "update pipewright.state set schema_version = 99");
      await expect(store.transact((tx) => tx.incidents.find())).rejects.toThrow("migrated by a newer Pipewright");
      expect(await refusal(url)).toContain("Update this Pipewright");
      await store.close();
    });

    it("refuse a login, a name or a right, each with whose move it is", async () => {
      const url = await server.createDatabase();
      expect(await refusal(url.replace("only-for-tests", "wrong"))).toContain("refused the login");
      expect(await refusal(url.replace(/story_\d+/, "nowhere"))).toContain("does not exist");
      await server.query(url, "create role guest login password 'guest'");
      const asGuest = url.replace("pipewright:only-for-tests", "guest:guest");
      expect(await refusal(asGuest)).toContain("GRANT CREATE ON DATABASE");
      const report = await inspectPostgres(asGuest, { now: () => new Date(), sleep: () => Promise.resolve() });
      expect(report.problems).toEqual([expect.stringContaining("may not create a schema")]);
    });

    it("tell doctor that this machine's clock is off", async () => {
      const url = await server.createDatabase();
      const { words, problems } = await inspectPostgres(url, movedClock("2026-03-01T08:00:00Z"));
      expect(words).toContain("not used yet");
      expect(problems).toEqual([expect.stringContaining("clock is")]);
    });
  });

  it("keeps what no text column holds: U+0000 in a row and in a field it is found by", async () => {
    const url = await server.createDatabase();
    const store = await open(url);
    await store.transact((tx) => tx.incidents.put(incidentRow("inc_1", { dagId: "a\0b", title: "\0" })));
    const found = await store.transact(async (tx) => ({
      it: await tx.incidents.find({ dagId: "a\0b" }),
      another: await tx.incidents.find({ dagId: "ab" }),
    }));
    expect(found.it.map(({ title }) => title)).toEqual(["\0"]);
    expect(found.another).toEqual([]);
    await store.close();
  });
});
