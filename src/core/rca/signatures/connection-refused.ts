import type { Signature } from "../signature.js";

export const connectionRefused: Signature = {
  id: "connection-refused",
  category: "network_transient",
  rerunHelps: "yes",
  proofs: [
    {
      text: /Connection refused|ECONNREFUSED|\[Errno 111\]|ConnectionRefused|connect: connection refused|actively refused it|NoBrokersAvailable|_ALL_BROKERS_DOWN|DPY-6005|Broker(?:s)? (?:not available|transport failure)|Is the server running|Can't connect to (?:MySQL|MariaDB|local|(?:the )?(?:\w+ )?server)|could not connect to server|Connection to \S+ refused|ORA-12541|No route to host|Network is unreachable|EHOSTUNREACH|ENETUNREACH|Failed to establish a new connection|Unable to connect to (?:remote )?(?:server|the server|host|port)|NoNodesAvailable|all hosts (?:failed|down)|ServerSelectionTimeoutError|Could not connect to (?:Redis|any|the)|Error connecting to|NoHostAvailable|Could not open (?:client transport|connection)|Failed to connect to|TCP Provider: Error|Login timeout expired|Could not connect to the endpoint URL|server is not found or not accessible/i,
      weight: 0.88,
    },
    { text: /Cannot connect to host|Connect call failed|ClientConnectorError|ConnectError\b/, weight: 0.86 },
  ],
  unlessNear: /connect to the Java server/,
  unless: /connect to the Java server|Docker daemon|Answer from Java side/,
  object: [
    /Connection to ([\w.-]+:\d+) refused/,
    /host='([^']+)', port=\d+/,
    /\(?((?:\d{1,3}\.){3}\d{1,3}:\d+)\)?/,
    /(?:server at|connect to|to host|host|server on|connecting to) "?\(?([\w-]+(?:\.[\w-]+)*(?::\d+)?)/i,
  ],
  summary: (o, p) =>
    `Host ${o ?? "it calls"} refused the connection of ${p.task}; its owner must bring the service up, then a rerun passes.`,
  nextStep: "Check that the service is up and reachable from the worker; rerun when it is.",
};
