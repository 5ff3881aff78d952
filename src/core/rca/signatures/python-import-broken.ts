import { named, type Signature } from "../signature.js";

export const pythonImportBroken: Signature = {
  id: "python-import-broken",
  category: "dependency_failure",
  rerunHelps: "no",
  proofs: [
    { text: /cannot import name ['"]?\w+/, weight: 0.93 },
    {
      text: /numpy\.dtype size changed|module (?:was )?compiled against (?:\w+ ){0,3}version|binary incompatibility|compiled using NumPy 1\.x|_ARRAY_API not found/,
      weight: 0.94,
    },
    {
      text: /ContextualVersionConflict|VersionConflict|requires .{1,80} but you have|has requirement .{1,80}, but you(?:'|’)ll have/,
      weight: 0.92,
    },
    {
      text: /module ['"](?:numpy|pandas|scipy|sklearn|pyspark|sqlalchemy|pydantic|pyarrow|jinja2|werkzeug|flask|boto3|botocore|google|azure|snowflake|dbt|airflow|openai|matplotlib|torch|tensorflow|transformers|ssl|lib|OpenSSL|cryptography|collections|asyncio|inspect|typing|importlib|pkgutil|numba|dask|polars|duckdb|redis|kafka|yaml)\b[\w.]*['"] has no attribute/,
      weight: 0.9,
    },
    { text: /module ['"][\w.]+['"] has no attribute ['"]\w+/, own: false, weight: 0.84 },
    { text: /module ['"][\w.]+['"] has no attribute ['"]\w+/, weight: 0.68 },
    { type: named("ImportError"), weight: 0.88 },
    {
      text: /session not created|only supports \w+ version|version of \w+ .{0,40}(?:is not compatible|does not support)|Unsupported (?:Python|Java|Node) version/i,
      weight: 0.84,
    },
  ],
  object: [
    /cannot import name ['"]?\w+['"]? from (?:partially initialized module )?['"]?([\w.]+)/,
    /module ['"]([\w.]+)['"] has no attribute/,
    /ImportError: (.{3,60}?)(?:$|[;:,\n])/,
  ],
  summary: (o, p) =>
    `The installed version of ${o ?? "a Python package"} does not fit ${p.task}; whoever owns the image must pin versions that fit together.`,
  nextStep: "Compare the installed versions with those of the last good run and pin the pair that worked.",
};
