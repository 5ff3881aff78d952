import { named, type Signature } from "../signature.js";

export const driverLost: Signature = {
  id: "driver-lost",
  category: "compute_failure",
  rerunHelps: "yes",
  followsFrom: ["out_of_memory", "spot-instance-lost"],
  proofs: [
    { text: /trying to connect to the Java server/, weight: 0.86 },
    { text: /[Ff]ailed to reach the driver/, weight: 0.95 },
    { text: /could not reach driver|driver is temporarily unavailable/i, weight: 0.95 },
    {
      text: /spark driver has stopped unexpectedly|Driver is up but is not responsive|Could not reach driver of cluster|Driver (?:is )?(?:unreachable|unresponsive|not responding|unhealthy|of the cluster is)|DRIVER_(?:UNREACHABLE|UNRESPONSIVE|UNHEALTHY|EVICTION|NOT_RESPONDING|UNAVAILABLE|POD_\w+)|DRIVER_ERROR|COMMUNICATION_LOST|Lost connection to (?:the )?(?:driver|cluster)|Py4JNetworkError|Answer from Java side is empty|SparkContext was shut ?down|Cannot call methods on a stopped SparkContext|Application .{1,80} (?:has been )?killed|The fatal error detected by the Java Runtime|Python interpreter (?:was )?terminated|The spark context has stopped/i,
      weight: 0.88,
    },
    { type: named("Py4JNetworkError"), weight: 0.82 },
    { text: /ConnectionRefusedError: \[Errno 111\]/, context: /py4j|clientserver\.py|java_gateway/, weight: 0.84 },
  ],
  object: [/cluster (\d{4}-\d{6}-\w+)/],
  summary: (o, p) =>
    `The Spark driver of ${o === null ? "the job" : `cluster ${o}`} was lost while ${p.task} ran; a rerun should pass unless it ran out of memory.`,
  nextStep: "Read the cluster's events for the reason; rerun, and size the driver up if memory was the reason.",
};
