import type { Signature } from "../signature.js";

export const sharedLibraryMissing: Signature = {
  id: "shared-library-missing",
  category: "dependency_failure",
  rerunHelps: "no",
  proofs: [
    { text: /found no \w+ driver on|no NVIDIA driver|libcuda\.so/i, weight: 0.9 },
    {
      text: /cannot open shared object file|error while loading shared libraries|version [`'"]?(?:GLIBC|GLIBCXX|CXXABI)_[\d.]+[`'"]? not found/,
      weight: 0.96,
    },
    {
      text: /Can't open lib '[^']{1,120}'|libodbc|ODBC Driver .{1,40} (?:not found|is not installed)|DPI-1047|Cannot locate a 64-bit Oracle Client library/i,
      weight: 0.92,
    },
    {
      text: /Could not find a package configuration file provided by|could not find system library|was not found in the pkg-config search path|fatal error: [\w./+-]+\.h(?:pp)?: No such file|ld: (?:library not found for|cannot find) -l|pg_config executable not found|mysql_config not found|Could NOT find \w+/,
      weight: 0.92,
    },
    { text: /exec format error|cannot execute binary file/i, weight: 0.9 },
    { text: /unable to load shared object|package or namespace load failed/, weight: 0.9 },
  ],
  object: [
    /(?:provided by|system library|error:|find -l|Could NOT find) ?['"]?([\w./+-]+)/,
    /(lib[\w.+-]+\.so[\w.]*)/,
    /(GLIBC(?:XX)?_[\d.]+)/,
    /Can't open lib '([^']+)'/,
  ],
  summary: (o, p) =>
    `System library ${o ?? "it needs"} is missing where ${p.task} runs; the owner of the image must install it.`,
  nextStep: "Install the operating-system package that brings the library into the image, then rerun.",
};
