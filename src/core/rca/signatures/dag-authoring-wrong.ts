import { named, type Signature } from "../signature.js";

export const dagAuthoringWrong: Signature = {
  id: "dag-authoring-wrong",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    {
      text: /XCom .{0,40}(?:too large|exceeds|size limit)|too large (?:for|to (?:store|push)) .{0,20}XCom/i,
      weight: 0.86,
    },
    {
      text: /must contain only valid task_ids|unmappable return (?:type|value)|Invalid arguments were passed to|daemonic processes are not allowed to have children|cannot serialize object of type|Object of type \S+ is not (?:JSON )?serializable|was not found in the allow list|Working outside of application context|Dependency .{1,80} already registered|is not a valid DAG|Cannot mix .{1,40}expand|cannot expand (?:field|\w+ mapped)|did not push XCom for task mapping/i,
      weight: 0.86,
    },
    {
      type: named(
        "UnmappableXComTypePushed",
        "UnmappableXComLengthPushed",
        "AirflowDagInconsistent",
        "DuplicateTaskIdFound",
        "FailStopDagInvalidTriggerRule",
        "UnmappableOperator",
        "XComForMappingNotPushed",
      ),
      weight: 0.9,
    },
  ],
  object: [/(?:found: \{?|type |length: )['"]?([\w.<>' -]{1,40})/],
  summary: (o, p) =>
    `The DAG uses Airflow wrongly in ${p.task} (${o ?? "see the message"}); its author must correct it, a rerun can't help.`,
  nextStep: "Correct the DAG as the message says, then rerun after the fix.",
};
