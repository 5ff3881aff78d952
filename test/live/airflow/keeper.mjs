// Holds Airflow's processes as one group and ends them all when told to or when whoever started it is gone, however that ended.
import { spawn } from "node:child_process";

const [airflow, ...parts] = process.argv.slice(2);
const children = parts.map((part) => spawn(airflow, [part], { stdio: ["ignore", "inherit", "inherit"] }));
let ending = false;

function end(code) {
  if (ending) return;
  ending = true;
  process.on("SIGTERM", () => undefined);
  process.kill(0, "SIGTERM");
  const over = () => children.every((child) => child.exitCode !== null || child.signalCode !== null);
  const started = Date.now();
  setInterval(() => {
    if (!over() && Date.now() - started < 10_000) return;
    process.exitCode = code;
    process.kill(0, "SIGKILL");
  }, 100);
}

for (const child of children) child.once("exit", (code) => end(code ?? 1));
process.stdin.resume().once("close", () => end(0));
