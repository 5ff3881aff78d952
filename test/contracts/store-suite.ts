import { describe, expect, it } from "vitest";
import type { Incident } from "../../src/core/incident.js";
import type { OutboxItem, Store } from "../../src/core/store.js";

/** A store that can be closed and opened again on the same data. */
export interface StoreUnderTest {
  open(): Promise<Store>;
}

export function incidentRow(id: string, more: Partial<Incident> = {}): Incident {
  return {
    id,
    fingerprint: `fp-${id}`,
    state: "open",
    connection: "airflow:test",
    title: "invoices / load",
    dagId: "invoices",
    owner: null,
    simulated: false,
    failures: [],
    verdict: null,
    blocked: [],
    links: [],
    proposalId: null,
    noRerunBecause: null,
    openedAt: "2026-03-01T08:00:00.000Z",
    updatedAt: "2026-03-01T08:00:00.000Z",
    recoveredAt: null,
    mutedUntil: null,
    earlierIncidentId: null,
    ...more,
  };
}

export function outboxRow(id: string, more: Partial<OutboxItem> = {}): OutboxItem {
  return {
    id,
    kind: "publish",
    subject: "inc_1",
    payload: {},
    createdAt: "2026-03-01T08:00:00.000Z",
    attempts: 0,
    notBefore: null,
    ...more,
  };
}

/** What every Store must do, whatever keeps its rows. */
export function storeContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a Store`, () => {
    it("keeps what was acknowledged over closing and opening", async () => {
      const place = await make();
      const store = await place.open();
      await store.transact(async (tx) => {
        await tx.incidents.put(incidentRow("inc_1", { blocked: ["publish"] }));
        await tx.marks.put({ id: "poll", value: { until: "2026-03-01T08:00:00Z" } });
        await tx.audit.append(auditLine("incident_opened"));
      });
      await store.close();

      const again = await place.open();
      const seen = await again.transact(async (tx) => ({
        incident: await tx.incidents.get("inc_1"),
        mark: await tx.marks.get("poll"),
        audit: await tx.audit.find(),
      }));
      expect(seen.incident).toEqual(incidentRow("inc_1", { blocked: ["publish"] }));
      expect(seen.mark?.value).toEqual({ until: "2026-03-01T08:00:00Z" });
      expect(seen.audit.map((row) => row.action)).toEqual(["incident_opened"]);
      await again.close();
    });

    it("leaves no trace of a transaction that throws", async () => {
      const place = await make();
      const store = await place.open();
      await store.transact((tx) => tx.incidents.put(incidentRow("inc_1")));
      const failing = store.transact(async (tx) => {
        await tx.incidents.put(incidentRow("inc_2"));
        await tx.incidents.delete("inc_1");
        await tx.outbox.put(outboxRow("out_1"));
        await tx.audit.append(auditLine("approved"));
        throw new Error("changed my mind");
      });
      await expect(failing).rejects.toThrow("changed my mind");
      const seen = await store.transact(async (tx) => ({
        incidents: await tx.incidents.find(),
        outbox: await tx.outbox.find(),
        audit: await tx.audit.find(),
      }));
      expect(seen.incidents.map((row) => row.id)).toEqual(["inc_1"]);
      expect(seen.outbox).toEqual([]);
      expect(seen.audit).toEqual([]);
      await store.close();
    });

    it("shows a transaction its own writes and nobody else's half", async () => {
      const place = await make();
      const store = await place.open();
      const inside = await store.transact(async (tx) => {
        await tx.incidents.put(incidentRow("inc_1"));
        await tx.incidents.put(incidentRow("inc_2"));
        await tx.incidents.delete("inc_2");
        return {
          one: await tx.incidents.get("inc_1"),
          two: await tx.incidents.get("inc_2"),
          all: await tx.incidents.find(),
        };
      });
      expect(inside.one?.id).toBe("inc_1");
      expect(inside.two).toBeNull();
      expect(inside.all.map((row) => row.id)).toEqual(["inc_1"]);
      await store.close();
    });

    it("loses no increment when fifty transactions read and write the same row at once", async () => {
      const place = await make();
      const store = await place.open();
      await Promise.all(
        Array.from({ length: 50 }, () =>
          store.transact(async (tx) => {
            const mark = await tx.marks.get("counter");
            const count = typeof mark?.value["count"] === "number" ? mark.value["count"] : 0;
            await Promise.resolve();
            await tx.marks.put({ id: "counter", value: { count: count + 1 } });
          }),
        ),
      );
      const mark = await store.transact((tx) => tx.marks.get("counter"));
      expect(mark?.value["count"]).toBe(50);
      await store.close();
    });

    it("finds rows by their fields, and all of them without any", async () => {
      const place = await make();
      const store = await place.open();
      await store.transact(async (tx) => {
        await tx.incidents.put(incidentRow("inc_1", { state: "open", dagId: "invoices" }));
        await tx.incidents.put(incidentRow("inc_2", { state: "recovered", dagId: "invoices" }));
        await tx.incidents.put(incidentRow("inc_3", { state: "open", dagId: null }));
      });
      const found = await store.transact(async (tx) => ({
        open: await tx.incidents.find({ state: "open" }),
        openInvoices: await tx.incidents.find({ state: "open", dagId: "invoices" }),
        noDag: await tx.incidents.find({ dagId: null }),
        all: await tx.incidents.find(),
      }));
      expect(found.open.map((row) => row.id).sort()).toEqual(["inc_1", "inc_3"]);
      expect(found.openInvoices.map((row) => row.id)).toEqual(["inc_1"]);
      expect(found.noDag.map((row) => row.id)).toEqual(["inc_3"]);
      expect(found.all).toHaveLength(3);
      await store.close();
    });

    it("numbers audit rows in order, also after opening again, and never twice", async () => {
      const place = await make();
      const store = await place.open();
      await Promise.all(Array.from({ length: 5 }, () => store.transact((tx) => tx.audit.append(auditLine("muted")))));
      await store.close();
      const again = await place.open();
      await again.transact((tx) => tx.audit.append(auditLine("denied")));
      const rows = await again.transact((tx) => tx.audit.find());
      expect(rows.map((row) => row.seq)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(rows.at(-1)?.action).toBe("denied");
      expect(new Set(rows.map((row) => row.id)).size).toBe(6);
      await again.close();
    });

    it("hands out audit rows behind a place, in order and no more than asked for", async () => {
      const place = await make();
      const store = await place.open();
      for (let i = 0; i < 4; i += 1) await store.transact((tx) => tx.audit.append(auditLine("muted")));
      const seen = await store.transact(async (tx) => {
        await tx.audit.append(auditLine("denied"));
        return {
          two: await tx.audit.after(1, 2),
          rest: await tx.audit.after(3, 100),
          none: await tx.audit.after(5, 9),
        };
      });
      expect(seen.two.map((row) => row.seq)).toEqual([2, 3]);
      expect(seen.rest.map((row) => row.action)).toEqual(["muted", "denied"]);
      expect(seen.none).toEqual([]);
      await store.close();
    });

    it("keeps who an alias stands for until that is forgotten", async () => {
      const place = await make();
      const store = await place.open();
      await store.transact((tx) => tx.identities.put({ id: "slack:U1", alias: "per_1" }));
      expect(await store.transact((tx) => tx.identities.find({ alias: "per_1" }))).toEqual([
        { id: "slack:U1", alias: "per_1" },
      ]);
      await store.transact((tx) => tx.identities.delete("slack:U1"));
      expect(await store.transact((tx) => tx.identities.get("slack:U1"))).toBeNull();
      await store.close();
    });

    it("does not let a caller change a stored row behind its back", async () => {
      const place = await make();
      const store = await place.open();
      const blocked = ["publish"];
      await store.transact((tx) => tx.incidents.put(incidentRow("inc_1", { blocked })));
      blocked.push("smuggled");
      const row = await store.transact((tx) => tx.incidents.get("inc_1"));
      expect(row?.blocked).toEqual(["publish"]);
      await store.close();
    });

    it("says so instead of waiting for ever when a transaction begins another one", async () => {
      const place = await make();
      const store = await place.open();
      const nested = store.transact(() => store.transact((tx) => tx.incidents.find()));
      await expect(nested).rejects.toThrow("inside another one");
      expect(await store.transact((tx) => tx.incidents.find())).toEqual([]);
      await store.close();
    });

    it("refuses a write that comes after its transaction ended", async () => {
      const place = await make();
      const store = await place.open();
      const kept = await store.transact(async (tx) => tx);
      await expect(kept.incidents.put(incidentRow("inc_1"))).rejects.toThrow("ended");
      expect(await store.transact((tx) => tx.incidents.find())).toEqual([]);
      await store.close();
    });
  });
}

export function auditLine(action: "incident_opened" | "approved" | "denied" | "muted") {
  return {
    at: "2026-03-01T08:00:00.000Z",
    actor: "slack:U1",
    action,
    incidentId: "inc_1",
    proposalId: null,
    detail: "a line",
  };
}
