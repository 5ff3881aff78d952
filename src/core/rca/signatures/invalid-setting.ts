import { named, type Signature } from "../signature.js";

export const invalidSetting: Signature = {
  id: "invalid-setting",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    {
      text: /invalid kube-?config|no configuration found|TypeError: Invalid URL|ERR_INVALID_URL|missing required (?:secret|var(?:iable)?|env(?:ironment)?)|DataContextError|expectation_suite .{1,80} not found/i,
      weight: 0.88,
    },
    {
      text: /execution error at \(\S+\.ya?ml|error parsing \S+\.(?:tfvars|tf|ya?ml|toml|json|ini|hcl)\b/i,
      weight: 0.9,
    },
    {
      type: named(
        "MissingSchema",
        "InvalidSchema",
        "InvalidURL",
        "LocationParseError",
        "ParserError",
        "ScannerError",
        "NoSectionError",
        "NoOptionError",
        "ImproperlyConfigured",
        "ConfigError",
        "ConfigurationError",
        "InvalidConfiguration",
        "AirflowConfigException",
        "DbtProfileError",
        "DbtProjectError",
        "DbtConfigError",
        "TOMLDecodeError",
      ),
      weight: 0.82,
    },
    {
      type: named("JSONDecodeError", "ValueError", "TypeError"),
      context:
        /(?:models|sdk\/\S{0,40})\/?(?:variable|connection)\.py:|configparser\.py:|\/decouple\.py:|\/environs\/|variable\.py:(?:get|deserialize)/,
      weight: 0.93,
    },
    {
      text: /\b(?:conf|config\w*|param\w*|setting|option|env(?:ironment)?(?: variable)?|variable|flag|profile|mode|target)s? (?:key )?['"`]?[\w.-]{1,60}['"`]? (?:must|should|has to|needs to|is (?:not (?:valid|allowed|supported|set|one)|invalid|unknown|unsupported|missing|required))\b/,
      weight: 0.8,
    },
    {
      text: /Invalid URL '|No (?:scheme|host) supplied|no such (?:section|option)|Could not find profile named|Could not find (?:the )?(?:config|profiles?|dbt_project)|dbt_project\.ya?ml.{0,60}(?:not found|missing|No )|Credentials in profile .{1,120} invalid|Invalid (?:configuration|config|value for|workflow file|YAML)|(?:configuration|config|settings?) (?:error|is invalid|invalid|file .{1,80} (?:not found|missing|does not exist))|Missing required (?:config|setting|key|parameter|field)|is not a valid (?:value|choice|setting|URL|port)|yaml: (?:line|unmarshal)|while (?:parsing|scanning) a|invalid mount config|invalid reference format|Unable to resolve action|Unexpected value '|mapping values are not allowed/i,
      weight: 0.8,
    },
    {
      text: /CreateContainerConfigError|InvalidImageName|couldn't find key .{1,60} in (?:Secret|ConfigMap)|(?:secret|configmap) "[^"]+" not found|spec\.\S+: (?:Invalid|Required) value|error validating (?:data|")/i,
      weight: 0.92,
    },
    {
      text: /profile .{1,80} does not have a target named|config profile \(.{1,80}\) could not be found|Unknown hook type|Could not parse (?:SQLAlchemy )?URL|is not a valid time ?zone|No time zone found with key|unknown time ?zone|don't meet the specifications of the schema|cannot be used with (?:the )?\w*Executor|\b[\w-]+(?:\.[\w-]+)+ should be (?:an? )?(?:int|integer|long|double|float|number|boolean|bytes|time|duration|string)\w*,? (?:but|not|got)\b|not found in known_hosts|(?:host key|fingerprint) .{0,80}(?:unknown|not (?:known|trusted|found)|does not match|mismatch)|Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/i,
      weight: 0.92,
    },
    {
      text: /Unknown type \)|clickhouse.{0,40}port for (?:HTTP|native)|Port 9000 is for clickhouse-client|wrong port|unsupported protocol|Unknown (?:service|host type)|unknown url type/i,
      weight: 0.8,
    },
    {
      text: /No value for required variable|Reference to undeclared|Unsupported argument|Missing required argument|Invalid (?:provider|backend) configuration/,
      weight: 0.88,
    },
    {
      text: /(?:unknown|invalid|unsupported|unrecognized|bad|illegal) (?:environment|env|mode|target|profile|region|config\w*|setting|parameter|argument|format string|storage|engine|dialect|stage|option) ['"`]?[\w.-]*['"`]?,? ?.{0,60}(?:expected|must be|should be|allowed|valid|supported|one of|choose)/i,
      weight: 0.82,
    },
    {
      text: /non-?existent pool|pool .{0,60}does not exist|unknown pool|Unable to configure (?:handler|formatter|logger)|must be passed either as|Both are not set|Both (?:parameters )?(?:were|are) (?:None|empty|missing)|invalid volume specification|unable to open database file|Invalid arguments were passed to|Data source name not found|is not a valid identifier|Parameter validation failed|is mutually exclusive|mutually exclusive|cannot be (?:None|empty|blank)$|must not be (?:None|empty)|No widget value|Unable to process file command|failed to compute cache key|failed to read dockerfile|no longer supported\.?$|Duplicate (?:key|definition) .{0,40}(?:config|yaml)|unauthenticated git protocol/i,
      weight: 0.86,
    },
    {
      type: named(
        "NotADirectoryError",
        "IsADirectoryError",
        "ParamValidationError",
        "ParamValidationError",
        "InvalidConfigurationError",
        "MissingConfigurationError",
        "ConfigurationException",
        "SettingsError",
        "AirflowOptionalProviderFeatureException",
      ),
      weight: 0.78,
    },
    {
      text: /\b(?!column|row|value|record)\w+ must be (?:an? |one of|positive|greater|at least|non-negative|between|set|specified|provided|defined)|Invalid input for param|Missing (?:required )?(?:parameters?|arguments?|options?|settings?|config\w*|input|variables?) /,
      weight: 0.76,
    },
  ],
  unless: /(?<!SQLAlchemy )SQL(?!Alchemy)|tokenizing|pandas/,
  object: [
    /Invalid URL '([^']*)'/,
    /profile named '([^']+)'/,
    /(?:secret|configmap|Secret|ConfigMap|key|section|option|variable|setting|parameter|field|value for):? ["'`]?([\w./:-]+)/,
  ],
  summary: (o, p) =>
    `Setting ${o ?? "of the task"} is wrong or missing for ${p.task}; whoever configures it must correct the value.`,
  nextStep: "Correct the setting named in the evidence, then rerun.",
};
