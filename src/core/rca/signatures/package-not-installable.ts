import type { Signature } from "../signature.js";

export const packageNotInstallable: Signature = {
  id: "package-not-installable",
  category: "dependency_failure",
  rerunHelps: "no",
  proofs: [
    {
      text: /could not build wheels for|could not resolve [\w.-]+:[\w.-]+(?::[\w.+-]+)?\.?$|proxy\.golang\.org.{0,200}404|@v\/\S+\.(?:mod|info|zip): 404/i,
      weight: 0.93,
    },
    { text: /could not resolve dependency:?\s*$/i, weight: 0.96 },
    { text: /unresolved dependency: |module not found: \S+#\S+/, weight: 0.94 },

    {
      text: /No matching distribution found for|Could not find a version that satisfies the requirement/,
      weight: 0.97,
    },
    {
      text: /ResolutionImpossible|No solution found when resolving|requirements are unsatisfiable|conflicting dependencies|version solving failed|Because .{1,200} depends on .{1,200}/i,
      weight: 0.93,
    },
    {
      text: /npm (?:ERR!|error) (?:code )?(?:E404|ETARGET|ERESOLVE|EUNSUPPORTEDPROTOCOL|EBADENGINE)|No matching version found for|unable to resolve dependency tree|could not resolve dependency/i,
      weight: 0.94,
    },
    {
      text: /ERR_PNPM_(?:NO_MATCHING_VERSION|FETCH_404|OUTDATED_LOCKFILE|NO_LOCKFILE|PEER_DEP_ISSUES)|frozen-lockfile.{0,60}(?:fail|would|outdated|not up)|lockfile (?:needs to be updated|would have been modified)|npm ci.{0,80}can only install|lock ?file.{0,60}(?:does not satisfy|is not (?:up[- ]to[- ]date|in sync)|out of (?:date|sync))|not in sync with/i,
      weight: 0.92,
    },
    {
      text: /E: Unable to locate package|Unable to find a match:|has no installation candidate|No package .{1,60} available|Package .{1,60} has no installation/,
      weight: 0.95,
    },
    {
      text: /Could not (?:resolve dependencies|find artifact|resolve all (?:files|dependencies|artifacts))|Failure to find [\w.:-]+ in|Non-resolvable (?:parent POM|import POM)/i,
      weight: 0.93,
    },
    {
      text: /PackagesNotFoundError|ResolvePackageNotFound|nothing provides .{1,80} needed by|LibMambaUnsatisfiableError|UnsatisfiableError/,
      weight: 0.95,
    },
    {
      text: /there is no package called|package .{1,80} is not available (?:for|\(for)|installation of package .{1,80} had non-zero exit status|dependenc(?:y|ies) .{1,100} (?:is|are) not available for package/i,
      weight: 0.94,
    },
    {
      text: /LIBRARY_INSTALLATION_ERROR|Library installation failed|Library resolution failed|DRIVER_LIBRARY_INSTALLATION_FAILURE/,
      weight: 0.94,
    },
    {
      text: /Failed (?:building wheel for|to build) |metadata-generation-failed|subprocess-exited-with-error|error: legacy-install-failure|failed-wheel-build/i,
      weight: 0.68,
    },
    {
      text: /Could not find gem|could not find compatible versions for gem|npm (?:ERR!|error) 404 +Not Found - GET|externally-managed-environment|cannot load such file -- |Couldn't find package|Could not find package|Could not install packages due to|Bundler::GemNotFound|failed to select a version for|no matching versions for query|no matching package named|cannot find module providing package|unknown revision|missing go\.sum entry|NU1101|NU1102|Your requirements could not be resolved/i,
      weight: 0.93,
    },
    {
      text: /THESE PACKAGES DO NOT MATCH THE HASHES|EINTEGRITY|checksum mismatch|requires a different Python|Requires-Python|requires Python .{1,40} but/i,
      weight: 0.9,
    },
    {
      text: /Couldn't find any versions for|package requires (?:ruby|python|node|php)|requires (?:ruby|node|python|php) version|The engine "\w+" is incompatible/i,
      weight: 0.92,
    },
  ],
  unless:
    /Temporary failure in name resolution|ConnectTimeoutError|Could not resolve host|EAI_AGAIN|ECONNRESET|NewConnectionError/,
  object: [
    /(?:distribution found for|satisfies the requirement|locate package|find a match:|package called|No matching version found for|gem|wheel for|artifact|Failure to find)\s*['"‘“]?([\w@./:=<>~![\]-]+)/i,
  ],
  summary: (o, p) =>
    `Package ${o ?? "it needs"} can't be installed for ${p.task}: no fitting version is offered; its owner must fix the pin or publish it.`,
  nextStep: "Correct the pinned version or publish the missing artefact to the index in use, then rerun.",
};
