import type { Signature } from "../signature.js";

export const hostLimits: Signature = {
  id: "host-limits",
  category: "infrastructure",
  rerunHelps: "unsure",
  proofs: [
    {
      text: /Address already in use|Cannot assign requested address|could not bind (?:on|to)|EADDRINUSE|port is already allocated/i,
      weight: 0.88,
    },

    {
      text: /Too many open files|EMFILE|ENFILE|Read-only file system|EROFS|\[Errno (?:5|24|30|116)\]|Input\/output error|Resource temporarily unavailable|fork: retry|can't start new thread|Cannot fork|hardware error|Bus error|too many levels of symbolic/i,
      weight: 0.86,
    },
  ],
  object: [/['"](\/[\w./-]+)['"]/],
  summary: (o, p) =>
    `The host of ${p.task} hit a limit or an I/O error (${o ?? "see evidence"}); the platform team must look at it before a rerun.`,
  nextStep: "Look at the worker's limits and disks; rerun when they are healthy.",
};
