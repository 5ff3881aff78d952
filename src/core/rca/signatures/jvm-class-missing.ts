import { named, type Signature } from "../signature.js";

export const jvmClassMissing: Signature = {
  id: "jvm-class-missing",
  category: "dependency_failure",
  rerunHelps: "no",
  proofs: [
    {
      type: named(
        "ClassNotFoundException",
        "NoClassDefFoundError",
        "NoSuchMethodError",
        "NoSuchFieldError",
        "AbstractMethodError",
        "IncompatibleClassChangeError",
        "UnsupportedClassVersionError",
        "ExceptionInInitializerError",
        "UnsatisfiedLinkError",
      ),
      weight: 0.93,
    },
    {
      text: /\b(?:ClassNotFoundException|NoClassDefFoundError|NoSuchMethodError|UnsupportedClassVersionError|UnsatisfiedLinkError)\b/,
      weight: 0.9,
    },
    {
      text: /\[DATA_SOURCE_NOT_FOUND\]|Failed to find (?:the )?data source:|No suitable driver|Could not find or load main class|class not found:? |Unsupported class file major version/i,
      weight: 0.95,
    },
    { text: /\[CANNOT_LOAD_FUNCTION_CLASS\]|No FileSystem for scheme|Class [\w.$]+ not found/, weight: 0.93 },
    {
      text: /'JavaPackage' object is not callable|Java gateway process exited before sending its port number/,
      weight: 0.86,
    },
  ],
  unless: /unresolved dependency|does not exist in the JVM.*scheduler/,
  object: [
    /(?:ClassNotFoundException|NoClassDefFoundError|NoSuchMethodError|main class|data source|scheme|Class)[:\s]+["'`]?([\w./$-]+)/,
  ],
  summary: (o, p) =>
    `Jar or class ${o ?? "it needs"} is missing or of another version where ${p.task} runs; the job's owner must add the fitting library.`,
  nextStep: "Attach the jar (Maven coordinates) built for the runtime's Spark and Scala version, then rerun.",
};
