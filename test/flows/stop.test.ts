import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/compose/system-clock.js";
import { startBot } from "../../src/compose.js";
import { loadConfig } from "../../src/config/load.js";
import { silentLogger } from "../fixtures/silent-logger.js";

let folder: string;
let deaf: Server;
let asked: Promise<Socket>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pipewright-stop-"));
  deaf = createServer();
  asked = new Promise((resolve) => deaf.once("connection", resolve));
  await new Promise<void>((resolve) => deaf.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  (await asked).destroy();
  deaf.close();
  rmSync(folder, { recursive: true, force: true });
});

function start() {
  const address = deaf.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const config = loadConfig({
    AIRFLOW_BASE_URL: `http://127.0.0.1:${port}`,
    AIRFLOW_TOKEN: "reader",
    PIPEWRIGHT_DATA_DIR: folder,
    PORT: "0",
    PIPEWRIGHT_CONSOLE_PORT: "0",
  });
  return startBot(config, {
    clock: systemClock,
    logger: silentLogger,
    version: "0",
    shortDir: tmpdir(),
    localUser: "test",
  });
}

describe("stopping", () => {
  it("does not wait for an Airflow that took a request and never answers", async () => {
    const bot = await start();
    await asked;
    // The grace beyond the last five seconds, kept for letting go, is a hundredth of what the request may take.
    await bot.stop(5_300);
    // The folder is free again: whoever starts next need not wait.
    const next = await start();
    expect(next.consoleUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    await next.stop(5_300);
  });
});
