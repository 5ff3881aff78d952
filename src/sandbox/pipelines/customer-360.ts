import type { JobTaskFailure, WorldState } from "../world/state.js";
import type { Pipeline } from "./pipeline.js";

const DAG = "customer_360";
const RUN_NAME = "customer_360_merge";

const MESSAGE =
  "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `loyalty_tier` cannot be resolved. " +
  "Did you mean one of the following? [`loyalty_level`, `customer_id`, `updated_at`, `country`, `email`]. SQLSTATE: 42703;\n" +
  "'Project [customer_id#412L, email#413, country#414, 'loyalty_tier, updated_at#416]\n" +
  "+- SubqueryAlias spark_catalog.bronze.crm_customers\n" +
  "   +- Relation spark_catalog.bronze.crm_customers[customer_id#412L,email#413,country#414,loyalty_level#415,updated_at#416] parquet\n";

const ESC = "\u001b[";

/** The trace as a notebook prints it, with its colours. */
const TRACE = [
  `${ESC}0;31m---------------------------------------------------------------------------${ESC}0m`,
  `${ESC}0;31mAnalysisException${ESC}0m                         Traceback (most recent call last)`,
  `File ${ESC}0;32m<command-4093317720015561>, line 7${ESC}0m`,
  `${ESC}1;32m      4${ESC}0m target = DeltaTable.forName(spark, "silver.customer_360")`,
  `${ESC}1;32m      5${ESC}0m changes = (`,
  `${ESC}1;32m      6${ESC}0m     spark.table("bronze.crm_customers")`,
  `${ESC}0;32m----> 7${ESC}0m     .select("customer_id", "email", "country", "loyalty_tier", "updated_at")`,
  `${ESC}1;32m      8${ESC}0m )`,
  `${ESC}1;32m      9${ESC}0m target.alias("t").merge(changes.alias("s"), "t.customer_id = s.customer_id") \\`,
  `${ESC}1;32m     10${ESC}0m     .whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()`,
  "",
  `File ${ESC}0;32m/databricks/spark/python/pyspark/errors/exceptions/captured.py:269${ESC}0m, in ${ESC}0;36mcapture_sql_exception.<locals>.deco${ESC}0;34m(*a, **kw)${ESC}0m`,
  `${ESC}1;32m    267${ESC}0m     # Hide where the exception came from that shows a non-Pythonic`,
  `${ESC}1;32m    268${ESC}0m     # JVM exception message.`,
  `${ESC}0;32m--> 269${ESC}0m     raise converted from None`,
  "",
  `${ESC}0;31mAnalysisException${ESC}0m: ${MESSAGE}`,
].join("\n");

const DRIFT: JobTaskFailure = {
  error: `AnalysisException: ${MESSAGE}`,
  trace: TRACE,
  stateMessage: null,
  terminationCode: "RUN_EXECUTION_ERROR",
  terminationType: "CLIENT_ERROR",
  cluster: null,
};

function drifted(world: WorldState): boolean {
  return world.healthy[DAG] === false;
}

/** Customers: the CRM export is merged into a Delta table; the export's schema may change under it. */
export const customer360: Pipeline = {
  dagId: DAG,
  description: "One row a customer, merged from the CRM export",
  owners: ["data-crm"],
  tags: ["crm"],
  cron: "30 1 * * *",
  cronWords: "At 01:30",
  everyMs: 86_400_000,
  offsetMs: 90 * 60_000,
  faults: [
    {
      id: "customer_360:schema_drift",
      dagId: DAG,
      title: "Rename a column under customer_360",
      description: "The CRM export calls loyalty_tier loyalty_level; every rerun fails until the fix is marked.",
      leadMs: 16_000,
      strike: (world) => {
        world.healthy[DAG] = false;
      },
      heal: (world) => {
        world.healthy[DAG] = true;
      },
    },
  ],
  jobs: [
    {
      name: RUN_NAME,
      runType: "submit",
      tasks: [
        {
          taskKey: "merge_customer_360",
          dependsOn: [],
          notebook: "/Workspace/Repos/data-crm/customer_360/notebooks/merge_customer_360",
          usualMs: 6_000,
        },
      ],
      failure: (world, taskKey) => (taskKey === "merge_customer_360" && drifted(world) ? DRIFT : null),
    },
  ],
  tasks: [
    {
      taskId: "extract_crm",
      downstream: ["merge_customers"],
      work: {
        kind: "python",
        usualMs: 3_000,
        line: 18,
        lines: ({ world }) => [
          { afterMs: 700, text: "Reading the CRM export of the day into bronze.crm_customers", logger: "crm.export" },
          ...(drifted(world)
            ? [
                {
                  afterMs: 1_500,
                  level: "warning" as const,
                  logger: "crm.export",
                  text: "Export schema differs from yesterday's: loyalty_tier string is gone, loyalty_level string is new (producer crm-sync 4.0.0)",
                },
              ]
            : []),
          { afterMs: 2_400, text: "Wrote 91277 customers", logger: "crm.export" },
        ],
        returns: () => 91_277,
      },
    },
    {
      taskId: "merge_customers",
      downstream: ["score_churn"],
      work: { kind: "submit", name: RUN_NAME, pollSeconds: 2 },
    },
    {
      taskId: "score_churn",
      downstream: ["publish_360"],
      work: {
        kind: "python",
        usualMs: 3_000,
        line: 47,
        lines: () => [{ afterMs: 1_000, text: "Scored 91277 customers", logger: "crm.churn" }],
      },
    },
    {
      taskId: "publish_360",
      outlet: "s3://acme-marts/customer/360",
      downstream: [],
      work: {
        kind: "python",
        usualMs: 1_500,
        line: 55,
        lines: () => [{ afterMs: 700, text: "Published silver.customer_360", logger: "crm.publish" }],
      },
    },
  ],
};
