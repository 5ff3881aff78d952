/** One line a signature is proven by, and a look-alike that is not its cause. Written for these tests. */
export interface Story {
  readonly fires: string;
  readonly lookAlike: string;
  /** Frames or lines beside the statement, where the proof needs them. */
  readonly near?: string;
}

export const stories: Readonly<Record<string, Story>> = {
  "address-not-found": {
    fires: "requests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://feeds.acme.example/v2/pricez",
    lookAlike:
      "google.api_core.exceptions.NotFound: 404 Not found: Table acme:mart.prices was not found in location EU",
  },
  "answer-is-not-json": {
    fires: "requests.exceptions.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
    lookAlike: "json.decoder.JSONDecodeError: Expecting ',' delimiter: line 7 column 3 (char 140)",
  },
  "check-constraint-broken": {
    fires: 'psycopg2.errors.CheckViolation: new row for relation "fees" violates check constraint "fee_positive"',
    lookAlike: 'psycopg2.errors.UniqueViolation: duplicate key value violates unique constraint "fees_pkey"',
  },
  "build-step-failed": {
    fires: "Execution failed for task ':fees:report'.",
    lookAlike: "src/fees/Price.java:31: error: cannot find symbol",
  },
  "cloud-access-denied": {
    fires:
      "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the PutObject operation: Access Denied",
    lookAlike: "pymysql.err.OperationalError: (1045, \"Access denied for user 'mart'@'10.1.1.4'\")",
  },
  "cluster-did-not-start": {
    fires: "Cluster 0304-101112-gray77 was terminated: AWS_INSUFFICIENT_INSTANCE_CAPACITY_FAILURE",
    lookAlike: "Cluster 0304-101112-gray77 does not exist",
  },
  "code-does-not-compile": {
    fires: "src/feed/price.ts(31,9): error TS2345: Argument of type 'string' is not assignable",
    lookAlike: "Error: Cannot find module 'papaparse'",
  },
  "column-count-mismatch": {
    fires: "100080 (22000): Number of columns in file (14) does not match that of the corresponding table (13)",
    lookAlike: "psycopg2.errors.UndefinedColumn: column f.vat_rate does not exist",
  },
  "column-not-found": {
    fires: "AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `vat_rate` cannot be resolved.",
    lookAlike: "airflow.exceptions.AirflowNotFoundException: The conn_id `vat_db` isn't defined",
  },
  "command-not-found": {
    fires: "/usr/bin/bash: line 1: sqlcmd: command not found",
    lookAlike: "curl: (22) The requested URL returned error: 404",
  },
  "connection-dropped": {
    fires: "psycopg2.OperationalError: server closed the connection unexpectedly",
    lookAlike: "psycopg2.OperationalError: could not connect to server: Connection refused",
  },
  "connection-missing": {
    fires: "airflow.exceptions.AirflowNotFoundException: The conn_id `erp_sftp` isn't defined",
    lookAlike: "KeyError: 'Variable erp_sftp does not exist'",
  },
  "connection-refused": {
    fires: "redis.exceptions.ConnectionError: Error 111 connecting to cache:6379. Connection refused.",
    lookAlike: "redis.exceptions.ConnectionError: Connection closed by server.",
  },
  "connections-exhausted": {
    fires: "psycopg2.OperationalError: FATAL:  sorry, too many clients already",
    lookAlike: 'psycopg2.OperationalError: FATAL:  password authentication failed for user "mart"',
  },
  "container-image-missing": {
    fires: "Pod docker image cannot be pulled, unable to start: ErrImagePull registry.acme.example/etl:4.2",
    lookAlike: "Error response from daemon: toomanyrequests: You have reached your pull rate limit.",
  },
  "context-key-missing": {
    fires: "KeyError: 'data_interval_start'",
    near: "/opt/airflow/dags/fees.py:stamp\nairflow/sdk/execution_time/context.py:__getitem__",
    lookAlike: "KeyError: 'fee_total'",
  },
  "credentials-missing": {
    fires: "botocore.exceptions.NoCredentialsError: Unable to locate credentials",
    lookAlike: "botocore.exceptions.ClientError: An error occurred (ExpiredToken) when calling the GetObject operation",
  },
  "dag-does-not-import": {
    fires: "Broken DAG: [/opt/airflow/dags/fees.py]",
    lookAlike: "ModuleNotFoundError: No module named 'fees_sdk'",
  },
  "database-login-refused": {
    fires: 'psycopg2.OperationalError: FATAL:  password authentication failed for user "mart"',
    lookAlike: "psycopg2.errors.InsufficientPrivilege: permission denied for table fees",
  },
  "database-not-selected": {
    fires: "000606 (57P03): No active warehouse selected in the current session.",
    lookAlike: "002003 (42S02): Object 'MART.FEES' does not exist or not authorized.",
  },
  "database-permission-denied": {
    fires: "psycopg2.errors.InsufficientPrivilege: permission denied for schema payroll",
    lookAlike: "bash: ./export.sh: Permission denied",
  },
  "dag-authoring-wrong": {
    fires: "airflow.exceptions.AirflowException: 'branch_task_ids' must contain only valid task_ids.",
    lookAlike: "airflow.exceptions.DagNotFound: Dag id fees_child not found in DagModel",
  },
  "databricks-object-missing": {
    fires: "DatabricksOperatorPayloadError: Job ID for job name fees_nightly can not be found",
    lookAlike: "AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view `mart`.`fees` cannot be found.",
  },
  "databricks-permission": {
    fires: "PERMISSION_DENIED: svc-mart does not have Manage Run permissions on job 55",
    lookAlike: "PermissionError: [Errno 13] Permission denied: '/srv/out/fees.csv'",
  },
  "dbt-build-failed": {
    fires: "Runtime Error in model fees_daily (models/fees_daily.sql)",
    lookAlike: 'Database Error in model fees_daily: column "vat" does not exist',
  },
  "disk-full": {
    fires: "OSError: [Errno 28] No space left on device: '/srv/spill/part-7'",
    lookAlike: "OSError: [Errno 30] Read-only file system: '/srv/spill/part-7'",
  },
  "division-by-zero": {
    fires: "ZeroDivisionError: float division by zero",
    lookAlike: "OverflowError: math range error",
  },
  "driver-lost": {
    fires: "The spark driver has stopped unexpectedly and is restarting.",
    lookAlike: "java.lang.OutOfMemoryError: Java heap space",
  },
  "duplicate-key": {
    fires: 'psycopg2.errors.UniqueViolation: duplicate key value violates unique constraint "fees_pkey"',
    lookAlike: 'psycopg2.errors.NotNullViolation: null value in column "fee_id" violates not-null constraint',
  },
  "engine-internal-error": {
    fires: "SparkException: [INTERNAL_ERROR] The Spark SQL phase planning failed with an internal error.",
    lookAlike: "requests.exceptions.HTTPError: 500 Server Error: Internal Server Error for url: https://x.example/y",
  },
  "environment-variable-missing": {
    fires: "ValueError: environment variable FEES_BUCKET is not set",
    lookAlike: "KeyError: 'Variable FEES_BUCKET does not exist'",
  },
  "executor-lost": {
    fires: "ExecutorLostFailure (executor 4 exited unrelated to the running tasks) Reason: worker lost",
    lookAlike: "Container killed by YARN for exceeding memory limits. 6.1 GB of 6 GB physical memory used.",
  },
  "executor-state-mismatch": {
    fires: "airflow.exceptions.AirflowException: Task received SIGTERM signal",
    lookAlike: "State of this instance has been externally set to failed. Terminating instance.",
  },
  "family-cancelled": {
    fires: "acme.client.GatewayError: upstream answered with HTTP status: 499",
    lookAlike: "acme.client.RunStopped: execution was canceled because a worker ran out of memory",
  },
  "family-code": {
    fires: "scala.MatchError: (OPEN,null) (of class scala.Tuple2)",
    lookAlike: "java.net.UnknownHostException: broker-1",
  },
  "family-compute": {
    fires: "acme.grid.GridError: worker grid-7 became unresponsive while it held 3 tasks",
    lookAlike: "acme.grid.GridError: worker grid-7 denied: not authorized to join",
  },
  "family-configuration": {
    fires: "acme.client.InvalidParameterException: window is not enabled for this project",
    lookAlike: "acme.client.ServiceUnavailableException: try again later",
  },
  "family-data": {
    fires: "acme.ledger.LedgerError: totals do not reconcile for 2031-05-04",
    lookAlike: "acme.ledger.LedgerConfigError: book is not configured",
  },
  "family-dependency": {
    fires: "acme.formats.FormatError: the parquet extension could not be loaded, please install acme-parquet>=3",
    lookAlike: "acme.formats.FormatError: the extension's password was rejected",
  },
  "family-infrastructure": {
    fires: "hdfs.util.HdfsError: Name node is in safe mode.",
    lookAlike: "hdfs.util.HdfsError: Permission denied: user=mart",
  },
  "family-memory": {
    fires: "TrinoQueryError: name=EXCEEDED_LOCAL_MEMORY_LIMIT, message=Query exceeded per-node limit of 4GB",
    lookAlike: "TrinoQueryError: name=QUERY_QUEUE_FULL, message=Too many queued queries",
  },
  "family-missing": {
    fires: "acme.feeds.ArchiveNotFound: nightly-7",
    lookAlike: "acme.feeds.ArchiveForbidden: nightly-7",
  },
  "family-network": {
    fires: "acme.feeds.FeedConnectionError: could not talk to the gateway",
    lookAlike: "acme.feeds.FeedSchemaError: gateway sent another layout",
  },
  "family-permission": {
    fires: "org.apache.kafka.common.errors.TopicAuthorizationException: topics: [fees]",
    lookAlike: "org.apache.kafka.common.errors.NotLeaderForPartitionException: fees-0",
  },
  "family-quota": {
    fires: "TrinoQueryError: name=QUERY_QUEUE_FULL, message=Too many queued queries for global",
    lookAlike: "TrinoQueryError: name=EXCEEDED_LOCAL_MEMORY_LIMIT, message=Query exceeded per-node limit",
  },
  "family-schema": {
    fires: "Field qty's type DOUBLE in the file is incompatible with type integer of the table",
    lookAlike: "Field qty is not set up for this project",
  },
  "family-timeout": {
    fires: "acme.feeds.FeedTimeout: waited too long for page 7",
    lookAlike: "psycopg2.errors.QueryCanceled: canceling statement due to statement timeout",
  },
  "file-permission-denied": {
    fires: "PermissionError: [Errno 13] Permission denied: '/srv/out/fees.csv'",
    lookAlike: "git@github.example: Permission denied (publickey).",
  },
  "foreign-key-missing": {
    fires: 'psycopg2.errors.ForeignKeyViolation: insert on "fees" violates foreign key constraint "fees_shop_fk"',
    lookAlike: 'ForeignKeyViolation: insert on table "task_fail" violates foreign key constraint (task_instance)',
  },
  "function-not-found": {
    fires: "AnalysisException: [UNRESOLVED_ROUTINE] Cannot resolve routine `vat_of` on search path.",
    lookAlike: "psycopg2.errors.UndefinedFunction: operator does not exist: text = integer",
  },
  "git-checkout-failed": {
    fires: "fatal: couldn't find remote ref release-2031",
    lookAlike: "fatal: unable to access 'https://git.example/x.git/': Could not resolve host: git.example",
  },
  "heartbeat-lost": {
    fires: "Task did not emit heartbeat within time limit (300 seconds) and will be terminated.",
    lookAlike: "Timeout, PID: 4711",
  },
  "host-limits": {
    fires: "OSError: [Errno 24] Too many open files: '/srv/in/7.csv'",
    lookAlike: "FileNotFoundError: [Errno 2] No such file or directory: '/srv/in/7.csv'",
  },
  "host-not-resolved": {
    fires: "socket.gaierror: [Errno -3] Temporary failure in name resolution",
    lookAlike: "FileNotFoundError: [Errno 2] No such file or directory: '/srv/hosts'",
  },
  "http-forbidden": {
    fires: "requests.exceptions.HTTPError: 403 Client Error: Forbidden for url: https://feeds.acme.example/v2",
    lookAlike: "HTTPError: 403 Client Error: rate limit exceeded for url: https://feeds.acme.example/v2",
  },
  "http-unauthorized": {
    fires: "requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: https://feeds.acme.example/v2",
    lookAlike: "requests.exceptions.HTTPError: 400 Client Error: Bad Request for url: https://feeds.acme.example/v2",
  },
  "init-script-failed": {
    fires: "Cluster 0304-101112-gray77 was terminated. Reason: INIT_SCRIPT_FAILURE (CLIENT_ERROR).",
    lookAlike: "Cluster 0304-101112-gray77 was terminated. Reason: BOOTSTRAP_TIMEOUT (CLOUD_FAILURE).",
  },
  "input-empty": {
    fires: "ValueError: no rows in bronze.fees for ds=2031-05-04",
    lookAlike: "ValueError: 12 rows in bronze.fees have a negative amount",
  },
  "input-not-found": {
    fires: "FileNotFoundError: [Errno 2] No such file or directory: '/srv/in/fees_2031-05-04.csv'",
    lookAlike: "python3: can't open file '/opt/jobs/fees.py': [Errno 2] No such file or directory",
  },
  "input-not-ready": {
    fires: "RuntimeError: partition ds=2031-05-04 of raw.fees not ready after 30 polls",
    lookAlike: "RuntimeError: worker pool not initialised",
  },
  "invalid-setting": {
    fires: "requests.exceptions.MissingSchema: Invalid URL 'feeds.acme.example/v2': No scheme supplied",
    lookAlike: "requests.exceptions.ConnectTimeout: connection to feeds.acme.example timed out",
  },
  "jvm-class-missing": {
    fires: "java.lang.ClassNotFoundException: com.acme.jdbc.Driver",
    lookAlike: "java.lang.ClassCastException: class A cannot be cast to class B",
  },
  "jvm-heap-exhausted": {
    fires: "java.lang.OutOfMemoryError: GC overhead limit exceeded",
    lookAlike: "java.lang.StackOverflowError",
  },
  "key-or-index-missing": {
    fires: "IndexError: list index out of range",
    lookAlike: "ZeroDivisionError: division by zero",
  },
  "killed-for-memory": {
    fires: "container base of pod fees-7 was OOMKilled",
    lookAlike: "pod fees-7 was Evicted",
  },
  "lock-or-commit-conflict": {
    fires: "psycopg2.errors.DeadlockDetected: deadlock detected",
    lookAlike: "psycopg2.errors.QueryCanceled: canceling statement due to statement timeout",
  },
  "metadata-database-down": {
    fires: "psycopg2.OperationalError: FATAL:  the database system is starting up",
    lookAlike: "psycopg2.OperationalError: FATAL:  sorry, too many clients already",
  },
  "metadata-not-initialised": {
    fires: "sqlite3.OperationalError: no such table: dag_run",
    lookAlike: "sqlite3.OperationalError: no such table: fees",
  },
  "mount-missing": {
    fires: "RuntimeError: mount point /mnt/erp-share is not mounted",
    lookAlike: "FileNotFoundError: [Errno 2] No such file or directory: '/srv/in/fees.csv'",
  },
  "name-not-defined": {
    fires: "NameError: name 'FEES_TABLE' is not defined",
    lookAlike: "jinja2.exceptions.UndefinedError: 'fees_table' is undefined",
  },
  "node-module-missing": {
    fires: "Error: Cannot find module 'papaparse'",
    lookAlike: "ModuleNotFoundError: No module named 'papaparse'",
  },
  "not-serializable": {
    fires: "TypeError: cannot pickle '_io.BufferedReader' object",
    lookAlike: "TypeError: unsupported operand type(s) for +: 'int' and 'str'",
  },
  "null-in-code": {
    fires: "AttributeError: 'NoneType' object has no attribute 'strip'",
    lookAlike: "AttributeError: 'Decimal' object has no attribute 'strip'",
  },
  "null-not-allowed": {
    fires: 'psycopg2.errors.NotNullViolation: null value in column "shop_id" violates not-null constraint',
    lookAlike: "AttributeError: 'NoneType' object has no attribute 'shop_id'",
  },
  "option-unrecognized": {
    fires: "export.py: error: unrecognized arguments: --since-day",
    lookAlike: "TypeError: export() got an unexpected keyword argument 'since'",
  },
  "own-check-failed": {
    fires: "ValueError: fee calendar is inconsistent",
    lookAlike: "ConnectionResetError: [Errno 104] Connection reset by peer",
  },
  "package-not-installable": {
    fires: "ERROR: No matching distribution found for acme-fees==9.1",
    lookAlike: "ModuleNotFoundError: No module named 'acme_fees'",
  },
  "payload-field-missing": {
    fires: "jsonschema.exceptions.ValidationError: 'currency' is a required property",
    lookAlike: "psycopg2.errors.UndefinedColumn: column currency does not exist",
  },
  "pod-lost": {
    fires: "Pod fees-7-xk2 was deleted while running: NodeShutdown",
    lookAlike: "Pod took too long to be scheduled on the cluster, giving up.",
  },
  "pod-not-scheduled": {
    fires: "0/6 nodes are available: 6 Insufficient cpu. FailedScheduling",
    lookAlike: "The node was low on resource: ephemeral-storage. Evicted",
  },
  "process-memory-exhausted": {
    fires: "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 31.4 GiB for an array",
    lookAlike: "OSError: [Errno 28] No space left on device",
  },
  "provider-outdated": {
    fires: "airflow.exceptions.AirflowException: Unexpected life cycle state: WAITING",
    lookAlike: "airflow.exceptions.AirflowException: fees failed with terminal state: {'result_state': 'FAILED'}",
  },
  "python-import-broken": {
    fires: "ImportError: cannot import name 'url_quote' from 'werkzeug.urls'",
    lookAlike: "ModuleNotFoundError: No module named 'werkzeug'",
  },
  "python-module-missing": {
    fires: "ModuleNotFoundError: No module named 'acme_fees'",
    lookAlike: "ImportError: cannot import name 'rate' from 'acme_fees'",
  },
  "python-worker-crashed": {
    fires: "java.net.SocketException: Connection reset",
    near: "org.apache.spark.api.python.ArrowPythonRunner$$anon$1.read",
    lookAlike: "java.net.SocketException: Connection reset by peer",
  },
  "quality-check-failed": {
    fires: "ValueError: 57 rows of mart.fees have duplicates, expected 0",
    lookAlike:
      "botocore.exceptions.ParamValidationError: Parameter validation failed: Invalid type for parameter Bucket",
  },
  "quota-exceeded": {
    fires: "The number of concurrently running task runs in the workspace has reached the limit of 1000.",
    lookAlike: "Timeout: exceeded the time limit of 60 minutes",
  },
  "rate-limited": {
    fires: "requests.exceptions.HTTPError: 429 Client Error: Too Many Requests for url: https://feeds.acme.example",
    lookAlike:
      "requests.exceptions.HTTPError: 503 Server Error: Service Unavailable for url: https://feeds.acme.example",
  },
  "record-malformed": {
    fires: "pandas.errors.ParserError: Error tokenizing data. C error: Expected 9 fields in line 88, saw 10",
    lookAlike: "requests.exceptions.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
  },
  "recursion-or-cycle": {
    fires: "AirflowDagCycleException: Cycle detected in DAG: fees_nightly. Faulty task: join",
    lookAlike: "java.lang.OutOfMemoryError: Java heap space",
  },
  "request-rejected": {
    fires:
      "requests.exceptions.HTTPError: 422 Client Error: Unprocessable Entity for url: https://feeds.acme.example/v2",
    lookAlike:
      "requests.exceptions.HTTPError: 429 Client Error: Too Many Requests for url: https://feeds.acme.example/v2",
  },
  "request-timed-out": {
    fires: "HTTPSConnectionPool(host='feeds.acme.example', port=443): Read timed out. (read timeout=20)",
    lookAlike: "psycopg2.errors.QueryCanceled: canceling statement due to statement timeout",
  },
  "result-too-large": {
    fires: "Total size of serialized results of 40 tasks (4.2 GiB) is bigger than spark.driver.maxResultSize 4.0 GiB.",
    lookAlike: "java.lang.OutOfMemoryError: Java heap space",
  },
  "script-path-wrong": {
    fires: "python3: can't open file '/opt/jobs/fees.py': [Errno 2] No such file or directory",
    lookAlike: "cat: /srv/in/fees.csv: No such file or directory",
  },
  "sensor-timed-out": {
    fires:
      "airflow.exceptions.AirflowSensorTimeout: Sensor has timed out; run duration of 61 seconds exceeds the specified timeout of 60.0.",
    lookAlike: "airflow.exceptions.AirflowTaskTimeout: Timeout, PID: 4711",
  },
  "service-unavailable": {
    fires: "requests.exceptions.HTTPError: 502 Server Error: Bad Gateway for url: https://feeds.acme.example/v2",
    lookAlike: "requests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://feeds.acme.example/v2",
  },
  "shared-library-missing": {
    fires: "ImportError: libodbc.so.2: cannot open shared object file: No such file or directory",
    lookAlike: "FileNotFoundError: [Errno 2] No such file or directory: '/srv/in/lib.csv'",
  },
  "spark-setting-wrong": {
    fires: "SparkException: When running with master 'yarn' either HADOOP_CONF_DIR or YARN_CONF_DIR must be set",
    lookAlike: "KeyError: 'spark'",
  },
  "spot-instance-lost": {
    fires: "TERMINATING SPOT_INSTANCE_TERMINATION CLOUD_FAILURE",
    lookAlike: "TERMINATING DRIVER_OUT_OF_MEMORY CLIENT_ERROR",
  },
  "sql-semantics-wrong": {
    fires: "AnalysisException: [AMBIGUOUS_REFERENCE] Reference `shop_id` is ambiguous, could be: [a, b].",
    lookAlike:
      "AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `shop_id` cannot be resolved.",
  },
  "syntax-error": {
    fires: 'psycopg2.errors.SyntaxError: syntax error at or near "FORM"',
    lookAlike: 'psycopg2.errors.UndefinedTable: relation "form" does not exist',
  },
  "ssh-login-refused": {
    fires: "etl@sftp.acme.example: Permission denied (publickey,password).",
    lookAlike: "ssh: connect to host sftp.acme.example port 22: Connection refused",
  },
  "state-set-outside": {
    fires: "State of this instance has been externally set to None. Terminating instance.",
    lookAlike: "airflow.exceptions.AirflowException: Task received SIGTERM signal",
  },
  "statement-timed-out": {
    fires: "psycopg2.errors.QueryCanceled: canceling statement due to statement timeout",
    lookAlike: "psycopg2.errors.LockNotAvailable: canceling statement due to lock timeout",
  },
  "stopped-by-person": {
    fires: "USER_CANCELED CANCELED Run cancelled.",
    lookAlike: "CANCELED TIMEDOUT Run timed out after 3600 seconds.",
  },
  superseded: {
    fires: "Canceling since a higher priority waiting request for 'fees-nightly' exists",
    lookAlike: "USER_CANCELED CANCELED Run cancelled.",
  },
  "table-not-found": {
    fires: 'psycopg2.errors.UndefinedTable: relation "mart.fees" does not exist',
    lookAlike: 'psycopg2.errors.UndefinedColumn: column "vat" of relation "fees" does not exist',
  },
  "target-dag-missing": {
    fires: "airflow.exceptions.DagNotFound: Dag id fees_child not found in DagModel",
    lookAlike: "airflow.exceptions.AirflowException: The external DAG fees_child failed.",
  },
  "task-timed-out": {
    fires: "airflow.exceptions.AirflowTaskTimeout: Timeout, PID: 4711",
    lookAlike: "requests.exceptions.ReadTimeout: Read timed out. (read timeout=20)",
  },
  "template-undefined": {
    fires: "jinja2.exceptions.UndefinedError: 'fees_table' is undefined",
    lookAlike: "NameError: name 'fees_table' is not defined",
  },
  "tests-failed": {
    fires: "FAILED tests/test_fees.py::test_total - assert 3 == 4",
    lookAlike: "ValueError: fee calendar is inconsistent",
  },
  "thing-already-exists": {
    fires: "FileExistsError: [Errno 17] File exists: '/srv/out/2031-05-04'",
    lookAlike: "FileNotFoundError: [Errno 2] No such file or directory: '/srv/out/2031-05-04'",
  },
  "tls-failed": {
    fires: "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate has expired (_ssl.c:1006)",
    lookAlike: "ConnectionResetError: [Errno 104] Connection reset by peer",
  },
  "token-expired": {
    fires: "ClientError: An error occurred (ExpiredToken) when calling the GetObject operation: The token has expired",
    lookAlike: "ClientError: An error occurred (NoSuchKey) when calling the GetObject operation",
  },
  "upstream-task-failed": {
    fires: "airflow.exceptions.ExternalTaskFailedError: The external DAG fees_child failed.",
    lookAlike: "airflow.exceptions.AirflowSensorTimeout: Sensor has timed out; run duration of 61 seconds",
  },
  "value-does-not-parse": {
    fires: 'psycopg2.errors.InvalidTextRepresentation: invalid input syntax for type integer: "twelve"',
    lookAlike: "ValueError: time data '04/05/2031' does not match format '%Y-%m-%d'",
  },
  "value-format-unexpected": {
    fires: "ValueError: time data '04/05/2031' does not match format '%Y-%m-%d'",
    lookAlike: "ValueError: environment variable FEES_DAY is not set",
  },
  "value-too-long": {
    fires: "psycopg2.errors.StringDataRightTruncation: value too long for type character varying(8)",
    lookAlike: "psycopg2.errors.NumericValueOutOfRange: integer out of range",
  },
  "variable-missing": {
    fires: "AirflowRuntimeError: VARIABLE_NOT_FOUND: {'key': 'fees_bucket'}",
    lookAlike: "ValueError: environment variable FEES_BUCKET is not set",
  },
  "vulnerable-dependency": {
    fires: "3 vulnerabilities found, Severity: 1 high",
    lookAlike: "found 0 vulnerabilities",
  },
  "widget-missing": {
    fires: "InputWidgetNotDefined: No input widget named fee_day is defined",
    lookAlike: "KeyError: 'fee_day'",
  },
  "write-schema-mismatch": {
    fires: "AnalysisException: A schema mismatch detected when writing to the Delta table (Table ID: 7).",
    lookAlike: "AnalysisException: Partition columns do not match the partition columns of the table.",
  },
  "wrong-type-in-code": {
    fires: "TypeError: unsupported operand type(s) for +: 'int' and 'str'",
    lookAlike: "TypeError: cannot pickle '_thread.lock' object",
  },
};
