import { codeOf } from "../error-codes.js";
import type { Signature } from "../signature.js";

export const familyDependency: Signature = {
  id: "family-dependency",
  category: "dependency_failure",
  rerunHelps: "no",
  proofs: [
    {
      text: /could not load file or assembly|Class "[^"]{1,120}" not found|class ['"]?[\w\\\\]{3,120}['"]? not found in/i,
      weight: 0.84,
    },
    { text: codeOf("dependency_failure"), weight: 0.56 },
    {
      type: /(?:^|[.$])\w*(?:Dependency|PackageNotFound|PluginNotFound|Plugin|ModuleLoad|LibraryNotFound|Linkage|Resolution(?:Impossible|Failed)|VersionConflict|IncompatibleVersion|UnsupportedClassVersion|ServiceConfiguration)\w*(?:Error|Exception)?$/,
      weight: 0.64,
    },
    {
      text: /\b(?:is|are|was) not installed\b|[Pp]lease install |\binstall (?:it|them) (?:with|using|via)\b|(?:pip|conda|npm|apt-get|brew) install \w|(?:plug-?in|driver|library|extension|provider|connector|adapter|module|dependency|artifact|component) .{0,80}(?:not (?:be )?(?:found|loaded|available|resolved|installed)|missing|unavailable)|(?:failed|unable|could not|cannot) (?:to )?(?:load|resolve|find|locate) (?:the )?(?:\w+ ){0,2}(?:plug-?in|driver|library|extension|provider|connector|module|package|dependenc|artifact)|[Nn]o suitable (?:driver|provider)|requires? (?:at least )?(?:version|python|java|node|a newer)\b|(?:incompatible|unsupported|mismatched) (?:\w+ ){0,2}version|version (?:conflict|mismatch)|compiled (?:against|with) (?:a |an )?(?:newer|older|different)/,
      weight: 0.66,
    },
  ],
  unless: /credential|password|permission|schema version|protocol version|table version|DELTA_/i,
  object: [
    /(?:[Pp]lease install|install) ["'`]?([\w@./:=<>-]{2,60})/,
    /(?:plug-?in|driver|library|extension|provider|connector|adapter|module|package|dependency|artifact) ["'`]?([\w@./:-]{3,60})/,
  ],
  summary: (o, p) =>
    `Something that ${p.task} is built on (${o ?? "see the message"}) is missing or of the wrong version; its owner must install it, a rerun can't help.`,
  nextStep: "Install the part named in the version asked for, in the image or environment of the task, then rerun.",
};
