/** `Type: message` as the languages print it. */
export interface ExceptionHead {
  readonly type: string;
  readonly message: string;
}

const pythonHead = /^([A-Za-z_][\w.<>]{0,200})(?:: ?(.*))?$/s;
const jvmHead =
  /^(?:Exception in thread "[^"]{0,200}" |: )?((?:[a-z_$][\w$]{0,60}\.){1,12}[A-Z][\w$]{0,120})(?:: (.*)|:)?$/s;
const scriptHead = /^(?:Uncaught |Unhandled )?((?:[A-Z]\w{0,60})?(?:Error|Exception))(?: \[\w{1,60}\])?(?:: (.*))?$/s;

/** The line after a Python traceback's frames. */
export function parsePythonHead(text: string): ExceptionHead | null {
  const found = pythonHead.exec(text);
  return found === null ? null : { type: found[1] ?? "", message: found[2] ?? "" };
}

/** A line that may start a JVM stack trace: only frames below it prove it. */
export function parseJvmHead(text: string): ExceptionHead | null {
  if (text.length > 20_000 || !/Exception|Error|Throwable|Failure|Interrupt|Death/.test(text.slice(0, 400)))
    return null;
  const found = jvmHead.exec(text);
  return found === null ? null : { type: found[1] ?? "", message: found[2] ?? "" };
}

/** A line that may start a Node stack trace. */
export function parseScriptHead(text: string): ExceptionHead | null {
  const found = scriptHead.exec(text);
  return found === null ? null : { type: found[1] ?? "", message: found[2] ?? "" };
}

/** dbt, R, Go and Rust print one block without frames that matter. */
const blockHead =
  /^(?:\d\d:\d\d:\d\d {1,2})?((?:Database|Runtime|Compilation|Parsing|Dependency|Validation) Error)(?: in .{1,300})?$|^(panic): (.{1,500})$|^(Error) in .{1,200} ?: ?(.{0,500})$|^thread '[^']{1,100}' (panicked) at (.{1,500})$/;

export function parseBlockHead(text: string): ExceptionHead | null {
  const found = blockHead.exec(text);
  if (found === null) return null;
  const type = found[1] ?? found[2] ?? found[4] ?? found[6] ?? "";
  return {
    type,
    message: found[1] === undefined ? (found[3] ?? found[5] ?? found[7] ?? "") : text.replace(/^[\d: ]+/, ""),
  };
}
