/** The run id of a DAG run that a step of an approval starts: the same again for the same approval. */
export function ownRunId(proposalId: string, step: number): string {
  return `pipewright__${proposalId}__${step}`;
}

/** Databricks' idempotency token for a step of an approval; it may have 64 characters. */
export function ownToken(proposalId: string, step: number): string {
  return `pipewright-${proposalId}-${step}`;
}
