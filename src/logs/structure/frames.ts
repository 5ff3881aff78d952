import type { Frame } from "../../core/rca/reading.js";

const libraryPath =
  /site-packages|dist-packages|\/lib\/python\d|\/python\d[\d.]*\/|^<frozen|\/databricks\/(?:spark|python)|\/spark\/python|\/pyspark\/|pyspark\.zip|py4j|\/airflow\/(?:models|sdk|task|jobs|operators|providers|utils|executors|hooks|sensors|decorators)\/|node_modules|^node:|\/usr\/(?:local\/)?(?:lib|go)\//;
const libraryClass =
  /^(?:java|javax|jdk|sun|scala|kotlin|groovy|org\.apache|org\.eclipse|org\.postgresql|org\.codehaus|org\.spark_project|org\.sparkproject|org\.hibernate|org\.springframework|com\.databricks|com\.microsoft|com\.amazonaws|com\.google|com\.fasterxml|com\.mysql|com\.sun|com\.zaxxer|com\.simba|software\.amazon|io\.delta|io\.netty|io\.grpc|net\.snowflake|oracle|py4j|shaded|grpc_shaded|okhttp3|shadeio|delta)[./]/;

const pythonFrame = /^\s*File "([^"]{0,1000})", line (\d{1,9})(?:, in (.{0,500}))?$/;
const jvmFrame = /^\s*at (?:[\w.@-]{1,200}\/{1,2}){0,2}([\w.$<>]{1,500})\(([^()]{0,300})\)/;
const nodeFrame = /^\s+at (?:(?:async )?([^()]{1,300}) \()?((?:[A-Za-z]:)?[^():\s][^():]{0,500}):(\d{1,9}):\d{1,9}\)?$/;

export function parsePythonFrame(text: string): Frame | null {
  const found = pythonFrame.exec(text);
  if (found === null) return null;
  return pythonFrameOf(found[1] ?? "", Number(found[2]), found[3] ?? "");
}

export function pythonFrameOf(file: string, lineNumber: number | null, name: string): Frame {
  return { file, lineNumber, name, own: !libraryPath.test(file) };
}

/** `\tat com.shop.Job.run(Job.scala:12)`. */
export function parseJvmFrame(text: string): Frame | null {
  const found = jvmFrame.exec(text);
  if (found === null) return null;
  const [file = "", number] = (found[2] ?? "").split(":");
  const name = found[1] ?? "";
  const line = number !== undefined && /^\d{1,9}$/.test(number) ? Number(number) : null;
  return { file, lineNumber: line, name, own: !libraryClass.test(name) };
}

/** `    at load (/app/load.js:3:5)`. */
export function parseNodeFrame(text: string): Frame | null {
  const found = nodeFrame.exec(text);
  if (found === null) return null;
  const file = found[2] ?? "";
  return { file, lineNumber: Number(found[3]), name: found[1] ?? "", own: !libraryPath.test(file) };
}
