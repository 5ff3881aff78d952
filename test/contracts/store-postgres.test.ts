import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe } from "vitest";
import { createIds } from "../../src/store/ids.js";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.js";
import { movedClock } from "../fixtures/moved-clock.js";
import { noPostgres, type PostgresServer, startPostgres } from "../fixtures/postgres-server.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { storeContract } from "./store-suite.js";

describe.skipIf(noPostgres !== null)(noPostgres ?? "with a real PostgreSQL", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  storeContract("the PostgreSQL store", async () => {
    const url = await server.createDatabase();
    const clock = movedClock("2026-03-01T08:00:00Z");
    const ids = createIds(randomBytes, clock);
    return { open: () => openPostgresStore({ url: () => url, clock, ids, logger: silentLogger }) };
  });
});
