import { describe, expect, it } from "vitest";
import { exceptionAt } from "../../../src/core/rca/exception-in-text.js";
import { inEnglish } from "../../../src/core/rca/foreign-words.js";
import { rankFindings } from "../../../src/core/rca/rank.js";

/** The signature that a single line proves best, read as what ended the try. */
function causeOf(line: string): string | null {
  const stated = exceptionAt(line);
  const found = rankFindings([
    {
      kind: stated === null ? "line" : "exception",
      origin: "ending",
      type: stated?.type ?? null,
      text: inEnglish(line),
      context: "",
      quotes: [{ source: "log", line: 1, text: line }],
      weight: 1,
      raisedInOwnCode: false,
    },
  ]);
  return found[0]?.signature.id ?? null;
}

/** Other wordings of causes that are known, from other libraries, tools and languages. */
const wordings: readonly (readonly [signature: string, line: string])[] = [
  ["invalid-setting", "paramiko.ssh_exception.SSHException: Server 'sftp.acme.example' not found in known_hosts"],
  ["invalid-setting", "  The profile 'fees' does not have a target named 'prod_us'. The valid target names are: dev"],
  ["invalid-setting", "java.lang.IllegalArgumentException: spark.executor.cores should be int, but was two"],
  ["shared-library-missing", "w.c:2:10: fatal error: librdkafka/rdkafka.h: No existe el fichero o el directorio"],
  ["column-not-found", "ValueError: bq_schema contains fields not present in dataframe: {'net'}"],
  ["package-not-installable", "error: No solution found when resolving dependencies"],
  ["credentials-missing", "ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint."],
  ["pod-lost", "Cannot contact spot-7: hudson.remoting.ChannelClosedException: the channel is closing down"],
  ["stopped-by-person", "State of this instance has been externally set to failed. Terminating instance."],
  ["state-set-outside", "State of this instance has been externally set to None. Terminating instance."],
  ["engine-internal-error", "src/fees.py:88: error: INTERNAL ERROR -- Please try using mypy master on GitHub:"],
  ["driver-lost", "An error occurred while trying to connect to the Java server (127.0.0.1:35113)"],
  ["lock-or-commit-conflict", 'duplicate key value violates unique constraint "pg_type_typname_nsp_index"'],
  ["credentials-missing", "AttributeError: 'NoneType' object has no attribute 'get_frozen_credentials'"],
  ["input-not-found", "mget: Access failed: No such file (FEES_20310503.csv)"],
  ["task-timed-out", "Operation did not complete within the designated timeout."],
  ["family-data", "fees.OutOfBalanceError: journal open: debits 18420.10 != credits 18402.10"],
  ["family-schema", "fees.ContractDrift: bronze.fees no longer carries ['payer']"],
  ["engine-internal-error", "AttributeError: 'EmrContainerOperatorAsync' object has no attribute 'max_tries'"],
  ["command-not-found", "[Errno 2] No such file or directory: 'hive': 'hive'"],
  ["input-not-found", "404 Client Error: Not Found for url: https://data.example/daily/03-29-2031.csv"],
  ["spark-setting-wrong", "java.lang.NumberFormatException: Size must be specified as bytes (b), kibibytes (k)"],
  ["table-not-found", "acme:telemetry.event was not found in location US"],
  ["pod-lost", "Pod was terminated in response to imminent node shutdown."],
  ["lock-or-commit-conflict", "A conflicting conditional operation is currently in progress against this resource."],
  ["script-path-wrong", "FileNotFoundError: [Errno 2] No such file or directory: '~/.ssh/id_ed25519'"],
  [
    "quota-exceeded",
    "An error occurred (CrawlerRunningException) when calling the StartCrawler operation: already started",
  ],
  ["command-not-found", "ValueError: Python Path '/srv/venvs/fees/bin/python' must exists"],
  ["command-not-found", "bash: ./fees.sh: /usr/bin/python3.9: bad interpreter: No such file or directory"],
  ["quality-check-failed", "SchemaError: series 'fee_id' contains duplicate values: [7, 9]"],
  ["quality-check-failed", "[USER_RAISED_EXCEPTION] dq: 12 duplicate fee_id in gold.fees SQLSTATE: P0001"],
  ["engine-internal-error", "fees.go:9:1: internal compiler error: panic: runtime error: index out of range"],
  ["code-does-not-compile", "./fees.go:12:7: cannot use rate (variable of type int) as string value in assignment"],
  ["input-empty", "ValueError: the till system delivered 0 receipts for 2031-05-03"],
  ["input-not-found", "550 /out/fees_20310503.csv: Fichier inexistant"],
  ["wrong-type-in-code", "WRONGTYPE Operation against a key holding the wrong kind of value"],
  ["tls-failed", "giving up: certificate of fees.acme.example expired on 2031-05-01"],
  ["quota-exceeded", "QuotaError: monthly export quota of 2 TB for tenant fees is used up"],
  ["quota-exceeded", "##[error]No hosted parallelism has been purchased or granted."],
  ["connection-refused", "ERROR 2002 (HY000): Can't connect to server on '10.1.1.9' (115)"],
  ["stopped-by-person", "[SPARK_JOB_CANCELLED] Job 9 cancelled as part of cancellation of all jobs"],
  ["sql-semantics-wrong", "[RESULT_COLUMNS_MISMATCH_FOR_PANDAS_UDF] Column names of the returned data do not match"],
  ["database-login-refused", 'psql: FEHLER: Passwort-Authentifizierung für Benutzer "fees" fehlgeschlagen'],
  ["table-not-found", "ERREUR:  la relation « mart.fees » n'existe pas"],
  ["column-not-found", "ERROR:  no existe la columna «tasa»"],
  ["duplicate-key", "ОШИБКА:  повторяющееся значение ключа нарушает ограничение уникальности fees_pkey"],
  ["division-by-zero", "FEHLER:  Division durch Null"],
  ["connection-missing", "The `conn_id` `fees_api` isn't defined"],
  ["invalid-setting", "botocore.exceptions.ProfileNotFound: The config profile (fees) could not be found"],
  ["invalid-setting", "zoneinfo.ZoneInfoNotFoundError: 'No time zone found with key Europe/Zurch'"],
  ["credentials-missing", "snowflake.connector.errors.ProgrammingError: 251005: User is empty"],
  ["python-module-missing", "sqlalchemy.exc.NoSuchModuleError: Can't load plugin: sqlalchemy.dialects:exasol"],
  ["python-import-broken", "RuntimeError: module compiled against ABI version 0x10 but this version of numpy is 0xf"],
  ["jvm-class-missing", "java.lang.IllegalArgumentException: Unsupported class file major version 65"],
  ["package-not-installable", "LoadError: cannot load such file -- nokogiri"],
  ["package-not-installable", "npm error 404 Not Found - GET https://registry.acme.example/@acme%2ffees"],
  ["command-not-found", "The operation couldn't be completed. Unable to locate a Java Runtime."],
  ["process-memory-exhausted", "memory allocation of 8589934592 bytes failed"],
  ["killed-for-memory", "c++: fatal error: Killed signal terminated program cc1plus"],
  ["family-compute", "ray.exceptions.NodeDiedError: The node was terminated"],
  ["executor-state-mismatch", "the executor reported failed, but the task instance's state attribute is queued"],
  ["service-unavailable", "ftplib.error_temp: 421 Service not available, closing control connection."],
  ["lock-or-commit-conflict", "ORA-00054: resource busy and acquire with NOWAIT specified"],
  ["task-timed-out", "##[error]The job running on agent Pool 4 ran longer than the maximum time of 60 minutes."],
  ["request-timed-out", "urllib.error.URLError: <urlopen error timed out>"],
  ["request-timed-out", "npm ERR! code ETIMEDOUT"],
  ["family-network", "snowflake.connector.errors.OperationalError: 250003: Max retries exceeded"],
  ["quota-exceeded", "An error occurred (ConcurrentRunsExceededException) when calling the StartJobRun operation"],
  ["quota-exceeded", "(1226, \"User 'fees' has exceeded the 'max_questions' resource (current value: 100)\")"],
  ["payload-field-missing", "{'vat': ['Missing data for required field.']}"],
  ["syntax-error", "sqlglot.errors.ParseError: Expecting ). Line 4, Col: 9"],
  ["family-code", "numpy.linalg.LinAlgError: Singular matrix"],
  ["family-configuration", "An error occurred (ValidationException) when calling the StartJobRun operation: bad role"],
  ["family-permission", "slack_sdk.errors.SlackApiError: {'ok': False, 'error': 'invalid_auth'}"],
  ["file-permission-denied", "Got permission denied while trying to connect to the Docker daemon socket"],
  ["record-malformed", "_csv.Error: line contains NUL"],
  ["input-not-ready", "AirflowException: Expected 24 hourly files, found 17"],
  ["quality-check-failed", "1 of 2 FAIL 12 unique_fees_id"],
  ["connection-refused", "KafkaError{code=_ALL_BROKERS_DOWN}"],
  ["driver-lost", "Driver is up but is not responsive, likely due to GC."],
  ["pod-lost", "Container released on a *lost* node"],
  ["disk-full", "index read-only / allow delete (disk usage exceeded flood-stage watermark)"],
  ["family-infrastructure", "ORA-01555: snapshot too old"],
  ["recursion-or-cycle", "AirflowException: Dag contains a cycle"],
  ["name-not-defined", "PHP Fatal error:  Uncaught Error: Call to undefined function rate_of()"],
  ["column-count-mismatch", "ValueError: 5 columns passed, passed data had 7 columns"],
  ["column-not-found", "KeyError: 'Column not found: vat'"],
  ["task-timed-out", "airflow.exceptions.AirflowException: SSH command timed out"],
  ["task-timed-out", "botocore.exceptions.WaiterError: Waiter JobRunning failed: Max attempts exceeded"],
  ["disk-full", "tar: fees.csv: Wrote only 4096 of 10240 bytes"],
  ["lock-or-commit-conflict", "flock: failed to get lock"],
  ["quality-check-failed", "ValueError: expected between 900 and 1100 rows, got 12"],
  ["init-script-failed", "Cluster scoped init script /ops/odbc.sh failed: Script exit status is non-zero"],
];

/** Lines that use the same words for something else. */
const lookAlikes: readonly (readonly [signature: string, line: string])[] = [
  ["engine-internal-error", "AttributeError: 'FeesLoader' object has no attribute 'rate'"],
  ["stopped-by-person", "Job run 7047 has failed or has been cancelled."],
  ["package-not-installable", "yarn install --frozen-lockfile"],
  ["family-missing", "kafka.errors.NotLeaderForPartitionError: [Error 6] NotLeaderForPartitionError"],
  ["column-not-found", "the tills not present in this region were closed"],
  ["script-path-wrong", "FileNotFoundError: [Errno 2] No such file or directory: '/in/fees.csv'"],
  ["quota-exceeded", "the load of fees is running"],
  ["host-not-resolved", "Failed to resolve template field 'sql'"],
  ["command-not-found", "ValueError: path '/srv/in/fees.csv' does not exist"],
  ["input-empty", "ValueError: the check found 0 errors but 3 warnings"],
  ["input-not-found", "550 Permission denied /out/fees.csv"],
  ["tls-failed", "SessionExpired: the session of fees expired"],
  ["connection-refused", "Can't connect the two halves of the fees report"],
  ["invalid-setting", "ValueError: rate should be below 1, but was 1.4"],
  ["code-does-not-compile", "fees.go loaded 12:30:11 records"],
  ["quality-check-failed", "SchemaError: column 'fee_id' not in dataframe"],
  ["input-empty", "redis.exceptions.NoPermissionError: this user has no permissions to run the 'set' command"],
  ["input-not-found", "botocore.exceptions.ProfileNotFound: The config profile (fees) could not be found"],
  ["task-timed-out", "npm ERR! code ETIMEDOUT"],
  ["package-not-installable", "checksum mismatch for fees.csv: expected 9a got 7b"],
  ["pod-lost", "the parcel was released on a Sunday"],
  [
    "family-configuration",
    "An error occurred (InvalidAccessKeyId) when calling the ListBuckets operation: no such key id",
  ],
  ["code-does-not-compile", "ValueError: expected a fee, got a rebate"],
  ["killed-for-memory", "the build daemon started"],
  ["recursion-or-cycle", "the fee report covers a cycle of 28 days"],
  ["cluster-did-not-start", "INIT_SCRIPT_FAILURE: Cluster terminated"],
];

describe("a known cause in other words", () => {
  it.each(wordings)("%s: %s", (signature, line) => {
    expect(causeOf(line)).toBe(signature);
  });
});

describe("other causes in the same words", () => {
  it.each(lookAlikes)("are not %s: %s", (signature, line) => {
    expect(causeOf(line)).not.toBe(signature);
  });
});
