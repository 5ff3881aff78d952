// The house's walls, room by room: what each may import. test/architecture checks that enough modules were seen.
const room = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from,
  to: { path: "^(src|adapters)/", pathNot: allowed },
});

const sdks = {
  name: "sdk-in-its-room",
  comment: "a platform's SDK is imported by its own room only",
  severity: "error",
};

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "core-stands-alone",
      comment: "core imports nothing: no package, no Node built-in",
      severity: "error",
      from: { path: "^src/core/" },
      to: { pathNot: "^src/core/" },
    },
    room("config", { path: "^src/config/" }, "^src/(config|core)/", "config imports core"),
    room("telemetry", { path: "^src/telemetry/" }, "^src/(telemetry|core)/", "telemetry imports core"),
    room("logs", { path: "^src/logs/" }, "^src/(logs|core|telemetry)/", "logs import core and telemetry"),
    room("chat", { path: "^src/chat/" }, "^src/(chat|core|telemetry)/", "chat imports core"),
    room("store", { path: "^src/store/" }, "^src/(store|core|telemetry)/", "store imports core"),
    {
      ...room("clients", { path: "^src/clients/([^/]+)/" }, "^src/(clients/$1/|clients/http/|clients/[^/]+\\.ts$|core/|logs/|config/config\\.ts$|telemetry/)"),
      comment: "a client never imports another client",
    },
    room("client-doors", { path: "^src/clients/[^/]+\\.ts$" }, "^src/(clients/http/|clients/[^/]+\\.ts$|core/|config/config\\.ts$|telemetry/)", "the door knows no client"),
    room("tools", { path: "^src/tools/" }, "^src/(tools|core|logs|telemetry)/", "tools reach the world by ports"),
    room("agent", { path: "^src/agent/" }, "^src/(agent|core|logs|telemetry)/", "the agent reaches tools by its port"),
    room("mcp", { path: "^src/mcp/" }, "^src/(mcp|tools|core|telemetry)/", "mcp serves tools"),
    room("flows", { path: "^src/flows/" }, "^src/(flows|agent|chat|core|telemetry|tools/ports\\.ts$|config/config\\.ts$)", "flows know no client and no platform"),
    room("web", { path: "^src/web/" }, "^src/(web|flows|chat|core|telemetry)/", "web mounts what it is handed"),
    {
      ...room("adapters", { path: "^adapters/([^/]+)/" }, "^(adapters/$1/|src/chat/|src/core/|src/telemetry/|src/config/config\\.ts$)"),
      comment: "an adapter never imports another adapter",
    },
    room("sandbox", { path: "^src/sandbox/" }, "^src/(sandbox|core)/", "the sandbox shares nothing with the clients it serves"),
    room("main", { path: "^src/main\\.ts$" }, "^src/cli/", "main hands argv to cli"),
    {
      name: "only-cli-composes",
      severity: "error",
      from: { pathNot: "^src/(cli|compose|main)" },
      to: { path: "^src/(cli/|compose|main)" },
    },
    {
      name: "mint-in-core-flows",
      comment: "only the execution of an approved proposal may ask for the proof",
      severity: "error",
      from: { path: "^(adapters|src/(agent|tools|mcp|web|sandbox|logs|chat|cli))/" },
      to: { path: "^src/core/approval/approved-action\\.ts$", dependencyTypesNot: ["type-only"] },
    },
    { ...sdks, name: "slack-sdk", from: { pathNot: "^adapters/slack/" }, to: { path: "node_modules/@slack/" } },
    { ...sdks, name: "openid", from: { pathNot: "^adapters/console/sign-in/" }, to: { path: "node_modules/openid-client/" } },
    { ...sdks, name: "mcp-sdk", from: { pathNot: "^src/(mcp|cli|compose)/" }, to: { path: "node_modules/@modelcontextprotocol/" } },
    { ...sdks, name: "anthropic-sdk", from: { path: "^(src|adapters)/", pathNot: "^src/clients/model/" }, to: { path: "node_modules/@anthropic-ai/" } },
    { ...sdks, name: "node-fetch", from: { pathNot: "^src/clients/" }, to: { path: "node_modules/node-fetch/" } },
    { ...sdks, name: "postgres", from: { path: "^(src|adapters)/", pathNot: "^src/store/postgres/" }, to: { path: "node_modules/(pg|@types/pg)/" } },
    { ...sdks, name: "lowdb", from: { pathNot: "^src/store/lowdb/" }, to: { path: "node_modules/lowdb/" } },
    {
      name: "workers-in-one-file",
      severity: "error",
      from: { path: "^(src|adapters)/", pathNot: "^src/logs/worker" },
      to: { path: "^(node:)?worker_threads$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default", "types"] },
  },
};
