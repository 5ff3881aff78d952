import { named, type Signature } from "../signature.js";

export const divisionByZero: Signature = {
  id: "division-by-zero",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    { type: named("ZeroDivisionError", "DivisionByZero"), weight: 0.92 },
    {
      text: /division by zero|divide by zero|Division by 0|\[DIVIDE_BY_ZERO[\w.]*\]|SQLSTATE:? ?22012|ORA-01476|\/ by zero/i,
      weight: 0.92,
    },
  ],
  object: [/File "([^"]+)", line/],
  summary: (_o, p) =>
    `${p.task} divides by zero; the code's author must guard the empty or zero value, a rerun can't help.`,
  nextStep: "Guard the division for zero and empty groups, then rerun after the fix.",
};
