import { named, type Signature } from "../signature.js";

export const wrongTypeInCode: Signature = {
  id: "wrong-type-in-code",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    { type: named("InvalidCastException", "MethodError", "ArgumentException", "ArgumentNullException"), weight: 0.76 },
    {
      text: /Uncaught (?:Type|Value|Argument\w*)Error|MethodError: |Cannot implicitly convert|InvalidCastException|\((?:TypeError|ArgumentError)\)/i,
      weight: 0.82,
    },
    {
      text: /all goroutines are asleep - deadlock|fatal error: concurrent map|index out of range \[\d+\] with length/,
      weight: 0.86,
    },

    {
      type: named(
        "TypeError",
        "AttributeError",
        "ClassCastException",
        "NotImplementedError",
        "UnsupportedOperationException",
      ),
      weight: 0.8,
    },
    {
      text: /^(?:Uncaught )?(?:TypeError|AttributeError): |unsupported operand type|unexpected keyword argument|missing \d+ required positional argument|object is not (?:callable|iterable|subscriptable)|takes \d+ positional arguments?|cannot be cast to class|got multiple values for/,
      weight: 0.82,
    },
    { text: /WRONGTYPE Operation against a key|holding the wrong kind of value/, weight: 0.86 },
    { text: /jq: error|Cannot index \w+ with/, weight: 0.74 },
    {
      text: /can't adapt type '\w+'|Unable to convert object of type|Cannot interpret '.{1,60}' as a data type/,
      weight: 0.82,
    },
  ],
  object: [/'([\w.]+)' object/, /argument:? '(\w+)'/, /(\w+\(\)) (?:got|missing|takes)/],
  summary: (o, p) =>
    `The code of ${p.task} uses a value of the wrong kind (${o ?? "see the trace"}); its author must correct it, a rerun can't help.`,
  nextStep: "Correct the code at the last own frame of the traceback, then rerun after the fix.",
};
