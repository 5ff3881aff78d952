/** Statements that only repeat that something failed, that say themselves they did no harm, or that are the orchestrator's bookkeeping. */

const echoes: readonly RegExp[] = [
  /^(?:\S+: )?Bash command failed\. The command returned a non-zero exit code/,
  /^(?:\S+: )?Bash command returned exit code \d+\. Skipping/,
  /returned non-zero exit status -?\d+/,
  /Workload failed, see run output/i,
  /^(?:\S+: )?Task failed with exception$/,
  /^(?:\S+: )?Cannot execute: .{0,2000}Error code is: -?\d+/s,
  /^(?:\S+: )?Pod \S+ returned a failure/,
  /^(?:\S+: )?SSH operator error: exit status = \d+/,
  /^(?:\S+: )?Trigger (?:failure|exited)\b/,
  /^(?:\S+: )?Docker container (?:failed|returned)/i,
  /Process completed with exit code \d+/,
  /Command exited with return code -?\d+/,
  /^(?:make|gmake|ninja)(?:\[\d+\])?: (?:\*\*\* \[|Leaving|Entering|build stopped)/,
  /^npm (?:ERR!|error) (?:code ELIFECYCLE|errno \d+|A complete log of this run|Exit status \d+|Failed at the|This is probably not a problem with npm)/,
  /^(?:error )?Command failed with exit code \d+\.?$/,
  /^ELIFECYCLE\s/,
  /^error: Recipe `/,
  /^(?:##\[error\])?(?:Bash exited with code|The process '.{1,200}' failed with exit code)/,
  /^The command ".{1,500}" (?:failed and )?exited with \d/,
  /^(?:\S+: )?dbt command failed/i,
  /^(?:\S+: )?Tracked run failed during execution/,
  /could not be found; either it does not exist or it failed to parse/,
  /^(?:\S+: )?SystemExit: \d+$/,
  /^exit status \d+$/,
  /^(?:\S+: )?\S{1,40} (?:returned|exited with|ended with|failed with)(?: exit)?(?: code| status)? \d{1,3}\.?$/,
  /failed: for reason Unknown Error/,
  /^Some upstream tasks? failed/i,
  /^Task did not run because upstream task/,
  /^(?:\S+: )?Py4JJavaError: An error occurred while calling \S+$/,
  /^(?:\S+: )?(?:Job run|\S+) failed with terminal state: \{[^}]{0,400}Workload failed, see run output[^}]{0,200}\}(?: and with the errors? (?:Workload failed.{0,80}|\[\])?)?$/s,
  /^ExceptionGroup: |^BaseExceptionGroup: /,
  /^(?:\S+: )?(?:Job|Task|Step|Build|Pipeline|Workflow|Run|Command|Script|Process|Container) (?:\S{1,80} )?(?:has )?(?:failed|exited)[.!]?$/i,
];

const wrappers: readonly RegExp[] = [
  /Job aborted due to stage failure/,
  /An error occurred while calling /,
  /\[(?:TASK_WRITE_FAILED|FAILED_EXECUTE_UDF|FOREACH_BATCH_USER_FUNCTION_ERROR|STREAM_FAILED|_LEGACY_ERROR_TEMP_\d+)\]/,
  /^(?:\S+\.)?(?:SparkException|StreamingQueryException|ExecutionException|UncheckedExecutionException|InvocationTargetException|CompletionException|RetryError|UndeclaredThrowableException)(?::|$)/,
  /^(?:\S+\.)?RuntimeException: (?:java|org|com|scala)\.[\w.$]+(?:Exception|Error)/,
  /failed with terminal state: /,
  /PodLaunch(?:Failed|Timeout)Exception|Pod took too long to start/,
  /Task failed\. Final state /,
  /Database Error in (?:model|test|seed|snapshot|sql operation)/,
  /Command '.{0,300}' (?:returned|died|timed)/s,
];

const harmless =
  /(?:\b(?:ignor(?:ed|ing)|non-?fatal|not fatal|harmless|will (?:be )?retr(?:y|ied)|retrying|re-?try(?:ing)? in|retry \d+ (?:of|after|in)|retr(?:y|ied) (?:worked|succeeded|ok)|attempt \d+(?: of | ?\/ ?)\d+ failed|handled|recovered|falling back|fall back|using \S+ instead|(?<!to get )(?:skipping|skipped)|(?<!before )continu(?:ing|es)|deprecat\w+|no-?op|expected (?:failure|error)|xfail\w*|will be ignored|can be ignored|safe to ignore|0 errors|0 failed|no errors?)\b|\bErrors?: ?0\b|\bfailures?[:=] ?0\b|\bWARN(?:ING)?\b|^(?:\S+:\d+: )?[A-Z]\w{2,40}Warning: )/i;
const lastTry =
  /\b(?!0\b)(\d{1,3})(?: ?\/ ?| of )\1\b(?=.{0,400}(?:error|fail|refus|denied|too ?many|timed? ?out))|(?:giving up|gave up|no more (?:re)?tries|retries exhausted)/i;
/** Start-up files of a shell: what fails in them stops no command. */
const shellStart =
  /\.(?:bashrc|bash_profile|profile|zshrc|zshenv|zprofile)\b['"]?:? (?:line )?\d+:|^\/etc\/profile\S*: |\bload-spark-env\.sh: line /;
/** Source text that a compiler or test runner draws around a place. */
const codeFrame = /^\s*>?\s*\d{1,6} \| /;
/** A test that passed, as runners print it. */
const passed = /\.\.\. ok$|\bPASS(?:ED)?\b|^\s*(?:✓|✔|ok \d)/;

const bookkeeping: readonly RegExp[] = [
  /^Marking task as /,
  /^Failed to execute (?:job|task) (?!PID\b)/,
  /^Task exited with return code/,
  /^Exporting (?:the following )?env vars/,
  /^Dependencies (?:all )?(?:not )?met for/,
  /^Running(?: command)?: \[/,
  /^(?:::group::|::endgroup::|\*\*\* )/,
  /^Executing <Task\(/,
  /^\d+ downstream tasks scheduled/,
  /^Started process /,
  /^Job \d+: Subtask /,
  /^Starting attempt \d+ of /,
  /^Running <TaskInstance/,
  /^(?:DAG bundles loaded|Filling up the DagBag|Worker startup parse complete|Pushing xcom|Tmp dir root location|Output:$|Using connection ID)/,
  /^Traceback \(most recent call last\)/,
  /^The above exception was|^During handling of the above/,
  /^Log message source details/,
  /^Sending Signals|^Sending the signal|^Process psutil/,
  /^Done\. Returned value was/,
];

/** Says only that something failed. */
export function isEcho(text: string): boolean {
  return echoes.some((pattern) => pattern.test(text));
}

/** Carries a cause, but not in its own words. */
export function isWrapper(text: string): boolean {
  return wrappers.some((pattern) => pattern.test(text));
}

/** Says itself that the work went on; the last of the tries it counts does not. */
export function isHarmless(text: string): boolean {
  if (lastTry.test(text)) return false;
  return (
    harmless.test(text) || shellStart.test(text) || codeFrame.test(text) || (passed.test(text) && !/fail/i.test(text))
  );
}

/** The orchestrator's own bookkeeping, never a cause. */
export function isBookkeeping(text: string): boolean {
  return bookkeeping.some((pattern) => pattern.test(text));
}
