#!/usr/bin/env node
import { runCli } from "./cli/program.js";

const argv = process.argv.slice(2);
if (argv[0] !== "mcp") {
  // Whoever reads our output may stop early (`| head`); that is no error. `mcp` lets go of its folder by itself.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
}
process.exitCode = await runCli(argv);
// A request that nobody waits for any more must not keep a stopped bot alive.
if (argv[0] === "start") process.exit();
