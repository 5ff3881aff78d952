/** One task of a job's settings, read leniently: jobs come from real operators too. */
export interface JobTask {
  readonly key: string;
  readonly dependsOn: readonly string[];
  readonly runIf: string;
  /** Tasks with the same key share a cluster; null runs on one of its own. */
  readonly clusterKey: string | null;
  readonly settings: Readonly<Record<string, unknown>>;
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/** The tasks of job settings or of a runs/submit body; a body in the old single-task form is one task. */
export function jobTasks(settings: Record<string, unknown>): readonly JobTask[] {
  const listed = settings["tasks"];
  if (!Array.isArray(listed) || listed.length === 0) {
    const { run_name: name, ...rest } = settings;
    return [
      {
        key: typeof name === "string" ? name.replace(/[^A-Za-z0-9_-]/g, "_") : "main",
        dependsOn: [],
        runIf: "ALL_SUCCESS",
        clusterKey: null,
        settings: rest,
      },
    ];
  }
  return listed.flatMap((entry: unknown) => {
    const task = record(entry);
    if (task === null) return [];
    const before = task["depends_on"];
    return [
      {
        key: String(task["task_key"]),
        dependsOn: Array.isArray(before) ? before.map((one: unknown) => String(record(one)?.["task_key"])) : [],
        runIf: typeof task["run_if"] === "string" ? task["run_if"] : "ALL_SUCCESS",
        clusterKey: typeof task["job_cluster_key"] === "string" ? task["job_cluster_key"] : null,
        settings: task,
      },
    ];
  });
}
