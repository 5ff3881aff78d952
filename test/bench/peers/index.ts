import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { airflow3 } from "../../live/airflow/generation.js";
import { installAirflow } from "../../live/airflow/install.js";
import { startAirflow } from "../../live/airflow/lab.js";
import type { Figure } from "../figure.js";
import { astro, astroVersion } from "./astro.js";
import { type Candidate, compare } from "./compare.js";
import { failAll } from "./fail-all.js";
import { failures } from "./failures.js";
import { incidentMcp, incidentMcpClient, incidentMcpVersion } from "./incident-mcp.js";
import { installPeer } from "./install.js";
import { ours } from "./ours.js";
import { reportOf } from "./report.js";

/** Show and tell on a real Airflow: the same failed runs, asked of Pipewright and of two released servers. */
export async function benchPeers(): Promise<Figure> {
  const dataDir = mkdtempSync(join(tmpdir(), "pipewright-peers-"));
  const candidates = await installCandidates(dataDir);
  const lab = await startAirflow(airflow3, resolve("test/bench/peers/dags"));
  try {
    const runIds = await failAll(lab.admin);
    return {
      name: `why ${failures.length} runs of ${airflow3.name} failed, asked of three servers; o200k tokens, medians`,
      measured: `\n${reportOf(await compare(lab.baseUrl, runIds, candidates))}`,
      target: "1 call; <= 2600 tokens with the definitions; the cause of each; a tool call <= 1.15 x its HTTP calls",
    };
  } finally {
    await lab.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Released versions, pinned; Pipewright as it is built here. */
export async function installCandidates(dataDir: string): Promise<readonly Candidate[]> {
  const uv = join(await installAirflow(airflow3), "bin/uv");
  const astroVenv = await installPeer(`astro-${astroVersion}`, [`astro-airflow-mcp==${astroVersion}`], uv);
  const incident = [`apache-airflow-mcp-server==${incidentMcpVersion}`, incidentMcpClient];
  const incidentVenv = await installPeer(`incident-mcp-${incidentMcpVersion}`, incident, uv);
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  return [
    { version, server: (url) => ours(dataDir, url) },
    { version: astroVersion, server: (url) => astro(astroVenv, url) },
    { version: incidentMcpVersion, server: (url) => incidentMcp(incidentVenv, url) },
  ];
}
