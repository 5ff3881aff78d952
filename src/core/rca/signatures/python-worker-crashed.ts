import { named, type Signature } from "../signature.js";

export const pythonWorkerCrashed: Signature = {
  id: "python-worker-crashed",
  category: "compute_failure",
  rerunHelps: "unsure",
  followsFrom: ["out_of_memory"],
  proofs: [
    { text: /Python worker (?:exited unexpectedly|failed to connect back)|\(crashed\)/, weight: 0.88 },
    {
      type: named("SocketException", "EOFException"),
      context: /PythonRunner|ArrowPythonRunner|api\.python/,
      weight: 0.86,
    },
    { type: named("WorkerLostError", "BrokenProcessPool", "TerminatedWorkerError"), weight: 0.86 },
    {
      text: /Segmentation fault|SIGSEGV|return code -11|exit code 139|signal 11|core dumped|Fatal Python error|SIGABRT|SIGBUS|exit code 134|A fatal error has been detected by the Java Runtime/i,
      weight: 0.84,
    },
  ],
  object: [/(signal \d+|SIG[A-Z]+|WorkerLostError|Segmentation fault)/],
  summary: (o, p) =>
    `A worker process of ${p.task} died (${o ?? "no message"}); its owner must look for memory or native-code trouble before rerunning.`,
  nextStep: "Check memory and native libraries of the worker; a rerun may pass once.",
};
