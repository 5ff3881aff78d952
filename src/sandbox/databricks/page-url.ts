/** The workspace's id. */
export const ORGANISATION = "7405612398712001";

/** The web address of a run as the Jobs API gives it. */
export function runPageUrl(workspaceUrl: string, jobId: string | null, runId: string): string {
  const place = jobId === null ? `job/run/${runId}` : `job/${jobId}/run/${runId}`;
  return `${workspaceUrl}/?o=${ORGANISATION}#${place}`;
}
