import type { Signature } from "../signature.js";
import { addressNotFound } from "./address-not-found.js";
import { answerIsNotJson } from "./answer-is-not-json.js";
import { buildStepFailed } from "./build-step-failed.js";
import { checkConstraintBroken } from "./check-constraint-broken.js";
import { cloudAccessDenied } from "./cloud-access-denied.js";
import { clusterDidNotStart } from "./cluster-did-not-start.js";
import { codeDoesNotCompile } from "./code-does-not-compile.js";
import { columnCountMismatch } from "./column-count-mismatch.js";
import { columnNotFound } from "./column-not-found.js";
import { commandNotFound } from "./command-not-found.js";
import { connectionDropped } from "./connection-dropped.js";
import { connectionMissing } from "./connection-missing.js";
import { connectionRefused } from "./connection-refused.js";
import { connectionsExhausted } from "./connections-exhausted.js";
import { containerImageMissing } from "./container-image-missing.js";
import { contextKeyMissing } from "./context-key-missing.js";
import { credentialsMissing } from "./credentials-missing.js";
import { dagAuthoringWrong } from "./dag-authoring-wrong.js";
import { dagDoesNotImport } from "./dag-does-not-import.js";
import { databaseLoginRefused } from "./database-login-refused.js";
import { databaseNotSelected } from "./database-not-selected.js";
import { databasePermissionDenied } from "./database-permission-denied.js";
import { databricksObjectMissing } from "./databricks-object-missing.js";
import { databricksPermission } from "./databricks-permission.js";
import { dbtBuildFailed } from "./dbt-build-failed.js";
import { diskFull } from "./disk-full.js";
import { divisionByZero } from "./division-by-zero.js";
import { driverLost } from "./driver-lost.js";
import { duplicateKey } from "./duplicate-key.js";
import { engineInternalError } from "./engine-internal-error.js";
import { environmentVariableMissing } from "./environment-variable-missing.js";
import { executorLost } from "./executor-lost.js";
import { executorStateMismatch } from "./executor-state-mismatch.js";
import { familyCancelled } from "./family-cancelled.js";
import { familyCode } from "./family-code.js";
import { familyCompute } from "./family-compute.js";
import { familyConfiguration } from "./family-configuration.js";
import { familyData } from "./family-data.js";
import { familyDependency } from "./family-dependency.js";
import { familyInfrastructure } from "./family-infrastructure.js";
import { familyMemory } from "./family-memory.js";
import { familyMissing } from "./family-missing.js";
import { familyNetwork } from "./family-network.js";
import { familyPermission } from "./family-permission.js";
import { familyQuota } from "./family-quota.js";
import { familySchema } from "./family-schema.js";
import { familyTimeout } from "./family-timeout.js";
import { filePermissionDenied } from "./file-permission-denied.js";
import { foreignKeyMissing } from "./foreign-key-missing.js";
import { functionNotFound } from "./function-not-found.js";
import { gitCheckoutFailed } from "./git-checkout-failed.js";
import { heartbeatLost } from "./heartbeat-lost.js";
import { hostLimits } from "./host-limits.js";
import { hostNotResolved } from "./host-not-resolved.js";
import { httpForbidden } from "./http-forbidden.js";
import { httpUnauthorized } from "./http-unauthorized.js";
import { initScriptFailed } from "./init-script-failed.js";
import { inputEmpty } from "./input-empty.js";
import { inputNotFound } from "./input-not-found.js";
import { inputNotReady } from "./input-not-ready.js";
import { invalidSetting } from "./invalid-setting.js";
import { jvmClassMissing } from "./jvm-class-missing.js";
import { jvmHeapExhausted } from "./jvm-heap-exhausted.js";
import { keyOrIndexMissing } from "./key-or-index-missing.js";
import { killedForMemory } from "./killed-for-memory.js";
import { lockOrCommitConflict } from "./lock-or-commit-conflict.js";
import { metadataDatabaseDown } from "./metadata-database-down.js";
import { metadataNotInitialised } from "./metadata-not-initialised.js";
import { mountMissing } from "./mount-missing.js";
import { nameNotDefined } from "./name-not-defined.js";
import { nodeModuleMissing } from "./node-module-missing.js";
import { notSerializable } from "./not-serializable.js";
import { nullInCode } from "./null-in-code.js";
import { nullNotAllowed } from "./null-not-allowed.js";
import { optionUnrecognized } from "./option-unrecognized.js";
import { ownCheckFailed } from "./own-check-failed.js";
import { packageNotInstallable } from "./package-not-installable.js";
import { payloadFieldMissing } from "./payload-field-missing.js";
import { podLost } from "./pod-lost.js";
import { podNotScheduled } from "./pod-not-scheduled.js";
import { processMemoryExhausted } from "./process-memory-exhausted.js";
import { providerOutdated } from "./provider-outdated.js";
import { pythonImportBroken } from "./python-import-broken.js";
import { pythonModuleMissing } from "./python-module-missing.js";
import { pythonWorkerCrashed } from "./python-worker-crashed.js";
import { qualityCheckFailed } from "./quality-check-failed.js";
import { quotaExceeded } from "./quota-exceeded.js";
import { rateLimited } from "./rate-limited.js";
import { recordMalformed } from "./record-malformed.js";
import { recursionOrCycle } from "./recursion-or-cycle.js";
import { requestRejected } from "./request-rejected.js";
import { requestTimedOut } from "./request-timed-out.js";
import { resultTooLarge } from "./result-too-large.js";
import { scriptPathWrong } from "./script-path-wrong.js";
import { sensorTimedOut } from "./sensor-timed-out.js";
import { serviceUnavailable } from "./service-unavailable.js";
import { sharedLibraryMissing } from "./shared-library-missing.js";
import { sparkSettingWrong } from "./spark-setting-wrong.js";
import { spotInstanceLost } from "./spot-instance-lost.js";
import { sqlSemanticsWrong } from "./sql-semantics-wrong.js";
import { sshLoginRefused } from "./ssh-login-refused.js";
import { stateSetOutside } from "./state-set-outside.js";
import { statementTimedOut } from "./statement-timed-out.js";
import { stoppedByPerson } from "./stopped-by-person.js";
import { superseded } from "./superseded.js";
import { syntaxError } from "./syntax-error.js";
import { tableNotFound } from "./table-not-found.js";
import { targetDagMissing } from "./target-dag-missing.js";
import { taskTimedOut } from "./task-timed-out.js";
import { templateUndefined } from "./template-undefined.js";
import { testsFailed } from "./tests-failed.js";
import { thingAlreadyExists } from "./thing-already-exists.js";
import { tlsFailed } from "./tls-failed.js";
import { tokenExpired } from "./token-expired.js";
import { upstreamTaskFailed } from "./upstream-task-failed.js";
import { valueDoesNotParse } from "./value-does-not-parse.js";
import { valueFormatUnexpected } from "./value-format-unexpected.js";
import { valueTooLong } from "./value-too-long.js";
import { variableMissing } from "./variable-missing.js";
import { vulnerableDependency } from "./vulnerable-dependency.js";
import { widgetMissing } from "./widget-missing.js";
import { writeSchemaMismatch } from "./write-schema-mismatch.js";
import { wrongTypeInCode } from "./wrong-type-in-code.js";

/** Every known failure; a test compares this list with the folder. */
export const signatures: readonly Signature[] = [
  addressNotFound,
  answerIsNotJson,
  buildStepFailed,
  checkConstraintBroken,
  cloudAccessDenied,
  clusterDidNotStart,
  codeDoesNotCompile,
  columnCountMismatch,
  columnNotFound,
  commandNotFound,
  connectionDropped,
  connectionMissing,
  connectionRefused,
  connectionsExhausted,
  containerImageMissing,
  contextKeyMissing,
  credentialsMissing,
  dagAuthoringWrong,
  dagDoesNotImport,
  databaseLoginRefused,
  databaseNotSelected,
  databasePermissionDenied,
  databricksObjectMissing,
  databricksPermission,
  dbtBuildFailed,
  diskFull,
  divisionByZero,
  driverLost,
  duplicateKey,
  engineInternalError,
  environmentVariableMissing,
  executorLost,
  executorStateMismatch,
  familyCancelled,
  familyCode,
  familyCompute,
  familyConfiguration,
  familyData,
  familyDependency,
  familyInfrastructure,
  familyMemory,
  familyMissing,
  familyNetwork,
  familyPermission,
  familyQuota,
  familySchema,
  familyTimeout,
  filePermissionDenied,
  foreignKeyMissing,
  functionNotFound,
  gitCheckoutFailed,
  heartbeatLost,
  hostLimits,
  hostNotResolved,
  httpForbidden,
  httpUnauthorized,
  initScriptFailed,
  inputEmpty,
  inputNotFound,
  inputNotReady,
  invalidSetting,
  jvmClassMissing,
  jvmHeapExhausted,
  keyOrIndexMissing,
  killedForMemory,
  lockOrCommitConflict,
  metadataDatabaseDown,
  metadataNotInitialised,
  mountMissing,
  nameNotDefined,
  nodeModuleMissing,
  notSerializable,
  nullInCode,
  nullNotAllowed,
  optionUnrecognized,
  ownCheckFailed,
  packageNotInstallable,
  payloadFieldMissing,
  podLost,
  podNotScheduled,
  processMemoryExhausted,
  providerOutdated,
  pythonImportBroken,
  pythonModuleMissing,
  pythonWorkerCrashed,
  qualityCheckFailed,
  quotaExceeded,
  rateLimited,
  recordMalformed,
  recursionOrCycle,
  requestRejected,
  requestTimedOut,
  resultTooLarge,
  scriptPathWrong,
  sensorTimedOut,
  serviceUnavailable,
  sharedLibraryMissing,
  sparkSettingWrong,
  spotInstanceLost,
  sqlSemanticsWrong,
  sshLoginRefused,
  stateSetOutside,
  statementTimedOut,
  stoppedByPerson,
  superseded,
  syntaxError,
  tableNotFound,
  targetDagMissing,
  taskTimedOut,
  templateUndefined,
  testsFailed,
  thingAlreadyExists,
  tlsFailed,
  tokenExpired,
  upstreamTaskFailed,
  valueDoesNotParse,
  valueFormatUnexpected,
  valueTooLong,
  variableMissing,
  vulnerableDependency,
  widgetMissing,
  writeSchemaMismatch,
  wrongTypeInCode,
];
