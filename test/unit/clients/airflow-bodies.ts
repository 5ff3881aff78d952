/** Bodies as Airflow 3 words them, cut to what a story needs. */
export function taskInstanceBody(taskId: string, more: object = {}): object {
  return {
    id: `row-${taskId}`,
    dag_id: "orders_daily",
    dag_run_id: "scheduled__2026-11-22T02:00:00+00:00",
    task_id: taskId,
    map_index: -1,
    state: "failed",
    try_number: 3,
    max_tries: 2,
    operator: "PythonOperator",
    start_date: "2026-11-22T02:10:00Z",
    end_date: "2026-11-22T02:11:00Z",
    duration: 60.5,
    hostname: "worker-1",
    pool: "default_pool",
    run_after: "2026-11-22T02:00:00Z",
    logical_date: "2026-11-22T02:00:00Z",
    dag_version: { version_number: 4 },
    ...more,
  };
}

export const taskInstancesBody = (bodies: readonly object[], total = bodies.length): object => ({
  task_instances: bodies,
  total_entries: total,
});

/** An unsigned token that ends at the given time. */
export function jwtUntil(expires: string, mark = ""): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ sub: "reader", mark, exp: Date.parse(expires) / 1000 })}.sig`;
}
