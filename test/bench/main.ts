import { loadavg } from "node:os";
import { benchAcknowledgement } from "./acknowledgement.js";
import {
  benchApprovers,
  benchAuditTampering,
  benchExpiryEdges,
  benchPlanBinding,
  benchQuorumHistories,
} from "./approvals.js";
import { benchCiLogs } from "./ci-logs.js";
import { benchColdStart } from "./cold-start.js";
import { benchCondense } from "./condense-2mb.js";
import { benchFileDecisions, benchPostgresDecisions } from "./decisions.js";
import type { Figure } from "./figure.js";
import { benchModelCost } from "./model-cost.js";
import { benchPeers } from "./peers/index.js";
import { benchScan } from "./scan-1gb.js";
import { benchToolCall } from "./tool-call.js";
import { benchToolList } from "./tool-list.js";
import { benchVerdict } from "./verdict-2mb.js";
import { benchWhyFailed } from "./why-failed.js";

const words = process.argv.slice(2);
/** A folder of public CI logs, for the bench that reads them. */
const folder = words.find((word) => word.includes("/")) ?? null;

/** Every bench by the word that picks it: `npm run bench -- verdict`. */
const benches: Readonly<Record<string, () => Promise<Figure>>> = {
  "tool-list": benchToolList,
  "tool-call": benchToolCall,
  "why-failed": benchWhyFailed,
  "model-cost": benchModelCost,
  verdict: benchVerdict,
  condense: benchCondense,
  "ci-logs": () => benchCiLogs(folder),
  scan: benchScan,
  acknowledgement: benchAcknowledgement,
  "cold-start": benchColdStart,
  decisions: benchFileDecisions,
  "decisions-postgres": benchPostgresDecisions,
  approvals: benchApprovers,
  "approvals-binding": benchPlanBinding,
  "approvals-histories": benchQuorumHistories,
  "approvals-expiry": benchExpiryEdges,
  "approvals-audit": benchAuditTampering,
  peers: benchPeers,
};
/** Installs a real Airflow and two other servers, and takes minutes. */
const onlyByName: ReadonlySet<string> = new Set(["peers"]);

const wanted = words.filter((word) => word !== folder);
for (const [word, bench] of Object.entries(benches)) {
  const isWanted = wanted.some((one) => word === one || word.startsWith(`${one}-`));
  if (wanted.length > 0 ? !isWanted : onlyByName.has(word)) continue;
  const { name, measured, target } = await bench();
  console.log(`${name}\n  measured ${measured}\n  target   ${target}`);
}
console.log(`load average ${loadavg()[0]?.toFixed(1)}`);
