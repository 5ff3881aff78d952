import { airflowDagStatus } from "./airflow/dag-status.js";
import { airflowGetRun } from "./airflow/get-run.js";
import { airflowGetTaskLog } from "./airflow/get-task-log.js";
import { airflowListFailures } from "./airflow/list-failures.js";
import { airflowWhatIsLate } from "./airflow/what-is-late.js";
import { databricksGetRun } from "./databricks/get-run.js";
import { databricksGetRunOutput } from "./databricks/get-run-output.js";
import type { Tool } from "./define-tool.js";
import { diagnoseFailure } from "./diagnose/failure.js";
import { incidentGet } from "./incident/get.js";
import { incidentList } from "./incident/list.js";
import { remediationGet } from "./remediation/get.js";
import { remediationPropose } from "./remediation/propose.js";

/** Every tool, in the order a model reads them: the one that answers most questions first. */
export const tools: readonly Tool[] = [
  diagnoseFailure,
  airflowListFailures,
  airflowDagStatus,
  airflowWhatIsLate,
  airflowGetRun,
  airflowGetTaskLog,
  databricksGetRun,
  databricksGetRunOutput,
  incidentList,
  incidentGet,
  remediationPropose,
  remediationGet,
];
