import { named, type Signature } from "../signature.js";

export const lockOrCommitConflict: Signature = {
  id: "lock-or-commit-conflict",
  category: "infrastructure",
  rerunHelps: "yes",
  proofs: [
    { text: /conflicting (?:conditional )?operation is (?:currently |already )?in progress/i, weight: 0.92 },
    {
      text: /pg_(?:type|class|namespace|attribute|proc|database)_\w+_index|possibly caused by concurrent transaction|tuple concurrently (?:updated|deleted)/i,
      weight: 0.97,
    },
    {
      text: /serializable isolation violation|group has already rebalanced|rebalance in progress|update conflict|optimistic (?:lock|concurrency)/i,
      weight: 0.9,
    },
    {
      text: /deadlock detected|Deadlock found|ORA-00060|ORA-00054|was deadlocked on lock|could not serialize access|SQLSTATE:? ?(?:40001|40P01|2D521|55P03)|\[DELTA_(?:CONCURRENT_\w+|METADATA_CHANGED|PROTOCOL_CHANGED|MAX_COMMIT_RETRIES_EXCEEDED)[\w.]*\]|Concurrent(?:Append|DeleteRead|DeleteDelete|Modification|Write|Transaction)\w*Exception|MetadataChangedException|lock (?:wait )?timeout|Lock wait timeout exceeded|database is locked|could not obtain lock|canceling statement due to lock timeout|Could not acquire (?:the )?(?:state )?lock|COULD_NOT_ACQUIRE_LOCK|Error acquiring the state lock|CommitFailedException|Serialization failure|WriteConflict|Transaction .{0,60}(?:aborted|conflict)|has been (?:aborted|chosen as the deadlock victim)|Unable to create '.{1,120}\.lock'|number of waiters for this lock|Waiting for (?:cache )?lock/i,
      weight: 0.92,
    },
    { type: named("DeadlockDetected", "SerializationFailure", "LockNotAvailable", "LockTimeout"), weight: 0.93 },
    {
      text: /Another instance of Derby may have already booted|Could not get lock|failed to (?:get|acquire) (?:the |a )?lock|is held by process \d+|Another (?:instance|process|apt|dnf|migration) .{0,60}(?:running|holding|lock)|dpkg.{0,40}lock|resource is locked|already locked by/i,
      weight: 0.9,
    },
    { text: /Could not set lock on file|Conflicting lock is held|lock file .{0,80}(?:exists|held)/i, weight: 0.9 },
  ],
  object: [
    /partition \[([^\]]+)\]/,
    /(?:table|relation|file|in) [`'"]([\w./:=-]{3,80})[`'"]/,
    /Unable to create '([^']+)'/,
    /lock (?:on |file )?(\/[\w./-]+)/,
  ],
  summary: (o, p) =>
    `${p.task} lost a race for ${o ?? "a lock or commit"} against another writer; a rerun should pass once the other has ended.`,
  nextStep: "Rerun when the other writer has ended; if it repeats, schedule the writers apart or narrow the condition.",
};
