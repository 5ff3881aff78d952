import type { Signature } from "../signature.js";

export const sparkSettingWrong: Signature = {
  id: "spark-setting-wrong",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    {
      text: /failed to parse byte string|size must be specified as bytes|time must be specified as seconds/i,
      weight: 0.95,
    },
    {
      text: /asked to launch cluster with .{1,80} but requested|required executor memory .{1,120} is above/i,
      weight: 0.92,
    },
    {
      text: /\[(?:SQL_CONF_NOT_FOUND|CANNOT_MODIFY_CONFIG|CANNOT_MODIFY_STATIC_CONFIG|INVALID_CONF_VALUE[\w.]*|FEATURE_NOT_ENABLED|CONFIG_NOT_AVAILABLE)\]/,
      weight: 0.95,
    },
    {
      text: /When running with master '|Master must either be|Could not parse Master URL|HADOOP_CONF_DIR or YARN_CONF_DIR must be set|A master URL must be set|Cannot modify the value of a static config|Couldn't find Spark|JAVA_HOME is not set|Deploy mode .{1,40} is not (?:applicable|supported)|Cluster deploy mode is (?:not|currently not)/,
      weight: 0.95,
    },
    {
      text: /retentionDurationCheck|retention period .{0,60}too (?:low|short)|Are you sure you would like to vacuum/i,
      weight: 0.78,
    },
    {
      text: /\[(?:DELTA_UNSUPPORTED_FEATURES_\w+|DELTA_FEATURE_\w+|DELTA_UNSUPPORTED_(?:READER|WRITER)\w*|UNSUPPORTED_DATASOURCE_FOR_DIRECT_QUERY)[\w.]*\]|InvalidProtocolVersionException|requires (?:reader|writer) (?:version|table feature)/,
      weight: 0.88,
    },
  ],
  object: [
    /(HADOOP_CONF_DIR|JAVA_HOME|SPARK_HOME)/,
    /["'`](spark\.[\w.]+)["'`]/,
    /\b(spark\.[a-z]\w*\.[\w.]+)\b/,
    /(master '[\w:/.]+')/,
  ],
  summary: (o, p) =>
    `Spark setting ${o ?? "it uses"} is wrong or missing for ${p.task}; the job's owner must correct the configuration.`,
  nextStep: "Correct the Spark configuration of the job or connection, then rerun.",
};
